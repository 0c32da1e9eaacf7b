"""The delivery worker: sends what the outbox holds, and says truly what became of it.

Only the process that holds the lease runs it. A row is claimed before it is sent; one that was cut off by
a kill, or whose claim nobody knows of, is claimed again. What the platform took is recorded however long
the database is away meanwhile.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Protocol

import structlog

from app.wake import Wake
from cases.register import measures
from cases.register.desk import Desk, Workplace
from cases.register.rows import id_of
from cases.register.tables import Outbox
from cases.sending import outbox
from cases.sending.ports import SendFailed

log = structlog.get_logger()
IDLE_SECONDS = 0.5
AT_ONCE = 16
LOOK_AHEAD = 200
LAST_SENDINGS = 15.0  # seconds that sendings in hand get when the server stops

Send = Callable[[Outbox], Awaitable[None]]


class Drains(Protocol):
    """A door with a queue discipline of its own."""

    async def drain(self) -> float:
        """Send what may go now; return the seconds until it wants to be called again."""
        ...

    async def finish(self, seconds: float) -> None:
        """Begin nothing more; give what is in hand so long to end and to be recorded."""
        ...


class Lane:
    """Rows of one lane: several targets at once, the rows of one target in order.

    A target that is slow holds up nobody but itself.
    """

    def __init__(
        self, name: str, workplace: Workplace, send: Send, sure: Callable[[], bool] = lambda: True
    ) -> None:
        """`sure`: whether this process still is the one that sends, asked before each row."""
        self.name, self._workplace, self._send, self._sure = name, workplace, send, sure
        self._at_once = AT_ONCE
        self._running: dict[str, asyncio.Task[None]] = {}
        self._in_hand: set[int] = set()

    async def drain(self) -> float:
        """Begin what may go, and wait for it, but not for long: others get their turn beside a slow one."""
        if not self._sure():
            return IDLE_SECONDS
        rows, lost = await self._workplace.look_async(self._look)
        if lost:
            log.warning("delivery.cut_off", lane=self.name, rows=lost, said=outbox.CUT_OFF)
            await self._workplace.act_async(lambda desk: outbox.take_back(desk.session, lost, desk.now))
            return 0.0
        by_target: dict[str, list[Outbox]] = {}
        for row in sorted(rows, key=id_of):
            if row.target not in self._running:
                by_target.setdefault(row.target, []).append(row)
        for target, queue in list(by_target.items())[: max(0, self._at_once - len(self._running))]:
            self._running[target] = asyncio.create_task(self._in_order(target, queue))
        if not self._running:
            return IDLE_SECONDS
        await asyncio.wait(self._running.values(), timeout=IDLE_SECONDS)
        return 0.0

    async def finish(self, seconds: float) -> None:
        running = list(self._running.values())
        if not running:
            return
        log.info("delivery.finish", lane=self.name, in_hand=len(running))
        self._at_once = 0
        _, late = await asyncio.wait(running, timeout=seconds)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    def _look(self, desk: Desk) -> tuple[list[Outbox], list[int]]:
        lost = outbox.orphans(desk.session, self.name, self._in_hand)
        if lost or len(self._running) >= self._at_once:
            return [], lost
        return outbox.due(desk.session, self.name, desk.now, LOOK_AHEAD), []

    async def _in_order(self, target: str, rows: list[Outbox]) -> None:
        try:
            for row in rows:
                if not self._at_once or not self._sure() or not await self._one(row):
                    return
        except Exception:  # the register is away: the row is an orphan, or still pending
            log.exception("delivery.row", lane=self.name, target=target)
            await asyncio.sleep(1)
        finally:
            self._running.pop(target, None)

    async def _one(self, row: Outbox) -> bool:
        """Send one row; False when it is to be tried again, which holds back the later ones of its target."""
        row_id = id_of(row)
        self._in_hand.add(row_id)
        try:
            if not await self._workplace.act_async(lambda desk: outbox.claim(desk.session, row_id)):
                return True
            row.attempts += 1
            try:
                with measures.timed(measures.DELIVERY.labels(self.name)):
                    await self._send(row)
            except SendFailed as failure:
                return await self._failed(row, failure)
            except Exception as error:
                log.exception("delivery.error", lane=self.name, kind=row.kind, row=row_id)
                return await self._failed(row, SendFailed(f"内部错误 {type(error).__name__}"))
            await self._workplace.record(lambda desk: outbox.done(desk.session, row_id, desk.now))
            return True
        finally:
            self._in_hand.discard(row_id)

    async def _failed(self, row: Outbox, failure: SendFailed) -> bool:
        why = str(failure)
        no = await self._workplace.look_async(lambda desk: outbox.case_number(desk.session, row))
        log.warning(
            "delivery.failed",
            lane=self.name,
            kind=row.kind,
            row=row.id,
            case=no,
            why=why,
            attempts=row.attempts,
        )
        if failure.final:
            await self._workplace.record(lambda desk: outbox.drop(desk.session, id_of(row), desk.now, why))
            return True
        given_up = await self._workplace.record(
            lambda desk: outbox.failed(
                desk.session, row, desk.now, why, wait=failure.wait, aside=failure.aside
            )
        )
        return given_up or failure.aside


async def keep_draining(door: Drains, wake: Wake, name: str) -> None:
    """Drain until cancelled: at once after a commit that wrote to the lane, whenever the door asks for it, and twice a second,
    since commands and other processes write rows without ringing our bell. What is in hand is let end."""
    bell = wake.listen(name)
    try:
        while True:
            bell.clear()
            try:
                pause = await door.drain()
            except Exception:
                log.exception("delivery.drain", lane=name)
                pause = 2.0
            if pause > 0:
                try:
                    async with asyncio.timeout(min(pause, IDLE_SECONDS)):
                        await bell.wait()
                except TimeoutError:
                    pass
    finally:
        await door.finish(LAST_SENDINGS)
