"""A question to a colleague: put where the action may be done, answered once, by the one who was asked."""

from collections.abc import Callable

import pytest

from cases.register import drafts, register
from cases.register.desk import Desk
from cases.register.errors import Invalid, NotAllowed, Refusal, Stale
from cases.register.kinds import Asked
from cases.register.states import Purpose
from cases.register.tables import Ask, Case, Draft, Extension, Staff
from cases.steps import asks
from tests import stages
from tests.builders import Bureau

Stage = Callable[[Bureau], str]


def put(office: Bureau, who: str, no: str, action: str) -> int:
    def step(desk: Desk, staff: Staff, case: Case) -> int:
        waiting = drafts.under_review(desk, case) if action == Asked.RETURN else None
        return asks.put(desk, staff, case, action, waiting).ask_id

    return office.on(who, no, step)


def reply(office: Bureau, who: str, ask_id: int, text: str) -> str:
    return office.act(who, lambda desk, staff: asks.answer(desk, staff, asks.by_id(desk, ask_id), text))


# who is asked, about what, at which stage, and what the reply leaves behind
DONE: list[tuple[str, str, Stage, str, str]] = [
    ("李科长", Asked.RETURN, stages.in_review, "claimed", ""),
    ("张工", Asked.EXTEND, stages.claimed, "claimed", "延期申请已提交"),
    ("张工", Asked.QUESTION, stages.claimed, "in_review", ""),
    ("张工", Asked.REFUSE, stages.claimed, "in_review", ""),
    ("张工", Asked.CORRECT, stages.answered, "answered", ""),
    ("李科长", Asked.CALM, stages.urgent, "new", "已解除紧急"),
]


@pytest.mark.parametrize(("who", "action", "stage", "state", "said"), DONE)
def test_a_reply_does_what_was_asked_about(
    office: Bureau, who: str, action: str, stage: Stage, state: str, said: str
) -> None:
    no = stage(office)
    ask_id = put(office, who, no, action)
    told = reply(office, who, ask_id, "水管的情况已经核实。")
    assert said in told and bool(told) == bool(said)
    assert office.case(no).status == state
    (ask,) = office.rows(Ask)
    assert not ask.open
    before = office.everything()
    with pytest.raises(Stale, match="已经回答过"):
        reply(office, who, ask_id, "水管的情况已经核实。")
    assert office.everything() == before


@pytest.mark.parametrize(
    ("action", "purpose"),
    [
        (Asked.QUESTION, Purpose.QUESTION),
        (Asked.REFUSE, Purpose.REFUSAL),
        (Asked.CORRECT, Purpose.CORRECTION),
    ],
)
def test_a_text_is_put_up_for_what_it_was_written_for(office: Bureau, action: str, purpose: Purpose) -> None:
    """A refusal that went out as a question would leave the case open, and the other way round close it."""
    no = stages.answered(office) if action == Asked.CORRECT else stages.claimed(office)
    reply(office, "张工", put(office, "张工", no, action), "水管的情况请补充。")
    draft = office.drafts(no)[-1]
    assert (draft.purpose, draft.state) == (purpose, "review")


@pytest.mark.parametrize(("who", "action", "stage", "state", "said"), DONE)
def test_nobody_else_answers_a_question(
    office: Bureau, who: str, action: str, stage: Stage, state: str, said: str
) -> None:
    no = stage(office)
    ask_id = put(office, who, no, action)
    before = office.everything()
    for other in ("刘工", "周科长", "王主任", "钱管理"):
        with pytest.raises(NotAllowed, match="另一位同事"):
            reply(office, other, ask_id, "水管的情况已经核实。")
    assert office.everything() == before


@pytest.mark.parametrize(("who", "action", "stage", "state", "said"), DONE)
def test_a_reply_without_words_leaves_the_question_open(
    office: Bureau, who: str, action: str, stage: Stage, state: str, said: str
) -> None:
    no = stage(office)
    ask_id = put(office, who, no, action)
    before = office.everything()
    for nothing in ("", "  ", "\n\u3000"):
        with pytest.raises(Invalid):
            reply(office, who, ask_id, nothing)
    assert office.everything() == before
    reply(office, who, ask_id, "水管的情况已经核实。")


