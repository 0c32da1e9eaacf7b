"""Threads for work that may hang: each piece has an end for whoever waits for it.

A thread cannot be stopped: one that hangs is left behind, and when all of a pool hang, others take their place.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

import structlog

log = structlog.get_logger()
MOST_POOLS = 8
Found = TypeVar("Found")


class Hands:
    """`at_once` threads under one name. Used from one event loop."""

    def __init__(self, at_once: int, name: str) -> None:
        self._at_once, self._name = at_once, name
        self._late: list[Future[Any]] = []
        self._pools, self._pool = 1, self._fresh()

    async def do(self, work: Callable[[], Found], seconds: float) -> Found:
        """Do it, its wait for a thread included. Raises: TimeoutError when it takes longer; what the work raised."""
        async with asyncio.timeout(seconds):
            while True:
                pool = self._pool
                working = pool.submit(work)
                try:
                    return await asyncio.wrap_future(working)
                except asyncio.CancelledError:
                    if pool is self._pool and not working.cancelled() and not working.done():
                        self._left_behind(working)
                    if not working.cancelled() or _given_up():
                        raise
                    # it stood in line behind work that hangs: the threads that came instead do it

    def _left_behind(self, working: "Future[Any]") -> None:
        self._late = [late for late in self._late if not late.done()] + [working]
        log.warning("work.late", of=self._name, threads=len(self._late), pools=self._pools)
        if len(self._late) >= self._at_once and self._pools < MOST_POOLS:
            before, self._late = self._pool, []
            self._pools, self._pool = self._pools + 1, self._fresh()
            before.shutdown(wait=False, cancel_futures=True)

    def _fresh(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(self._at_once, self._name)


def _given_up() -> bool:
    """Tell whether whoever asked waits no longer."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
