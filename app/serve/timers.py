"""Timers: every process follows the register; the one with the lease sweeps, polls and sends."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import datetime

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from app import clock as clocks
from app.keep import citizens, gaps
from app.serve import lease
from app.serve.life import Life
from app.wiring import Services
from cases.register.desk import SYSTEM
from cases.steps import promise
from cases.watch import calendar_change, clock_back, danger_watch, digest, recount, watch, window_watch
from duties.month import reminders

log = structlog.get_logger()
FOLLOW_SECONDS = 1.0
LEASE = "worker"
NIGHT = range(2, 5)  # hours of the office's zone
SLIP = 5.0  # seconds by which the wall clock may fall behind the steady one before the timers are set anew

Job = Callable[[], Awaitable[object]]


async def sweep(services: Services) -> int:
    """Tell every milestone whose time has come, batch by batch; returns how many were told."""
    await services.workplace.act_async(clock_back.notice)
    await services.workplace.act_async(danger_watch.repeat)
    await asyncio.to_thread(recount.run, services.workplace)
    await services.workplace.act_async(promise.watch)  # before the sweep: its last batch lets all alerts go
    told = 0
    while True:
        swept = await services.workplace.act_async(watch.sweep)
        told += swept.told
        if swept.looked_at < watch.BATCH:
            break
    await services.workplace.act_async(digest.tell)
    await services.workplace.act_async(reminders.tell)
    await services.workplace.act_async(window_watch.warn)
    await services.workplace.act_async(calendar_change.warn_if_missing)
    await asyncio.to_thread(gaps.send_weekly, services.workplace)
    return told


def retain(services: Services) -> None:
    """Forget each night what the office need not keep any longer."""
    years, now = services.settings.retention_years, services.workplace.clock()
    if years and now.astimezone(services.workplace.office.zone).hour in NIGHT:
        done = citizens.retain(services, years, actor=SYSTEM)
        if done["anonymised"]:
            log.info("retain", **done)


class Leader:
    """Runs the jobs of which there may be one only, while this process holds the lease."""

    def __init__(
        self, services: Services, jobs: dict[str, Job], on_take_over: Job, term: lease.Term | None = None
    ) -> None:
        self._services, self._jobs, self._on_take_over = services, jobs, on_take_over
        self._term = term or lease.Term()
        self._life = Life(services.store)
        self._running: list[asyncio.Task[object]] = []

    @property
    def leads(self) -> bool:
        """Whether the timed jobs are this process's to do; not so when it was stopped and others took over."""
        return bool(self._running) and self._term.sure()

    async def renew(self) -> None:
        asked = self._term.asking()
        held = await asyncio.to_thread(lease.take, self._services.store, LEASE, self._life, clocks.now())
        if held:
            self._term.renewed(asked)
        if held and not self._running:
            log.info("leader.start")
            await self._on_take_over()
            self._running = [asyncio.create_task(self._keep(name, job)) for name, job in self._jobs.items()]
        elif not held and self._running:
            log.warning("leader.lost")
            await self._stop()

    async def close(self) -> None:
        await self._stop()
        await asyncio.to_thread(lease.give_up, self._services.store, LEASE, self._life, clocks.now())

    async def _stop(self) -> None:
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        self._running = []

    async def _keep(self, name: str, job: Job) -> None:
        """Run a long job; one that ends by an error is started again."""
        while True:
            try:
                await job()
                return
            except Exception:
                log.exception("leader.job", job=name)
                await asyncio.sleep(2)


def schedule(
    services: Services, leader: Leader, leader_jobs: dict[str, tuple[float, Job]]
) -> AsyncIOScheduler:
    """Return a started scheduler. `leader_jobs`: name → (seconds, job), run only while leading."""
    scheduler = AsyncIOScheduler(
        timezone="UTC", job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
    )

    def add(name: str, seconds: float, job: Job) -> None:
        async def guarded() -> None:
            try:
                await job()
            except Exception:
                log.exception("timer", job=name)

        scheduler.add_job(guarded, "interval", seconds=seconds, id=name, next_run_time=clocks.now())

    def while_leading(job: Job) -> Job:
        async def run() -> None:
            if leader.leads:
                await job()

        return run

    async def follow() -> None:
        await asyncio.to_thread(services.live.follow)

    add("lease", lease.RENEW_SECONDS, leader.renew)
    add("follow", FOLLOW_SECONDS, follow)
    for name, (seconds, job) in leader_jobs.items():
        add(name, seconds, while_leading(job))
    scheduler.start()
    return scheduler


async def keep_time(scheduler: AsyncIOScheduler, wall: Callable[[], datetime] = clocks.now) -> None:
    """Set every timer anew when the machine's clock is set back: APScheduler would wait for the old time to come.

    Runs until cancelled.
    """
    expected = wall().timestamp() - time.monotonic()
    while True:
        await asyncio.sleep(FOLLOW_SECONDS)
        offset = wall().timestamp() - time.monotonic()
        if offset < expected - SLIP:
            log.warning("clock.back", seconds=round(expected - offset))
            for job in scheduler.get_jobs():
                job.modify(next_run_time=wall())
        expected = offset
