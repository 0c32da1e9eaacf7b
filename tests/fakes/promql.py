"""The part of PromQL that the alert rules use, over pages of `/metrics` as they were read: no more, and nothing guessed.

An expression outside this part is an error. A rate is what the first and the last page in its range differ by.
"""

import math
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from prometheus_client.parser import text_string_to_metric_families

Labels = tuple[tuple[str, str], ...]
Vector = dict[Labels, float]
_TOKEN = re.compile(r'\s*(?:(\d+(?:\.\d+)?)|([A-Za-z_]\w*)|("[^"]*")|(==|>=|<=|[><(){}\[\],/=]))')
_SECONDS = {"s": 1, "m": 60, "h": 3600}


class NotUnderstood(Exception):
    """An expression outside the part."""


@dataclass(frozen=True)
class Page:
    """What one reading of the page gave, and when. A page that was not there has `up` 0 and nothing else."""

    at: float
    samples: dict[str, Vector]


def page(text: str | None, at: float, job: str = "huiyin") -> Page:
    up: Vector = {(("job", job),): 0.0 if text is None else 1.0}
    samples: dict[str, Vector] = {"up": up}
    for family in text_string_to_metric_families(text or ""):
        for one in family.samples:
            samples.setdefault(one.name, {})[tuple(sorted(one.labels.items()))] = one.value
    return Page(at, samples)


def evaluate(expression: str, pages: list[Page]) -> Vector:
    """Return what an instant query at the moment of the last page gives; an alert fires for each element."""
    reading = _Reading(expression, pages)
    found = reading.either()
    if reading.left():
        raise NotUnderstood(expression)
    return found


class _Reading:
    def __init__(self, expression: str, pages: list[Page]) -> None:
        self._pages, self._tokens, at = pages, [], 0
        text = expression.strip()
        while at < len(text):
            found = _TOKEN.match(text, at)
            if found is None:
                raise NotUnderstood(text[at:])
            self._tokens.append(found.group().strip())
            at = found.end()

    def left(self) -> bool:
        return bool(self._tokens)

    def either(self) -> Vector:
        found = self._compared()
        while self._next() == "or":
            self._take("or")
            found = {**self._compared(), **found}
        return found

    def _compared(self) -> Vector:
        found = self._divided()
        if self._next() in (">", "<", "==", ">=", "<="):
            how, bound = self._take(), float(self._take())
            return {labels: value for labels, value in found.items() if _holds(how, value, bound)}
        return found

    def _divided(self) -> Vector:
        found = self._term()
        while self._next() == "/":
            self._take("/")
            by = self._term()
            found = {
                key: value / by[key] if by[key] else math.nan for key, value in found.items() if key in by
            }
        return found

    def _term(self) -> Vector:
        name = self._take()
        if name in ("sum", "max"):
            return self._gathered(sum if name == "sum" else max)
        if name == "rate":
            self._take("(")
            found = self._rate()
        elif name == "histogram_quantile":
            self._take("(")
            share = float(self._take())
            self._take(",")
            found = _quantile(share, self.either())
        elif name == "absent":
            self._take("(")
            found = {} if self.either() else {(): 1.0}
        elif name == "(":
            found = self.either()
        else:
            return self._selected(name, self._pages[-1])
        self._take(")")
        return found

    def _gathered(self, how: Callable[[Iterable[float]], float]) -> Vector:
        kept: list[str] = []
        if self._next() == "by":
            self._take("by")
            self._take("(")
            while self._next() != ")":
                kept.append(self._take())
                if self._next() == ",":
                    self._take(",")
            self._take(")")
        self._take("(")
        inner = self.either()
        self._take(")")
        groups: dict[Labels, list[float]] = {}
        for labels, value in inner.items():
            groups.setdefault(tuple(pair for pair in labels if pair[0] in kept), []).append(value)
        return {labels: how(values) for labels, values in groups.items()}

    def _rate(self) -> Vector:
        name = self._take()
        rest = list(self._tokens)
        last = self._selected(name, self._pages[-1])
        self._take("[")
        length, unit = self._take(), self._take()
        self._take("]")
        since = self._pages[-1].at - float(length) * _SECONDS[unit]
        first = next(p for p in self._pages if p.at >= since)
        if first is self._pages[-1]:
            return {}
        after, self._tokens = self._tokens, rest
        before = self._selected(name, first)
        self._tokens = after
        seconds = self._pages[-1].at - first.at
        return {key: max(0.0, value - before.get(key, 0.0)) / seconds for key, value in last.items()}

    def _selected(self, name: str, where: Page) -> Vector:
        wanted = {}
        if self._next() == "{":
            self._take("{")
            while self._next() != "}":
                label = self._take()
                self._take("=")
                wanted[label] = self._take().strip('"')
                if self._next() == ",":
                    self._take(",")
            self._take("}")
        found = where.samples.get(name, {})
        return {labels: v for labels, v in found.items() if wanted.items() <= dict(labels).items()}

    def _next(self) -> str:
        return self._tokens[0] if self._tokens else ""

    def _take(self, wanted: str = "") -> str:
        if not self._tokens or (wanted and self._tokens[0] != wanted):
            raise NotUnderstood(f"{wanted or 'more'} expected at {self._tokens[:3]}")
        return self._tokens.pop(0)


def _holds(how: str, value: float, bound: float) -> bool:
    return {
        ">": value > bound, "<": value < bound, "==": value == bound, ">=": value >= bound, "<=": value <= bound,
    }[how]  # fmt: skip


def _quantile(share: float, buckets: Vector) -> Vector:
    """As Prometheus does it: linear within the bucket; the open last one counts as the end of the one before."""
    groups: dict[Labels, list[tuple[float, float]]] = {}
    for labels, count in buckets.items():
        rest = tuple(pair for pair in labels if pair[0] != "le")
        groups.setdefault(rest, []).append((float(dict(labels)["le"]), count))
    found: Vector = {}
    for labels, series in groups.items():
        series.sort()
        total = series[-1][1]
        if not total:
            continue
        rank = share * total
        at = next(n for n, (_, count) in enumerate(series) if count >= rank)
        low, below = series[at - 1] if at else (0.0, 0.0)
        high, count = series[at]
        found[labels] = low if math.isinf(high) else low + (high - low) * (rank - below) / (count - below)
    return found
