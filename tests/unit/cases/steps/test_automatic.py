"""The knowledge base's own answers: where it is sure, marked, and taken back by a word."""

from dataclasses import replace

import pytest

from cases.knowledge import learn
from cases.register import citizens, register
from cases.register.desk import Desk
from cases.register.errors import Invalid, NotFound
from cases.register.tables import AutoAnswer, Case, Delivery, KnowledgeEntry, Outbox, Outcome
from cases.steps import rate, receive
from knowledge_base.base.entries import Entry
from tests.builders import ACCOUNT, MONDAY, Bureau, a_match


@pytest.fixture
def entry(bureau: Bureau) -> str:
    new = Entry("E1", "居住证怎么办", "请到政务大厅三楼办理。")
    bureau.workplace.act(lambda desk: learn.bring_in(desk, new))
    return "E1"


def want_person(bureau: Bureau, openid: str, why: str = "human", no: str = "") -> Case:
    def step(desk: Desk) -> Case:
        return rate.want_person(desk, citizens.at(desk, ACCOUNT, openid), why, no)

    return bureau.workplace.act(step)


def test_a_sure_answer_closes_the_case_and_is_logged(bureau: Bureau, entry: str) -> None:
    outcome = bureau.writes("居住证在哪办", "amy", a_match(entry))
    assert isinstance(outcome, receive.AutoAnswered)
    case = bureau.case(outcome.case.no)
    assert (case.status, case.on_time, case.next_look_at) == ("auto_answered", True, None)
    assert bureau.rows(Outbox) == []  # no card
    (hit,) = bureau.rows(AutoAnswer)
    assert (hit.entry_id, hit.entry_version, hit.score, hit.masked_question) == (
        entry,
        1,
        0.99,
        "居住证在哪办",
    )
    assert [row.used for row in bureau.rows(KnowledgeEntry)] == [1]
    assert [row.kind for row in bureau.rows(Outcome)] == ["auto"]


@pytest.mark.parametrize(
    ("text", "more"),
    [
        ("投诉：居住证在哪办", {}),
        ("表扬：居住证办得快", {}),
        ("居住证在哪办，不办我跳楼", {}),
        ("居住证在哪办，有人威胁我", {}),
        ("居住证在哪办，我要举报局长", {}),
        ("居住证在哪办", {"channel": "comment"}),
    ],
)
def test_other_kinds_and_flagged_messages_go_to_a_person(
    bureau: Bureau, entry: str, text: str, more: dict[str, str]
) -> None:
    assert isinstance(bureau.writes(text, match=a_match(entry), **more), receive.Registered)
    assert bureau.rows(AutoAnswer) == []


def test_the_office_may_turn_it_off(bureau: Bureau, entry: str) -> None:
    quiet = bureau.with_office(auto_answer=False)
    assert isinstance(quiet.writes("居住证在哪办", match=a_match(entry)), receive.Registered)


def test_wanting_a_person_reopens_with_the_original_receipt(bureau: Bureau, entry: str) -> None:
    bureau.writes("居住证在哪办", "amy", a_match(entry))
    bureau.clock.set(2026, 3, 5)
    case = want_person(bureau, "amy")
    assert (case.status, case.received_at, case.clock_from) == ("new", MONDAY, MONDAY)
    assert str(case.due_on) == "2026-03-16" and case.released_at is None and case.on_time is None
    assert len(bureau.rows(Outbox, kind="case_card")) == 1
    assert [row.outcome for row in bureau.rows(AutoAnswer)] == ["human"]
    assert [row.withdrawn for row in bureau.rows(Outcome)] == [True]
    bureau.sweep()
    bureau.clock.set(2026, 3, 6, 18)
    bureau.sweep()
    assert bureau.told(word="待认领")  # the clock of claiming began with the reopening


def test_a_reopening_after_the_due_day_is_overdue_at_once(bureau: Bureau, entry: str) -> None:
    bureau.writes("居住证在哪办", "amy", a_match(entry))
    bureau.clock.set(2026, 3, 18)
    case = want_person(bureau, "amy")
    assert register.is_overdue(case, bureau.clock.now)
    bureau.sweep()
    assert len(bureau.told("supervisor", "【逾期】")) == 1


def test_only_ones_own_and_only_automatic_answers_are_reopened(bureau: Bureau, entry: str) -> None:
    bureau.writes("居住证在哪办", "amy", a_match(entry))
    with pytest.raises(NotFound):
        want_person(bureau, "bob")
    by_hand = bureau.answered(openid="bob")
    with pytest.raises(Invalid):
        want_person(bureau, "bob", no=by_hand)


def test_discontent_with_an_automatic_answer_reopens_it_for_a_supervisor(bureau: Bureau, entry: str) -> None:
    no = bureau.a_case("居住证在哪办", "amy", match=a_match(entry))
    assert bureau.workplace.act(lambda desk: rate.rate(desk, register.by_number(desk, no), "不满意"))
    assert bureau.case(no).status == "new" and bureau.rows(Outbox, kind="fresh_card", target="supervisor")
    assert [row.unsolved for row in bureau.rows(KnowledgeEntry)] == [1]


def test_an_entry_that_keeps_failing_falls_silent_and_the_supervisors_hear_of_it(
    bureau: Bureau, entry: str
) -> None:
    for openid in ("amy", "bob", "carl"):
        bureau.writes("居住证在哪办", openid, a_match(entry))
        want_person(bureau, openid, "unsolved")
    (row,) = bureau.rows(KnowledgeEntry)
    assert (row.unsolved, row.muted) == (3, "unsolved")
    assert len(bureau.told("supervisor", "【知识库】")) == 1


def test_the_words_of_the_entry_are_kept_as_they_were_given(bureau: Bureau, entry: str) -> None:
    match = a_match(entry)
    bureau.writes("居住证在哪办", match=replace(match, entry=replace(match.entry, version=7)))
    (delivery,) = bureau.rows(Delivery)
    assert bureau.workplace.office.vault.open(delivery.text_sealed) == match.entry.answer
    assert [row.entry_version for row in bureau.rows(AutoAnswer)] == [7]
