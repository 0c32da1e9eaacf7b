"""The short list: a number answers with the entry that was offered, once and in time; silence changes nothing."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from cases.knowledge import learn
from cases.register.desk import Desk
from cases.register.tables import AutoAnswer, Citizen, CitizenQuestion, Delivery, KnowledgeEntry, Outbox
from cases.steps import choose
from cases.steps.receive import Registered
from knowledge_base.answering.answerer import Match
from knowledge_base.base.entries import Entry
from tests.builders import Bureau, a_match

QUESTIONS = {"K1": "居住证怎么办", "K2": "居住证怎么补办", "K3": "居住证怎么注销"}


@pytest.fixture
def desk_of(office: Bureau) -> Bureau:
    """An office with three published entries."""
    for key, question in QUESTIONS.items():
        entry = Entry(key, question, f"{question}：请到三楼。", status="published", source="《办法》")
        office.workplace.act(lambda desk, one=entry: learn.bring_in(desk, one))
    return office


def unsure(*keys: str) -> Match:
    entries = tuple(Entry(key, QUESTIONS[key], f"{QUESTIONS[key]}：请到三楼。") for key in keys)
    return replace(a_match(keys[0]), auto=False, choices=entries)


def asks(office: Bureau, *keys: str, openid: str = "amy", **more: Any) -> Registered:
    outcome = office.writes("请问居住证", openid, unsure(*(keys or ("K1", "K2", "K3"))), **more)
    assert isinstance(outcome, Registered)
    return outcome


def as_citizen(office: Bureau, step: Any, citizen: int = 1) -> Any:
    return office.workplace.act(lambda desk: step(desk, desk.session.get_one(Citizen, citizen)))


def chosen(office: Bureau, number: int, citizen: int = 1) -> choose.Chosen | None:
    found: choose.Chosen | None = as_citizen(
        office, lambda desk, who: choose.choose(desk, who, number), citizen
    )
    return found


def cards(office: Bureau) -> list[tuple[str, bool]]:
    """Return of each case card whether it waits, and whether it waits for the choice."""
    rows = office.rows(Outbox, kind="case_card")
    return [(row.state, row.not_before > office.clock.now) for row in rows]


def test_the_case_is_there_at_once_and_only_its_card_waits_for_the_choice(desk_of: Bureau) -> None:
    outcome = asks(desk_of)
    assert outcome.choices == tuple(QUESTIONS.values())
    assert outcome.case.status == "new" and desk_of.case(outcome.case.no).due_on is not None
    assert cards(desk_of) == [("pending", True)]
    desk_of.clock.advance(minutes=6)
    assert cards(desk_of) == [("pending", False)]  # nobody chose: a case like any other


@pytest.mark.parametrize(("number", "key"), [(1, "K1"), (2, "K2"), (3, "K3")])
def test_a_number_answers_with_that_entry_and_no_other(desk_of: Bureau, number: int, key: str) -> None:
    no = asks(desk_of).case.no
    found = chosen(desk_of, number)
    assert found is not None and found.entry is not None and found.entry.id == key
    assert desk_of.case(no).status == "auto_answered"
    (hit,) = desk_of.rows(AutoAnswer)
    assert (hit.entry_id, hit.chosen, hit.case_id) == (key, True, desk_of.case(no).id)
    (delivery,) = desk_of.rows(Delivery)
    assert desk_of.workplace.office.vault.open(delivery.text_sealed) == f"{QUESTIONS[key]}：请到三楼。"
    assert cards(desk_of) == [("dropped", True)]
    assert [row.used for row in desk_of.rows(KnowledgeEntry)] == [int(key == one) for one in QUESTIONS]


@pytest.mark.parametrize("number", [0, 4, -1, 99, -3])
def test_a_number_that_was_not_offered_is_no_choice(desk_of: Bureau, number: int) -> None:
    no = asks(desk_of).case.no
    before = desk_of.everything()
    assert chosen(desk_of, number) is None
    assert desk_of.everything() == before and desk_of.case(no).status == "new"


def test_a_second_choice_answers_nothing(desk_of: Bureau) -> None:
    asks(desk_of)
    assert chosen(desk_of, 1) is not None
    before = desk_of.everything()
    assert chosen(desk_of, 2) is None and desk_of.everything() == before


@pytest.mark.parametrize(("seconds", "answers"), [(0, True), (300, True), (301, False), (86400, False)])
def test_a_choice_counts_within_the_window(desk_of: Bureau, seconds: int, answers: bool) -> None:
    asks(desk_of)
    desk_of.clock.advance(seconds=seconds)
    assert (chosen(desk_of, 1) is not None) == answers
    assert len(desk_of.rows(AutoAnswer)) == int(answers)


def test_a_case_that_a_colleague_has_is_not_answered_by_a_number(desk_of: Bureau) -> None:
    no = asks(desk_of).case.no
    desk_of.claim("张工", no)
    before = desk_of.everything()
    assert chosen(desk_of, 1) is None
    assert desk_of.everything() == before and desk_of.case(no).status == "claimed"


def stop(office: Bureau, key: str, how: str) -> None:
    def step(desk: Desk) -> None:
        row = desk.session.get_one(KnowledgeEntry, key)
        if how == "retired":
            learn.retire(desk, key)
        elif how == "muted":
            row.muted = "source"
        else:
            row.review_on = desk.today - timedelta(days=1)
        desk.session.add(row)

    office.workplace.act(step)


@pytest.mark.parametrize("how", ["retired", "muted", "past its day"])
def test_an_entry_that_was_stopped_since_is_not_sent_and_a_person_takes_over(
    desk_of: Bureau, how: str
) -> None:
    no = asks(desk_of).case.no
    stop(desk_of, "K1", how)
    found = chosen(desk_of, 1)
    assert found is not None and found.entry is None and found.case.no == no
    assert desk_of.case(no).status == "new" and desk_of.rows(AutoAnswer) == []
    assert cards(desk_of) == [("pending", False)]  # nobody waits for a choice any more
    assert desk_of.rows(CitizenQuestion) == []


@pytest.mark.parametrize("how", ["retired", "muted"])
def test_what_is_stopped_already_is_not_offered(desk_of: Bureau, how: str) -> None:
    stop(desk_of, "K2", how)
    assert asks(desk_of).choices == (QUESTIONS["K1"], QUESTIONS["K3"])
    found = chosen(desk_of, 2)
    assert found is not None and found.entry is not None and found.entry.id == "K3"


def test_nothing_is_offered_where_nobody_would_wait_or_others_would_read(desk_of: Bureau) -> None:
    hurried = desk_of.with_office(merge_window=timedelta())
    assert asks(hurried, openid="bob").choices == ()
    comment = desk_of.writes("请问居住证", "joe", unsure("K1", "K2"), channel="comment")
    assert isinstance(comment, Registered) and comment.choices == ()
    assert cards(desk_of) == [("pending", False)] * 2


def test_none_of_them_is_said_by_declining(desk_of: Bureau) -> None:
    no = asks(desk_of).case.no
    case = as_citizen(desk_of, choose.decline)
    assert case is not None and case.no == no and desk_of.case(no).status == "new"
    assert cards(desk_of) == [("pending", False)]
    assert as_citizen(desk_of, choose.decline) is None and chosen(desk_of, 1) is None


def test_one_citizen_s_list_is_not_another_s(desk_of: Bureau) -> None:
    first, second = asks(desk_of, "K1", "K2"), asks(desk_of, "K3", openid="bob")
    found = chosen(desk_of, 1, citizen=2)
    assert found is not None and found.entry is not None and found.entry.id == "K3"
    assert desk_of.case(first.case.no).status == "new"
    assert desk_of.case(second.case.no).status == "auto_answered"
