"""Timers: every process follows the register; the one with the lease sweeps and polls."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.base import BaseTrigger

from app import clock as clocks
from app.keep import citizens, gaps
from app.serve import lease
from app.serve.life import Life
from app.wiring import Services
from cases.register.desk import SYSTEM
from cases.register.store import Store
from cases.register.troubles import Superseded
from cases.steps import promise
from cases.watch import calendar_change, clock_back, danger_watch, digest, recount, watch, window_watch
from duties.month import reminders

log = structlog.get_logger()
FOLLOW_SECONDS = 1.0
LEASE = "worker"
NIGHT = range(2, 5)  # hours of the office's zone
SLIP = 5.0  # seconds by which the wall clock may fall behind the steady one before the timers are set anew

Job = Callable[[], Awaitable[object]]


class Beat(BaseTrigger):
    """Every so many seconds. What the clock left out is left out.

    APScheduler's own intervals are counted one by one: forty days, set ahead, are millions, and all else stands still.
    """

    def __init__(self, seconds: float) -> None:
        self._pause = timedelta(seconds=seconds)

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime:
        if previous_fire_time is None:
            return now
        following = previous_fire_time + self._pause
        return following if following > now else now + self._pause


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
    if now.astimezone(services.workplace.office.zone).hour not in NIGHT:
        return
    if years:
        done = citizens.retain(services, years, actor=SYSTEM)
        if done["anonymised"]:
            log.info("retain", **done)
    elif ended := citizens.end_of_term(services, actor=SYSTEM):
        log.info("retain.evidence", removed=ended)


class Leader:
    """Runs the jobs of which there may be one only while this process holds the lease, and the sending where it may."""

    def __init__(
        self,
        store: Store,
        life: Life,
        standing: lease.Leadership,
        *,
        leading: dict[str, Job],
        sending: dict[str, Job],
        on_take_over: Job,
    ) -> None:
        """`leading`: long jobs of the one that leads. `sending`: of it, and of all where several send."""
        self._store, self._life, self._standing = store, life, standing
        self._leading, self._sending, self._on_take_over = Running(leading), Running(sending), on_take_over
        self._number = 0

    @property
    def leads(self) -> bool:
        """Whether the timed jobs are this process's to do; not so when it was stopped and others took over."""
        return self._leading.under_way and self._standing.leads()

    async def renew(self) -> None:
        asked = self._standing.asking()
        taken = await asyncio.to_thread(lease.take, self._store, LEASE, self._life, clocks.now())
        self._standing.renewed(asked, taken)
        if not taken.number and self._leading.under_way:
            log.warning("leader.lost")
            await self._leading.stop()
        if not (taken.number or taken.beside):
            await self._sending.stop()
        if taken.number and taken.number != self._number:
            log.info("leader.start", number=taken.number)
            await self._on_take_over()
        self._number = taken.number
        if taken.number:
            self._leading.start()
        if taken.number or taken.beside:
            self._sending.start()

    async def close(self) -> None:
        """Let what is in hand end, with our sign held meanwhile, and let the next one lead."""
        showing = asyncio.create_task(self._show())
        await asyncio.gather(self._leading.stop(), self._sending.stop())
        showing.cancel()
        await asyncio.gather(showing, return_exceptions=True)
        await asyncio.to_thread(lease.give_up, self._store, LEASE, self._life, clocks.now())

    async def _show(self) -> None:
        while True:
            await asyncio.sleep(lease.RENEW_SECONDS)
            await asyncio.to_thread(self._life.show)


class Running:
    """Long jobs that are started and stopped together."""

    def __init__(self, jobs: dict[str, Job]) -> None:
        self._jobs = jobs
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def under_way(self) -> bool:
        return bool(self._tasks)

    def start(self) -> None:
        if not self._tasks:
            self._tasks = [asyncio.create_task(self._keep(name, job)) for name, job in self._jobs.items()]

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []

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
            except Superseded:
                log.warning("timer.superseded", job=name)
            except Exception:
                log.exception("timer", job=name)

        scheduler.add_job(guarded, Beat(seconds), id=name, next_run_time=clocks.now())

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
