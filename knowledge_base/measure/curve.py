"""Precision against coverage: what an office gets for each bar, as points, as lines of text and as a picture."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Point = tuple[
    float, float, float
]  # bar, share of answerable questions rightly answered, share of answers right

_AT = (0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8)
_WIDTH, _HEIGHT, _EDGE = 640, 400, 56
_LOWEST = 0.7  # precision at the foot of the picture
_PROMISE = 0.97


def curve(
    chances: NDArray[np.float64], right: NDArray[np.bool_], answerable: NDArray[np.bool_]
) -> list[Point]:
    """Return the points at which coverage first reaches each twentieth; none for no questions."""
    order = np.argsort(-chances, kind="stable")
    hits = np.cumsum(right[order])
    coverage = hits / max(1, int(answerable.sum()))
    precision = hits / np.arange(1, len(order) + 1)
    reached = [int(np.searchsorted(coverage, each)) for each in _AT]
    return [
        (float(chances[order[at]]), float(coverage[at]), float(precision[at]))
        for at in reached
        if at < len(order)
    ]


def lines(points: Sequence[Point]) -> str:
    """Return the curve for a terminal: one line a point, a bar for what lies above the foot."""
    rows = [f"{'覆盖':>4} {'准确':>5} {'门槛':>5}"]
    for least, coverage, precision in points:
        length = round(max(0.0, precision - _LOWEST) / (1 - _LOWEST) * 40)
        mark = "✓" if precision >= _PROMISE else " "
        rows.append(f"{coverage:6.0%} {precision:6.1%} {least:6.2f} {mark} {'█' * length}")
    return "\n".join(rows)


def picture(points: Sequence[Point]) -> str:
    """Return the curve as SVG, its words as text."""

    def place(coverage: float, precision: float) -> tuple[float, float]:
        across = _EDGE + coverage * (_WIDTH - 2 * _EDGE)
        down = _HEIGHT - _EDGE - (precision - _LOWEST) / (1 - _LOWEST) * (_HEIGHT - 2 * _EDGE)
        return round(across, 1), round(min(down, _HEIGHT - _EDGE), 1)

    left, right, foot = _EDGE, _WIDTH - _EDGE, _HEIGHT - _EDGE
    _, promise = place(0, _PROMISE)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" font-family="sans-serif" font-size="12">',
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#fff"/>',
        f'<path d="M{left} {_EDGE}V{foot}H{right}" fill="none" stroke="#333"/>',
        f'<path d="M{left} {promise}H{right}" stroke="#b00" stroke-dasharray="5 4"/>',
        f'<text x="{right}" y="{promise - 5}" text-anchor="end" fill="#b00">97%</text>',
    ]
    for share in (0.0, 0.2, 0.4, 0.6, 0.8, 1.0):
        x, _ = place(share, 1)
        parts.append(f'<text x="{x}" y="{foot + 18}" text-anchor="middle">{share:.0%}</text>')
    for share in (0.7, 0.8, 0.9, 1.0):
        _, y = place(0, share)
        parts.append(f'<text x="{left - 8}" y="{y + 4}" text-anchor="end">{share:.0%}</text>')
    spots = [place(coverage, precision) for _, coverage, precision in points]
    if spots:
        path = " ".join(f"{x},{y}" for x, y in spots)
        parts.append(f'<polyline points="{path}" fill="none" stroke="#06c" stroke-width="2"/>')
    parts += [f'<circle cx="{x}" cy="{y}" r="3" fill="#06c"/>' for x, y in spots]
    parts += [
        f'<text x="{_WIDTH / 2}" y="{_HEIGHT - 14}" text-anchor="middle">答对的占有答案的问题（覆盖）</text>',
        f'<text x="{left}" y="{_EDGE - 16}">自动答复中答对的（准确）</text>',
        "</svg>",
    ]  # fmt: skip
    return "\n".join(parts) + "\n"