# at these stages the action cannot be done: nobody is asked to type in vain
IN_VAIN: list[tuple[str, str, Stage, str]] = [
    ("李科长", Asked.RETURN, stages.claimed, "没有等待审核"),
    ("张工", Asked.RETURN, stages.in_review, "自己起草"),
    ("刘工", Asked.EXTEND, stages.claimed, "其他同事办理"),
    ("张工", Asked.EXTEND, stages.asked_for_time, "等待同意"),
    ("张工", Asked.EXTEND, stages.extended, "只能延期一次"),
    ("张工", Asked.EXTEND, stages.answered, "已办结"),
    ("张工", Asked.QUESTION, stages.answered, "不能这样操作"),
    ("张工", Asked.REFUSE, stages.new, "请先认领"),
    ("张工", Asked.CORRECT, stages.claimed, "只有已答复"),
    ("陈师傅", Asked.OPINION, stages.claimed, "没有查看或办理"),
    ("张工", Asked.OPINION, stages.claimed, "只有协办部门"),
    ("张工", Asked.CALM, stages.urgent, "权限"),
    ("李科长", Asked.CALM, stages.claimed, "没有紧急标记"),
]


@pytest.mark.parametrize(("who", "action", "stage", "why"), IN_VAIN)
def test_nobody_is_asked_to_type_in_vain(
    office: Bureau, who: str, action: str, stage: Stage, why: str
) -> None:
    no = stage(office)
    before = office.everything()
    with pytest.raises(Refusal, match=why):
        put(office, who, no, action)
    assert office.everything() == before


def test_asked_anew_the_earlier_question_lapses_and_another_kind_stands_beside_it(office: Bureau) -> None:
    no = stages.claimed(office)
    first, other = put(office, "张工", no, Asked.EXTEND), put(office, "张工", no, Asked.QUESTION)
    second = put(office, "张工", no, Asked.EXTEND)
    assert {ask.id: ask.open for ask in office.rows(Ask)} == {first: False, other: True, second: True}
    with pytest.raises(Stale):
        reply(office, "张工", first, "需要勘查")
    assert office.rows(Extension) == []
    opened = office.on(
        "张工", no, lambda desk, staff, case: [ask.id for ask in asks.opened(desk, staff, case)]
    )
    assert opened == [second, other]


def test_questions_of_two_colleagues_and_two_cases_do_not_touch(office: Bureau) -> None:
    one, two = stages.in_review(office), stages.in_review(office)
    ids = [put(office, who, no, Asked.RETURN) for no in (one, two) for who in ("李科长", "周科长")]
    assert all(ask.open for ask in office.rows(Ask))
    reply(office, "李科长", ids[0], "请写明日期")
    assert [ask.open for ask in office.rows(Ask)] == [False, True, True, True]
    with pytest.raises(Stale):  # 周科长 was asked about a text that is no longer under review
        reply(office, "周科长", ids[1], "请写明日期")
    assert office.case(two).status == "in_review"


def test_a_reason_for_an_earlier_round_does_not_return_what_was_put_up_since(office: Bureau) -> None:
    no = stages.in_review(office)
    ask_id = put(office, "李科长", no, Asked.RETURN)
    office.draft("张工", no, "水管已经修好。")
    with pytest.raises(Stale, match="已失效"):
        reply(office, "李科长", ask_id, "请写明日期")
    assert [draft.state for draft in office.rows(Draft)] == ["replaced", "review"]


def test_a_question_that_never_was(office: Bureau) -> None:
    for ask_id in (0, 99, None):
        with pytest.raises(Stale, match="已作废"):
            office.workplace.look(lambda desk, one=ask_id: asks.by_id(desk, one))


def test_every_question_says_who_is_asked_which_case_and_what_to_write(office: Bureau) -> None:
    assert set(asks.WORDS) == {str(one) for one in Asked}
    no = stages.claimed(office)
    asked = office.on("张工", no, lambda desk, staff, case: asks.put(desk, staff, case, Asked.EXTEND))
    assert asked.text.startswith("张工：【延期】") and no in asked.text and "理由" in asked.text
    kept = office.workplace.look(lambda desk: register.by_number(desk, no).status)
    assert kept == "claimed"
