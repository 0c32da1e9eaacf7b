"""Steps that share a transaction, that are cut off, or that must be recorded: done once, or surely not at all."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError, OperationalError

from cases.register import desk as desks
from cases.register import drafts, pushes, register
from cases.register.desk import Desk, surely_rolled_back
from cases.register.errors import Invalid, NotFound, Refusal
from cases.register.tables import Audit, CaseNumber, KeptPush, Meta
from cases.register.turn import Together, Turn, Withdrawn
from tests import stages
from tests.builders import Bureau
from tests.fakes import prompt


@given(st.lists(st.booleans(), min_size=1, max_size=6))
def test_of_turns_that_share_a_transaction_all_count_or_none(withdrawn: list[bool]) -> None:
    turns = [Turn() for _ in withdrawn]
    for turn, gone in zip(turns, withdrawn, strict=True):
        if gone:
            assert turn.withdraw()
    together = Together(turns)
    assert together.withdrawn is all(withdrawn)
    if any(withdrawn):
        with pytest.raises(Withdrawn):
            together.commit()
        assert all(turn.withdraw() for turn in turns)  # nobody is left in doubt
    else:
        together.commit()
        assert not any(turn.withdraw() for turn in turns)
        together.rolled_back()
        assert all(turn.withdraw() for turn in turns)


def test_a_turn_that_was_committed_is_withdrawn_only_once_it_was_surely_rolled_back() -> None:
    turn = Turn()
    turn.commit()
    assert not turn.withdraw() and not turn.withdrawn
    turn.rolled_back()
    assert turn.withdraw() and turn.withdrawn
    with pytest.raises(Withdrawn):
        turn.commit()


class Lost(Exception):
    """What a driver raises."""


def an_error(kind: type[Any], *, invalidated: bool = False) -> Any:
    return kind("INSERT", {}, Lost("x"), connection_invalidated=invalidated)


@pytest.mark.parametrize(
    ("error", "sure"),
    [(an_error(OperationalError), True), (an_error(IntegrityError), True),
     (an_error(OperationalError, invalidated=True), False), (ValueError("x"), False)],
)  # fmt: skip
def test_a_connection_lost_while_committing_may_have_left_something(error: Exception, sure: bool) -> None:
    assert surely_rolled_back(error) is sure


@pytest.mark.parametrize(("failures", "done"), [(0, True), (1, True), (2, True), (3, False)])
@pytest.mark.parametrize("kind", [OperationalError, IntegrityError])
def test_a_step_that_lost_a_race_is_done_anew_three_times_at_most(
    office: Bureau, kind: type[Any], failures: int, done: bool
) -> None:
    tries: list[int] = []

    def step(desk: Desk) -> None:
        tries.append(1)
        desk.session.add(Meta(key="mark", value=str(len(tries))))
        desk.audit("step", "office")
        if len(tries) <= failures:
            raise an_error(kind)

    if done:
        office.workplace.act(step)
    else:
        with pytest.raises(kind):
            office.workplace.act(step)
    assert len(tries) == min(failures + 1, 3)
    assert [row.value for row in office.rows(Meta, key="mark")] == ([str(len(tries))] if done else [])
    assert len(office.rows(Audit, action="step")) == int(done)


def test_a_refusal_is_not_tried_again(office: Bureau) -> None:
    tries: list[int] = []

    def step(_desk: Desk) -> None:
        tries.append(1)
        raise Invalid("不行")

    with pytest.raises(Invalid):
        office.workplace.act(step)
    assert tries == [1]


@pytest.mark.parametrize("failures", [0, 1, 4])
async def test_what_has_happened_outside_is_recorded_however_long_it_takes(
    office: Bureau, monkeypatch: pytest.MonkeyPatch, failures: int
) -> None:
    pauses = prompt.counted(monkeypatch.setattr, desks)
    left = [failures * 3]  # each recording tries three times by itself

    def step(desk: Desk) -> str:
        if left[0]:
            left[0] -= 1
            raise an_error(OperationalError)
        desk.session.add(Meta(key="sent", value="1"))
        return "recorded"

    assert await office.workplace.record(step) == "recorded"
    assert len(office.rows(Meta, key="sent")) == 1
    assert pauses == [desks.RECORD_PAUSE * 2**n for n in range(failures)]


async def test_a_doubled_record_is_an_error_and_no_endless_wait(office: Bureau) -> None:
    def step(_desk: Desk) -> None:
        raise an_error(IntegrityError)

    with pytest.raises(IntegrityError):
        await office.workplace.record(step)


async def test_no_fence_keeps_out_what_is_true(office: Bureau) -> None:
    from dataclasses import replace

    def fence(_session: Any) -> None:
        raise Lost("another leads")

    fenced = replace(office.workplace, fence=fence)
    with pytest.raises(Lost):
        await fenced.act_async(lambda desk: desk.session.add(Meta(key="fenced", value="1")))
    assert office.rows(Meta, key="fenced") == []
    await fenced.record(lambda desk: desk.session.add(Meta(key="true", value="1")))
    assert len(office.rows(Meta, key="true")) == 1


def test_what_a_refused_part_of_a_step_began_is_undone_and_the_rest_stands(office: Bureau) -> None:
    def step(desk: Desk) -> str:
        desk.session.add(Meta(key="before", value="1"))
        try:
            with desk.undoing():
                desk.session.add(Meta(key="within", value="1"))
                desk.audit("within", "office")
                raise Invalid("不行")
        except Refusal as refused:
            said = str(refused)
        desk.session.add(Meta(key="after", value="1"))
        desk.audit("after", "office")
        return said

    assert office.workplace.act(step) == "不行"
    assert {row.key for row in office.rows(Meta)} >= {"before", "after"} and not office.rows(
        Meta, key="within"
    )
    assert office.rows(Audit, action="within") == [] and len(office.rows(Audit, action="after")) == 1
    assert office.chain().ok


def test_a_push_is_answered_by_the_same_words_for_ever(office: Bureau) -> None:
    no = office.a_case("投诉水管漏水", push_key="p1")
    office.workplace.act(lambda desk: pushes.keep_all(desk, {"p1": "已收到", "p2": ""}))
    assert office.workplace.look(lambda desk: pushes.replies_to(desk, ["p1", "p2", "p9"])) == {
        "p1": "已收到",
        "p2": "",
    }
    assert office.workplace.look(lambda desk: [pushes.reply_to(desk, key) for key in ("p1", "p2", "p9")]) == [
        "已收到",
        "",
        None,
    ]
    found = office.workplace.look(lambda desk: pushes.case_of(desk, "p1"))
    assert found is not None and found.no == no
    assert office.workplace.look(lambda desk: pushes.case_of(desk, "p9")) is None
    with pytest.raises(IntegrityError):
        office.workplace.act(lambda desk: pushes.keep(desk, "p1", "别的话"))
    office.workplace.act(lambda desk: pushes.keep_all(desk, {}))
    assert len(office.rows(KeptPush)) == 2
    assert not any("已收到".encode() in row.reply_sealed for row in office.rows(KeptPush))


@pytest.mark.parametrize("counts", [[1, 1, 1], [3], [2, 5, 1], [1, 100]])
def test_numbers_of_a_day_follow_each_other_without_a_gap(office: Bureau, counts: list[int]) -> None:
    given_out: list[str] = []
    for count in counts:
        given_out += office.workplace.act(lambda desk, n=count: register.new_numbers(desk, n))
    assert given_out == [f"20260302-{n:04d}" for n in range(1, sum(counts) + 1)]
    office.clock.now += timedelta(days=1)
    assert office.workplace.act(lambda desk: register.new_numbers(desk, 1)) == ["20260303-0001"]
    assert len(office.rows(CaseNumber)) == 2


@pytest.mark.parametrize("no", ["", "20260302-9999", "x" * 500, "'; --"])
def test_a_number_that_never_was(office: Bureau, no: str) -> None:
    stages.new(office)
    with pytest.raises(NotFound) as said:
        office.workplace.look(lambda desk: register.by_number(desk, no))
    assert len(str(said.value)) < 60
    with pytest.raises(NotFound):
        office.workplace.look(lambda desk: drafts.by_id(desk, 99))


def test_a_number_is_found_in_its_own_channel_alone(office: Bureau) -> None:
    no = stages.comment(office)
    for channel, there in (("comment", True), ("wechat", False), ("api:app", False)):
        found = office.workplace.look(lambda desk, one=channel: register.in_channel(desk, no, one))
        assert (found is not None) is there


def test_open_ones_of_many_are_the_gravest_first(office: Bureau) -> None:
    plain, grave, done = stages.new(office), stages.urgent(office), stages.answered(office)
    ids = [office.case(no).id or 0 for no in (plain, grave, done)]
    found = office.workplace.look(lambda desk: [case.no for case in register.open_ones(desk, [*ids, 99])])
    assert found == [grave, plain]
