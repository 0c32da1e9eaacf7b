"""The words of the watch: each names the case, who has it and since when; it says nothing that is not so."""

import re

import pytest

from cases.register import people, register
from cases.register.desk import Desk
from cases.register.tables import Outbox
from cases.steps import assign, danger
from tests import stages
from tests.builders import Bureau


def swept(office: Bureau, *day: int) -> list[str]:
    office.clock.set(*day)
    before = len(office.told())
    office.sweep()
    return office.told()[before:]


def of(told: list[str], word: str, no: str) -> str:
    (text,) = [text for text in told if word in text and no in text]
    return text


# the day, what is said to whom, and what stands in it; a complaint of 2 March is due on 30 March
STORY: list[tuple[tuple[int, ...], str, list[str]]] = [
    ((2026, 3, 27, 9), "【提醒】", ["距到期还有 1 个工作日", "张工：", "时限 2026-03-30"]),
    ((2026, 3, 30, 9), "【即将到期】", ["今日到期", "承办：张工"]),
    ((2026, 3, 30, 9), "【今日到期】", ["请今日答复", "张工："]),
    ((2026, 3, 31, 9), "【逾期】", ["承办：张工"]),
    ((2026, 3, 31, 9), "【催办】", ["时限已过，请立即办理"]),
    ((2026, 4, 3, 9), "【逾期】", ["已逾期 4 个工作日"]),
]


@pytest.mark.parametrize(("day", "word", "parts"), STORY)
def test_what_is_said_on_which_day(office: Bureau, day: tuple[int, ...], word: str, parts: list[str]) -> None:
    no = stages.claimed(office)
    text = of(swept(office, *day), word, no)
    assert all(part in text for part in parts), text
    assert "投诉求助" in text


@pytest.mark.parametrize(
    ("days", "who"),
    [((2026, 3, 31), ""), ((2026, 4, 1), "部门负责人赵局长"), ((2026, 4, 10), "分管领导王主任")],
)
def test_it_climbs_to_who_is_named_in_it(office: Bureau, days: tuple[int, ...], who: str) -> None:
    no = stages.claimed(office)
    text = of(swept(office, *days, 9), "【逾期】", no)
    assert who in text and (bool(who) == ("督办" in text))


def test_without_a_head_the_leaders_are_asked_and_without_leaders_nobody_is_named(office: Bureau) -> None:
    no = stages.claimed(office)
    office.workplace.act(lambda desk: people.disable_staff(desk, office.ids["赵局长"]))
    assert "请分管领导王主任督办" in of(swept(office, 2026, 4, 1, 9), "【逾期】", no)
    office.workplace.act(lambda desk: people.disable_staff(desk, office.ids["王主任"]))
    text = of(swept(office, 2026, 4, 2, 9), "【逾期】", no)
    assert "督办" not in text and "赵局长" not in text and "王主任" not in text


def test_what_nobody_claimed_says_since_when_and_asks_the_head(office: Bureau) -> None:
    no = stages.new(office)
    told = swept(office, 2026, 3, 4, 9)
    texts = [text for text in told if "【待认领】" in text and no in text]
    assert texts and all("自 03-02 09:00 起无人认领，已 2 个工作日" in text for text in texts)
    assert any("赵局长" in text for text in swept(office, 2026, 3, 5, 9) + told)


def test_whoever_took_the_alarm_is_named_while_nobody_has_claimed(office: Bureau) -> None:
    no = stages.urgent(office)
    office.on("李科长", no, danger.take)
    told = swept(office, 2026, 3, 4, 9)
    text = of(told, "首次回应已逾时，承办", no)
    assert "承办：李科长（已接手处置）" in text


def test_a_draft_that_waits_names_who_may_pass_it_and_never_its_author(office: Bureau) -> None:
    no = stages.in_review(office)
    told = swept(office, 2026, 3, 4, 9)
    texts = [text for text in told if "【等候审核】" in text and no in text]
    assert texts and all("李科长" in text and "周科长" in text and "张工" not in text for text in texts)
    assert all("自 03-02 09:00 起等候审核，已 2 个工作日" in text for text in texts)


def test_a_shorter_category_that_makes_a_case_late_says_both_dates(office: Bureau) -> None:
    no = stages.claimed(office)
    office.clock.set(2026, 3, 20, 9)
    office.on("张工", no, lambda d, s, c: assign.reclassify(d, s, c, "praise"))
    late = of(swept(office, 2026, 3, 23, 9), "【逾期】", no)
    assert "时限 2026-03-09" in late
    office.on("张工", no, lambda d, s, c: assign.reclassify(d, s, c, "complaint"))
    assert office.case(no).due_on.isoformat() == "2026-03-30"


@pytest.mark.parametrize(
    "stage", ["new", "claimed", "in_review", "urgent", "accusation", "asked_for_time", "linked"]
)
def test_nothing_told_holds_a_word_of_the_letter_or_of_the_draft(office: Bureau, stage: str) -> None:
    """Alerts are read on telephones: they say which case, not what it is about."""
    stages.STAGES[stage](office)
    for day in (4, 12, 20, 27, 30, 31):
        told = swept(office, 2026, 3, day, 9)
        assert not any(word in text for text in told for word in ("水管漏水", "收钱", stages.ANSWER))


def test_an_accusation_is_told_in_no_department_s_chat_on_any_day(office: Bureau) -> None:
    no = stages.accusation(office)
    for day in (4, 16, 27, 30, 31):
        swept(office, 2026, 3, day, 9)
    about = [row for row in office.rows(Outbox, lane="chat") if no in str(row.payload.get("text", ""))]
    assert about and {row.target for row in about} <= {"supervisor"}


def test_every_number_told_is_one_that_there_is(office: Bureau) -> None:
    numbers = {
        stages.STAGES[stage](office) for stage in ("new", "claimed", "in_review", "urgent", "asked_for_time")
    }
    told = [text for day in (4, 20, 30, 31) for text in swept(office, 2026, 3, day, 9)]
    named = {no for text in told for no in re.findall(r"\d{8}-\d{4}", text)}
    assert named and named <= numbers


def test_a_case_that_was_answered_is_told_of_no_more(office: Bureau) -> None:
    no = stages.in_review(office)
    swept(office, 2026, 3, 27, 9)
    office.approve("李科长", stages.under_review(office, no))
    for day in (30, 31):
        assert not any(no in text for text in swept(office, 2026, 3, day, 9) if "晨报" not in text)

    def closed(desk: Desk) -> bool:
        return register.by_number(desk, no).next_look_at is None

    assert office.workplace.look(closed)


def test_a_head_who_has_the_case_is_not_asked_to_supervise_it(office: Bureau) -> None:
    no = stages.new(office)
    office.claim("赵局长", no)
    text = of(swept(office, 2026, 4, 1, 9), "【逾期】", no)
    assert "承办：赵局长" in text and "请分管领导王主任督办" in text and "部门负责人" not in text
