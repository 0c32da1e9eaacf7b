"""What doors show of one case: masked, true, and of others around it never more than is in somebody's sight."""

from typing import Any

import pytest

from cases.lists import alarms, around, decided, history, progress, views
from cases.register import register
from cases.register.desk import Desk
from cases.register.states import Purpose
from cases.register.tables import Citizen
from cases.steps import assign, cohandle, danger, link
from cases.steps.allowed import Action, allowed
from tests import stages
from tests.builders import Bureau, a_match

PHONE = "13800138000"


def of(office: Bureau, no: str, question: Any) -> Any:
    return office.workplace.look(lambda desk: question(desk, register.by_number(desk, no)))


@pytest.mark.parametrize("stage", list(stages.STAGES))
def test_a_view_agrees_with_its_line_and_its_case(office: Bureau, stage: str) -> None:
    no = stages.STAGES[stage](office)
    case, view = office.case(no), of(office, no, views.view)
    assert view.line == of(office, no, views.line) and view.line.no == no
    assert (view.line.status, view.line.due_on, view.line.urgent) == (case.status, case.due_on, case.urgent)
    assert (view.draft is not None) == (case.status == "in_review")
    assert bool(view.lead) == (case.parent_id is not None)
    assert view.line.handler == ("张工" if case.handler_id else "")
    marks = views.marks(view.line)
    assert ("紧急" in marks) == case.urgent and ("检举" in marks) == case.accusation
    assert views.status_name(case) == views.status_name(view.line)


def test_numbers_of_people_are_masked_wherever_they_were_written(office: Bureau) -> None:
    no = office.a_case(f"投诉水管漏水，电话{PHONE}", "amy")
    office.claim("张工", no)
    office.on("张工", no, lambda d, s, c: cohandle.ask(d, s, c, "交通局", f"请联系{PHONE}"))
    office.on("陈师傅", no, lambda d, s, c: cohandle.give(d, s, c, f"已联系{PHONE}。"))
    office.draft("张工", no, f"水管已报修，请拨打{PHONE}。")
    assert PHONE not in repr(of(office, no, views.view))
    assert PHONE not in repr(of(office, no, history.timeline))
    assert PHONE not in repr(office.workplace.look(lambda desk: views.first_words(desk, [1])))


@pytest.mark.parametrize(
    ("hours", "sent", "says"),
    [(0, 0, "还剩 5 条，窗口 48 小时"), (1.5, 2, "还剩 3 条，窗口 46 小时"), (47.9, 9, "还剩 0 条，窗口 0 小时"),
     (48, 0, "已关闭"), (500, 0, "已关闭")],
)  # fmt: skip
def test_how_long_a_citizen_can_be_written_to(office: Bureau, hours: float, sent: int, says: str) -> None:
    no = stages.new(office)

    def used(desk: Desk) -> None:
        citizen = desk.session.get_one(Citizen, 1)
        citizen.sent_in_window = sent
        desk.session.add(citizen)

    office.workplace.act(used)
    office.clock.advance(hours=hours)
    assert says in of(office, no, views.window)
    assert of(office, stages.comment(office), views.window) == ""


@pytest.mark.parametrize(
    ("stage", "words"),
    [("new", ""), ("in_review", ""), ("answered", stages.ANSWER), ("refused", "不予受理"), ("automatic", "政务大厅"),
     ("reopened", "")],
)  # fmt: skip
def test_what_answered_a_case_is_shown_to_its_own_citizen(office: Bureau, stage: str, words: str) -> None:
    found = of(office, stages.STAGES[stage](office), views.answer_of)
    assert words in found and bool(found) == bool(words)


def test_an_answer_before_the_reopening_is_shown_beside_the_new_work(office: Bureau) -> None:
    view = of(office, stages.reopened(office), views.view)
    assert (view.answered, view.reopened) == (stages.ANSWER, 1) and view.answered_at == office.clock.now
    assert of(office, stages.answered(office), views.view).answered == ""


