"""From the moment a message is received to the last day, and instant, on which the reply is in time."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sla.calendar import MAKE_UP, WEEKEND, WORKDAY, WorkCalendar
from sla.errors import DeadlineError

_DAY = timedelta(days=1)
RECEIPT_DAY = "收到当日不计"
PROVISIONAL = "（暂定）"


@dataclass(frozen=True, slots=True)
class Deadline:
    """`due_at` is the UTC instant at which the due day ends; `provisional` dates may move with a notice."""

    received_at: datetime
    received_on: date
    working_days: int
    due_on: date
    due_at: datetime
    provisional: bool


@dataclass(frozen=True, slots=True)
class Day:
    """One day of a derivation; `n` is the working days counted so far."""

    date: date
    counts: bool
    reason: str
    n: int


def due_date(received: date, limit: int, calendar: WorkCalendar) -> date:
    """Return the last day on which a reply is still in time.

    The day of receipt is not counted. Units: `limit` in working days, at least 1.
    A year on the way without a notice is counted provisionally (`is_provisional`).
    Raises: CalendarError outside 2024–2100, DeadlineError if the limit is below 1.
    Source: MLGK 004—2018 §6.3.3.4; Civil Code art. 201.
    """
    if limit < 1:
        raise DeadlineError(f"时限应至少为 1 个工作日，现为 {limit}")
    return calendar.add(received, limit)


def is_provisional(received: date, due: date, calendar: WorkCalendar) -> bool:
    """Tell whether any day from the day after receipt through the due day lies in a year without a notice."""
    return not all(calendar.is_official(year) for year in range((received + _DAY).year, due.year + 1))


def due_words(due_on: date, provisional: bool) -> str:
    """Return a due date as every chat, page and notice words it: nobody is shown a provisional one bare."""
    return f"{due_on.isoformat()}{PROVISIONAL if provisional else ''}"


def end_of_day(day: date, zone: ZoneInfo, office_close: time | None) -> datetime:
    """Return the UTC instant at which `day` ends for the office; no closing hour means 24:00.

    Source: Civil Code art. 203.
    """
    local = datetime.combine(day, office_close) if office_close else datetime.combine(day + _DAY, time.min)
    return local.replace(tzinfo=zone).astimezone(UTC)


def local_date(moment: datetime, zone: ZoneInfo) -> date:
    """Return the office's date at `moment`. Raises: DeadlineError if `moment` has no zone."""
    if moment.tzinfo is None:
        raise DeadlineError("时间缺少时区，请写成 2026-01-05T09:00:00+08:00")
    try:
        return moment.astimezone(zone).date()
    except OverflowError as error:
        raise DeadlineError(f"时间 {moment.isoformat()} 超出可计算的范围") from error


def deadline(
    received_at: datetime,
    working_days: int,
    calendar: WorkCalendar,
    zone: ZoneInfo,
    office_close: time | None = None,
) -> Deadline:
    """Return when a reply to a message received at `received_at` is due.

    The office's date decides the day of receipt.
    Raises: DeadlineError for a time without zone, CalendarError for a date outside the calendar.
    Source: MLGK 004—2018 §6.3.3.4.
    """
    received_on = local_date(received_at, zone)
    due_on = due_date(received_on, working_days, calendar)
    return Deadline(
        received_at=received_at.astimezone(UTC),
        received_on=received_on,
        working_days=working_days,
        due_on=due_on,
        due_at=end_of_day(due_on, zone, office_close),
        provisional=is_provisional(received_on, due_on, calendar),
    )


def derivation(received: date, limit: int, calendar: WorkCalendar) -> list[Day]:
    """Return every day from receipt through the due day with the reason why it counts or not."""
    due = due_date(received, limit, calendar)
    return derivation_on_record(received, due, calendar.named_days(received, due))


def derivation_on_record(received: date, due: date, named: Mapping[date, str]) -> list[Day]:
    """Return the derivation of a date from the holidays and make-up days that it was counted with.

    So that a date counted long ago is explained by the calendar of its time, whatever was published since.
    """
    days = [Day(received, False, RECEIPT_DAY, 0)]
    day, counted = received, 0
    while day < due:
        day += _DAY
        reason = named.get(day) or (WORKDAY if day.weekday() < 5 else WEEKEND)
        counts = reason in (WORKDAY, MAKE_UP)
        counted += counts
        days.append(Day(day, counts, reason, counted))
    return days
