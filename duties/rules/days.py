"""Dates of the duties: read from words, counted in working days, and said to be provisional where they are.

Counting is that of the replies: the first day is not counted. Source: Civil Code art. 201.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from cases.register.errors import Malformed
from sla.calendar import WorkCalendar
from sla.deadline import due_words, is_provisional
from sla.notice import FIRST_YEAR

_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])", re.ASCII)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Due:
    """A last day; `provisional` where a year on the way has no official calendar."""

    on: date
    provisional: bool

    def __str__(self) -> str:
        return due_words(self.on, self.provisional)


def after(day: date, working_days: int, calendar: WorkCalendar) -> Due:
    """Return the last of so many working days after `day`.

    Of days before the calendars begin (an account opened long ago) Monday to Friday count, provisionally.
    """
    first = date(FIRST_YEAR, 1, 1)
    left, guessed = working_days, day < first - _DAY
    while day < first - _DAY and left:
        day += _DAY
        left -= day.weekday() < 5
    if not left:
        return Due(day, True)
    due = calendar.add(max(day, first), left - (day < first and calendar.is_workday(first)))
    return Due(due, guessed or is_provisional(day, due, calendar))


def between(day: date, until: date, calendar: WorkCalendar) -> int:
    """Return the working days after `day` up to and including `until`."""
    first = date(FIRST_YEAR, 1, 1)
    if until < first:
        return sum((day + _DAY * n).weekday() < 5 for n in range(1, (until - day).days + 1))
    if day < first:
        before = sum((day + _DAY * n).weekday() < 5 for n in range(1, (first - day).days))
        return before + calendar.is_workday(first) + calendar.count(first, until)
    return calendar.count(day, until)


def last_of(month: str, calendar: WorkCalendar) -> Due:
    """Return the last working day of a month; before the calendars Monday to Friday count, provisionally."""
    _, day = read_month(month)
    while day.weekday() > 4 if day.year < FIRST_YEAR else not calendar.is_workday(day):
        day -= _DAY
    return Due(day, not calendar.is_official(day.year))


def read_day(text: str, what: str) -> date:
    """Read `YYYY-MM-DD`. Raises: Invalid naming what the date is for."""
    try:
        if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text.strip(), re.ASCII):
            raise ValueError
        return date.fromisoformat(text.strip())
    except ValueError:
        raise Malformed(f"{what}「{text[:30]}」不是日期，请写成 2026-03-02。") from None


def read_month(text: str) -> tuple[date, date]:
    """Return the first and the last day of `YYYY-MM`. Raises: Invalid."""
    found = _MONTH.fullmatch(text.strip())
    if found is None or int(found[1]) < 2000:
        raise Malformed(f"月份「{text[:30]}」读不懂，请写成 2026-03。", field="month")
    year, month = int(found[1]), int(found[2])
    following = date(year + month // 12, month % 12 + 1, 1)
    return date(year, month, 1), following - _DAY


def month_of(day: date) -> str:
    return f"{day.year:04d}-{day.month:02d}"


def month_before(month: str) -> str:
    first, _ = read_month(month)
    return month_of(first - _DAY)
