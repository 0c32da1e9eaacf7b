from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sla.calendar import CalendarError, WorkCalendar, shipped_years
from sla.deadline import deadline, derivation, due_date, due_words, is_provisional
from sla.errors import DeadlineError, SlaError
from sla.policy import load_policy

CALENDAR = WorkCalendar(shipped_years())
SHANGHAI = ZoneInfo("Asia/Shanghai")
DAYS = st.dates(date(2024, 1, 1), date(2035, 12, 31))
LIMITS = st.integers(1, 60)


@given(DAYS, LIMITS)
def test_never_due_on_a_day_off_and_counting_back_gives_the_limit(received: date, limit: int) -> None:
    due = due_date(received, limit, CALENDAR)
    assert due > received
    assert CALENDAR.is_workday(due)
    one_by_one = [received + timedelta(n) for n in range(1, (due - received).days + 1)]
    assert sum(CALENDAR.is_workday(day) for day in one_by_one) == limit


@given(DAYS, st.integers(0, 30), LIMITS)
def test_received_later_is_never_due_earlier(received: date, later: int, limit: int) -> None:
    assert due_date(received, limit, CALENDAR) <= due_date(received + timedelta(later), limit, CALENDAR)


@given(DAYS, LIMITS, st.integers(1, 20))
def test_an_extension_counts_on_from_the_due_day(received: date, limit: int, more: int) -> None:
    due = due_date(received, limit, CALENDAR)
    assert due_date(received, limit + more, CALENDAR) == due_date(due, more, CALENDAR) > due


@given(DAYS, LIMITS)
def test_derivation_agrees_with_the_date_and_numbers_every_counted_day(received: date, limit: int) -> None:
    days = derivation(received, limit, CALENDAR)
    assert days[-1].date == due_date(received, limit, CALENDAR)
    assert [day.n for day in days if day.counts] == list(range(1, limit + 1))
    assert all(day.counts == CALENDAR.is_workday(day.date) for day in days[1:])


@given(DAYS, LIMITS)
def test_provisional_exactly_if_a_day_looked_at_has_no_notice(received: date, limit: int) -> None:
    days = derivation(received, limit, CALENDAR)[1:]
    assert is_provisional(received, days[-1].date, CALENDAR) == any(day.date.year > 2026 for day in days)


@pytest.mark.parametrize(
    ("received_at", "received_on"),
    [
        ("2026-03-09T23:59:59+08:00", "2026-03-09"),
        ("2026-03-10T00:00:00+08:00", "2026-03-10"),
        ("2026-03-09T15:59:59+00:00", "2026-03-09"),
        ("2026-03-09T16:00:00+00:00", "2026-03-10"),
        ("2026-03-09T20:00:00-05:00", "2026-03-10"),
    ],
)
def test_the_office_s_midnight_decides_the_day_of_receipt(received_at: str, received_on: str) -> None:
    found = deadline(datetime.fromisoformat(received_at), 5, CALENDAR, SHANGHAI)
    assert found.received_on.isoformat() == received_on
    assert found.received_at == datetime.fromisoformat(received_at)
    assert found.received_at.utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    ("close", "due_at"),
    [
        (None, datetime(2026, 3, 16, 16, 0, tzinfo=UTC)),
        (time(17, 30), datetime(2026, 3, 16, 9, 30, tzinfo=UTC)),
        (time(9, 0), datetime(2026, 3, 16, 1, 0, tzinfo=UTC)),
    ],
)
def test_the_due_day_ends_at_midnight_or_at_the_close_of_office(close: time | None, due_at: datetime) -> None:
    found = deadline(datetime(2026, 3, 9, 9, tzinfo=SHANGHAI), 5, CALENDAR, SHANGHAI, close)
    assert (found.due_on, found.due_at, found.provisional) == (date(2026, 3, 16), due_at, False)
    assert found.working_days == 5


def test_a_zone_with_summer_time_ends_its_day_at_its_own_midnight() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    before = deadline(datetime(2026, 3, 20, 9, tzinfo=berlin), 5, CALENDAR, berlin)
    after = deadline(datetime(2026, 3, 24, 9, tzinfo=berlin), 5, CALENDAR, berlin)
    assert before.due_at == datetime(2026, 3, 27, 23, 0, tzinfo=UTC)
    assert after.due_at == datetime(2026, 3, 31, 22, 0, tzinfo=UTC)


def test_receipt_on_the_last_day_of_an_official_year_is_provisional_only_for_what_follows() -> None:
    last = deadline(datetime(2026, 12, 31, 9, tzinfo=SHANGHAI), 1, CALENDAR, SHANGHAI)
    assert (last.due_on, last.provisional) == (date(2027, 1, 4), True)
    known = WorkCalendar(year for year in shipped_years() if year.year != 2025)
    from_gap = deadline(datetime(2025, 12, 31, 9, tzinfo=SHANGHAI), 5, known, SHANGHAI)
    assert not from_gap.provisional  # the day of receipt itself is not looked at


def test_the_urgent_first_answer_is_due_on_the_next_working_day() -> None:
    limit = load_policy().urgent_first_answer
    friday_before_a_make_up_saturday = date(2026, 2, 13)
    assert due_date(friday_before_a_make_up_saturday, limit, CALENDAR) == date(2026, 2, 14)
    assert due_date(date(2026, 2, 14), limit, CALENDAR) == date(2026, 2, 24)


@pytest.mark.parametrize(
    ("due_on", "provisional", "words"),
    [
        (date(2026, 3, 16), False, "2026-03-16"),
        (date(2027, 2, 9), True, "2027-02-09（暂定）"),
        (date(2027, 1, 4), True, "2027-01-04（暂定）"),
        (date(2027, 2, 9), False, "2027-02-09"),
        (date(2026, 12, 31), False, "2026-12-31"),
    ],
)
def test_how_a_due_date_is_worded(due_on: date, provisional: bool, words: str) -> None:
    assert due_words(due_on, provisional) == words


@pytest.mark.parametrize(
    ("received_at", "error", "says"),
    [
        (datetime(2026, 3, 9, 9), DeadlineError, "缺少时区"),  # noqa: DTZ001 the naive time is the point
        (datetime(2023, 12, 31, 9, tzinfo=SHANGHAI), CalendarError, "早于 2024-01-01"),
        (datetime(1, 1, 1, tzinfo=SHANGHAI), CalendarError, "早于 2024-01-01"),
        (datetime(9999, 12, 31, 23, tzinfo=UTC), DeadlineError, "超出可计算的范围"),
        (datetime(2101, 1, 1, 23, tzinfo=UTC), CalendarError, "晚于 2100 年"),
    ],
)
def test_times_that_cannot_be_counted_from(received_at: datetime, error: type[SlaError], says: str) -> None:
    with pytest.raises(error, match=says):
        deadline(received_at, 5, CALENDAR, SHANGHAI)


@pytest.mark.parametrize("limit", [0, -1])
def test_a_limit_below_one_is_refused(limit: int) -> None:
    with pytest.raises(DeadlineError, match="至少为 1"):
        due_date(date(2026, 3, 9), limit, CALENDAR)