def test_an_alarm_says_since_when_who_has_it_and_how_somebody_is_reached(office: Bureau) -> None:
    no = office.a_case(f"投诉水管，我要跳楼，电话{PHONE}", "amy")
    shown = of(office, no, alarms.view)
    assert (shown.taken_by, shown.taken_at, shown.raised_at) == ("", None, office.clock.now)
    assert "手机号" in "".join(shown.left) and shown.leaders == ("王主任",) and "窗口" in shown.window
    office.clock.advance(minutes=5)
    office.on("张工", no, danger.take)
    shown = of(office, no, alarms.view)
    assert (shown.taken_by, shown.taken_at) == ("张工", office.clock.now)
    assert of(office, stages.new(office), alarms.view) is None


LAST: list[tuple[str, str]] = [
    ("claimed", "认领了本件"), ("in_review", "提交了草稿"), ("returned", "退回了草稿"), ("asked_for_time", "申请了延期"),
    ("extended", "决定了延期申请"), ("linked", "并案"),
]  # fmt: skip


@pytest.mark.parametrize(("stage", "did"), LAST)
def test_whoever_came_too_late_reads_who_did_what(office: Bureau, stage: str, did: str) -> None:
    no = stages.STAGES[stage](office)
    said = of(office, no, decided.latest)
    assert did in said and "03-02 09:00" in said
    actor = said.partition("已于")[0]
    mine = office.act(actor, lambda desk, me: decided.latest(desk, register.by_number(desk, no), me))
    assert mine.startswith("您已于")


def test_of_a_case_that_nobody_touched_nothing_is_said(office: Bureau) -> None:
    assert of(office, stages.new(office), decided.latest) == ""


WAY: list[tuple[str, list[str]]] = [
    ("new", ["已收到", "已转城建局"]),
    ("claimed", ["已收到", "已转城建局", "正在起草"]),
    ("in_review", ["已收到", "已转城建局", "正在起草", "审核中"]),
    ("returned", ["已收到", "已转城建局", "正在起草", "审核中", "正在起草"]),
    ("answered", ["已收到", "已转城建局", "正在起草", "审核中", "已答复"]),
    ("refused", ["已收到", "已转城建局", "正在起草", "审核中", "不予受理"]),
    ("reopened", ["已收到", "已转城建局", "正在起草", "审核中", "已答复", "重新办理"]),
    ("extended", ["已收到", "已转城建局", "正在起草", "已延期"]),
    ("asked_for_time", ["已收到", "已转城建局", "正在起草"]),
    ("automatic", ["已收到", "已自动答复"]),
    ("accusation", ["已收到"]),
]


@pytest.mark.parametrize(("stage", "steps"), WAY)
def test_a_citizen_reads_the_way_of_a_case_in_plain_words(
    office: Bureau, stage: str, steps: list[str]
) -> None:
    found = of(office, stages.STAGES[stage](office), progress.of)
    assert [step.what for step in found] == steps
    assert not any(name in step.what for step in found for name in office.ids)


def test_a_transfer_and_a_correction_are_read_as_such(office: Bureau) -> None:
    no = stages.answered(office)
    office.approve("李科长", office.draft("张工", no, "更正：水管已换新。", Purpose.CORRECTION))
    assert [step.what for step in of(office, no, progress.of)][-2:] == ["审核中", "答复已更正"]
    other = stages.claimed(office)
    office.on("张工", other, lambda d, s, c: assign.transfer(d, s, c, "交通局"))
    assert [step.what for step in of(office, other, progress.of)] == [
        "已收到",
        "已转城建局",
        "正在起草",
        "已转交通局",
    ]


def neighbours(office: Bureau, who: str, no: str) -> list[around.Neighbour]:
    return office.act(who, lambda desk, me: around.neighbours(desk, me, register.by_number(desk, no)))


