"""The secret key on disk and the lease in the database."""

import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app import secret_key
from app.clock import OffsetClock
from app.log import _blotted
from app.serve import lease
from app.serve.life import Life
from app.settings import BadSetting, read
from cases.register.store import Store

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
SETTINGS = read({}, Path("/nonexistent"))


def test_many_first_starts_keep_one_key(tmp_path: Path) -> None:
    found: list[str] = []
    threads = [
        threading.Thread(target=lambda: found.append(secret_key.vault(SETTINGS, tmp_path).fingerprint))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(set(found)) == 1
    assert (tmp_path / "secret.key").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["secret.key"]


def test_a_damaged_key_is_refused_and_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "secret.key").write_text("")
    with pytest.raises(BadSetting, match="不完整"):
        secret_key.vault(SETTINGS, tmp_path)
    assert (tmp_path / "secret.key").read_text() == ""


def test_one_holder_at_a_time(store: Store) -> None:
    mine, other = Life(store), Life(store)
    assert lease.take(store, "worker", mine, NOW)
    assert not lease.take(store, "worker", other, NOW + timedelta(seconds=5))
    assert lease.take(store, "worker", mine, NOW + timedelta(seconds=5))
    assert lease.take(store, "worker", other, NOW + timedelta(seconds=5) + lease.LIFE)
    assert not lease.take(store, "worker", mine, NOW + timedelta(seconds=6) + lease.LIFE)
    lease.give_up(store, "worker", other, NOW)
    mine.end()


def test_two_processes_of_one_host_and_number_are_two(store: Store) -> None:
    """As in two containers of one name, process 1 each: neither takes the other for dead."""
    first, second = Life(store), Life(store)
    for seconds in range(0, 30, 3):
        assert lease.take(store, "worker", first, NOW + timedelta(seconds=seconds))
        assert not lease.take(store, "worker", second, NOW + timedelta(seconds=seconds))
    first.end()
    second.end()


def test_the_lease_of_a_dead_process_is_free_long_before_it_ends(store: Store, database_url: str) -> None:
    code = (
        "import os, sys\nfrom datetime import datetime\nfrom app.serve import lease\n"
        "from cases.register.store import Store\nstore = Store(sys.argv[1])\n"
        "life = lease.Life(store)\n"
        "print(lease.take(store, 'worker', life, datetime.fromisoformat(sys.argv[2])), flush=True)\n"
        "sys.stdin.read()\nos.abort()"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", code, database_url, NOW.isoformat()],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "True\n"
    heir = Life(store, tick=0.0)
    assert not lease.take(store, "worker", heir, NOW + timedelta(seconds=1))  # it lives
    child.kill()
    child.wait()
    deadline = time.monotonic() + 5
    while not lease.take(store, "worker", heir, NOW + timedelta(seconds=1)):
        assert time.monotonic() < deadline
    heir.end()


def test_who_was_stopped_is_not_sure_any_more(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [100.0]
    monkeypatch.setattr(lease.time, "monotonic", lambda: clock[0])
    term = lease.Term()
    assert not term.sure()
    term.renewed(term.asking())
    clock[0] += lease.LIFE.total_seconds() - 1
    assert term.sure()
    clock[0] += 2
    assert not term.sure()


def test_giving_up_lets_the_next_one_in(store: Store) -> None:
    first, second = Life(store), Life(store)
    assert lease.take(store, "worker", first, NOW)
    lease.give_up(store, "worker", first, NOW)
    assert lease.take(store, "worker", second, NOW)
    second.end()


def test_the_demo_clock_keeps_its_offset_and_never_goes_back(tmp_path: Path) -> None:
    clock = OffsetClock(tmp_path / "clock")
    clock.jump(timedelta(days=3))
    assert OffsetClock(tmp_path / "clock").offset == timedelta(days=3)
    with pytest.raises(ValueError, match="往回"):
        clock.jump(timedelta(seconds=-1))


def test_secrets_are_blotted_out_of_what_is_logged() -> None:
    assert _blotted("token=abc123secret&x", ["abc123secret"]) == "token=***&x"
