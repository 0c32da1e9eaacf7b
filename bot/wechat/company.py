"""Pushes in company: what arrives while a group is judged and written becomes the next one together.

`step` does a group in one transaction and returns a reply for each. No timer: a lone push waits for nothing.
A group that fails is done one by one, so that one bad push harms no other.
"""

import asyncio
import contextvars
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass

from bot.wechat import conversation
from bot.wechat.conversation import Arrival
from bot.wechat.judging import Judging
from bot.wechat.parsing import Push
from cases.register.desk import CITIZEN, Desk, Workplace
from cases.register.turn import Together, Turn, Withdrawn

MOST = 64  # pushes in one transaction
_ROUNDS = 3  # of judging for one transaction: a portion that is judged, what came meanwhile, and once more
HOLDS_UP, JUDGED_IN = 1.5, 3.0  # seconds: that others wait for a portion; in which one is judged, or later

Step = Callable[[Desk, Sequence[Arrival]], list[str]]


@dataclass(slots=True)
class _Waiting:
    push: Push
    turn: Turn
    said: "asyncio.Future[str]"


@dataclass(frozen=True, slots=True)
class _Ready:
    waiting: _Waiting
    arrival: Arrival


class Company:
    """Takes pushes from one event loop. Each is answered only when the transaction that holds it is on disk."""

    def __init__(self, workplace: Workplace, step: Step, judging: Judging | None = None) -> None:
        """Without `judging` pushes are taken as they are."""
        self._workplace, self._step, self._judging = workplace, step, judging
        self._queue: list[_Waiting] = []
        self._working: asyncio.Task[None] | None = None
        self._slow: set[asyncio.Task[None]] = set()

    @property
    def waiting(self) -> int:
        """How many wait for the next transaction."""
        return len(self._queue)

    async def answer(self, push: Push, turn: Turn) -> str:
        """Return the reply. Raises: Withdrawn; TimeoutError if it could not be judged in time; what the step raised."""
        waiting = _Waiting(push, turn, asyncio.get_running_loop().create_future())
        self._queue.append(waiting)
        if self._working is None:
            nobodys = contextvars.Context()  # it works for many requests: the log names none of them
            self._working = asyncio.create_task(self._work(), context=nobodys)
        return await waiting.said

    async def _work(self) -> None:
        try:
            while self._queue:
                await self._write(await self._gathered())
        finally:
            self._working = None

    async def _gathered(self) -> list[_Ready]:
        """Return the next group: what waits, and what arrived while that was judged."""
        group: list[_Ready] = []
        for _ in range(_ROUNDS):
            room = MOST - len(group)
            portion, self._queue = self._queue[:room], self._queue[room:]
            if not portion:
                break
            group += await self._looked_at([one for one in portion if not _given_up(one)])
        return [ready for ready in group if not _given_up(ready.waiting)]

    async def _looked_at(self, portion: Sequence[_Waiting]) -> list[_Ready]:
        """Judge a portion together. What is slow or fails is judged alone, beside the others."""
        pushes = [one.push for one in portion]
        judging = asyncio.ensure_future(self._judged(pushes, JUDGED_IN if len(portion) == 1 else HOLDS_UP))
        await asyncio.wait({judging}, timeout=HOLDS_UP)
        if judging.done() and judging.exception() is None:
            return [_Ready(one, arrival) for one, arrival in zip(portion, judging.result(), strict=True)]
        judging.add_done_callback(_seen)
        for one in portion:
            alone = judging if len(portion) == 1 else self._judged([one.push], JUDGED_IN - HOLDS_UP)
            self._aside(self._late(one, alone))
        return []

    async def _judged(self, pushes: Sequence[Push], seconds: float) -> list[Arrival]:
        """Judge what wants judging, before the transaction. Raises: TimeoutError; what the judge raised."""
        wanted = [push for push in pushes if self._judging and conversation.wants_judging(push)]
        if self._judging is None or not wanted:
            return [Arrival(push, None) for push in pushes]
        found = await self._judging(wanted, seconds)
        judged = dict(zip(map(id, wanted), found, strict=True))
        return [Arrival(push, judged.get(id(push))) for push in pushes]

    async def _write(self, group: Sequence[_Ready]) -> None:
        """Do a group in one transaction, or one by one where that fails: it tells whose fault it was."""
        if len(group) < 2 or not await self._together(group):
            await asyncio.gather(*(self._alone(one) for one in group))

    async def _together(self, group: Sequence[_Ready]) -> bool:
        """Tell whether a group could be done in one transaction."""

        def step(desk: Desk) -> list[str]:
            return self._step(desk, [one.arrival for one in group])

        turns = Together([one.waiting.turn for one in group])
        try:
            said = await self._workplace.act_async(step, CITIZEN, turns)
        except Exception:
            return False
        for one, text in zip(group, said, strict=True):
            _tell(one.waiting, text)
        return True

    async def _alone(self, one: _Ready) -> None:
        def step(desk: Desk) -> str:
            return self._step(desk, [one.arrival])[0]

        try:
            _tell(one.waiting, await self._workplace.act_async(step, CITIZEN, one.waiting.turn))
        except Exception as error:
            _tell(one.waiting, error)

    async def _late(self, one: _Waiting, judging: Awaitable[Sequence[Arrival]]) -> None:
        try:
            (arrival,) = await judging
        except Exception as error:
            _tell(one, error)
        else:
            await self._alone(_Ready(one, arrival))

    def _aside(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work, context=contextvars.Context())
        self._slow.add(task)
        task.add_done_callback(self._slow.discard)


def _tell(one: _Waiting, said: str | Exception) -> None:
    if one.said.done():
        return
    if isinstance(said, Exception):
        one.said.set_exception(said)
    else:
        one.said.set_result(said)


def _seen(judging: "asyncio.Future[list[Arrival]]") -> None:
    """Look at how a portion ended for which nobody waits any more: each of it is judged alone."""
    if not judging.cancelled():
        judging.exception()


def _given_up(one: _Waiting) -> bool:
    """Nobody waits any more for what was withdrawn while it queued."""
    if one.turn.withdrawn and not one.said.done():
        one.said.set_exception(Withdrawn())
    return one.said.done()
