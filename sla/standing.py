"""Whether the office is in time, as a figure that no later edit improves."""

from datetime import date, datetime

from sla.calendar import WorkCalendar


def overdue_since(noted: datetime | None, due_at: datetime, now: datetime) -> datetime | None:
    """Return since when a case is overdue; None while it is in time: the last instant is the one before `due_at`.

    `noted` is what an earlier call returned. Once overdue stays overdue, whatever moves `due_at` later: ask
    before each reclassification, calendar or closing-hour change, and at the last approval. The moment of
    delivery plays no part: WeChat's windows are not the office's doing. What lies after `now` was noted by a
    clock that ran ahead, and counts for nothing.
    """
    if noted is not None and noted <= now:
        return noted
    return due_at if now >= due_at else None


def days_overdue(due_on: date, today: date, calendar: WorkCalendar) -> int:
    """Return the working days after the due day up to and including `today`; 0 while none has passed."""
    return max(0, calendar.count(due_on, today))


def on_time_rate(on_time: int, answered: int, open_overdue: int) -> float | None:
    """Return on time ÷ (answered + open overdue), so that leaving a late case open never helps.

    None if there is nothing to judge. Raises: ValueError on counts that cannot be.
    """
    if min(on_time, answered, open_overdue) < 0 or on_time > answered:
        raise ValueError(f"impossible counts: {on_time} of {answered}, {open_overdue} open")
    judged = answered + open_overdue
    return on_time / judged if judged else None
