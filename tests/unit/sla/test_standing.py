from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sla.calendar import WorkCalendar, shipped_years
from sla.standing import days_overdue, on_time_rate, overdue_since

CALENDAR = WorkCalendar(shipped_years())
DUE_ON, DUE_AT = date(2026, 9, 30), datetime(2026, 9, 30, 16, tzinfo=UTC)
A_MOMENT = timedelta(microseconds=1)


def test_overdue_begins_when_the_due_day_ends() -> None:
    assert overdue_since(None, DUE_AT, DUE_AT - A_MOMENT) is None
    assert overdue_since(None, DUE_AT, DUE_AT) == DUE_AT


@pytest.mark.parametrize(
    ("today", "days"),
    [
        ("2026-09-29", 0),
        ("2026-09-30", 0),
        ("2026-10-01", 0),
        ("2026-10-07", 0),
        ("2026-10-08", 1),
        ("2026-10-10", 3),
    ],
)
def test_days_overdue_are_working_days(today: str, days: int) -> None:
    assert days_overdue(DUE_ON, date.fromisoformat(today), CALENDAR) == days


def test_a_case_once_overdue_stays_so_through_a_later_date() -> None:
    noted = overdue_since(None, DUE_AT, DUE_AT + timedelta(hours=1))
    later = DUE_AT + timedelta(days=20)
    assert overdue_since(noted, later, DUE_AT + timedelta(hours=2)) == DUE_AT
    assert overdue_since(None, later, DUE_AT + timedelta(hours=2)) is None


def test_what_a_clock_that_ran_ahead_noted_counts_for_nothing_until_it_is_true() -> None:
    noted = overdue_since(None, DUE_AT, DUE_AT + timedelta(days=90))
    assert overdue_since(noted, DUE_AT, DUE_AT - timedelta(days=5)) is None
    assert overdue_since(noted, DUE_AT, DUE_AT) == DUE_AT


@given(st.integers(-60, 60), st.integers(-60, 60), st.integers(0, 60))
def test_no_later_date_makes_an_overdue_case_one_in_time(due: int, moved: int, waited: int) -> None:
    now = DUE_AT + timedelta(days=due)
    noted = overdue_since(None, DUE_AT, now)
    after = overdue_since(noted, DUE_AT + timedelta(days=moved), now + timedelta(days=waited))
    assert noted is None or after == noted


@pytest.mark.parametrize(
    ("on_time", "answered", "open_overdue", "rate"),
    [(9, 10, 0, 0.9), (9, 10, 8, 0.5), (0, 0, 5, 0.0), (10, 10, 0, 1.0), (0, 0, 0, None)],
)
def test_open_overdue_cases_lower_the_rate(
    on_time: int, answered: int, open_overdue: int, rate: float | None
) -> None:
    assert on_time_rate(on_time, answered, open_overdue) == rate


@given(st.integers(0, 500), st.integers(0, 500), st.integers(1, 500))
def test_leaving_a_late_case_open_never_helps(on_time: int, late: int, open_overdue: int) -> None:
    left_open = on_time_rate(on_time, on_time + late, open_overdue)
    answered_late = on_time_rate(on_time, on_time + late + 1, open_overdue - 1)
    assert left_open == answered_late


@pytest.mark.parametrize("counts", [(-1, 0, 0), (0, -1, 0), (0, 0, -1), (3, 2, 0)])
def test_impossible_counts_are_refused(counts: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="impossible"):
        on_time_rate(*counts)
