"""Dates that an answer promises, and dates that are no promise."""

from datetime import date

import pytest

from sla.promises import gone_by, promised
from tests.builders import CALENDAR

MONDAY = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("水管将在本周内修好。", [date(2026, 3, 6)]),
        ("我们将在3个工作日内派人维修，6月30日前完成改造。", [date(2026, 3, 5), date(2026, 6, 30)]),
        ("我局将在十五个工作日内公布方案", [date(2026, 3, 23)]),
        ("预计12月底完工", [date(2026, 12, 31)]),
        ("争取两周内解决", [date(2026, 3, 16)]),
        ("我们会在一个月内回访", [date(2026, 4, 2)]),
        ("计划下周三前铺设", [date(2026, 3, 11)]),
        ("确保本月底前通水", [date(2026, 3, 31)]),
        ("力争年底前交付", [date(2026, 12, 31)]),
        ("将于2027年2月1日前建成", [date(2027, 2, 1)]),
    ],
)
def test_what_the_office_will_do_by_a_day_is_a_promise(text: str, days: list[date]) -> None:
    assert [found.due_on for found in promised(text, MONDAY, CALENDAR)] == days


@pytest.mark.parametrize(
    "text",
    [
        "提交材料后15个工作日内办结，不收费。",
        "该办法自2026年6月1日起施行。",
        "会议于3月5日召开，已形成纪要。",
        "我局已于2月10日修复路灯。",
        "我们将尽快处理。",
        "将于13月40日完成",
    ],
)
def test_a_procedure_a_past_day_or_no_day_is_none(text: str) -> None:
    assert promised(text, MONDAY, CALENDAR) == []


def test_the_same_day_promised_twice_is_one_promise() -> None:
    found = promised("我们将在3月6日前修好，即本周内完成。", MONDAY, CALENDAR)
    assert len(found) == 1


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("本周五前修好路灯。", [date(2026, 3, 6)]),
        ("三日内答复您。", [date(2026, 3, 5)]),
        ("路灯三天之内恢复照明，请放心。", [date(2026, 3, 5)]),
        ("维修人员周三前上门。", [date(2026, 3, 4)]),
        ("24小时内清理完毕", [date(2026, 3, 3)]),
        ("我们将于2026-03-20前完成", [date(2026, 3, 20)]),
        ("预计三月二十日完工", [date(2026, 3, 20)]),
        ("本月15日前整改到位", [date(2026, 3, 15)]),
        ("今天下班前为您处理", [date(2026, 3, 2)]),
        ("半个月内拆除", [date(2026, 3, 17)]),
        ("已于2月10日报修，预计3月20日前修复。", [date(2026, 3, 20)]),
    ],
)
def test_a_day_by_which_something_is_done_is_a_promise_without_a_solemn_word(
    text: str, days: list[date]
) -> None:
    assert [found.due_on for found in promised(text, MONDAY, CALENDAR)] == days


@pytest.mark.parametrize(
    "text",
    [
        "我局已于2月10日修复路灯。",
        "我们已在1月5日完成整改，目前正常。",
        "该路灯2月10日修好了。",
        "请您在3日内补齐材料。",
        "自受理之日起20日内办结。",
        "每月15日前缴费。",
        "上周五已处理。",
    ],
)
def test_a_day_gone_by_or_one_for_the_citizen_is_none_even_late_in_the_year(text: str) -> None:
    assert promised(text, MONDAY, CALENDAR) == []
    assert promised(text, date(2026, 11, 28), CALENDAR) == []


def test_a_day_that_is_past_is_no_promise_but_is_told() -> None:
    def gone(text: str) -> list[date]:
        return [found.due_on for found in gone_by(text, MONDAY, CALENDAR)]

    assert gone("水管将于2026年2月10日前修好。") == [date(2026, 2, 10)]
    assert gone("预计2月底完工，3月底前通水。") == [date(2026, 2, 28)]
    assert gone("我局已于2月10日修复路灯，将在3月6日前回访。") == []
    assert promised("水管将于2026年2月10日前修好。", MONDAY, CALENDAR) == []
