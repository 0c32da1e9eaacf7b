"""After an answer: 「没解决」 and 「人工」 take it up once, the answer read last is the one meant, ratings are offered."""

from datetime import timedelta

import pytest

from cases.register import register
from cases.register.desk import Desk
from cases.register.errors import Invalid, NotFound
from cases.register.states import DeliveryState
from cases.register.tables import AutoAnswer, Citizen, Delivery, Outbox, Outcome
from cases.steps import rate, reply
from tests import stages
from tests.builders import Bureau, a_match


def unsolved(office: Bureau, no: str) -> bool:
    return office.workplace.act(lambda desk: rate.unsolved(desk, register.by_number(desk, no)))


def last_answered(office: Bureau, citizen: int = 1) -> str | None:
    def question(desk: Desk) -> str | None:
        found = rate.last_answered(desk, desk.session.get_one(Citizen, citizen))
        return found.no if found is not None else None

    return office.workplace.look(question)


def want_person(office: Bureau, why: str = "human", no: str = "", citizen: int = 1) -> str:
    return office.workplace.act(
        lambda desk: rate.want_person(desk, desk.session.get_one(Citizen, citizen), why, no).no
    )


@pytest.mark.parametrize(
    ("stage", "reopens"),
    [("new", False), ("claimed", False), ("in_review", False), ("answered", True), ("refused", True),
     ("promised", True), ("automatic", False), ("reopened", False)],
)  # fmt: skip
def test_not_solved_takes_an_answered_case_up_once(office: Bureau, stage: str, reopens: bool) -> None:
    no = stages.STAGES[stage](office)
    before = office.case(no)
    assert unsolved(office, no) is reopens
    after = office.case(no)
    assert after.status == ("new" if reopens else before.status) and after.rating == before.rating
    if reopens:
        assert (after.reopened, after.handler_id, after.clock_from) == (1, None, office.clock.now)
        targets = [row.target for row in office.rows(Outbox, kind="fresh_card")]
        assert targets == [f"case:{after.id}", "supervisor"]


def test_not_solved_said_again_of_the_new_answer_is_a_matter_of_its_own(office: Bureau) -> None:
    no = stages.answered(office)
    unsolved(office, no)
    office.claim("张工", no)
    office.approve("李科长", office.draft("张工", no, "水管已换新。"))
    before = office.everything()
    assert unsolved(office, no) is False
    assert office.everything() == before


@pytest.mark.parametrize("why", ["human", "unsolved"])
def test_a_person_takes_the_automatic_answer_over_and_the_entry_learns_of_it(
    office: Bureau, why: str
) -> None:
    no = stages.automatic(office)
    assert want_person(office, why) == no
    assert (office.case(no).status, office.case(no).handler_id) == ("new", None)
    (hit,) = office.rows(AutoAnswer)
    (outcome,) = office.rows(Outcome)
    assert hit.outcome == why and outcome.withdrawn


def test_without_a_number_the_latest_automatic_answer_is_meant(office: Bureau) -> None:
    for hours in (0, 1, 2):
        office.clock.advance(hours=hours)
        office.writes("请问居住证怎么办", "amy", a_match("K1"))
    numbers = [row.no for row in office.rows(type(office.case("20260302-0001")))]
    assert [want_person(office) for _ in numbers] == numbers[::-1]
    with pytest.raises(NotFound, match="没有需要转人工"):
        want_person(office)


def test_only_one_s_own_number_is_taken_over(office: Bureau) -> None:
    no = office.writes("请问居住证怎么办", "amy", a_match("K1")).case.no  # type: ignore[union-attr]
    office.writes("投诉公交太慢", "bob")
    before = office.everything()
    with pytest.raises(NotFound, match="没有找到您的"):
        want_person(office, no=no, citizen=2)
    with pytest.raises(NotFound):
        want_person(office, citizen=2)
    assert office.everything() == before
    assert want_person(office, no=no) == no


