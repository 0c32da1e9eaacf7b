"""The timers go on when the machine's clock is set back or ahead."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import chain, repeat

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from app.serve import timers


async def test_a_clock_set_back_does_not_stop_the_timers() -> None:
    """The job last ran by a clock an hour ahead; APScheduler alone would not run it for an hour."""
    rang = asyncio.Event()

    async def ring() -> None:
        rang.set()

    scheduler = AsyncIOScheduler(timezone="UTC")
    an_hour = timedelta(hours=1)
    scheduler.add_job(ring, "interval", seconds=60, next_run_time=datetime.now(UTC) + an_hour)
    scheduler.start()
    ahead: Iterator[timedelta] = chain([an_hour], repeat(timedelta()))
    keeper = asyncio.create_task(timers.keep_time(scheduler, lambda: datetime.now(UTC) + next(ahead)))
    try:
        await asyncio.wait_for(rang.wait(), 30)
    finally:
        keeper.cancel()
        scheduler.shutdown(wait=False)


async def test_a_steady_clock_leaves_the_timers_alone() -> None:
    scheduler = AsyncIOScheduler(timezone="UTC")
    later = datetime.now(UTC) + timedelta(hours=1)
    job = scheduler.add_job(lambda: None, "interval", seconds=60, next_run_time=later)
    scheduler.start()
    looked = asyncio.Event()
    looks = iter(range(3))

    def wall() -> datetime:
        if next(looks, None) is None:
            looked.set()
        return datetime.now(UTC)

    keeper = asyncio.create_task(timers.keep_time(scheduler, wall))
    try:
        await asyncio.wait_for(looked.wait(), 30)
        assert job.next_run_time == later
    finally:
        keeper.cancel()
        scheduler.shutdown(wait=False)


async def test_a_clock_set_ahead_makes_up_for_nothing() -> None:
    """A job of every second rings once for forty days, not three million times in the loop that serves."""
    now = datetime.now(UTC)
    scheduler = AsyncIOScheduler(timezone="UTC")
    job = scheduler.add_job(lambda: None, timers.Beat(1), next_run_time=now - timedelta(days=40))
    assert len(job._get_run_times(now)) == 1
    assert timers.Beat(1).get_next_fire_time(now, now) == now + timedelta(seconds=1)
    late = timedelta(seconds=0.3)
    assert timers.Beat(1).get_next_fire_time(now - late, now) == now - late + timedelta(seconds=1)
    assert timers.Beat(1).get_next_fire_time(None, now) == now
