"""The month in figures, and how things stand now. Answers count as they stood when they were released.

Source: Qingdao West Coast 2020 no. 88, annex 2 (monthly self-check); interface.md §6 `report`.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from statistics import median
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, func, or_, true
from sqlmodel import Session, col, select

from cases import people
from cases.desk import Desk
from cases.errors import Invalid
from cases.outcomes import AUTO
from cases.rate import GRADES
from cases.states import CATEGORIES
from cases.tables import Case, Outcome
from sla.standing import on_time_rate

UNRATED = "未评价"
NO_DEPARTMENT = "（未分部门）"
CHANNEL_NAMES = {"wechat": "公众号消息", "comment": "图文留言"}


@dataclass(frozen=True, slots=True)
class Span:
    """A month of the office's zone as two UTC instants; `cut` is its end, or now while it is running."""

    name: str
    start: datetime
    end: datetime
    cut: datetime


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
    days: list[int] = field(default_factory=list)
    ratings: Counter[str] = field(default_factory=Counter)
    channels: Counter[str] = field(default_factory=Counter)

    @property
    def rate(self) -> float | None:
        """On time ÷ (answered + open overdue); None if there is nothing to judge."""
        return on_time_rate(self.on_time, self.answered, self.open_overdue)

    @property
    def median_days(self) -> float | None:
        """Working days from the start of the clock to release, automatic answers left out."""
        return float(median(self.days)) if self.days else None

    @property
    def unrated(self) -> int:
        return max(0, self.answered - sum(self.ratings[grade] for grade in GRADES))


@dataclass(frozen=True, slots=True)
class Report:
    """`cells` are keyed by (department, category); `received_by_day` holds every day of the month so far."""

    span: Span
    cells: dict[tuple[str, str], Figures]
    received_by_day: dict[date, int]
    answered_by_day: dict[date, int]

    @property
    def total(self) -> Figures:
        return summed(self.cells.values())

    def by_department(self) -> dict[str, Figures]:
        names = dict.fromkeys(name for name, _ in self.cells)
        return {name: summed(f for (d, _), f in self.cells.items() if d == name) for name in names}

    def by_category(self) -> dict[str, Figures]:
        return {name: summed(f for (_, c), f in self.cells.items() if c == name) for name in CATEGORIES}


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
        whole.days += part.days
        whole.ratings += part.ratings
        whole.channels += part.channels
    return whole


def month_of(moment: datetime, zone: ZoneInfo) -> str:
    return moment.astimezone(zone).strftime("%Y-%m")


def span(month: str, zone: ZoneInfo, now: datetime) -> Span:
    """Read `YYYY-MM`. Raises: Invalid if it is none, lies before 2024 or has not begun."""
    found = re.fullmatch(r"(20\d\d)-(0[1-9]|1[0-2])", month.strip(), re.ASCII)
    if found is None or int(found[1]) < 2024:
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
    session, zone = desk.session, desk.office.zone
    names: dict[int | None, str] = {d.id: d.name for d in people.departments(session)}
    cells: dict[tuple[str, str], Figures] = {}

    def cell(department: int | None, category: str) -> Figures:
        return cells.setdefault((names.get(department, NO_DEPARTMENT), category), Figures())

    received, answered = _empty_days(when, zone), _empty_days(when, zone)
    for case in _received(session, when, where):
        figures = cell(case.department_id, case.category)
        figures.received += 1
        figures.channels[case.channel] += 1
        _count(received, _day(case.received_at, zone))
    for outcome in _outcomes(session, when, where):
        figures = cell(outcome.department_id, outcome.category)
        _add(figures, outcome)
        if not outcome.withdrawn:
            _count(answered, _day(outcome.at, zone))
    for department, category, number in _open_overdue(session, when, where):
        cell(department, category).open_overdue += number
    order = {name: place for place, name in enumerate([*names.values(), NO_DEPARTMENT])}
    ranked = sorted(cells.items(), key=lambda item: (order[item[0][0]], CATEGORIES.index(item[0][1])))
    return Report(when, dict(ranked), received, answered)


def _add(figures: Figures, outcome: Outcome) -> None:
    if outcome.withdrawn:
        figures.unsolved += 1
        return
    figures.answered += 1
    figures.on_time += outcome.on_time
    figures.refused += outcome.kind == "refusal"
    figures.automatic += outcome.kind == AUTO
    if outcome.kind != AUTO:
        figures.days.append(outcome.working_days)
    if outcome.rating:
        figures.ratings[outcome.rating] += 1


def _received(session: Session, when: Span, where: ColumnElement[bool]) -> list[Case]:
    query = select(Case).where(where, col(Case.received_at) >= when.start, col(Case.received_at) < when.end)
    return list(session.exec(query).all())


def _outcomes(session: Session, when: Span, where: ColumnElement[bool]) -> list[Outcome]:
    query = select(Outcome).join(Case, col(Case.id) == col(Outcome.case_id))
    query = query.where(where, col(Outcome.at) >= when.start, col(Outcome.at) < when.end)
    return list(session.exec(query).all())


def _open_overdue(
    session: Session, when: Span, where: ColumnElement[bool]
) -> list[tuple[int | None, str, int]]:
    """Return (department, category, number) of what was unanswered and past its due instant at the cut."""
    overdue_from = func.coalesce(Case.overdue_since, Case.due_at)
    query = (
        select(Case.department_id, Case.category, func.count())
        .where(
            where,
            overdue_from <= when.cut,
            col(Case.clock_from) <= when.cut,
            or_(col(Case.released_at).is_(None), col(Case.released_at) > when.cut),
            or_(col(Case.closed_at).is_(None), col(Case.closed_at) > when.cut),
        )
        .group_by(col(Case.department_id), col(Case.category))
    )
    return [(row[0], row[1], row[2]) for row in session.exec(query).all()]


def _day(moment: datetime, zone: ZoneInfo) -> date:
    return moment.astimezone(zone).date()


def _count(days: dict[date, int], day: date) -> None:
    days[day] = days.get(day, 0) + 1


def _empty_days(when: Span, zone: ZoneInfo) -> dict[date, int]:
    first = _day(when.start, zone)
    last = _day(when.cut - timedelta(microseconds=1), zone) if when.cut > when.start else first
    return {first + timedelta(days=n): 0 for n in range((last - first).days + 1)}
