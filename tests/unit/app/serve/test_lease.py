"""Who leads: one at a time, followed soon when dead or still, and unable to write once followed."""

import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlmodel import select

from app.serve import lease
from app.serve.life import Life, LifeBySession, life_of
from cases.register.desk import Workplace
from cases.register.store import Store
from cases.register.tables import Audit, Lease
from cases.register.troubles import Superseded
from tests.builders import Bureau

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)


def take(store: Store, life: Life, seconds: float = 0) -> int:
    return lease.take(store, "worker", life, NOW + timedelta(seconds=seconds)).number


def hang_up(store: Store) -> None:
    """As PostgreSQL does with a process that says nothing: its connection is gone, and it does not know it yet."""
    if not store.sqlite:
        others = (
            "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted"
            " AND objid = 4862732 AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        )
        with store.write() as session:
            session.execute(text(others))


def follow(store: Store, life: Life, seconds: float) -> int:
    """Try as the timer does until the lease is had."""
    end = time.monotonic() + 5
    while not (number := take(store, life, seconds)):
        assert time.monotonic() < end
    return number


def test_one_leads_at_a_time_and_each_term_has_its_number(store: Store) -> None:
    mine, other = life_of(store), life_of(store)
    life = lease.LIFE.total_seconds()
    assert take(store, mine) == 1
    assert take(store, other, 5) == 0
    assert take(store, mine, 5) == 1
    hang_up(store)
    assert follow(store, other, 5 + life) == 2
    assert take(store, mine, 6 + life) == 0
    lease.give_up(store, "worker", other, NOW)
    assert take(store, mine, 7 + life) == 3
    mine.end()


def test_two_processes_of_one_host_and_number_are_two(store: Store) -> None:
    """As in two containers of one name, process 1 each: neither takes the other for dead."""
    first, second = life_of(store), life_of(store)
    for seconds in range(0, 30, 3):
        assert take(store, first, seconds) == 1
        assert take(store, second, seconds) == 0
    first.end()
    second.end()


def test_the_lease_of_a_dead_process_is_free_long_before_it_ends(store: Store, database_url: str) -> None:
    code = (
        "import os, sys\nfrom datetime import datetime\nfrom app.serve import lease, life\n"
        "from cases.register.store import Store\nstore = Store(sys.argv[1])\n"
        "mine = life.life_of(store)\n"
        "print(lease.take(store, 'worker', mine, datetime.fromisoformat(sys.argv[2])).number, flush=True)\n"
        "sys.stdin.read()\nos.abort()"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", code, database_url, NOW.isoformat()],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "1\n"
    heir = life_of(store)
    assert take(store, heir, 1) == 0  # it lives
    child.kill()
    child.wait()
    assert follow(store, heir, 1) == 2
    heir.end()


def test_who_was_followed_writes_nothing_more(bureau: Bureau) -> None:
    """It was stopped within a job, wakes, and goes on with it: the transaction is refused whole."""
    store = bureau.store
    first, second = life_of(store), life_of(store)
    standing = lease.Leadership("worker", first)
    led = Workplace(store, bureau.workplace.office, bureau.workplace.clock, fence=standing.fence)
    standing.renewed(standing.asking(), lease.take(store, "worker", first, NOW))
    led.act(lambda desk: desk.audit("sweep", "nobody"))
    hang_up(store)
    assert follow(store, second, lease.LIFE.total_seconds()) == 2
    with pytest.raises(Superseded):
        led.act(lambda desk: desk.audit("sweep", "nobody"))
    assert [row.action for row in bureau.rows(Audit) if row.subject == "nobody"] == ["sweep"]
    second.end()


def test_who_was_stopped_is_not_sure_any_more(monkeypatch: pytest.MonkeyPatch, store: Store) -> None:
    clock = [100.0]
    monkeypatch.setattr(lease.time, "monotonic", lambda: clock[0])
    standing = lease.Leadership("worker", life_of(store))
    assert not standing.leads() and not standing.sure()
    standing.renewed(standing.asking(), lease.Term(number=1))
    clock[0] += lease.LIFE.total_seconds() - 1
    assert standing.leads() and standing.sure()
    clock[0] += 2
    assert not standing.leads() and not standing.sure()
    standing.renewed(standing.asking(), lease.Term(beside=True))
    assert standing.sure() and not standing.leads()


def test_giving_up_lets_the_next_one_in(store: Store) -> None:
    first, second = life_of(store), life_of(store)
    assert take(store, first) == 1
    lease.give_up(store, "worker", first, NOW)
    assert take(store, second) == 2
    second.end()


def test_a_process_of_the_earlier_version_keeps_its_lease_while_it_renews_it(store: Store) -> None:
    """During a rolling upgrade: it holds no lock of ours, and takes back whatever it has not in hand itself."""
    with store.write() as session:
        session.add(Lease(name="worker", holder="f" * 32, until=NOW + lease.LIFE))
    mine = life_of(store)
    if store.sqlite:  # one machine: the file beside the register is locked by whoever leads
        held = life_of(store)
        held.holder = "f" * 32
        held.lead()
    assert lease.take(store, "worker", mine, NOW) == lease.Term()
    assert take(store, mine, lease.LIFE.total_seconds()) == 1
    mine.end()


def test_others_send_beside_the_leader_where_the_database_is_one_for_many(store: Store) -> None:
    first, second = life_of(store), life_of(store)
    take(store, first)
    assert lease.take(store, "worker", second, NOW).beside is not store.sqlite
    first.end()
    second.end()


def test_a_sign_that_is_missing_for_a_moment_is_no_death(store: Store) -> None:
    if store.sqlite:
        return  # the leader alone sends there: nobody asks
    here, there = LifeBySession(store, patience=0.2), LifeBySession(store)
    here.show()
    there.show()

    def gone() -> bool:
        with store.read() as session:
            return here.gone(session, there.holder)

    assert not gone()
    there.end()
    assert not gone()
    there.show()
    assert not gone()
    there.end()
    end = time.monotonic() + 5
    while not gone():
        assert time.monotonic() < end
    here.end()


def test_the_database_hangs_up_on_who_says_nothing(store: Store) -> None:
    if store.sqlite:
        return
    connection = store.alone(silent=0.2)
    limit = connection.execute(text("SELECT current_setting('idle_session_timeout')")).scalar()
    assert limit == "200ms"
    connection.close()
    with store.read() as session:  # those who share the work have no such limit
        assert session.exec(select(1)).one() == 1
