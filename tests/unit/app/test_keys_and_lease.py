"""The secret key on disk and the lease in the database."""

import os
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app import secret_key
from app.clock import OffsetClock
from app.log import _blotted
from app.serve import lease
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
    mine, other = "elsewhere/1/a", "elsewhere/2/b"
    assert lease.take(store, "worker", mine, NOW)
    assert not lease.take(store, "worker", other, NOW + timedelta(seconds=5))
    assert lease.take(store, "worker", mine, NOW + timedelta(seconds=5))
    assert lease.take(store, "worker", other, NOW + timedelta(seconds=5) + lease.LIFE)
    assert not lease.take(store, "worker", mine, NOW + timedelta(seconds=6) + lease.LIFE)


def test_the_lease_of_a_dead_process_is_free_at_once(store: Store) -> None:
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)
    dead = lease.holder_name().replace(f"/{os.getpid()}/", f"/{child}/")
    assert lease.take(store, "worker", dead, NOW)
    assert lease.take(store, "worker", lease.holder_name(), NOW + timedelta(seconds=1))


def test_giving_up_lets_the_next_one_in(store: Store) -> None:
    assert lease.take(store, "worker", "a/1/x", NOW)
    lease.give_up(store, "worker", "a/1/x", NOW)
    assert lease.take(store, "worker", "b/1/y", NOW)


def test_the_demo_clock_keeps_its_offset_and_never_goes_back(tmp_path: Path) -> None:
    clock = OffsetClock(tmp_path / "clock")
    clock.jump(timedelta(days=3))
    assert OffsetClock(tmp_path / "clock").offset == timedelta(days=3)
    with pytest.raises(ValueError, match="往回"):
        clock.jump(timedelta(seconds=-1))


def test_secrets_are_blotted_out_of_what_is_logged() -> None:
    assert _blotted("token=abc123secret&x", ["abc123secret"]) == "token=***&x"
