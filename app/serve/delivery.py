"""The delivery worker: sends what the outbox holds, and says truly what became of it.

Only the process that holds the lease runs it. A row is claimed before it is sent; one that was cut off by
a kill is claimed again by the next worker.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Protocol

import structlog

from app.wake import Wake
from cases.register.desk import Workplace
from cases.register.tables import Outbox
from cases.sending import outbox
from cases.sending.ports import SendFailed

log = structlog.get_logger()
IDLE_SECONDS = 0.5
AT_ONCE = 8

Send = Callable[[Outbox], Awaitable[None]]


class Drains(Protocol):
    """A door with a queue discipline of its own."""

    async def drain(self) -> float:
        """Send what may go now; return the seconds until it wants to be called again."""
        ...


class Lane:
    """Rows of one lane: several targets at once, the rows of one target in order."""

    def __init__(self, name: str, workplace: Workplace, send: Send) -> None:
        self.name, self._workplace, self._send = name, workplace, send

    async def drain(self) -> float:
        rows = await self._workplace.look_async(
            lambda desk: outbox.due(desk.session, self.name, desk.now, 200)
        )
        if not rows:
            return IDLE_SECONDS
        by_target: dict[str, list[Outbox]] = {}
        for row in sorted(rows, key=lambda row: row.id or 0):
            by_target.setdefault(row.target, []).append(row)
        gate = asyncio.Semaphore(AT_ONCE)
        await asyncio.gather(*(self._in_order(gate, queue) for queue in by_target.values()))
        return 0.0 if len(rows) == 200 else IDLE_SECONDS

    async def _in_order(self, gate: asyncio.Semaphore, rows: list[Outbox]) -> None:
        async with gate:
            for row in rows:
                if not await self._one(row):
                    return

    async def _one(self, row: Outbox) -> bool:
        """Send one row; False when it is to be tried again, which holds back the later ones of its target."""
        row_id, act = row.id or 0, self._workplace.act_async
        if not await act(lambda desk: outbox.claim(desk.session, row_id)):
            return True
        row.attempts += 1
        try:
            await self._send(row)
        except SendFailed as failure:
            return await self._failed(row, str(failure), final=failure.final, wait=failure.wait)
        except Exception as error:
            log.exception("delivery.error", lane=self.name, kind=row.kind, row=row_id)
            return await self._failed(row, f"内部错误 {type(error).__name__}", final=False, wait=None)
        await act(lambda desk: outbox.done(desk.session, row_id, desk.now))
        return True

    async def _failed(self, row: Outbox, why: str, *, final: bool, wait: timedelta | None) -> bool:
        log.warning(
            "delivery.failed", lane=self.name, kind=row.kind, row=row.id, why=why, attempts=row.attempts
        )
        if final:
            await self._workplace.act_async(
                lambda desk: outbox.drop(desk.session, row.id or 0, desk.now, why)
            )
            return True
        return await self._workplace.act_async(
            lambda desk: outbox.failed(desk.session, row, desk.now, why, wait=wait)
        )


async def keep_draining(door: Drains, wake: Wake, name: str) -> None:
    """Drain until cancelled: at once after a commit, whenever the door asks for it, and twice a second,
    since commands and other processes write rows without ringing our bell."""
    bell = wake.listen()
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
