"""Answers know their time: what dates, years, pauses and people in them say of how long they are true."""

from datetime import date

import pytest

from knowledge_base.base.timely import expiry, of_one_person

TODAY = date(2026, 11, 25)  # a Wednesday


@pytest.mark.parametrize(
    ("answer", "on"),
    [
        ("明年春季班1月5日至16日报名。", date(2027, 1, 16)),
        ("报名截止2026年12月20日，逾期不候。", date(2026, 12, 20)),
        ("2026年12月1日至2027年1月10日办理。", date(2027, 1, 10)),
        ("2026年12月1日前报名，2027年1月10日前缴费；2026年12月5日前体检。", date(2026, 12, 5)),
        ("本周五前到社区登记。", date(2026, 11, 27)),
        ("下周一恢复办理。", date(2026, 11, 30)),
        ("窗口暂停办理，恢复时间另行通知。", date(2026, 12, 25)),
        ("本月底前缴清。", date(2026, 11, 30)),
        ("2027年度个人缴费400元。", date(2027, 12, 31)),
        ("今年最低档一年9840元。", date(2026, 12, 31)),
        ("每周三上午由王县长接待来访。", None),
        ("体验活动已于2026年3月1日至3日举行。", date(2026, 3, 3)),
        ("集中缴费期为每年9月1日至12月31日。", None),
        ("本办法自2024年1月1日起施行。", None),
        ("2016年1月1日前出生的独生子女可领。", None),
        ("9月1日至12月31日缴费。", None),
        ("每月15日发放，工本费20元。", None),
        ("", None),
    ],
)
def test_the_words_of_an_answer_say_how_long_it_is_true(answer: str, on: date | None) -> None:
    found = expiry(answer, TODAY)
    assert (found.on if found else None) == on


@pytest.mark.parametrize("answer", ["2026年2月31日前交。", "13月40日前", "明年0月0日"])
def test_a_day_that_is_none_is_borne(answer: str) -> None:
    expiry(answer, TODAY)


@pytest.mark.parametrize(
    ("answer", "alone"),
    [
        ("您的申请已于周三通过。", True), ("经查，您名下有一套房。", True), ("已为您登记。", True),
        ("您家的水管已修好。", True), ("请您带身份证到窗口。", False), ("您可在网上查询。", False),
    ],
)  # fmt: skip
def test_what_was_said_of_one_person_is_known(answer: str, alone: bool) -> None:
    assert (of_one_person(answer) is not None) is alone
