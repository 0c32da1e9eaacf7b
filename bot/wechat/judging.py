"""Judging with an end: in threads of its own, and no longer than a time limit.

A thread cannot be stopped: one that hangs is left behind, and when all of a pool hang, others take their place.
"""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import structlog

from bot.wechat.parsing import Push
from bot.wechat.talk import Judged
from cases.register import measures
from cases.steps import triage

log = structlog.get_logger()
THREADS, MOST_POOLS = 4, 8
AT_LAST = 30.0  # seconds after which a push that nobody waits for goes to a person unjudged

Judge = Callable[[Sequence[Push]], Sequence[Judged]]  # one for each, in order


class Judging:
    def __init__(self, judge: Judge, name: str = "judge") -> None:
        self._judge, self._name = judge, name
        self._late: list[Future[Any]] = []
        self._pools, self._pool = 1, ThreadPoolExecutor(THREADS, name)

    async def __call__(self, pushes: Sequence[Push], seconds: float) -> Sequence[Judged]:
        """Judge side by side, in one thread. Raises: TimeoutError when it takes longer; what the judge raised."""
        pool = self._pool
        working = pool.submit(self._judge, pushes)
        try:
            with measures.timed(measures.JUDGING):
                return await asyncio.wait_for(asyncio.wrap_future(working), seconds)
        except (TimeoutError, asyncio.CancelledError):
            if not working.cancelled() and not working.done() and pool is self._pool:
                self._left_behind(working)
            raise

    async def at_last(self, push: Push) -> Judged:
        """Judge, or let it be known that nobody could: a person looks at it."""
        try:
            return (await self([push], AT_LAST))[0]
        except TimeoutError:
            log.error("judging.given_up", kind=push.kind)
            return Judged(triage.unjudged(), None)

    def _left_behind(self, working: "Future[Any]") -> None:
        self._late = [late for late in self._late if not late.done()] + [working]
        log.warning("judging.late", threads=len(self._late), pools=self._pools)
        if len(self._late) >= THREADS and self._pools < MOST_POOLS:
            self._pool.shutdown(wait=False, cancel_futures=True)
            self._late = []
            self._pools, self._pool = self._pools + 1, ThreadPoolExecutor(THREADS, self._name)