def test_open_cases_of_others_on_the_same_matter_stand_around(office: Bureau) -> None:
    one = office.a_case("投诉幸福小区3号楼水管漏水，没人修", "amy")
    like = office.a_case("投诉幸福小区3号楼水管一直漏水", "bob")
    office.a_case("投诉公交太慢", "joe")
    office.clock.advance(hours=1)
    office.a_case("投诉幸福小区3号楼水管漏水", "amy")  # one's own is no neighbour
    found = neighbours(office, "张工", one)
    assert [each.line.no for each in found] == [like] and found[0].joins and "幸福小区" in found[0].excerpt
    assert neighbours(office, "陈师傅", one) == []  # out of sight


@pytest.mark.parametrize("how", ["answered", "accusation", "old", "linked"])
def test_what_stands_around_no_case(office: Bureau, how: str) -> None:
    words = "投诉幸福小区3号楼水管漏水，没人修"
    other = office.a_case(words if how != "accusation" else f"举报局长，{words}", "bob")
    if how == "answered":
        office.claim("张工", other)
        office.approve("李科长", office.draft("张工", other, stages.ANSWER))
    if how == "old":
        office.clock.advance(days=61)
    one = office.a_case(words, "amy")
    if how == "linked":
        office.on("张工", other, lambda d, s, c: link.link(d, s, c, register.by_number(d, one)))
    assert neighbours(office, "王主任", one) == []
    if how == "accusation":
        assert neighbours(office, "王主任", other) == []


def test_what_this_person_wrote_before_stands_there_as_far_as_it_is_in_sight(office: Bureau) -> None:
    first = office.answered("投诉水管漏水", openid="amy")
    office.clock.advance(hours=1)
    traffic = office.a_case("投诉公交太慢", "amy")
    office.clock.advance(hours=1)
    office.a_case("举报局长收钱", "amy")
    office.a_case("投诉水管漏水", "bob")

    def earlier(who: str, no: str) -> list[str]:
        found = office.act(who, lambda desk, me: around.earlier(desk, me, register.by_number(desk, no)))
        return [one.line.no for one in found]

    assert earlier("张工", traffic) == [first]
    assert earlier("陈师傅", first) == [traffic]
    assert len(earlier("王主任", first)) == 2 and traffic in earlier("王主任", first)


@pytest.mark.parametrize("stage", ["new", "claimed", "in_review", "answered"])
def test_how_a_date_came_about_is_told_day_by_day(office: Bureau, stage: str) -> None:
    no = stages.STAGES[stage](office)
    days, moves = of(office, no, history.days), of(office, no, history.moves)
    assert [move.cause for move in moves] == ["received"] and moves[0].due_on == office.case(no).due_on
    counted = [day for day in days if day.counts]
    assert [day.n for day in counted] == list(range(1, 21)) and counted[-1].date == office.case(no).due_on


def test_after_every_stage_somebody_can_do_something_until_it_is_over(office: Bureau) -> None:
    """A case in which nobody may do anything, and which is open, would be forgotten."""
    for stage in stages.STAGES.values():
        no = stage(office)
        if of(office, no, lambda _desk, case: register.is_open(case)):
            may = set().union(*(office.on(who, no, allowed) for who in ("张工", "李科长", "王主任")))
            assert may & {Action.CLAIM, Action.DRAFT, Action.APPROVE, Action.ASSIGN, Action.UNLINK}, stage
        office.clock.advance(hours=1)


def test_the_first_words_of_a_case_are_those_of_its_first_message(office: Bureau) -> None:
    no = office.a_case("投诉水管漏水", "amy")
    office.writes("还在漏", "amy")
    office.writes("请问居住证怎么办", "bob", a_match("K1"))
    found = office.workplace.look(lambda desk: views.first_words(desk, [1, 2, None, 99]))
    assert found == {1: "投诉水管漏水", 2: "请问居住证怎么办"} and office.case(no).id == 1
