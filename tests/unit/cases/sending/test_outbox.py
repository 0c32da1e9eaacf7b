"""The outbox: order, retries, taking over, and nothing twice."""

from datetime import timedelta

import pytest

from cases.register.desk import Desk
from cases.register.tables import Outbox
from cases.sending import outbox
from tests.builders import MONDAY, Bureau


def put(bureau: Bureau, key: str, target: str = "citizen:1", priority: int = outbox.NORMAL) -> None:
    def step(desk: Desk) -> None:
        now = desk.now
        outbox.put(desk, key=key, lane="citizen", target=target, kind="delivery", now=now, priority=priority)

    bureau.workplace.act(step)


def due(bureau: Bureau, limit: int = 50) -> list[str]:
    def look(desk: Desk) -> list[str]:
        return [row.key for row in outbox.due(desk, "citizen", limit)]

    return bureau.workplace.look(look)


def row(bureau: Bureau, key: str) -> Outbox:
    return bureau.rows(Outbox, key=key)[0]


def claim(bureau: Bureau, key: str) -> bool:
    return bureau.workplace.act(lambda desk: outbox.claim(desk, row(bureau, key).id or 0))


def fail(bureau: Bureau, key: str, wait: timedelta | None = None) -> bool:
    taken = row(bureau, key)
    return bureau.workplace.act(lambda desk: outbox.failed(desk, taken, "-1 busy", wait=wait))


def test_a_key_is_put_once(bureau: Bureau) -> None:
    put(bureau, "a")
    put(bureau, "a")
    assert len(bureau.rows(Outbox)) == 1


def test_the_gravest_first_and_then_the_oldest(bureau: Bureau) -> None:
    for number, priority in enumerate((6, 0, 4, 0)):
        put(bureau, f"{number}", f"citizen:{number}", priority=priority)
    assert due(bureau) == ["1", "3", "2", "0"]


def test_a_row_is_claimed_once(bureau: Bureau) -> None:
    put(bureau, "a")
    assert [claim(bureau, "a"), claim(bureau, "a")] == [True, False]
    assert due(bureau) == []


def test_a_failed_row_comes_back_within_ten_seconds_and_then_more_slowly(bureau: Bureau) -> None:
    put(bureau, "a")
    waits = []
    for _ in range(12):
        claim(bureau, "a")
        assert fail(bureau, "a") is False
        waits.append((row(bureau, "a").not_before - bureau.clock.now).total_seconds())
        assert due(bureau) == []
        bureau.clock.now = row(bureau, "a").not_before
        assert due(bureau) == ["a"]
    assert waits[:3] == [5, 10, 20] and max(waits) == 900


def test_the_platforms_own_wish_is_respected_after_one_early_try(bureau: Bureau) -> None:
    put(bureau, "a")
    claim(bureau, "a")
    fail(bureau, "a", timedelta(hours=1))
    assert row(bureau, "a").not_before == bureau.clock.now + timedelta(seconds=5)
    claim(bureau, "a")
    fail(bureau, "a", timedelta(hours=1))
    assert row(bureau, "a").not_before == bureau.clock.now + timedelta(hours=1)


@pytest.mark.parametrize(("attempts", "last"), [(39, False), (40, True)])
def test_after_many_tries_it_is_given_up(attempts: int, last: bool) -> None:
    assert (outbox.retry(attempts, MONDAY).at is None) is last


def test_later_rows_of_a_target_wait_for_the_one_put_off(bureau: Bureau) -> None:
    for key, target in (("a", "citizen:1"), ("b", "citizen:1"), ("c", "citizen:2")):
        put(bureau, key, target)
    claim(bureau, "a")
    assert due(bureau) == ["c"]  # a is on its way
    fail(bureau, "a")
    assert due(bureau) == ["c"]
    bureau.clock.advance(seconds=5)
    assert due(bureau) == ["a", "c"]  # b after a


def test_what_one_process_is_just_taking_is_passed_over_by_another_and_so_is_what_stands_behind_it(
    bureau: Bureau,
) -> None:
    if bureau.store.sqlite:
        return  # one writer at a time
    for key, target in (("a", "citizen:1"), ("behind a", "citizen:1"), ("b", "citizen:2")):
        put(bureau, key, target)
    now = bureau.clock.now
    with bureau.store.write() as one, bureau.store.write() as other:
        here, there = (Desk(session, bureau.workplace.office, now) for session in (one, other))
        assert [row.key for row in outbox.take(here, "citizen", 1, "one")] == ["a"]
        assert [row.key for row in outbox.take(there, "citizen", 9, "other")] == ["b"]
    assert {row.key: row.holder for row in bureau.rows(Outbox)} == {"a": "one", "behind a": "", "b": "other"}


def test_a_held_target_does_not_starve_the_others(bureau: Bureau) -> None:
    for number in range(5):
        put(bureau, f"a{number}", "citizen:1")
    put(bureau, "b", "citizen:2")
    claim(bureau, "a0")
    assert due(bureau, limit=2) == ["b"]


def test_a_new_worker_takes_over_what_was_cut_off_or_put_off(bureau: Bureau) -> None:
    for key, target in (("cut", "citizen:1"), ("put off", "citizen:2"), ("done", "citizen:3")):
        put(bureau, key, target)
        claim(bureau, key)
    fail(bureau, "put off")
    bureau.workplace.act(lambda desk: outbox.done(desk, row(bureau, "done").id or 0))
    assert due(bureau) == []
    assert bureau.workplace.act(outbox.take_over) == 1
    assert due(bureau) == ["cut", "put off"]


def test_what_waits_for_its_hour_is_not_hastened_by_a_take_over(bureau: Bureau) -> None:
    def step(desk: Desk) -> None:
        later = desk.now + timedelta(hours=8)
        outbox.put(desk, key="a", lane="citizen", target="t", kind="delivery", now=desk.now, not_before=later)

    bureau.workplace.act(step)
    bureau.workplace.act(outbox.take_over)
    assert due(bureau) == []


def test_a_step_that_fails_puts_nothing_up(bureau: Bureau) -> None:
    def step(desk: Desk) -> None:
        outbox.put(desk, key="a", lane="citizen", target="t", kind="delivery", now=desk.now)
        raise ValueError

    with pytest.raises(ValueError):
        bureau.workplace.act(step)
    assert bureau.rows(Outbox) == []
