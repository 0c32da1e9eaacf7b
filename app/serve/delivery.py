"""The delivery worker: sends what the outbox holds, and says truly what became of it.

On PostgreSQL every process runs it, on SQLite the one that leads. A row is taken before it is sent; one that was cut
off by a kill, or of which nobody knows that it was taken, is taken again. What the platform took is recorded however
long the database is away meanwhile.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from functools import partial
from typing import Protocol

import structlog
from sqlmodel import Session

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
COMPANY = 0.05  # seconds in which others may end beside the first: what becomes free is filled in one go
LAST_SENDINGS = 15.0  # seconds that sendings in hand get when the server stops

Send = Callable[[Outbox], Awaitable[None]]


class Sender(Protocol):
    """The process that sends, among others."""

    @property
    def holder(self) -> str:
        """Its name on the rows that it has in hand."""
        ...

    def sure(self) -> bool:
        """Tell whether it still may send: asked before it takes anything, and once more before it sends."""
        ...

    def gone(self, session: Session, holder: str) -> bool:
        """Tell whether what `holder` took may be taken back, unless this process has it in hand."""
        ...


@dataclass(frozen=True, slots=True)
class Alone:
    """The only one there is."""

    holder: str = ""

    def sure(self) -> bool:
        return True

    def gone(self, _session: Session, _holder: str) -> bool:
        return True


class Drains(Protocol):
    """A door with a queue discipline of its own."""

    async def drain(self) -> float:
        """Send what may go now; return the seconds until it wants to be called again."""
        ...

    async def finish(self, seconds: float) -> None:
        """Begin nothing more; give what is in hand so long to end and to be recorded."""
        ...


class LaneWorker:
    """Rows of one lane: several targets at once, the rows of one target in order, over all processes that send.

    A target that is slow holds up nobody but itself.
    """

    def __init__(
        self,
        name: str,
        workplace: Workplace,
        send: Send,
        sender: Sender = Alone(),
    ) -> None:
        self.name, self._workplace, self._send, self._sender = name, workplace, send, sender
        self._at_once = AT_ONCE
        self._running: dict[int, asyncio.Task[None]] = {}  # by row
        self._taking: asyncio.Task[None] | None = None

    async def drain(self) -> float:
        """Begin what may go, and wait for it, but not for long: others get their turn beside a slow one."""
        if not self._sender.sure():
            return IDLE_SECONDS
        in_hand = frozenset(self._running)
        more, lost = await self._workplace.look_async(lambda desk: self._look(desk, in_hand))
        if lost:
            log.warning("delivery.cut_off", lane=self.name, rows=lost, said=outbox.CUT_OFF)
            await self._workplace.act_async(lambda desk: outbox.take_back(desk, lost))
            return 0.0
        if more:
            self._taking = asyncio.create_task(self._begin())
            await asyncio.shield(self._taking)  # what is taken is known to us, even if we are stopped
        if not self._running:
            return IDLE_SECONDS
        running = list(self._running.values())
        _, slow = await asyncio.wait(running, timeout=IDLE_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        if slow and len(slow) < len(running):
            await asyncio.wait(slow, timeout=COMPANY)
        return 0.0

    async def finish(self, seconds: float) -> None:
        self._at_once = 0
        if self._taking is not None:
            await asyncio.gather(self._taking, return_exceptions=True)
        if running := list(self._running.values()):
            log.info("delivery.finish", lane=self.name, in_hand=len(running))
            _, late = await asyncio.wait(running, timeout=seconds)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        self._at_once = AT_ONCE  # a process may come to lead once more

    def _look(self, desk: Desk, in_hand: Collection[int]) -> tuple[bool, list[int]]:
        gone = partial(self._sender.gone, desk.session)
        lost = outbox.orphans(desk, self.name, in_hand, gone)
        if lost or len(self._running) >= self._at_once:
            return False, lost
        return bool(outbox.due(desk, self.name, 1)), []

    async def _begin(self) -> None:
        free, holder = max(0, self._at_once - len(self._running)), self._sender.holder
        rows = await self._workplace.act_async(lambda desk: outbox.take(desk, self.name, free, holder))
        for row in rows:
            self._running[id_of(row)] = asyncio.create_task(self._one(row))

    async def _one(self, row: Outbox) -> None:
        """Send one row. One that is to be tried again holds back the later ones of its target."""
        try:
            if self._at_once and self._sender.sure():
                await self._sending(row)
            else:
                mine = self._sender.holder
                await self._workplace.record(lambda desk: outbox.let_go(desk, id_of(row), mine))
        except Exception:  # the register is away: the row is nobody's, or still pending
            log.exception("delivery.row", lane=self.name, target=row.target)
            await asyncio.sleep(1)
        finally:
            self._running.pop(id_of(row), None)

    async def _sending(self, row: Outbox) -> None:
        row_id = id_of(row)
        row.attempts += 1
        try:
            with measures.timed(measures.DELIVERY.labels(self.name)):
                await self._send(row)
        except SendFailed as failure:
            await self._failed(row, failure)
        except Exception as error:
            log.exception("delivery.error", lane=self.name, kind=row.kind, row=row_id)
            await self._failed(row, SendFailed(f"内部错误 {type(error).__name__}"))
        else:
            await self._workplace.record(lambda desk: outbox.done(desk, row_id))

    async def _failed(self, row: Outbox, failure: SendFailed) -> None:
        why = str(failure)
        no = await self._workplace.look_async(lambda desk: outbox.case_number(desk, row))
        log.warning(
            "delivery.failed",
            lane=self.name,
            kind=row.kind,
            row=row.id,
            case=no,
            why=why,
            attempts=row.attempts,
        )
        mine = self._sender.holder
        if failure.final:
            await self._workplace.record(lambda desk: outbox.drop(desk, id_of(row), why, holder=mine))
            return
        put_off = partial(outbox.failed, wait=failure.wait, aside=failure.aside, holder=mine)
        await self._workplace.record(lambda desk: put_off(desk, row, why))


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
