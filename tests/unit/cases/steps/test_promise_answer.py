"""What a citizen says to 「办好了吗」: 「没有」 takes the case up again in the same hands, 「办好了」 is noted, once."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from cases.register import register
from cases.register.desk import Desk
from cases.register.readonly import Case as CaseView
from cases.register.states import Purpose
from cases.register.tables import Case, Citizen, Delivery, DueChange, Outbox, Promise
from cases.steps import leave, promise, promise_answer, rate
from tests import stages
from tests.builders import Bureau

Said = Callable[[Desk, Citizen], CaseView | None]


def asked(office: Bureau) -> str:
    """Return the number of a case whose citizen was asked whether what was promised by 20 March was done."""
    no = stages.promised(office)
    office.clock.set(2026, 3, 21, 9)
    office.workplace.act(promise.watch)
    assert office.rows(Promise)[0].asked_at is not None
    return no


def says(office: Bureau, answer: Said, citizen: int = 1) -> str | None:
    def step(desk: Desk) -> str | None:
        case = answer(desk, desk.session.get_one(Citizen, citizen))
        return case.no if case is not None else None

    return office.workplace.act(step)


def test_not_done_opens_the_case_in_the_hands_of_who_answered_it(office: Bureau) -> None:
    no = asked(office)
    received = office.case(no).received_at
    assert says(office, promise_answer.not_done) == no
    case = office.case(no)
    assert (case.status, case.handler_id) == ("claimed", office.ids["张工"])
    assert case.clock_from == office.clock.now and case.received_at == received
    assert str(case.due_on) == "2026-04-20"  # twenty working days from 21 March, 清明 not counted
    assert case.released_at is None and case.closed_at is None and case.on_time is None
    last = office.rows(DueChange)[-1]
    assert last.cause == "reopened" and "承诺「3月20日」未办到" in last.note


def test_the_citizen_reads_the_number_and_the_new_date(office: Bureau) -> None:
    no = asked(office)
    says(office, promise_answer.not_done)
    case = office.case(no)
    assert no in promise_answer.taken_up(case) and "2026-04-20" in promise_answer.taken_up(case)
    assert no in promise_answer.noted(case)


def test_supervisors_and_the_handler_hear_of_it_once(office: Bureau) -> None:
    no = asked(office)
    for _ in range(2):
        says(office, promise_answer.not_done)
    (word,) = office.told("supervisor", "【承诺未办到】")
    assert no in word
    mine = [text for text in office.told(word="【承诺未办到】") if text.startswith("张工：")]
    assert len(mine) == 1 and "请继续办理" in mine[0]


def test_what_was_promised_is_watched_no_more_once_the_case_is_open_again(office: Bureau) -> None:
    asked(office)
    says(office, promise_answer.not_done)
    assert [(row.state, row.said) for row in office.rows(Promise)] == [("replaced", "not_done")]
    before = len(office.rows(Outbox))
    office.clock.advance(days=5)
    office.workplace.act(promise.watch)
    assert len(office.rows(Outbox)) == before


def test_where_the_handler_has_left_the_case_is_everybody_s(office: Bureau) -> None:
    no = asked(office)
    office.workplace.act(lambda desk: leave.disable(desk, office.ids["张工"]))
    assert says(office, promise_answer.not_done) == no
    assert (office.case(no).status, office.case(no).handler_id) == ("new", None)


def test_done_is_noted_and_keeps_the_promise(office: Bureau) -> None:
    no = asked(office)
    assert says(office, promise_answer.done) == no
    (row,) = office.rows(Promise)
    assert (row.state, row.said, office.case(no).status) == ("kept", "done", "answered")
    assert office.chain().ok


@pytest.mark.parametrize("first", [promise_answer.done, promise_answer.not_done])
@pytest.mark.parametrize("second", [promise_answer.done, promise_answer.not_done])
def test_the_question_is_answered_once(office: Bureau, first: Said, second: Said) -> None:
    asked(office)
    assert says(office, first) is not None
    before = office.everything()
    assert says(office, second) is None
    assert office.everything() == before


@pytest.mark.parametrize("answer", [promise_answer.done, promise_answer.not_done])
def test_who_was_not_asked_answers_nothing(office: Bureau, answer: Said) -> None:
    stages.promised(office)
    office.writes("投诉公交太慢", "bob")
    before = office.everything()
    for citizen in (1, 2):
        assert says(office, answer, citizen) is None
    assert office.everything() == before


@pytest.mark.parametrize("answer", [promise_answer.done, promise_answer.not_done])
def test_nobody_answers_what_another_citizen_was_asked(office: Bureau, answer: Said) -> None:
    asked(office)
    office.writes("投诉公交太慢", "bob")
    before = office.everything()
    assert says(office, answer, citizen=2) is None
    assert office.everything() == before


@pytest.mark.parametrize("answer", [promise_answer.done, promise_answer.not_done])
@pytest.mark.parametrize(("days", "taken"), [(1, True), (59, True), (61, False)])
def test_an_answer_is_taken_within_sixty_days(office: Bureau, answer: Said, days: int, taken: bool) -> None:
    asked(office)
    office.clock.advance(days=days)
    assert (says(office, answer) is not None) == taken


def test_after_another_question_of_ours_no_is_the_answer_to_that(office: Bureau) -> None:
    asked(office)
    other = office.a_case("投诉公交太慢", "citizen-1")
    office.claim("陈师傅", other)
    office.clock.advance(minutes=1)
    office.approve("王主任", office.draft("陈师傅", other, "公交几路？", Purpose.QUESTION))
    assert [row.kind for row in office.rows(Delivery)][-1] == "question"
    before = office.everything()
    assert says(office, promise_answer.not_done) is None and says(office, promise_answer.done) is None
    assert office.everything() == before


def test_of_two_questions_the_later_is_answered_first(office: Bureau) -> None:
    early = office.answered("投诉水管漏水", "水管将于3月10日前修好。", openid="amy")
    office.clock.advance(minutes=10)
    late = office.answered("投诉水管又漏水", "水管将于3月12日前修好。", openid="amy")
    office.clock.set(2026, 3, 11, 9)
    office.workplace.act(promise.watch)
    office.clock.set(2026, 3, 13, 9)
    office.workplace.act(promise.watch)
    assert says(office, promise_answer.done) == late
    assert says(office, promise_answer.not_done) == early
    assert says(office, promise_answer.done) is None


def test_no_is_not_taken_for_a_case_that_is_open_already(office: Bureau) -> None:
    no = asked(office)

    office.workplace.act(lambda desk: rate.rate(desk, register.by_number(desk, no), "不满意"))
    before = office.rows(Case)[0].due_at
    assert says(office, promise_answer.not_done) is None
    assert office.rows(Case)[0].due_at == before


def test_every_reopening_keeps_the_history_of_both_clocks(office: Bureau) -> None:
    no = asked(office)
    says(office, promise_answer.not_done)
    changes = office.rows(DueChange)
    assert [row.cause for row in changes] == ["received", "reopened"]
    assert changes[0].counted_from < changes[1].counted_from == office.clock.now
    office.clock.advance(hours=1)
    office.approve("李科长", office.draft("张工", no, "水管将于4月10日前修好。"))
    assert [row.state for row in office.rows(Promise)] == ["replaced", "open"]
    assert office.clock.now - office.case(no).closed_at < timedelta(seconds=1)  # type: ignore[operator]
