"""The month in figures, and how things stand now. Answers count as they stood when they were released.

Source: Qingdao West Coast 2020 no. 88, annex 2 (monthly self-check); interface.md §6 `report`.
"""

import re
from collections import Counter
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from statistics import median
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Row, func, literal, true, union_all
from sqlalchemy import select as columns
from sqlmodel import col

from cases.lists import month_rows
from cases.lists.month_rows import Span
from cases.register.desk import Desk
from cases.register.errors import Invalid
from cases.register.kinds import Ended
from cases.register.states import CATEGORIES
from cases.register.tables import Case, Outcome
from cases.steps.rate import GRADES
from sla.standing import on_time_rate

UNRATED = "未评价"
FIRST_YEAR, MONTHS_BACK = 2024, 12
NO_DEPARTMENT, NO_TOPIC = "（未分部门）", "（未分主题）"
Group = tuple[str, str, str, str]  # department, category, channel, topic
K = TypeVar("K", bound=Hashable)
CHANNEL_NAMES = {"wechat": "公众号消息", "comment": "图文留言"}


@dataclass(slots=True)
class Figures:
    """Counts of one group. A rating that was not given counts as none, never as good."""

    received: int = 0
    answered: int = 0
    on_time: int = 0
    refused: int = 0
    automatic: int = 0
    unsolved: int = 0  # automatic answers that the citizen did not accept
    open_overdue: int = 0
    extended: int = 0  # of those received
    reopened: int = 0  # of those received
    days: list[int] = field(default_factory=list)
    ratings: Counter[str] = field(default_factory=Counter)

    @property
    def rate(self) -> float | None:
        """On time ÷ (answered + open overdue); None if there is nothing to judge."""
        return on_time_rate(self.on_time, self.answered, self.open_overdue)

    @property
    def median_days(self) -> float | None:
        """Working days from the start of the clock to release, automatic answers left out."""
        return float(median(self.days)) if self.days else None

    @property
    def most_days(self) -> float | None:
        """Working days within which nine of ten were answered, automatic answers left out."""
        if not self.days:
            return None
        return float(sorted(self.days)[max(0, -(-len(self.days) * 9 // 10) - 1)])

    @property
    def unrated(self) -> int:
        return max(0, self.answered - sum(self.ratings[grade] for grade in GRADES))


@dataclass(frozen=True, slots=True)
class Report:
    """`groups` are keyed by (department, category, channel, topic); `received_by_day` holds every day so far."""

    span: Span
    groups: dict[Group, Figures]
    received_by_day: dict[date, int]
    answered_by_day: dict[date, int]

    @property
    def total(self) -> Figures:
        return summed(self.groups.values())

    @property
    def cells(self) -> dict[tuple[str, str], Figures]:
        """The figures by (department, category)."""
        return _by(self.groups, lambda group: (group[0], group[1]))

    def by_department(self) -> dict[str, Figures]:
        return _by(self.groups, lambda group: group[0])

    def by_category(self) -> dict[str, Figures]:
        found = _by(self.groups, lambda group: group[1])
        return {name: found.get(name, Figures()) for name in CATEGORIES}

    def by_channel(self) -> dict[str, Figures]:
        return dict(
            sorted(_by(self.groups, lambda group: group[2]).items(), key=lambda one: -one[1].received)
        )

    def by_topic(self) -> dict[str, Figures]:
        found = _by(self.groups, lambda group: group[3] or NO_TOPIC)
        return dict(sorted(found.items(), key=lambda one: (one[0] == NO_TOPIC, -one[1].received)))


def _by(groups: dict[Group, Figures], key: Callable[[Group], K]) -> dict[K, Figures]:
    """Return the figures of the groups that share a key, in the order in which the keys come."""
    parts: dict[K, list[Figures]] = {}
    for group, figures in groups.items():
        parts.setdefault(key(group), []).append(figures)
    return {name: summed(found) for name, found in parts.items()}


def summed(parts: Iterable[Figures]) -> Figures:
    whole = Figures()
    for part in parts:
        whole.received += part.received
        whole.answered += part.answered
        whole.on_time += part.on_time
        whole.refused += part.refused
        whole.automatic += part.automatic
        whole.unsolved += part.unsolved
        whole.open_overdue += part.open_overdue
        whole.extended += part.extended
        whole.reopened += part.reopened
        whole.days += part.days
        whole.ratings += part.ratings
    return whole


def month_of(moment: datetime, zone: ZoneInfo) -> str:
    return moment.astimezone(zone).strftime("%Y-%m")


def months_back(now: datetime, zone: ZoneInfo) -> list[str]:
    """Return the last twelve months as YYYY-MM, this one first."""
    latest = month_of(now, zone)
    count = int(latest[:4]) * 12 + int(latest[5:]) - 1
    numbers = [count - back for back in range(MONTHS_BACK) if count - back >= FIRST_YEAR * 12]
    return [f"{number // 12:04d}-{number % 12 + 1:02d}" for number in numbers]


def span(month: str, zone: ZoneInfo, now: datetime) -> Span:
    """Read `YYYY-MM`. Raises: Invalid if it is none, lies before 2024 or has not begun."""
    found = re.fullmatch(r"(20\d\d)-(0[1-9]|1[0-2])", month.strip(), re.ASCII)
    if found is None or int(found[1]) < FIRST_YEAR:
        raise Invalid("月份应写成 YYYY-MM，例如 2026-11，且不早于 2024-01。")
    year, number = int(found[1]), int(found[2])
    start = datetime(year, number, 1, tzinfo=zone).astimezone(UTC)
    end = datetime(year + number // 12, number % 12 + 1, 1, tzinfo=zone).astimezone(UTC)
    if start > now:
        raise Invalid(f"{month.strip()} 还没有开始，没有可统计的内容。")
    return Span(month.strip(), start, end, min(end, now))


def monthly(desk: Desk, month: str, sight: ColumnElement[bool] | None = None) -> Report:
    """Return the figures of a month, of the cases for which `sight` holds. Raises: Invalid."""
    when = span(month, desk.office.zone, desk.now)
    where = sight if sight is not None else true()
    came = columns(col(Case.id)).where(where)
    went = month_rows.of_case(columns(col(Outcome.id)), Outcome, where).where(month_rows.stood(when))
    return Report(
        when, _groups(desk, when, where), _by_day(desk, came, col(Case.received_at), when),
        _by_day(desk, went, col(Outcome.at), when),
    )  # fmt: skip


def _groups(desk: Desk, when: Span, where: ColumnElement[bool]) -> dict[Group, Figures]:
    names: dict[int | None, str] = {d.id: d.name for d in desk.departments}
    groups: dict[Group, Figures] = {}

    def group(row: Row[Any]) -> Figures:
        key = (names.get(row.department_id, NO_DEPARTMENT), row.category, row.channel, row.topic)
        return groups.setdefault(key, Figures())

    _count(month_rows.Rows(desk, when, where, apart=True), group)
    order = {name: place for place, name in enumerate([*names.values(), NO_DEPARTMENT])}
    ranked = sorted(
        groups.items(), key=lambda item: (order[item[0][0]], CATEGORIES.index(item[0][1]), *item[0][2:])
    )
    return dict(ranked)


def _count(rows: month_rows.Rows, group: Callable[[Row[Any]], Figures]) -> None:
    """Add each row to the figures that it belongs to."""
    for row in rows.received():
        figures = group(row)
        figures.received += row.number
        figures.extended += row.extended or 0
        figures.reopened += row.reopened or 0
    for row in rows.outcomes():
        _add(group(row), row)
    for row in rows.unsolved():
        group(row).unsolved += row.number
    for row in rows.open_overdue():
        group(row).open_overdue += row.number


def in_all(desk: Desk, month: str, sight: ColumnElement[bool] | None = None) -> Figures:
    """Return the figures of a month as one: counted so, not summed up from its groups. Raises: Invalid."""
    when, whole = span(month, desk.office.zone, desk.now), Figures()
    where = sight if sight is not None else true()
    _count(month_rows.Rows(desk, when, where, apart=False), lambda _row: whole)
    return whole


def yearly(desk: Desk, year: int, sight: ColumnElement[bool] | None = None) -> dict[str, Figures]:
    """Return the figures of each month of a year that has begun. Raises: Invalid for a year that has not."""
    names = [f"{year:04d}-{number:02d}" for number in range(1, 13)]
    span(names[0], desk.office.zone, desk.now)
    begun = [name for name in names if name <= month_of(desk.now, desk.office.zone)]
    return {name: in_all(desk, name, sight) for name in begun}


def _add(figures: Figures, row: Row[Any]) -> None:
    """Add outcomes that are alike in everything that counts: `number` of them."""
    number = row.number
    figures.answered += number
    figures.on_time += number if row.on_time else 0
    figures.refused += number if row.kind == Ended.REFUSAL else 0
    if row.kind == Ended.AUTO:
        figures.automatic += number
    else:
        figures.days += [row.working_days] * number
    if row.rating:
        figures.ratings[row.rating] += number


def _by_day(desk: Desk, query: Any, moment: Any, when: Span) -> dict[date, int]:
    """Return how many rows of a query fall on each day of the office, with every day up to the cut.

    Each day is counted in the index: a large month's moments are not read one by one.
    """
    zone = desk.office.zone
    first = when.start.astimezone(zone).date()
    last = max(first, (when.cut - timedelta(microseconds=1)).astimezone(zone).date())
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    edges = [_midnight(day, zone) for day in days] + [when.end]
    counted = [
        query.with_only_columns(literal(n).label("day"), func.count().label("number")).where(
            moment >= start, moment < end
        )
        for n, (start, end) in enumerate(pairwise(edges))
    ]
    numbers = {row.day: row.number for row in month_rows.fetched(desk, union_all(*counted))}
    return {day: numbers[n] for n, day in enumerate(days)}


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)
