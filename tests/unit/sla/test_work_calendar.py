import timeit
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sla.calendar import CalendarError, WorkCalendar, parse_year, shipped_years
from sla.deadline import due_date
from sla.notice import doubts
from sla.statutory import statutory_days

CALENDAR = WorkCalendar(shipped_years())
DAYS = st.dates(date(2024, 1, 2), date(2040, 12, 31))  # the first day with a working day not after it
NOTICE_2027 = """
year = 2027
source = "测试通知"
workdays = [2027-01-31, 2027-02-14, 2027-04-25, 2027-05-08, 2027-09-26, 2027-10-09]
holiday = [
  { name = "元旦", from = 2027-01-01, to = 2027-01-03 },
  { name = "春节", from = 2027-02-05, to = 2027-02-11 },
  { name = "清明节", from = 2027-04-03, to = 2027-04-05 },
  { name = "劳动节", from = 2027-05-01, to = 2027-05-05 },
  { name = "端午节", from = 2027-06-09, to = 2027-06-09 },
  { name = "中秋节", from = 2027-09-15, to = 2027-09-15 },
  { name = "国庆节", from = 2027-10-01, to = 2027-10-07 },
]
"""


@pytest.mark.parametrize(
    ("day", "works", "reason"),
    [
        ("2026-01-01", False, "元旦"),
        ("2026-01-04", True, "调休上班"),
        ("2026-01-05", True, "工作日"),
        ("2026-01-10", False, "周末"),
        ("2026-02-23", False, "春节"),
        ("2025-10-06", False, "国庆节、中秋节"),
        ("2024-02-09", True, "工作日"),  # the eve became a holiday by law in 2025
        ("2027-01-01", False, "元旦"),
        ("2027-02-05", False, "春节"),
        ("2027-02-08", False, "春节"),
        ("2027-02-09", True, "工作日"),
        ("2027-06-09", False, "端午节"),
        ("2027-10-03", False, "国庆节"),
        ("2027-10-04", True, "工作日"),
        ("2035-05-02", False, "劳动节"),
    ],
)
def test_what_a_day_is_and_why(day: str, works: bool, reason: str) -> None:
    assert CALENDAR.is_workday(date.fromisoformat(day)) is works
    assert CALENDAR.reason(date.fromisoformat(day)) == reason


def test_provisional_2027_is_exactly_the_days_named_by_law() -> None:
    named = {f"{day:%m-%d}" for day in statutory_days(2027)}
    expected = "01-01 02-05 02-06 02-07 02-08 04-05 05-01 05-02 06-09 09-15 10-01 10-02 10-03"
    assert " ".join(sorted(named)) == expected
    day = date(2027, 1, 1)
    while day.year == 2027:
        assert CALENDAR.is_workday(day) == (day.weekday() < 5 and f"{day:%m-%d}" not in named)
        day += timedelta(1)


def test_a_notice_replaces_the_guess_and_leaves_the_old_calendar_alone() -> None:
    with_notice = CALENDAR.with_year(parse_year(NOTICE_2027))
    assert with_notice.is_official(2027)
    assert not CALENDAR.is_official(2027)
    assert with_notice.is_workday(date(2027, 1, 31))
    assert not CALENDAR.is_workday(date(2027, 1, 31))
    assert due_date(date(2027, 1, 29), 5, with_notice) == date(2027, 2, 4)
    assert due_date(date(2027, 1, 29), 5, CALENDAR) == date(2027, 2, 9)
    assert [year.year for year in with_notice.years] == [2024, 2025, 2026, 2027]


def test_a_later_notice_for_the_same_year_counts() -> None:
    first = parse_year(NOTICE_2027)
    second = parse_year(NOTICE_2027.replace("2027-10-09]", "2027-10-10]"))
    assert CALENDAR.with_year(first).with_year(second).is_workday(date(2027, 10, 10))
    assert not WorkCalendar([second, first]).is_workday(date(2027, 10, 10))


def test_shipped_notices_are_official_complete_and_balanced() -> None:
    years = shipped_years()
    assert [(year.year, year.source) for year in years] == [
        (2024, "国办发明电〔2023〕7号"),
        (2025, "国办发明电〔2024〕12号"),
        (2026, "国办发明电〔2025〕7号"),
    ]
    assert [doubts(year) for year in years] == [(), (), ()]
    assert all(CALENDAR.is_official(year) for year in (2024, 2025, 2026))
    assert not CALENDAR.is_official(2023)


@given(DAYS, st.integers(1, 400))
def test_counting_back_gives_the_limit(day: date, n: int) -> None:
    later = CALENDAR.add(day, n)
    assert CALENDAR.is_workday(later)
    assert CALENDAR.count(day, later) == n
    assert CALENDAR.count(later, day) == -n
    assert CALENDAR.count(day, later - timedelta(1)) == n - 1


@given(DAYS, st.integers(1, 60))
def test_going_back_mirrors_going_forward(day: date, n: int) -> None:
    forward = CALENDAR.add(day, n)
    back = CALENDAR.add(forward, -n)
    assert back <= day
    assert CALENDAR.add(back, n) == forward
    assert CALENDAR.is_workday(day) is False or back == day


def test_zero_days_is_the_day_itself() -> None:
    assert CALENDAR.add(date(2026, 1, 1), 0) == date(2026, 1, 1)


@pytest.mark.parametrize("day", [date(2023, 12, 31), date(1999, 1, 1), date(2101, 1, 1), date.max])
def test_days_without_a_calendar_are_refused_in_one_chinese_line(day: date) -> None:
    for ask in (CALENDAR.is_workday, CALENDAR.reason, lambda day: CALENDAR.add(day, 1)):
        with pytest.raises(CalendarError, match=r"没有可用的工作日历") as caught:
            ask(day)
        assert "\n" not in str(caught.value)


def test_running_off_the_calendar_is_refused() -> None:
    for start, n in ((date(2100, 12, 30), 5), (date(2024, 1, 2), -5)):
        with pytest.raises(CalendarError, match="超出日历范围"):
            CALENDAR.add(start, n)


def test_due_date_needs_no_more_than_five_microseconds_whatever_the_span() -> None:
    for limit in (5, 250, 15_000):
        runs = timeit.repeat(lambda n=limit: due_date(date(2026, 1, 1), n, CALENDAR), number=2_000, repeat=5)
        assert min(runs) / 2_000 <= 5e-6
