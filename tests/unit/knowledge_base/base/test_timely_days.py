"""Until when an answer is true: every day of a year, periods over the turn of the year, days without a year."""

from calendar import monthrange
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.base.timely import PASSING, YEARLY, Expiry, expiry, of_one_person

TODAY = date(2026, 11, 25)  # a Wednesday
DAYS = st.dates(date(2021, 1, 1), date(2090, 12, 31))


def on(answer: str, today: date = TODAY) -> date | None:
    found = expiry(answer, today)
    return found.on if found else None


@given(DAYS, DAYS)
def test_a_day_named_with_its_year_is_the_last(day: date, today: date) -> None:
    for shown in (
        f"{day.year}年{day.month}月{day.day}日",
        f"{day.year} 年 {day.month} 月 {day.day} 日".replace(" ", ""),
    ):
        assert on(f"请于{shown}前办理。", today) == day


@given(DAYS, st.integers(0, 300), DAYS)
def test_of_a_period_the_end_counts_whether_or_not_it_names_its_year(
    start: date, length: int, today: date
) -> None:
    end = start + timedelta(days=length)
    first = f"{start.year}年{start.month}月{start.day}日"
    assert on(f"{first}至{end.year}年{end.month}月{end.day}日办理。", today) == end
    if end.year == start.year or end.month < start.month:
        assert on(f"{first}至{end.month}月{end.day}日办理。", today) == end


@pytest.mark.parametrize(
    ("answer", "last"),
    [
        ("2026年12月1日至1月10日办理。", date(2027, 1, 10)),
        ("今年12月1日至1月10日办理。", date(2027, 1, 10)),
        ("12月20日至明年1月5日办理。", date(2027, 1, 5)),
        ("2026年12月1日报名，12月20日截止。", date(2026, 12, 20)),
        ("2027年1月5日报名，今年12月20日摸底。", date(2027, 1, 5)),
        ("2026年12月1日—5日办理。", date(2026, 12, 5)),
        ("2026年12月1日~5日办理。", date(2026, 12, 5)),
        ("2026年12月1日～5日办理。", date(2026, 12, 5)),
        ("2026年2月31日前交。", date(2026, 2, 28)),
        ("2028年2月30日前交。", date(2028, 2, 29)),
        ("2026年13月1日前交。", None),
        ("2026年0月1日前交。", None),
        ("自2026年1月1日起施行。", None),
        ("2026年1月1日起施行，2027年6月30日废止。", date(2027, 6, 30)),
        ("每年12月1日办理。", None),
        ("每年办理。2026年12月5日截止。", date(2026, 12, 5)),
    ],
)  # fmt: skip
def test_years_that_are_left_out(answer: str, last: date | None) -> None:
    assert on(answer) == last


@given(DAYS)
def test_weeks_end_on_sunday_and_months_on_their_last_day(today: date) -> None:
    sunday = today + timedelta(days=6 - today.weekday())
    assert on("本周内办结。", today) == on("这周办结。", today) == on("本周日前办结。", today) == sunday
    assert on("下周办结。", today) == on("下周天前办结。", today) == sunday + timedelta(days=7)
    assert on("本月办结。", today) == today.replace(day=monthrange(today.year, today.month)[1])
    for place, name in enumerate("一二三四五六日"):
        assert on(f"下周{name}恢复。", today) == sunday + timedelta(days=1 + place)


@given(DAYS)
def test_passing_states_have_their_time_and_papers_of_late_none(today: date) -> None:
    assert on("窗口暂停办理。", today) == today + PASSING
    assert expiry("请带近期免冠照片一张；逾期未认证的次月暂停发放，认证后补发。", today) is None
    assert timedelta(0) < PASSING < YEARLY


def test_the_earliest_that_is_still_to_come_counts_and_of_past_ones_the_last() -> None:
    assert on("2026年12月9日前报名。2026年12月1日前体检。2026年3月1日公布。") == date(2026, 12, 1)
    assert on("2026年3月1日公布。2026年5月1日公示。") == date(2026, 5, 1)


@given(st.text(max_size=120), DAYS)
def test_any_answer_is_borne_and_what_is_found_is_in_it(answer: str, today: date) -> None:
    found = expiry(answer, today)
    assert found is None or (isinstance(found, Expiry) and found.words)
    of_one_person(answer)


@given(st.lists(st.sampled_from("年月日至0123今明本每12 20周五起前，。")).map("".join), DAYS)
def test_broken_dates_are_borne(answer: str, today: date) -> None:
    expiry(answer, today)


@pytest.mark.parametrize(
    ("answer", "alone"),
    [
        ("您反映的路灯已于3月修好。", True), ("经核实，您家已登记。", True), ("请带您的身份证。", False), ("", False),
        ("您的孩子可在本县入学。", False), ("经查，该路段正在施工。", False),
    ],
)  # fmt: skip
def test_one_person_s_own_case(answer: str, alone: bool) -> None:
    words = of_one_person(answer)
    assert (words is not None) is alone and (words or "") in answer
