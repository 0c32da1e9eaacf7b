"""What goes overdue at a pace, by hand-counted queues."""

from datetime import date

import pytest

from sla import forecast
from sla.calendar import WorkCalendar, shipped_years

CALENDAR = WorkCalendar(shipped_years())


@pytest.mark.parametrize(
    ("today", "end"),
    [
        (date(2026, 3, 2), date(2026, 3, 6)),
        (date(2026, 3, 6), date(2026, 3, 6)),
        (date(2026, 3, 7), date(2026, 3, 13)),
    ],
)
def test_friday_is_this_weeks_until_it_is_over(today: date, end: date) -> None:
    assert forecast.friday(today) == end


def test_today_still_counts_and_what_is_past_does_not() -> None:
    assert forecast.days_left(date(2026, 3, 2), date(2026, 3, 6), CALENDAR) == 5
    assert forecast.days_left(date(2026, 3, 6), date(2026, 3, 6), CALENDAR) == 1
    assert forecast.days_left(date(2026, 3, 7), date(2026, 3, 8), CALENDAR) == 0
    assert forecast.days_left(date(2026, 3, 6), date(2026, 3, 2), CALENDAR) == 0


def test_a_queue_is_worked_off_from_its_front() -> None:
    assert forecast.too_late([1, 2, 3, 5], pace=1) == []
    assert forecast.too_late([1, 1, 3, 5], pace=1) == [1]
    assert forecast.too_late([0, 1, 2], pace=1) == [0, 1, 2]  # what is late keeps its place
    assert forecast.too_late([5, 5], pace=0.2) == [1]
    assert forecast.too_late([5], pace=0) == [0]
    assert forecast.too_late([2, 2, 9], pace=1, front=1) == [
        1
    ]  # whoever stands in front is counted, not listed


def test_room_is_what_the_pace_leaves() -> None:
    assert forecast.spare(pace=0.6, left=5, waiting=1) == 2
    assert forecast.spare(pace=0.2, left=5, waiting=3) == 0
