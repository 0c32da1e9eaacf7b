"""Charts as SVG with real text, drawn by Pygal on the server; `console.css` dresses them, a table stands beside each.

The page's content policy allows neither a script nor a style of the chart's own, so both are taken out of what is drawn.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from markupsafe import Markup

from cases.lists.statistics import Figures

_WIDE, _HIGH = 1120, 210
_HALF, _ROW, _MOST_ROWS, _LONGEST = 520, 40, 16, 11
_LETTER = 12.0  # the size of what is written; Pygal reckons with Latin letters, .6 as wide as they are high
# style and script, what only the script would read, and numbers of the scale
_LEFT_OUT = ("defs", "desc", "title")


def days(received: Mapping[date, int], answered: Mapping[date, int], label: str) -> Markup:
    """Draw two bars for each day: what came in and what was answered."""
    shown = sorted({*received, *answered})
    rows = [(str(day.day), str(day), received.get(day, 0), answered.get(day, 0)) for day in shown]
    return _pairs(rows, 31, label)


def months(found: Mapping[str, Figures], label: str) -> Markup:
    """Draw two bars for each month of a year."""
    rows = [(f"{int(name[5:])} 月", name, f.received, f.answered) for name, f in found.items()]
    return _pairs(rows, 12, label)


def bars(counts: Sequence[tuple[str, int, int]], label: str) -> Markup:
    """Draw lying bars for each (name, number, part of it that is overdue), the first on top."""
    rows = list(reversed(counts[:_MOST_ROWS]))
    if not rows:
        return Markup("")
    names = [name if len(name) <= _LONGEST else name[: _LONGEST - 1] + "…" for name, *_ in rows]
    chart = _chart(
        "HorizontalBar", _HALF, len(rows) * _ROW + 30, x_labels=names, print_values=True, print_values_position="top",
        margin_left=6 + round(0.4 * _LETTER * max(map(len, names))), margin_right=34,
    )  # fmt: skip
    chart.add("未办结", [number for _, number, _ in rows])
    chart.add("逾期", [late for *_, late in rows], formatter=lambda late: str(late or ""))
    titles = [
        [f"{name}：{number}" for name, number, _ in rows],
        [f"{name} 逾期：{late}" for name, _, late in rows],
    ]
    return _drawn(chart, label, "chart lying", titles)


def _pairs(rows: Sequence[tuple[str, str, int, int]], places: int, label: str) -> Markup:
    """Draw for each (short name, name, came in, answered) two bars; there is room for at least so many places."""
    if not rows:
        return Markup("")
    free = max(0, places - len(rows))
    chart = _chart("Bar", _WIDE, _HIGH, x_labels=[short for short, *_ in rows] + [""] * free)
    chart.add("收到", [came for *_, came, _ in rows] + [None] * free)
    chart.add("答复", [went for *_, went in rows] + [None] * free)
    titles = [
        [f"{name} 收到：{came}" for _, name, came, _ in rows],
        [f"{name} 答复：{went}" for _, name, _, went in rows],
    ]
    return _drawn(chart, label, "chart days", titles)


def _chart(kind: str, width: int, height: int, **more: Any) -> Any:
    import pygal  # loaded when somebody looks at a chart
    from pygal.style import Style

    style = Style(label_font_size=_LETTER, major_label_font_size=_LETTER, value_font_size=_LETTER)
    settings = {
        "width": width, "height": height, "explicit_size": True, "style": style, "css": (), "js": (), "no_prefix": True,
        "disable_xml_declaration": True, "show_legend": False, "margin": 6, "spacing": 6, "rounded_bars": 2,
        "order_min": 0, "min_scale": 1, "max_scale": 5, "value_formatter": "{:.0f}".format,
    }  # fmt: skip
    return getattr(pygal, kind)(**{**settings, **more})


def _drawn(chart: Any, label: str, kind: str, titles: Sequence[Sequence[str]]) -> Markup:
    """Return the chart as a part of the page: `titles` say by series what each bar is, for whoever points at it."""

    def dressed(root: Any) -> Any:
        root.attrib.pop("id")
        root.attrib.update({"class": kind, "role": "img", "aria-label": label})
        for parent in list(root.iter()):
            for child in list(parent):
                if (
                    child.tag in _LEFT_OUT
                    or not isinstance(child.tag, str)
                    or child.get("class") == "tooltip"
                ):
                    parent.remove(child)
        for place, words in enumerate(titles):
            drawn = [g for g in root.iter("g") if g.get("class") == f"series serie-{place} color-{place}"]
            for bar, said in zip((bar for g in drawn for bar in g.iter("rect")), words, strict=True):
                title = bar.makeelement("title", {})
                title.text = said
                bar.append(title)
        return root

    chart.add_xml_filter(dressed)
    return Markup(chart.render())  # noqa: S704 - Pygal escapes what is written in it
