"""Whose turn it is to write: processes on one SQLite file wait in the kernel's queue, not by polling.

SQLite's own wait is a series of sleeps of up to 100 ms: of two processes that write all the time, each mostly slept.
SQLite's lock stays the one that counts; the baton only says when it is worth asking for.
"""

import fcntl
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from cases.register.turn import Withdrawn

_LOOK_UP = 0.2  # seconds after which one who waits asks whether it is still wanted
_PATIENCE = 3.0  # seconds after which a holder that stands still is left to SQLite's own wait


class _Place:
    """A place in the kernel's queue, kept by a thread of its own: a thread that waits there cannot be called back."""

    def __init__(self, file: int) -> None:
        self.granted = threading.Event()
        self._file = os.dup(file)  # of its own: the one who waits may be gone when the baton comes
        self._lock = threading.Lock()
        self._left = False
        threading.Thread(target=self._wait, name="baton", daemon=True).start()

    def leave(self) -> bool:
        """Give the place up; False if the baton came in this very moment."""
        with self._lock:
            self._left = not self.granted.is_set()
            return self._left

    def _wait(self) -> None:
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX)
            with self._lock:
                if not self._left:
                    self.granted.set()
        finally:
            os.close(self._file)  # the last one to close passes the baton on


class Baton:
    """One for each process and file; one thread of the process holds or awaits it at a time."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._stands_still = False  # whoever had it when it was last asked for

    @contextmanager
    def held(self, unwanted: Callable[[], bool]) -> Iterator[None]:
        """Hold the baton, or come without it where a holder stands still. Raises: Withdrawn."""
        file = os.open(self._file, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            patience = _LOOK_UP if self._stands_still else _PATIENCE  # they are not waited for twice
            self._stands_still = not (_at_once(file) or _queue(file, unwanted, patience))
            yield
        finally:
            os.close(file)  # passes the baton on


def _at_once(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _queue(file: int, unwanted: Callable[[], bool], patience: float) -> bool:
    """Return whether the baton came before `patience` was out. Raises: Withdrawn."""
    place, waited = _Place(file), 0.0
    while not place.granted.wait(_LOOK_UP):
        waited += _LOOK_UP
        if unwanted() and place.leave():
            raise Withdrawn
        if waited >= patience and place.leave():
            return False
    return True
