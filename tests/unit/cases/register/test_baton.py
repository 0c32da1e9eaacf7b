"""Processes take turns to write to one SQLite file; nobody is held by one that gave up, was killed or stands still."""

import fcntl
import multiprocessing
import multiprocessing.synchronize
import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from cases.register import baton
from cases.register.baton import Baton
from cases.register.turn import Withdrawn

SPAWN = multiprocessing.get_context("spawn")


def hold(file: Path, has: multiprocessing.synchronize.Event, done: multiprocessing.synchronize.Event) -> None:
    with Baton(file).held(lambda: False):
        has.set()
        done.wait(60)


class Holder:
    """Another process that has the baton until it is told to pass it on."""

    def __init__(self, file: Path) -> None:
        self.has, self.done = SPAWN.Event(), SPAWN.Event()
        self.process = SPAWN.Process(target=hold, args=(file, self.has, self.done), daemon=True)
        self.process.start()
        assert self.has.wait(60)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "huiyin.db-writer"


@pytest.fixture
def holder(file: Path) -> Iterator[Holder]:
    other = Holder(file)
    yield other
    other.process.kill()


def taken(file: Path) -> threading.Event:
    """Ask for the baton in a thread; the event is set once it was there."""
    got = threading.Event()

    def ask() -> None:
        with Baton(file).held(lambda: False):
            got.set()

    threading.Thread(target=ask, daemon=True).start()
    return got


def test_one_waits_until_the_other_is_done(file: Path, holder: Holder) -> None:
    got = taken(file)
    assert not got.wait(0.3)
    holder.done.set()
    assert got.wait(30)


def test_a_killed_holder_holds_nobody(file: Path, holder: Holder) -> None:
    got = taken(file)
    os.kill(holder.process.pid or 0, signal.SIGKILL)
    assert got.wait(30)


def test_one_that_stands_still_is_left_to_the_databases_own_wait(
    file: Path, holder: Holder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(baton, "_PATIENCE", 0.4)
    os.kill(holder.process.pid or 0, signal.SIGSTOP)
    assert taken(file).wait(30)


def test_whoever_gave_up_in_the_queue_holds_nobody_later(file: Path, holder: Holder) -> None:
    with pytest.raises(Withdrawn), Baton(file).held(lambda: True):
        raise AssertionError("it was withdrawn while another held the baton")
    holder.done.set()
    holder.process.join(30)
    for _ in range(50):  # whichever thread the kernel wakes first, the baton is free again
        assert taken(file).wait(30)


def test_the_file_is_its_owners_alone(file: Path) -> None:
    with Baton(file).held(lambda: False):
        assert file.stat().st_mode & 0o777 == 0o600


def test_who_stands_still_is_waited_for_once(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(baton, "_PATIENCE", 1.0)
    monkeypatch.setattr(baton, "_LOOK_UP", 0.05)
    with file.open("ab") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        mine, began = Baton(file), time.monotonic()
        for _ in range(10):
            with mine.held(lambda: False):
                pass
        assert time.monotonic() - began < 5 * baton._PATIENCE
