"""Every move of a case is on record with who made it, from where to where; dates have a history that adds up."""

import json
from itertools import pairwise

import pytest

from cases.lists import history
from cases.register import register
from cases.register.errors import Stale
from cases.register.kinds import Cause
from cases.register.states import OPEN, TRANSITIONS, Event, State, after
from cases.register.tables import Audit, Case, DueChange, Lapse, Outcome
from cases.steps import assign, leave, rate
from cases.watch import watch
from tests import stages
from tests.builders import Bureau

STATES = {"new", "claimed", "in_review", "answered", "auto_answered", "refused", "closed"}


def moves(office: Bureau, no: str) -> list[tuple[str, str]]:
    """Return (before, after) of every move in the trail of a case, in order."""
    found = []
    for row in office.rows(Audit, subject=f"case:{no}"):
        facts = json.loads(row.detail)
        if {facts.get("before"), facts.get("after")} <= STATES and row.action.startswith("case."):
            found.append((facts["before"], facts["after"]))
    return found


@pytest.mark.parametrize("stage", list(stages.STAGES))
def test_the_trail_leads_from_the_first_state_to_the_present_one(office: Bureau, stage: str) -> None:
    no = stages.STAGES[stage](office)
    found = moves(office, no)
    assert all(one[1] == two[0] for one, two in pairwise(found)), found
    assert not found or (found[0][0], found[-1][1]) == ("new", office.case(no).status)
    allowed = {(str(before), str(to)) for (before, _), to in TRANSITIONS.items()}
    assert set(found) <= allowed


class Undone(Exception):
    """Ends a transaction of which nothing is to stay."""


@pytest.mark.parametrize("stage", list(stages.STAGES))
def test_a_move_is_made_where_the_table_has_it_and_nowhere_else(office: Bureau, stage: str) -> None:
    """The one table of states, against every stage: whoever calls `move` in the wrong moment changes nothing."""
    no = stages.STAGES[stage](office)
    before, kept = office.case(no).status, office.everything()
    for event in Event:
        wanted = TRANSITIONS.get((State(before), event))

        def step(desk, event=event, wanted=wanted):  # type: ignore[no-untyped-def]
            case = register.by_number(desk, no)
            if wanted is None:
                with pytest.raises(Stale, match="不能这样操作"):
                    register.move(desk, case, event)
                assert (case.status, desk.trail) == (before, [])
            else:
                register.move(desk, case, event)
                assert (case.status, [entry.action for entry in desk.trail]) == (wanted, [f"case.{event}"])
                assert (case.next_look_at is not None) == (wanted in OPEN or case.review_since is not None)
            raise Undone

        with pytest.raises(Undone):
            office.workplace.act(step)
    assert office.everything() == kept


@pytest.mark.parametrize("event", list(Event))
def test_an_event_of_a_closed_case_is_told_by_the_state_s_own_name(event: Event) -> None:
    with pytest.raises(Stale, match="已办结"):
        after(State.CLOSED, event)


def test_of_two_who_move_a_case_at_once_the_second_is_told(office: Bureau) -> None:
    no = stages.new(office)

    def step(desk):  # type: ignore[no-untyped-def]
        case = register.by_number(desk, no)
        desk.session.execute(Case.__table__.update().values(status="claimed", handler_id=2))  # type: ignore[attr-defined]
        register.move(desk, case, Event.CLAIM, handler_id=1)

    before = office.everything()
    with pytest.raises(Stale, match="刚刚被其他同事处理"):
        office.workplace.act(step)
    assert office.everything() == before


CAUSES: list[tuple[str, list[str]]] = [
    ("new", ["received"]),
    ("claimed", ["received"]),
    ("answered", ["received"]),
    ("asked_for_time", ["received"]),
    ("extended", ["received", "extended"]),
    ("reopened", ["received", "reopened"]),
    ("linked", ["received"]),
]


@pytest.mark.parametrize(("stage", "causes"), CAUSES)
def test_what_moved_a_date_is_known_and_nothing_else_moved_it(
    office: Bureau, stage: str, causes: list[str]
) -> None:
    no = stages.STAGES[stage](office)
    case = office.case(no)
    rows = [row for row in office.rows(DueChange) if row.case_id == case.id]
    assert [row.cause for row in rows] == causes
    assert rows[-1].due_on == case.due_on and rows[0].was_due_on is None
    for one, two in pairwise(rows):
        assert two.was_due_on in (None, one.due_on) and two.at >= one.at


@pytest.mark.parametrize(
    "categories", [["praise"], ["praise", "complaint"], ["advice_inquiry", "praise", "complaint"]]
)
def test_a_category_that_goes_back_and_forth_leaves_every_step_and_the_same_date(
    office: Bureau, categories: list[str]
) -> None:
    no = stages.claimed(office)
    due = office.case(no).due_on
    for category in categories:
        office.clock.advance(minutes=1)
        office.on("张工", no, lambda d, s, c, to=category: assign.reclassify(d, s, c, to))
    rows = office.rows(DueChange)
    assert [row.cause for row in rows[1:]] == [Cause.RECLASSIFIED] * len(categories)
    assert all("张工" in row.note for row in rows[1:])
    assert (office.case(no).due_on == due) is (categories[-1] == "complaint")
    told = office.workplace.look(lambda desk: history.moves(desk, register.by_number(desk, no)))
    assert [move.due_on for move in told] == [row.due_on for row in rows]


def test_a_standing_that_was_frozen_is_touched_by_nothing_that_comes_later(office: Bureau) -> None:
    no = stages.answered(office)
    frozen = [row.model_dump(exclude={"rating"}) for row in office.rows(Outcome)]
    office.workplace.act(lambda desk: rate.rate(desk, register.by_number(desk, no), "不满意"))
    office.claim("刘工", no)
    office.on("刘工", no, lambda d, s, c: assign.reclassify(d, s, c, "praise"))
    office.on("刘工", no, lambda d, s, c: assign.transfer(d, s, c, "交通局"))
    office.clock.advance(days=90)
    office.workplace.act(watch.sweep)
    assert [row.model_dump(exclude={"rating"}) for row in office.rows(Outcome)][:1] == frozen


def test_who_leaves_leaves_a_case_with_its_date_and_its_lateness(office: Bureau) -> None:
    no = stages.in_review(office)
    office.clock.set(2026, 4, 10)
    due = office.case(no).due_at
    office.workplace.act(lambda desk: leave.disable(desk, office.ids["张工"]))
    case = office.case(no)
    assert (case.status, case.due_at, case.unclaimed_since) == ("new", due, office.clock.now)
    assert case.overdue_since == due and [row.until for row in office.rows(Lapse)] == [None]
    assert [row.state for row in office.drafts(no)] == ["withdrawn"]


@pytest.mark.parametrize("stage", ["claimed", "in_review", "answered", "extended"])
def test_every_row_of_the_trail_says_who_and_chains(office: Bureau, stage: str) -> None:
    no = stages.STAGES[stage](office)
    rows = office.rows(Audit, subject=f"case:{no}")
    actors = {row.actor for row in rows}
    assert actors <= {"系统", "张工", "李科长", "王主任"} and {"系统", "张工"} <= actors
    assert office.chain().ok and office.chain().entries == len(office.rows(Audit))
