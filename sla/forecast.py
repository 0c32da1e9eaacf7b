"""What will go overdue at the pace that people have: a rule over queues, so that it can be checked by hand."""

import math
from collections.abc import Sequence
from datetime import date, timedelta

from sla.calendar import WorkCalendar

FRIDAY = 4


def friday(today: date) -> date:
    """Return this week's Friday; on a weekend the next one's."""
    return today + timedelta(days=(FRIDAY - today.weekday()) % 7)


def days_left(today: date, until: date, calendar: WorkCalendar) -> int:
    """Return the working days from today up to and including `until`: today still counts."""
    return max(0, calendar.count(today - timedelta(days=1), until))


def too_late(days: Sequence[int], pace: float, front: int = 0) -> list[int]:
    """Return the places in a queue that are not reached in time.

    `days[k]`: the working days that the k-th has left; the queue is worked off from its front, `pace` a day. What is
    late already keeps its place, for somebody still has to do it: so many as `front` stand before the first.
    """
    return [place for place, left in enumerate(days) if front + place + 1 > pace * left]


def spare(pace: float, left: int, waiting: int) -> int:
    """Return how many more a person could finish in the days left beside what waits for them."""
    return max(0, math.floor(pace * left + 1e-9) - waiting)
