"""A lane's worker: drained at the bell, never stopped by one error, what is in hand let end, what failed put off."""

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from app.serve import delivery
from app.serve.delivery import Alone, LaneWorker, keep_draining
from app.wake import Wake
from cases.register.desk import Desk
from cases.register.tables import Outbox
from cases.sending import outbox
from cases.sending.ports import SendFailed
from tests.builders import Bureau, a_bureau, a_store


@pytest.fixture
def office(tmp_path) -> Bureau:  # type: ignore[no-untyped-def]
    return a_bureau(a_store(tmp_path / "office.db"))


def put(office: Bureau, key: str, target: str = "citizen:1") -> None:
    def step(desk: Desk) -> None:
        outbox.put(desk, key=key, lane="citizen", target=target, kind="delivery", now=desk.now, priority=0)

    office.workplace.act(step)


def states(office: Bureau) -> dict[str, str]:
    return {row.key: row.state for row in office.rows(Outbox)}


async def drained(lane: LaneWorker, times: int = 4) -> None:
    for _ in range(times):
        await lane.drain()


async def test_rows_of_one_target_go_one_after_the_other_and_others_beside(office: Bureau) -> None:
    for key, target in (("a1", "citizen:1"), ("a2", "citizen:1"), ("b1", "citizen:2")):
        put(office, key, target)
    sent: list[str] = []
    under_way: set[str] = set()
    beside: list[set[str]] = []

    async def send(row: Outbox) -> None:
        under_way.add(row.key)
        beside.append(set(under_way))
        await asyncio.sleep(0)
        under_way.discard(row.key)
        sent.append(row.key)

    await drained(LaneWorker("citizen", office.workplace, send))
    assert sorted(sent) == ["a1", "a2", "b1"] and sent.index("a1") < sent.index("a2")
    assert not any({"a1", "a2"} <= together for together in beside)
    assert set(states(office).values()) == {"done"}


@pytest.mark.parametrize(
    ("failure", "state", "seconds"),
    [
        (SendFailed("连不上"), "pending", 5),
        (SendFailed("用户拒收", final=True), "dropped", None),
        (SendFailed("太快", wait=timedelta(seconds=60)), "pending", 5),
        (ValueError("编程错误"), "pending", 5),
    ],
)
async def test_what_became_of_a_sending_is_recorded(
    office: Bureau, failure: Exception, state: str, seconds: int | None
) -> None:
    put(office, "a")

    async def send(_row: Outbox) -> None:
        raise failure

    await drained(LaneWorker("citizen", office.workplace, send), 2)
    (row,) = office.rows(Outbox)
    assert row.state == state
    assert row.error == (str(failure) if isinstance(failure, SendFailed) else "内部错误 ValueError")
    if seconds is not None:
        assert row.not_before == office.clock.now + timedelta(seconds=seconds)


async def test_one_that_steps_aside_lets_the_next_of_its_target_go(office: Bureau) -> None:
    put(office, "a1")
    put(office, "a2")
    sent: list[str] = []

    async def send(row: Outbox) -> None:
        if row.key == "a1":
            raise SendFailed("等下次发言", aside=True)
        sent.append(row.key)

    await drained(LaneWorker("citizen", office.workplace, send))
    assert sent == ["a2"] and states(office) == {"a1": "pending", "a2": "done"}
    assert office.rows(Outbox)[0].target.startswith(f"citizen:1{outbox.ASIDE}")


async def test_a_row_that_was_cut_off_is_sent_again_and_says_so(office: Bureau) -> None:
    put(office, "a")
    office.workplace.act(lambda desk: outbox.take(desk, "citizen", 5, "a process that died"))
    seen: list[str] = []

    async def send(row: Outbox) -> None:
        seen.append(row.error)

    lane = LaneWorker("citizen", office.workplace, send, Alone("me"))
    await drained(lane)
    assert seen == [outbox.CUT_OFF] and states(office) == {"a": "done"}


async def test_who_may_not_send_takes_nothing(office: Bureau) -> None:
    put(office, "a")

    class Unsure(Alone):
        def sure(self) -> bool:
            return False

    async def send(_row: Outbox) -> None:
        raise AssertionError("sent by one that may not")

    lane = LaneWorker("citizen", office.workplace, send, Unsure())
    assert await lane.drain() == delivery.IDLE_SECONDS and states(office) == {"a": "pending"}


async def test_what_is_in_hand_is_let_end_and_what_takes_too_long_is_given_up(office: Bureau) -> None:
    put(office, "quick", "citizen:1")
    put(office, "stuck", "citizen:2")
    begun, go = asyncio.Semaphore(0), asyncio.Event()

    async def send(row: Outbox) -> None:
        begun.release()
        await (go if row.key == "quick" else asyncio.Event()).wait()

    lane = LaneWorker("citizen", office.workplace, send)
    draining = asyncio.create_task(lane.drain())
    for _ in range(2):
        await begun.acquire()
    go.set()
    await lane.finish(0.2)
    draining.cancel()
    assert states(office) == {"quick": "done", "stuck": "sending"}
    await asyncio.gather(draining, return_exceptions=True)


@dataclass
class Door:
    """A door that is drained; `says`: what each call returns or raises."""

    says: list[float | Exception] = field(default_factory=list)
    drains: int = 0
    finished: list[float] = field(default_factory=list)
    drained: asyncio.Event = field(default_factory=asyncio.Event)

    async def drain(self) -> float:
        self.drains += 1
        said = self.says.pop(0) if self.says else 100.0
        if not self.says:
            self.drained.set()
        if isinstance(said, Exception):
            raise said
        return said

    async def finish(self, seconds: float) -> None:
        self.finished.append(seconds)


async def test_it_drains_at_once_at_the_bell_and_ends_what_is_in_hand(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(delivery, "IDLE_SECONDS", 60.0)
    wake, door = Wake(), Door([0.0, 0.0, 100.0])
    task = asyncio.create_task(keep_draining(door, wake, "citizen"))
    await asyncio.wait_for(door.drained.wait(), 5)
    assert door.drains == 3
    door.drained.clear()
    wake.ring(["chat"])  # another lane's
    await asyncio.sleep(0.01)
    assert door.drains == 3
    wake.ring(["citizen"])
    await asyncio.wait_for(door.drained.wait(), 5)
    assert door.drains == 4
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert door.finished == [delivery.LAST_SENDINGS]


@pytest.mark.parametrize("error", [OSError("disk"), ValueError("broken"), KeyError("x")])
async def test_an_error_of_a_door_stops_no_lane(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    monkeypatch.setattr(delivery, "IDLE_SECONDS", 0.01)
    door = Door([error, 0.0, error, 0.0])
    task = asyncio.create_task(keep_draining(door, Wake(), "citizen"))
    await asyncio.wait_for(door.drained.wait(), 5)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert door.drains >= 4 and door.finished
