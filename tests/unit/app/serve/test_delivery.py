"""A row under way ends truly: recorded however long the register is away, taken back when nobody has it in hand."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from sqlalchemy import text
from sqlmodel import Session

from app.serve.delivery import LaneWorker
from app.wake import Wake
from cases.register.desk import Desk
from cases.register.tables import Outbox
from cases.sending import announce, outbox
from cases.sending.ports import SendFailed
from tests.builders import Bureau


@dataclass
class Someone:
    """A process that sends beside others; `may`: what it is told when it asks, then yes."""

    holder: str
    may: list[bool] = field(default_factory=list)
    dead: set[str] = field(default_factory=set)

    def sure(self) -> bool:
        return self.may.pop(0) if self.may else True

    def gone(self, _session: Session, holder: str) -> bool:
        return holder in (self.holder, *self.dead)


def put(bureau: Bureau, key: str, target: str = "citizen:1") -> None:
    def step(desk: Desk) -> None:
        outbox.put(desk, key=key, lane="citizen", target=target, kind="delivery", now=desk.now, priority=0)

    bureau.workplace.act(step)


def statement(bureau: Bureau, words: str) -> None:
    with bureau.store.write() as session:
        session.execute(text(words))


def states(bureau: Bureau) -> dict[str, str]:
    return {row.key: row.state for row in bureau.rows(Outbox)}


async def test_what_the_platform_took_is_recorded_when_the_register_is_back(bureau: Bureau) -> None:
    put(bureau, "a")
    sent: list[str] = []

    async def send(row: Outbox) -> None:
        sent.append(row.key)
        statement(bureau, "ALTER TABLE outbox RENAME TO away")  # as a full disk, or a database that is gone

    lane = LaneWorker("citizen", bureau.workplace, send)
    await lane.drain()
    statement(bureau, "ALTER TABLE away RENAME TO outbox")
    while "done" not in states(bureau).values():
        await lane.drain()
    assert sent == ["a"]


async def test_a_claim_whose_answer_was_lost_is_taken_back_while_running(bureau: Bureau) -> None:
    put(bureau, "a")
    put(bureau, "b")
    bureau.workplace.act(lambda desk: outbox.claim(desk, bureau.rows(Outbox, key="a")[0].id or 0))
    sent: list[tuple[str, str]] = []

    async def send(row: Outbox) -> None:
        sent.append((row.key, row.error))

    lane = LaneWorker("citizen", bureau.workplace, send)
    for _ in range(3):
        await lane.drain()
    assert sent == [("a", outbox.CUT_OFF), ("b", "")]
    assert states(bureau) == {"a": "done", "b": "done"}


async def test_a_slow_target_holds_up_nobody_else(bureau: Bureau) -> None:
    put(bureau, "slow", "citizen:1")
    answered = asyncio.Event()
    sent: list[str] = []

    async def send(row: Outbox) -> None:
        if row.key == "slow":
            await answered.wait()
        sent.append(row.key)

    lane = LaneWorker("citizen", bureau.workplace, send)
    await lane.drain()
    put(bureau, "quick", "citizen:2")
    await lane.drain()
    assert sent == ["quick"]
    answered.set()
    await lane.finish(5)
    assert states(bureau) == {"slow": "done", "quick": "done"}


async def test_a_stop_lets_the_sending_end_and_begins_no_other(bureau: Bureau) -> None:
    put(bureau, "first")
    put(bureau, "second")
    answered = asyncio.Event()
    sent: list[str] = []

    async def send(row: Outbox) -> None:
        await answered.wait()
        sent.append(row.key)

    lane = LaneWorker("citizen", bureau.workplace, send)
    await lane.drain()
    finishing = asyncio.create_task(lane.finish(5))
    await asyncio.sleep(0)
    answered.set()
    await finishing
    assert sent == ["first"]
    assert states(bureau) == {"first": "done", "second": "pending"}


async def test_who_is_not_sure_to_lead_sends_nothing(bureau: Bureau) -> None:
    put(bureau, "a")

    async def send(_row: Outbox) -> None:
        raise AssertionError

    await LaneWorker("citizen", bureau.workplace, send, Someone("me", may=[False])).drain()
    assert states(bureau) == {"a": "pending"}


async def test_who_was_stopped_after_taking_a_row_gives_it_back_untouched(bureau: Bureau) -> None:
    put(bureau, "a")

    async def send(_row: Outbox) -> None:
        raise AssertionError

    await LaneWorker("citizen", bureau.workplace, send, Someone("me", may=[True, False])).drain()
    (row,) = bureau.rows(Outbox)
    assert (row.state, row.attempts, row.error) == ("pending", 0, "")


async def test_two_that_send_take_each_row_once_and_keep_each_targets_order(bureau: Bureau) -> None:
    for number in range(12):
        put(bureau, str(number), f"citizen:{number % 3}")
    sent: list[tuple[str, str]] = []
    now_out: set[str] = set()

    async def send(row: Outbox) -> None:
        assert row.target not in now_out
        now_out.add(row.target)
        await asyncio.sleep(0.01)
        now_out.remove(row.target)
        sent.append((row.target, row.key))

    lanes = [LaneWorker("citizen", bureau.workplace, send, Someone(name)) for name in ("one", "other")]
    while set(states(bureau).values()) != {"done"}:
        await asyncio.gather(*(lane.drain() for lane in lanes))
    assert len(sent) == 12
    for which in range(3):
        of_it = [int(key) for target, key in sent if target == f"citizen:{which}"]
        assert of_it == sorted(of_it)
    assert {row.holder for row in bureau.rows(Outbox)} <= {"one", "other"}


async def test_what_a_living_process_has_in_hand_is_left_to_it_and_a_dead_ones_is_not(bureau: Bureau) -> None:
    put(bureau, "a")
    answered = asyncio.Event()
    sent: list[str] = []

    async def slow(row: Outbox) -> None:
        await answered.wait()
        raise SendFailed("too late to count")

    async def send(row: Outbox) -> None:
        sent.append(row.error)

    other = Someone("other")
    stopped = LaneWorker("citizen", bureau.workplace, slow, Someone("stopped"))
    await stopped.drain()
    heir = LaneWorker("citizen", bureau.workplace, send, other)
    await heir.drain()
    assert states(bureau) == {"a": "sending"}
    other.dead.add("stopped")
    for _ in range(2):
        await heir.drain()
    assert sent == [outbox.CUT_OFF] and states(bureau) == {"a": "done"}
    answered.set()  # it wakes: what it had is not its own any more
    await stopped.finish(5)
    assert states(bureau) == {"a": "done"}


async def test_a_commit_rings_the_bells_of_its_lanes_alone(bureau: Bureau) -> None:
    """A lane asks the database twice each time: after a push that sends nothing nobody asks."""
    wake = Wake()
    bells = {lane: wake.listen(lane) for lane in ("citizen", "chat", "media")}
    rung = replace(bureau, workplace=replace(bureau.workplace, committed=wake.ring))

    async def heard(step: Callable[[Desk], object]) -> set[str]:
        rung.workplace.act(step)
        await asyncio.sleep(0)  # the bells are rung from any thread, by the loop
        found = {lane for lane, bell in bells.items() if bell.is_set()}
        for bell in bells.values():
            bell.clear()
        return found

    def plain(desk: Desk) -> None:
        desk.audit("nothing", "nobody")

    def written(desk: Desk) -> None:
        outbox.put(desk, key="a", lane="citizen", target="citizen:1", kind="delivery", now=desk.now)

    def in_bulk(desk: Desk) -> None:
        made = outbox.row(key="b", lane="media", target="t", kind="delivery", now=desk.now)
        outbox.put_many(desk, [made])

    assert await heard(plain) == set()
    assert await heard(written) == {"citizen"}
    assert await heard(in_bulk) == {"media"}
    assert await heard(lambda desk: announce.tell(desk, "supervisor", "逾期")) == {"chat"}
    assert await heard(outbox.release) == set(bells)
