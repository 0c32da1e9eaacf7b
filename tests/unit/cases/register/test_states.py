"""The table of states: every event in every state is either a way that is drawn, or refused in words."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.register.errors import Invalid, NotAllowed, NotFound, Refusal, Stale
from cases.register.states import (
    DELIVERY_NAMES,
    OPEN,
    PURPOSE_NAMES,
    RELEASE_EVENTS,
    STATE_NAMES,
    TRANSITIONS,
    DeliveryState,
    Event,
    Purpose,
    State,
    after,
)

CLOSED = [state for state in State if state not in OPEN]


@pytest.mark.parametrize(("state", "event"), product(State, Event))
def test_an_event_leads_where_the_table_says_or_is_refused(state: State, event: Event) -> None:
    if (state, event) in TRANSITIONS:
        assert after(state, event) is TRANSITIONS[state, event] is after(state.value, event)
    else:
        with pytest.raises(Stale, match=STATE_NAMES[state]):
            after(state, event)


@given(st.lists(st.sampled_from(list(Event)), max_size=20))
def test_a_case_is_answered_only_after_review_or_by_the_base_or_its_lead(events: list[Event]) -> None:
    state, reviewed = State.NEW, False
    for event in events:
        if (state, event) not in TRANSITIONS:
            continue
        before, state = state, after(state, event)
        reviewed = before is State.IN_REVIEW
        if state is State.ANSWERED and before is not State.ANSWERED:
            assert reviewed or event is Event.LEAD_ANSWER
        if state is State.REFUSED:
            assert reviewed or event is Event.LEAD_REFUSE
        assert state is not State.AUTO_ANSWERED or event is Event.AUTO_ANSWER


def test_every_state_can_be_reached_and_every_open_one_left() -> None:
    reached = {State.NEW}
    while more := {to for (state, _), to in TRANSITIONS.items() if state in reached} - reached:
        reached |= more
    assert reached == set(State)
    assert {state for state, _ in TRANSITIONS} >= set(OPEN)
    assert not any(state is State.CLOSED for state, _ in TRANSITIONS)


def test_what_is_finished_is_opened_only_again_never_reviewed_or_claimed() -> None:
    for state, event in product(CLOSED, Event):
        if (state, event) in TRANSITIONS and TRANSITIONS[state, event] in OPEN:
            assert event in (Event.REOPEN, Event.RESUME)


def test_everything_has_a_name_and_every_purpose_its_event() -> None:
    assert set(STATE_NAMES) == set(State) and set(DELIVERY_NAMES) == set(DeliveryState)
    assert set(PURPOSE_NAMES) == set(Purpose)
    assert set(RELEASE_EVENTS) == set(Purpose) - {Purpose.ADOPTION}
    assert len(set(STATE_NAMES.values())) == len(State)


@pytest.mark.parametrize("kind", [Refusal, NotFound, NotAllowed, Stale, Invalid])
def test_a_refusal_says_its_line_and_names_its_field(kind: type[Refusal]) -> None:
    said = kind("请填写。", "name")
    assert (str(said), said.field, isinstance(said, Refusal)) == ("请填写。", "name", True)
    assert kind().field == "" and len({each.code for each in (NotFound, NotAllowed, Stale, Invalid)}) == 4
