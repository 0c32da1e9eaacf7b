"""Whether the office is in time, as a figure that no later edit improves."""

from dataclasses import dataclass
from datetime import date, datetime

from sla.calendar import WorkCalendar


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an answered case stood, frozen at its last approval. `days_overdue` in working days."""

    approved_at: datetime
    due_on: date
    due_at: datetime
    on_time: bool
    days_overdue: int


def is_overdue(due_at: datetime, now: datetime) -> bool:
    """Tell whether the due day has ended: its last instant is the one before `due_at`."""
    return now >= due_at


def stays_overdue(was_overdue: bool, due_at: datetime, now: datetime) -> bool:
    """Return what to remember before `due_at` is changed: a case once overdue stays so.

    Ask with the old `due_at` at every reclassification, calendar or closing-hour change. An extension can
    only be granted before the due day ends, so it never meets an overdue case.
    """
    return was_overdue or is_overdue(due_at, now)


def days_overdue(due_on: date, today: date, calendar: WorkCalendar) -> int:
    """Return the working days after the due day up to and including `today`; 0 while none has passed."""
    return max(0, calendar.count(due_on, today))


def judge(
    approved_at: datetime,
    approved_on: date,
    *,
    due_on: date,
    due_at: datetime,
    was_overdue: bool,
    calendar: WorkCalendar,
) -> Outcome:
    """Return how a case stands at its last approval; `approved_on` is the office's date of that instant.

    The moment of delivery plays no part: WeChat's windows are not the office's doing.
    """
    return Outcome(
        approved_at=approved_at,
        due_on=due_on,
        due_at=due_at,
        on_time=not stays_overdue(was_overdue, due_at, approved_at),
        days_overdue=days_overdue(due_on, approved_on, calendar),
    )


def on_time_rate(on_time: int, answered: int, open_overdue: int) -> float | None:
    """Return on time ÷ (answered + open overdue), so that leaving a late case open never helps.

    None if there is nothing to judge. Raises: ValueError on counts that cannot be.
    """
    if min(on_time, answered, open_overdue) < 0 or on_time > answered:
        raise ValueError(f"impossible counts: {on_time} of {answered}, {open_overdue} open")
    judged = answered + open_overdue
    return on_time / judged if judged else None