@pytest.mark.parametrize("stage", ["new", "claimed", "in_review", "answered", "refused"])
def test_what_a_colleague_answered_is_no_automatic_answer(office: Bureau, stage: str) -> None:
    no = stages.STAGES[stage](office)
    before = office.everything()
    with pytest.raises(Invalid, match="不是自动答复"):
        want_person(office, no=no)
    assert office.everything() == before


def test_the_answer_that_was_read_last_is_the_one_meant(office: Bureau) -> None:
    """One that waits for pick-up was not read yet, however new it is."""
    first = office.answered("投诉水管漏水", openid="amy")
    office.clock.advance(hours=1)
    second = office.answered("投诉水管又漏水", openid="amy")

    def record(delivery: int, state: DeliveryState) -> None:
        office.workplace.act(
            lambda desk: reply.delivered(desk, desk.session.get_one(Delivery, delivery), state)
        )

    record(1, DeliveryState.SENT)
    record(2, DeliveryState.WAITING)
    assert last_answered(office) == first
    office.clock.advance(hours=1)
    record(2, DeliveryState.HANDED_OVER)
    assert last_answered(office) == second


@pytest.mark.parametrize(
    ("stage", "there"),
    [("new", False), ("claimed", False), ("in_review", False), ("reopened", False), ("answered", True),
     ("refused", True), ("automatic", True)],
)  # fmt: skip
def test_only_what_has_an_answer_can_be_meant(office: Bureau, stage: str, there: bool) -> None:
    no = stages.STAGES[stage](office)
    assert last_answered(office) == (no if there else None)


def test_of_answers_at_one_moment_the_later_released_is_meant(office: Bureau) -> None:
    office.writes("请问居住证怎么办", "amy", a_match("K1"))
    office.clock.advance(hours=1)
    latest = office.writes("请问社保卡怎么办", "amy", a_match("K2")).case.no  # type: ignore[union-attr]
    assert last_answered(office) == latest


def test_a_rating_is_offered_of_an_answer_a_moment_after_it(office: Bureau) -> None:
    stages.answered(office)
    office.workplace.act(lambda desk: rate.offer(desk, desk.session.exec(_deliveries()).all()))
    (row,) = office.rows(Outbox, kind="rating")
    assert row.not_before == office.clock.now + timedelta(seconds=3)
    assert (row.lane, row.target, row.payload) == ("citizen", "citizen:1", {"case_id": 1})
    office.workplace.act(lambda desk: rate.offer(desk, desk.session.exec(_deliveries()).all()))
    assert len(office.rows(Outbox, kind="rating")) == 1


def _deliveries():  # type: ignore[no-untyped-def]
    from sqlmodel import col, select

    return select(Delivery).order_by(col(Delivery.id))


@pytest.mark.parametrize(
    ("kind", "offered"),
    [("answer", 1), ("refusal", 1), ("question", 0), ("correction", 0), ("notice", 0), ("auto", 0)],
)
def test_only_an_answer_is_rated(office: Bureau, kind: str, offered: int) -> None:
    stages.answered(office)

    def step(desk: Desk) -> None:
        delivery = desk.session.get_one(Delivery, 1)
        delivery.kind = kind
        rate.offer(desk, [delivery])

    office.workplace.act(step)
    assert len(office.rows(Outbox, kind="rating")) == offered


@pytest.mark.parametrize("limit", [0, 1, 2, 200])
def test_one_s_own_cases_are_the_latest_first_and_nobody_else_s(office: Bureau, limit: int) -> None:
    mine = []
    for _ in range(2):
        mine.append(office.a_case("投诉水管漏水", "amy"))
        office.a_case("投诉水管漏水", "bob")
        office.clock.advance(hours=1)
    found = office.workplace.look(
        lambda desk: [case.no for case in rate.own_cases(desk, desk.session.get_one(Citizen, 1), limit)]
    )
    assert found == mine[::-1][:limit]
