"""Whose choice a category is: the model's until a person claims the case or says otherwise."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from cases.register import citizens, register
from cases.register.desk import COMMAND_LINE, Desk
from cases.register.tables import DueChange
from cases.steps import assign, rate, receive, transcribe
from tests.builders import ACCOUNT, Bureau, by_words

OPENID = "amy"


def reclassify(bureau: Bureau, who: str, no: str, category: str) -> None:
    bureau.on(who, no, lambda desk, staff, case: assign.reclassify(desk, staff, case, category))


def adds(bureau: Bureau, no: str, text: str) -> receive.Outcome:
    """The citizen of `no` writes 「补充」."""

    def step(desk: Desk) -> receive.Outcome:
        citizen = citizens.at(desk, ACCOUNT, OPENID)
        more = receive.Incoming(ACCOUNT, OPENID, text, desk.now)
        return receive.add_to(desk, citizen, register.by_number(desk, no), more, by_words(text))

    return bureau.workplace.act(step)


def never_claimed(bureau: Bureau) -> str:
    no = bureau.a_case("表扬水管师傅", OPENID)
    reclassify(bureau, "张工", no, "advice_inquiry")
    return no


def confirmed(bureau: Bureau) -> str:
    """A person said that the model's doubtful choice is right."""
    text = "表扬水管师傅"
    no = bureau.a_case(text, OPENID, judged=replace(by_words(text), needs_review=True))
    reclassify(bureau, "张工", no, "praise")
    return no


def transferred(bureau: Bureau) -> str:
    no = bureau.a_case("表扬水管师傅", OPENID)
    bureau.claim("张工", no)
    reclassify(bureau, "张工", no, "advice_inquiry")
    bureau.on("张工", no, lambda desk, staff, case: assign.transfer(desk, staff, case, "交通局"))
    return no


def transferred_as_it_was(bureau: Bureau) -> str:
    no = bureau.a_case("表扬水管师傅", OPENID)
    bureau.claim("张工", no)
    bureau.on("张工", no, lambda desk, staff, case: assign.transfer(desk, staff, case, "交通局"))
    return no


def reopened(bureau: Bureau) -> str:
    no = bureau.a_case("表扬水管师傅", OPENID)
    bureau.claim("张工", no)
    reclassify(bureau, "张工", no, "advice_inquiry")
    bureau.approve("李科长", bureau.draft("张工", no, "感谢您的来信。"))
    bureau.workplace.act(lambda desk: rate.rate(desk, register.by_number(desk, no), "不满意"))
    return no


def spoken(bureau: Bureau) -> str:
    """The first message is no text, so that no correction is kept for training."""
    no = bureau.a_case("表扬水管师傅", OPENID, kind="voice")
    reclassify(bureau, "张工", no, "advice_inquiry")
    return no


def registered_by_a_person(bureau: Bureau) -> str:
    """「立件」 with a category."""
    outcome = bureau.writes("谢谢", OPENID)
    assert isinstance(outcome, receive.SmallTalk)
    message = outcome.message.id or 0

    def register_it(desk: Desk, staff: object) -> str:
        return receive.small_talk_to_case(desk, message, "praise", staff).no  # type: ignore[arg-type]

    return bureau.act("张工", register_it)


def imported(bureau: Bureau) -> str:
    """`case import` with a category of the other register."""
    incoming = receive.Incoming(ACCOUNT, OPENID, "水管师傅很好", bureau.clock.now)
    letter = transcribe.Transcript(incoming, by_words(incoming.text), "praise")
    return next(transcribe.take(bureau.workplace, [letter], COMMAND_LINE)).no


@pytest.mark.parametrize(
    "case",
    [
        never_claimed, confirmed, transferred, transferred_as_it_was, reopened,
        spoken,
        registered_by_a_person,
        imported,
    ],
)  # fmt: skip
def test_an_addition_undoes_no_persons_choice(bureau: Bureau, case: Callable[[Bureau], str]) -> None:
    no = case(bureau)
    before, moves = bureau.case(no), len(bureau.rows(DueChange))
    assert before.status == "new"
    bureau.clock.set(2026, 3, 3)
    assert adds(bureau, no, "我要投诉").due_moved is False
    after = bureau.case(no)
    assert (after.category, after.due_at) == (before.category, before.due_at)
    assert len(bureau.rows(DueChange)) == moves


def test_danger_in_an_addition_counts_though_the_category_is_a_persons(bureau: Bureau) -> None:
    no = never_claimed(bureau)
    bureau.clock.set(2026, 3, 3)
    assert adds(bureau, no, "我要投诉，我要跳楼").danger
    case = bureau.case(no)
    assert (case.category, case.urgent, str(case.due_on)) == ("advice_inquiry", True, "2026-03-16")
    assert bureau.rows(DueChange)[-1].cause == "urgent" and case.first_answer_due_at is not None


def test_what_nobody_touched_is_judged_anew_by_all_that_was_written(bureau: Bureau) -> None:
    no = bureau.a_case("表扬水管师傅", OPENID)
    assert adds(bureau, no, "我要投诉").due_moved is True
    assert (bureau.case(no).category, str(bureau.case(no).due_on)) == ("complaint", "2026-03-30")
    assert bureau.rows(DueChange)[-1].note == "表扬感谢→投诉求助（补充内容）"
