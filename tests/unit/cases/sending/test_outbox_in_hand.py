"""A row of the outbox in somebody's hand: taken once, given back whole, taken over from the dead, revived by people."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.register.desk import Desk
from cases.register.tables import Outbox
from cases.sending import outbox, payloads
from tests import stages
from tests.builders import Bureau


def put(office: Bureau, *keys: str, target: str = "") -> None:
    def step(desk: Desk) -> None:
        for key in keys:
            outbox.put(
                desk, key=key, lane="citizen", target=target or f"citizen:{key}", kind="rating", now=desk.now,
                payload=payloads.OfCase(1),
            )  # fmt: skip

    office.workplace.act(step)


def taken(office: Bureau, holder: str, limit: int = 50) -> list[str]:
    return office.workplace.act(lambda desk: [row.key for row in outbox.take(desk, "citizen", limit, holder)])


def states(office: Bureau) -> list[str]:
    return [row.state for row in office.rows(Outbox)]


def test_what_one_has_in_hand_no_other_takes(office: Bureau) -> None:
    put(office, "a", "b", "c")
    assert taken(office, "me", 2) == ["a", "b"] and taken(office, "other") == ["c"]
    assert taken(office, "me") == [] and states(office) == ["sending"] * 3
    assert [(row.holder, row.attempts) for row in office.rows(Outbox)] == [("me", 1), ("me", 1), ("other", 1)]


def test_what_was_not_begun_is_given_back_by_its_holder_alone(office: Bureau) -> None:
    put(office, "a")
    taken(office, "me")
    office.workplace.act(lambda desk: outbox.let_go(desk, 1, "other"))
    assert states(office) == ["sending"]
    office.workplace.act(lambda desk: outbox.let_go(desk, 1, "me"))
    (row,) = office.rows(Outbox)
    assert (row.state, row.attempts) == ("pending", 0)


@pytest.mark.parametrize("how", ["failed", "drop"])
def test_who_was_followed_says_nothing_of_what_another_has_in_hand(office: Bureau, how: str) -> None:
    put(office, "a")
    taken(office, "me")
    office.workplace.act(outbox.take_over)
    taken(office, "other")
    before = office.everything()

    def step(desk: Desk) -> None:
        if how == "drop":
            outbox.drop(desk, 1, "用户拒收", holder="me")
        else:
            outbox.failed(desk, desk.session.get_one(Outbox, 1), "连不上", holder="me")

    office.workplace.act(step)
    assert office.everything() == before


def test_what_the_platform_took_is_done_whoever_says_so(office: Bureau) -> None:
    put(office, "a")
    taken(office, "me")
    office.workplace.act(outbox.take_over)
    taken(office, "other")
    assert office.workplace.act(lambda desk: outbox.done(desk, 1)) is True
    assert office.workplace.act(lambda desk: outbox.done(desk, 1)) is False
    assert states(office) == ["done"]


def test_rows_of_the_dead_are_found_and_those_of_the_living_left(office: Bureau) -> None:
    put(office, "a", "b", "c")
    taken(office, "dead", 1)
    taken(office, "lives", 1)
    taken(office, "me", 1)

    def orphans(in_hand: set[int]) -> list[int]:
        return office.workplace.look(
            lambda desk: outbox.orphans(desk, "citizen", in_hand, lambda holder: holder in ("dead", "me"))
        )

    assert orphans({3}) == [1] and orphans(set()) == [1, 3] and orphans({1, 2, 3}) == []
    assert office.workplace.act(lambda desk: outbox.take_back(desk, [1, 99])) == 1
    first = office.rows(Outbox)[0]
    assert (first.state, first.error, first.not_before) == ("pending", outbox.CUT_OFF, office.clock.now)
    assert office.workplace.act(lambda desk: outbox.take_back(desk, [1])) == 0


def test_a_new_leader_takes_over_its_lanes_alone(office: Bureau) -> None:
    put(office, "a")
    stages.new(office)
    taken(office, "dead")
    office.workplace.act(lambda desk: outbox.take(desk, "chat", 5, "dead"))
    assert office.workplace.act(lambda desk: outbox.take_over(desk, ["chat"])) == 1
    assert [(row.lane, row.state) for row in office.rows(Outbox)] == [
        ("citizen", "sending"),
        ("chat", "pending"),
    ]


@pytest.mark.parametrize(
    ("state", "revived"),
    [("failed", True), ("dropped", True), ("done", False), ("sending", False), ("pending", False)],
)
def test_only_what_was_given_up_is_revived(office: Bureau, state: str, revived: bool) -> None:
    put(office, "a")

    def become(desk: Desk) -> None:
        row = desk.session.get_one(Outbox, 1)
        row.state, row.attempts = state, 40
        desk.session.add(row)

    office.workplace.act(become)
    office.clock.advance(days=1)
    assert office.workplace.act(lambda desk: outbox.revive(desk, 1)) is revived
    (row,) = office.rows(Outbox)
    if revived:
        assert (row.state, row.attempts, row.not_before, row.done_at) == (
            "pending",
            0,
            office.clock.now,
            None,
        )
    else:
        assert (row.state, row.attempts) == (state, 40)
    assert office.workplace.act(lambda desk: outbox.revive(desk, 99)) is False


def test_a_mark_is_set_once(office: Bureau) -> None:
    put(office, "a")
    marked = [office.workplace.act(lambda desk: outbox.once_for(desk, 1, "told")) for _ in range(2)]
    assert marked == [True, False] and office.rows(Outbox)[0].payload == {"case_id": 1, "told": True}
    assert office.workplace.act(lambda desk: outbox.once_for(desk, 99, "told")) is False
    assert office.workplace.act(lambda desk: outbox.once_for(desk, None, "told")) is False


def test_many_rows_in_one_statement_leave_out_what_is_there(office: Bureau) -> None:
    put(office, "a")

    def step(desk: Desk) -> None:
        rows = [
            outbox.row(key=key, lane="citizen", target="citizen:1", kind="rating", now=desk.now)
            for key in ("a", "b", "c")
        ]
        outbox.put_many(desk, rows)
        outbox.put_many(desk, [])

    for _ in range(2):
        office.workplace.act(step)
    assert [row.key for row in office.rows(Outbox)] == ["a", "b", "c"]


def test_the_case_behind_a_row_is_named_for_the_log(office: Bureau) -> None:
    no = stages.answered(office)
    put(office, "unknown")

    def names(desk: Desk) -> dict[str, str]:
        return {row.kind: outbox.case_number(desk, row) for row in desk.session.exec(_rows()).all()}

    found = office.workplace.look(names)
    assert found["delivery"] == found["case_card"] == found["review_card"] == no
    assert office.workplace.look(lambda desk: outbox.find(desk, 99)) is None
    assert office.workplace.look(lambda desk: len(outbox.pending(desk, "citizen"))) == 2


def _rows():  # type: ignore[no-untyped-def]
    from sqlmodel import select

    return select(Outbox)


@given(st.integers(1, 60), st.integers(0, 3600))
def test_a_retry_is_never_before_the_platform_s_wish_after_the_first_try(attempts: int, wait: int) -> None:
    from tests.builders import MONDAY

    again = outbox.retry(attempts, MONDAY, wait=timedelta(seconds=wait)).at
    assert (again is None) == (attempts >= 40)
    if again is not None:
        pause = again - MONDAY
        assert outbox.FIRST_RETRY <= pause <= max(outbox.LONGEST_RETRY, timedelta(seconds=wait))
        assert attempts == 1 or pause >= timedelta(seconds=wait)
