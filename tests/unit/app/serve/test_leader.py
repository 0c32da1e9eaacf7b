"""The one that leads runs the jobs of which there may be one, and only while it leads; who lost it stops at once."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from app.serve import lease, timers
from app.wiring import Services
from cases.register import memo
from cases.register.store import Store
from cases.register.tables import Lease, Message, Outbox
from cases.register.troubles import Superseded
from cases.steps.forget import GONE
from tests import stages
from tests.builders import Bureau, Clock, a_bureau, a_store
from tests.fakes import prompt
from tests.unit.app.installation import services_in

Job = Callable[[], Awaitable[object]]


@dataclass
class OneLife:
    """A process's sign of life that a test holds in its hand."""

    holder: str
    lives: bool = True
    shown: int = 0
    leading: bool = False

    def show(self) -> None:
        self.shown += 1

    def may_lead(self) -> bool:
        return True

    def over(self, _session: Any, _holder: str) -> bool:
        return False

    def gone(self, _session: Any, _holder: str) -> bool:
        return True

    def lead(self) -> None:
        self.leading = True

    def end(self) -> None:
        self.leading = False


@dataclass
class Watched:
    """Jobs that run until they are stopped, and what happened to them."""

    events: list[str] = field(default_factory=list)

    def job(self, name: str) -> Job:
        async def run() -> None:
            self.events.append(f"{name} began")
            try:
                await asyncio.Event().wait()
            finally:
                self.events.append(f"{name} ended")

        return run


def a_leader(store: Store, life: OneLife, watched: Watched) -> timers.Leader:
    async def took_over() -> None:
        watched.events.append("took over")

    standing = lease.Leadership(timers.LEASE, life)
    return timers.Leader(
        store, life, standing, leading={"chat": watched.job("chat")}, sending={"send": watched.job("send")},
        on_take_over=took_over,
    )  # fmt: skip


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return a_store(tmp_path / "huiyin.db")


async def settled() -> None:
    for _ in range(3):
        await asyncio.sleep(0)


async def test_who_has_the_lease_takes_over_before_anything_begins(store: Store) -> None:
    watched = Watched()
    leader = a_leader(store, OneLife("me"), watched)
    await leader.renew()
    await settled()
    assert watched.events == ["took over", "chat began", "send began"] and leader.leads
    await leader.renew()
    await settled()
    assert len(watched.events) == 3  # renewed: nothing begins twice
    await leader.close()
    assert sorted(watched.events[3:]) == ["chat ended", "send ended"] and not leader.leads


async def test_another_does_nothing_while_one_leads(store: Store) -> None:
    mine, theirs = Watched(), Watched()
    first, second = a_leader(store, OneLife("me"), mine), a_leader(store, OneLife("other"), theirs)
    await first.renew()
    await second.renew()
    await settled()
    assert theirs.events == [] and not second.leads
    await first.close()
    await second.renew()
    await settled()
    assert theirs.events[0] == "took over" and second.leads
    await second.close()


async def test_who_was_followed_stops_its_jobs_and_says_so(store: Store) -> None:
    watched = Watched()
    leader = a_leader(store, OneLife("me"), watched)
    await leader.renew()
    await settled()
    with store.write() as session:
        row = session.get_one(Lease, timers.LEASE)
        row.holder, row.number = "other", row.number + 1
        row.until = row.until + timedelta(seconds=1)
        session.add(row)
    await leader.renew()
    assert not leader.leads
    assert sorted(watched.events[3:]) == ["chat ended", "send ended"]
    await leader.close()


async def test_a_job_that_breaks_begins_again_and_the_others_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    pauses = prompt.counted(monkeypatch.setattr, timers)
    tries: list[int] = []
    done = asyncio.Event()

    async def breaks() -> None:
        tries.append(1)
        if len(tries) < 4:
            raise ValueError("broken")
        done.set()

    watched = Watched()
    running = timers.Running({"breaks": breaks, "goes on": watched.job("goes on")})
    running.start()
    running.start()  # a second start begins nothing
    await asyncio.wait_for(done.wait(), 5)
    assert pauses == [2, 2, 2] and watched.events == ["goes on began"] and running.under_way
    await running.stop()
    assert watched.events == ["goes on began", "goes on ended"] and not running.under_way


