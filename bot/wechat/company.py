"""Pushes in company: what arrives while a transaction is under way becomes the next one together.

`step` does a group in one transaction and returns a reply for each. No timer: a lone push waits for nothing.
A group that fails is done one by one, so that one bad push harms no other.
"""

import asyncio
import contextvars
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.wechat.conversation import Arrival
from cases.register.desk import CITIZEN, Desk, Workplace
from cases.register.turn import Together, Turn, Withdrawn

MOST = 64  # pushes in one transaction

Step = Callable[[Desk, Sequence[Arrival]], list[str]]


@dataclass(slots=True)
class _Waiting:
    arrival: Arrival
    turn: Turn
    said: "asyncio.Future[str]"


class Company:
    """Takes pushes from one event loop. Each is answered only when the transaction that holds it is on disk."""

    def __init__(self, workplace: Workplace, step: Step) -> None:
        self._workplace = workplace
        self._step = step
        self._queue: list[_Waiting] = []
        self._working: asyncio.Task[None] | None = None

    @property
    def waiting(self) -> int:
        """How many wait for the next transaction."""
        return len(self._queue)

    async def answer(self, arrival: Arrival, turn: Turn) -> str:
        """Return the reply. Raises: Withdrawn; what the step raised."""
        waiting = _Waiting(arrival, turn, asyncio.get_running_loop().create_future())
        self._queue.append(waiting)
        if self._working is None:
            nobodys = contextvars.Context()  # it works for many requests: the log names none of them
            self._working = asyncio.create_task(self._work(), context=nobodys)
        return await waiting.said

    async def _work(self) -> None:
        try:
            while self._queue:
                group, self._queue = self._queue[:MOST], self._queue[MOST:]
                await self._do([one for one in group if not _given_up(one)])
        finally:
            self._working = None

    async def _do(self, group: Sequence[_Waiting]) -> None:
        if len(group) > 1:
            try:
                said = await self._together(group)
            except Exception:  # whose fault it was, doing each alone will tell
                said = []
            if said:
                for one, text in zip(group, said, strict=True):
                    _tell(one, text)
                return
        await asyncio.gather(*(self._alone(one) for one in group))

    async def _together(self, group: Sequence[_Waiting]) -> list[str]:
        arrivals = [one.arrival for one in group]

        def step(desk: Desk) -> list[str]:
            return self._step(desk, arrivals)

        return await self._workplace.act_async(step, CITIZEN, Together([one.turn for one in group]))

    async def _alone(self, one: _Waiting) -> None:
        def step(desk: Desk) -> str:
            return self._step(desk, [one.arrival])[0]

        try:
            _tell(one, await self._workplace.act_async(step, CITIZEN, one.turn))
        except Exception as error:
            if not one.said.done():
                one.said.set_exception(error)


def _tell(one: _Waiting, text: str) -> None:
    if not one.said.done():
        one.said.set_result(text)


def _given_up(one: _Waiting) -> bool:
    """Nobody waits any more for what was withdrawn while it queued."""
    if one.turn.withdrawn and not one.said.done():
        one.said.set_exception(Withdrawn())
    return one.said.done()
