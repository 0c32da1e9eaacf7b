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


NOVEMBER = date(2026, 11, 25)  # a Wednesday
DECEMBER_5 = [date(2026, 12, 5)]


@pytest.mark.parametrize(
    "text",
    [
        "已联系路灯养护单位，于12月5日前完成更换。",
        "已联系养护单位于12月5日前完成更换。",
        "已责成施工方于12月5日前修复破损路面。",
        "已督促物业12月5日前整改到位。",
        "已要求商家在12月5日前把围挡拆除。",
        "已与施工方商定12月5日前完工。",
        "已约定12月5日上门维修。",
        "已请自来水公司于12月5日前换好阀门。",
        "已下达整改通知书，限期12月5日前改正。",
        "您的申请已经转交街道，街道于12月5日前办结。",
        "诉求已受理，12月5日前给予答复。",
        "已明确整改时限为12月5日。",
        "整改期限：12月5日，由我局验收。",
        "已安排施工队进场，12月5日完工。",
        "管网正在抢修，最迟12月5日恢复供水。",
        "于12月5日前补齐井盖。",
        "负责人答应12月5日前给出答复。",
        "由原计划11月30日完工推迟至12月5日完工。",
        "开发商承诺于12月5日前整改到位。",
        "请您放心，路灯12月5日前修好。",
    ],
)
def test_whoever_was_set_to_work_by_a_day_makes_a_promise_of_it(text: str) -> None:
    assert [found.due_on for found in promised(text, NOVEMBER, CALENDAR)] == DECEMBER_5


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("预计月底完工。", (2026, 11, 30)),
        ("力争月底前完成。", (2026, 11, 30)),
        ("预计下月初开工。", (2026, 12, 10)),
        ("预计12月上旬恢复供暖。", (2026, 12, 10)),
        ("计划12月中旬完成验收。", (2026, 12, 20)),
        ("将于本月下旬铺设沥青。", (2026, 11, 30)),
        ("力争年底完成改造。", (2026, 12, 31)),
        ("预计明年年底建成通车。", (2027, 12, 31)),
        ("预计2027年底交付。", (2027, 12, 31)),
        ("预计明年3月底前建成。", (2027, 3, 31)),
        ("计划明年上半年开工。", (2027, 6, 30)),
        ("预计第一季度完工。", (2027, 3, 31)),
        ("下周内修复。", (2026, 12, 4)),
        ("下周初上门检修。", (2026, 12, 2)),
        ("元旦前完工。", (2026, 12, 31)),
        ("将在春节前完成供暖改造。", (2027, 2, 4)),
        ("已联系厂家，预计三天左右修好。", (2026, 11, 28)),
        ("计划12月3日至5日施工。", (2026, 12, 5)),
        ("工作人员12月5日到现场处理。", (2026, 12, 5)),
        ("三年内建成。", (2029, 11, 25)),
        ("12月5日前办结。", (2026, 12, 5)),
    ],
)
def test_days_are_read_however_an_office_names_them(text: str, day: tuple[int, int, int]) -> None:
    assert [found.due_on for found in promised(text, NOVEMBER, CALENDAR)] == [date(*day)]


@pytest.mark.parametrize(
    "text",
    [
        "请您于12月5日前提交身份证复印件。",
        "请您将材料于12月5日前送至窗口。",
        "请您备齐证件，12月5日前到大厅办理。",
        "您可于12月5日前到社区领取。",
        "您如在12月5日前完成登记，可享受补贴。",
        "业主应于12月5日前将车辆移走。",
        "申请人在12月5日前完成网上填报后参加考试。",
        "凡在12月5日前完成登记的，可享受优惠。",
        "12月5日前完成缴费的居民可以参保。",
        "12月5日前完成报名。",
        "若12月5日前未完成整改，将依法处罚。",
        "逾期未于12月5日前完成的，将收取滞纳金。",
        "每年12月5日前完成清缴。",
        "一般在12月5日安排分班。",
        "根据《物业管理条例》，应当在12月5日前完成公示。",
        "依据规定，行政机关应在15个工作日内答复。",
        "收到材料后5个工作日内办结。",
        "办理后3个工作日内可领取证件。",
        "自受理之日起，20日内办结。",
        "签订协议一年内的属于优先对象。",
        "您反映的12月5日停水一事，我局已核实。",
        "已于12月5日前完成招标。",
        "已完成12月5日前的清淤。",
        "12月5日的听证会已经开过了",
        "去年12月5日完成改造。",
        "2025年年底完成了改造。",
        "去年底建成。",
        "上月底完工。",
        "社会组织年检12月5日",
        "小区三年前完工。",
        "特此回复 2026年11月25日",
    ],
)
def test_what_others_do_what_any_case_takes_and_what_is_over_is_none(text: str) -> None:
    assert promised(text, NOVEMBER, CALENDAR) == []


def test_a_request_of_a_day_that_is_past_is_no_promise_that_is_late() -> None:
    assert gone_by("请您将材料于11月5日前送至窗口。", NOVEMBER, CALENDAR) == []
    assert [found.due_on for found in gone_by("将于11月5日前办结。", NOVEMBER, CALENDAR)] == [
        date(2026, 11, 5)
    ]