@dataclass
class Following:
    """What a scheduler asks of the services."""

    followed: int = 0

    @property
    def live(self) -> "Following":
        return self

    def follow(self) -> None:
        self.followed += 1


@dataclass
class Standing:
    leads: bool

    async def renew(self) -> None:
        pass


@pytest.mark.parametrize("leads", [True, False])
async def test_the_timed_jobs_are_the_leader_s_and_every_process_follows(leads: bool) -> None:
    ran, follows = asyncio.Event(), Following()
    rounds = asyncio.Event()

    async def job() -> None:
        ran.set()

    async def always() -> None:
        rounds.set()

    leader = Standing(leads)
    leader.renew = always  # type: ignore[method-assign]
    scheduler = timers.schedule(follows, leader, {"sweep": (60.0, job)})  # type: ignore[arg-type]
    await asyncio.wait_for(rounds.wait(), 5)
    for _ in range(50):
        await asyncio.sleep(0.01)
        if follows.followed and (ran.is_set() or not leads):
            break
    scheduler.shutdown(wait=False)
    assert ran.is_set() is leads and follows.followed >= 1


@pytest.mark.parametrize("error", [Superseded(), ValueError("broken"), OSError("disk")])
async def test_a_timed_job_that_breaks_comes_again_at_its_time(error: Exception) -> None:
    tries: list[int] = []
    again = asyncio.Event()

    async def job() -> None:
        tries.append(1)
        if len(tries) == 2:
            again.set()
        raise error

    scheduler = timers.schedule(Following(), Standing(True), {"job": (0.05, job)})  # type: ignore[arg-type]
    await asyncio.wait_for(again.wait(), 5)
    scheduler.shutdown(wait=False)


@pytest.fixture
def office(tmp_path: Path) -> tuple[Bureau, Services]:
    """An office and the services of a server on its register, both by one clock."""
    store, clock = a_store(tmp_path / "huiyin.db"), Clock()
    more = {"RETENTION_YEARS": "1", "TELEGRAM_BOT_TOKEN": "1:x", "HANDLER_CHAT_ID": "-1"}
    return a_bureau(store, clock), services_in(tmp_path, store, clock=clock, **more)


async def test_one_sweep_does_all_that_is_due_and_a_second_tells_nothing_twice(
    office: tuple[Bureau, Services],
) -> None:
    bureau, services = office
    no = stages.promised(bureau)
    late, grave = stages.claimed(bureau), stages.urgent(bureau)
    bureau.clock.set(2026, 4, 1, 9)
    await timers.sweep(services)
    told = bureau.told()
    for words in ("【承诺逾期】", "【逾期】", "【晨报】"):
        assert any(words in text for text in told), words
    assert no in "".join(told) and late in "".join(told) and len(bureau.alarms()) >= 2
    assert bureau.case(grave).id in bureau.alarms()
    assert bureau.workplace.look(lambda desk: memo.SWEPT_AT.of(desk.session)) == bureau.clock.now
    assert all(row.state != "held" for row in bureau.rows(Outbox))
    before = len(bureau.rows(Outbox))
    assert await timers.sweep(services) == 0 and len(bureau.rows(Outbox)) == before


@pytest.mark.parametrize(("hour", "forgets"), [(1, False), (2, True), (4, True), (5, False), (12, False)])
def test_what_need_not_be_kept_is_forgotten_at_night_alone(
    office: tuple[Bureau, Services], hour: int, forgets: bool
) -> None:
    bureau, services = office
    stages.answered(bureau)
    bureau.clock.set(2027, 6, 1, hour)
    timers.retain(services)
    assert any(row.masked == GONE for row in bureau.rows(Message)) is forgets


def test_an_office_without_years_keeps_everything(office: tuple[Bureau, Services]) -> None:
    bureau, services = office
    stages.answered(bureau)
    bureau.clock.set(2050, 6, 1, 3)
    never = replace(services, settings=services.settings.model_copy(update={"retention_years": 0}))
    timers.retain(never)
    assert not any(row.masked == GONE for row in bureau.rows(Message))


def test_the_next_round_is_never_in_the_past() -> None:
    now = datetime.fromisoformat("2026-03-02T09:00:00+08:00")
    for back in (0, 0.5, 1, 30, 86400 * 40):
        following = timers.Beat(1).get_next_fire_time(now - timedelta(seconds=back), now)
        assert now < following <= now + timedelta(seconds=1), back
