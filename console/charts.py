"""Pictures as SVG, drawn on the server: no script, no font and no network needed. Colours stand in the style sheet."""

from collections.abc import Mapping, Sequence
from datetime import date

from markupsafe import Markup

from cases.lists.statistics import Figures

_PLOT_HEIGHT, _AXIS, _LEFT, _TOP = 150, 26, 34, 10
_WIDE = 1120
_ROW, _NAME_WIDTH, _BAR_WIDTH, _MOST_ROWS = 30, 130, 330, 16


def days(received: Mapping[date, int], answered: Mapping[date, int], label: str) -> Markup:
    """Draw two bars for each day: what came in and what was answered."""
    shown = sorted({*received, *answered})
    rows = [(str(day.day), str(day), received.get(day, 0), answered.get(day, 0)) for day in shown]
    return _pairs(rows, 31, label)


def months(found: Mapping[str, Figures], label: str) -> Markup:
    """Draw two bars for each month of a year."""
    rows = [(str(int(name[5:])) + " 月", name, f.received, f.answered) for name, f in found.items()]
    return _pairs(rows, 12, label)


def _pairs(rows: Sequence[tuple[str, str, int, int]], places: int, label: str) -> Markup:
    """Draw for each (short name, name, came in, answered) two bars; there is room for at least so many places."""
    if not rows:
        return Markup("")
    top = _round_up(max([1, *(max(came, went) for _, _, came, went in rows)]))
    step = (_WIDE - _LEFT - 8) / max(len(rows), places)
    width, bar = float(_WIDE), min(14.0, step * 0.38)
    parts = [_grid(top, width)]
    for place, (short, name, came, went) in enumerate(rows):
        x = _LEFT + place * step + (step - 2 * bar) / 2
        parts.append(_column(x, came, top, bar, "bar-in", f"{name} 收到"))
        parts.append(_column(x + bar, went, top, bar, "bar-out", f"{name} 答复"))
        parts.append(_text(x + bar, _TOP + _PLOT_HEIGHT + 17, short, "middle"))
    return _svg(width, _TOP + _PLOT_HEIGHT + _AXIS, parts, label, "chart days")


def bars(counts: Sequence[tuple[str, int, int]], label: str) -> Markup:
    """Draw a lying bar for each (name, number, part of it that is overdue); the longest rows first come first."""
    rows = list(counts[:_MOST_ROWS])
    if not rows:
        return Markup("")
    top = max([1, *(number for _, number, _ in rows)])
    parts = []
    for place, (name, number, late) in enumerate(rows):
        y = place * _ROW + 4
        length = _BAR_WIDTH * number / top
        shown = name if len(name) <= 9 else name[:8] + "…"
        parts.append(_text(_NAME_WIDTH - 8, y + 15, shown, "end"))
        parts.append(_rect(_NAME_WIDTH, y, length, 20, "bar-in", f"{name}：{number}"))
        if late:
            parts.append(
                _rect(_NAME_WIDTH, y, _BAR_WIDTH * late / top, 20, "bar-late", f"{name} 逾期：{late}")
            )
        parts.append(_text(_NAME_WIDTH + length + 6, y + 15, str(number), "start"))
    return _svg(_NAME_WIDTH + _BAR_WIDTH + 50, len(rows) * _ROW + 6, parts, label)


def _round_up(number: int) -> int:
    """Return a number at least as large that four lines divide evenly."""
    for factor in (4, 8, 12, 20, 40, 60, 100, 200, 400, 600, 1000, 2000, 4000, 10000):
        if number <= factor:
            return factor
    return -(-number // 10000) * 10000


def _grid(top: int, width: float) -> Markup:
    lines = Markup("")
    for quarter in range(5):
        y = _TOP + _PLOT_HEIGHT * (1 - quarter / 4)
        lines += Markup('<line class="grid" x1="{}" x2="{:.0f}" y1="{:.1f}" y2="{:.1f}"/>').format(
            _LEFT, width - 4, y, y
        )
        lines += _text(_LEFT - 6, y + 4, str(top * quarter // 4), "end")
    return lines


def _column(x: float, number: int, top: int, width: float, kind: str, title: str) -> Markup:
    height = _PLOT_HEIGHT * number / top
    return _rect(x, _TOP + _PLOT_HEIGHT - height, width, height, kind, f"{title}：{number}")


def _rect(x: float, y: float, width: float, height: float, kind: str, title: str) -> Markup:
    if width <= 0 or height <= 0:
        return Markup("")
    return Markup(
        '<rect class="{}" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" rx="2"><title>{}</title></rect>'
    ).format(kind, x, y, width, height, title)


def _text(x: float, y: float, text: str, anchor: str) -> Markup:
    return Markup('<text x="{:.1f}" y="{:.1f}" text-anchor="{}">{}</text>').format(x, y, anchor, text)


def _svg(width: float, height: float, parts: Sequence[Markup], label: str, kind: str = "chart") -> Markup:
    head = Markup(
        '<svg class="{}" viewBox="0 0 {:.0f} {:.0f}" width="{:.0f}" height="{:.0f}" role="img" aria-label="{}">'
    ).format(kind, width, height, width, height, label)
    return head + Markup("").join(parts) + Markup("</svg>")
