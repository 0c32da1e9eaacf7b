"""A citizen who writes again soon after an answer says what it belongs to; by saying nothing, nothing is lost."""

from typing import Any

import pytest

from cases.register import register
from cases.register.desk import Desk
from cases.register.tables import Case, Citizen, CitizenQuestion
from cases.steps import follow_up
from tests import stages
from tests.builders import Bureau


def ask(office: Bureau, no: str) -> str | None:
    """Ask about a new case; returns the number of the case that it may belong to."""

    def step(desk: Desk) -> str | None:
        case = register.by_number(desk, no)
        before = follow_up.ask(desk, desk.session.get_one(Citizen, case.citizen_id), case)
        return before.no if before is not None else None

    return office.workplace.act(step)


def yes(office: Bureau, citizen: int = 1) -> Any:
    def step(desk: Desk) -> tuple[str, str] | None:
        found = follow_up.belongs(desk, desk.session.get_one(Citizen, citizen))
        return (found[0].no, found[1].no) if found else None

    return office.workplace.act(step)


def answered_and_anew(office: Bureau, days: float = 1, **more: Any) -> tuple[str, str]:
    before = office.answered("投诉水管漏水", openid="amy")
    office.clock.advance(days=days)
    return before, office.a_case("投诉公交太慢", "amy", **more)


@pytest.mark.parametrize(("days", "asked"), [(0.1, True), (6.9, True), (7, True), (7.1, False), (60, False)])
def test_it_is_asked_within_a_week_of_the_answer(office: Bureau, days: float, asked: bool) -> None:
    before, no = answered_and_anew(office, days)
    assert ask(office, no) == (before if asked else None)
    assert len(office.rows(CitizenQuestion)) == int(asked)


@pytest.mark.parametrize("stage", ["new", "claimed", "in_review", "reopened", "automatic"])
def test_only_an_answered_or_refused_case_is_asked_about(office: Bureau, stage: str) -> None:
    stages.STAGES[stage](office)
    (case,) = office.rows(Case)
    openid = "citizen-1"
    office.clock.advance(hours=2)
    assert ask(office, office.a_case("投诉公交太慢", openid)) is None, case.status


def test_a_refusal_is_asked_about_as_well(office: Bureau) -> None:
    no = stages.refused(office)
    office.clock.advance(hours=2)
    assert ask(office, office.a_case("投诉公交太慢", "citizen-1")) == no


def test_the_latest_of_several_answers_is_the_one(office: Bureau) -> None:
    office.answered("投诉水管漏水", openid="amy")
    office.clock.advance(hours=2)
    latest = office.answered("投诉水管又漏水", openid="amy")
    office.clock.advance(hours=2)
    assert ask(office, office.a_case("投诉公交太慢", "amy")) == latest


def test_another_citizen_s_answer_is_none_of_theirs(office: Bureau) -> None:
    office.answered("投诉水管漏水", openid="amy")
    assert ask(office, office.a_case("投诉公交太慢", "bob")) is None


def test_yes_marks_the_new_case_and_the_same_department_has_it(office: Bureau) -> None:
    before, no = answered_and_anew(office)
    due, receipt = office.case(no).due_at, office.case(no).received_at
    ask(office, no)
    assert yes(office) == (no, before)
    case = office.case(no)
    assert case.department_id == office.case(before).department_id
    assert any(before in reason for reason in case.reasons)
    assert (case.due_at, case.received_at, case.status) == (due, receipt, "new")
    assert office.case(before).status == "answered"


def test_yes_said_twice_or_too_late_or_without_a_question_is_nothing(office: Bureau) -> None:
    _, no = answered_and_anew(office)
    assert yes(office) is None
    ask(office, no)
    office.clock.advance(seconds=301)
    before = office.everything()
    assert yes(office) is None and office.everything() == before
    ask(office, no)
    assert yes(office) is not None
    before = office.everything()
    assert yes(office) is None and office.everything() == before


def test_saying_nothing_leaves_the_new_case_as_any_other(office: Bureau) -> None:
    _, no = answered_and_anew(office)
    department, due = office.case(no).department_id, office.case(no).due_at
    ask(office, no)
    office.clock.advance(days=3)
    office.sweep()
    case = office.case(no)
    assert (case.department_id, case.due_at, case.reasons) == (department, due, ())


def test_a_case_that_somebody_has_keeps_its_department(office: Bureau) -> None:
    before, no = answered_and_anew(office)
    ask(office, no)
    office.claim("陈师傅", no)
    assert yes(office) == (no, before)
    traffic = office.case(no).department_id
    assert traffic != office.case(before).department_id and office.case(no).handler_id == office.ids["陈师傅"]


def test_an_accusation_goes_to_no_department_by_belonging(office: Bureau) -> None:
    before = office.answered("投诉水管漏水", openid="amy")
    office.clock.advance(hours=2)
    no = office.a_case("举报局长收钱", "amy")
    office.workplace.act(
        lambda desk: follow_up.attach(desk, register.by_number(desk, no), register.by_number(desk, before))
    )
    assert office.case(no).department_id is None and office.case(no).accusation
