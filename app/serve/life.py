"""A process's sign of life: a lock that the kernel or the database takes away with it, whatever kills it.

A process is named by chance, never by its number: two containers may both be process 1 of one host name.
"""

import fcntl
import hashlib
import time
import uuid
from pathlib import Path
from typing import IO

from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from cases.register.store import Store

SHOWN_EVERY = 3.0  # seconds within which a process that lives shows its sign anew


class Life:
    """`holder` names the process. Show the sign before asking whether another's is there."""

    def __init__(self, store: Store, *, tick: float = SHOWN_EVERY) -> None:
        self.holder = uuid.uuid4().hex
        self._store, self._patience = store, tick * 1.1
        self._connection: Connection | None = None
        self._file: IO[bytes] | None = None
        self._missed: tuple[str, float] = ("", 0.0)  # whose sign was missing, and since when

    def show(self) -> None:
        """Hold the sign; once more where the database was restarted. On SQLite only the leader holds one."""
        if self._store.sqlite:
            return
        if self._connection is not None:
            try:
                self._connection.execute(text("SELECT 1"))
                return
            except SQLAlchemyError:
                self._drop()
        self._connection = self._store.alone()
        self._connection.execute(text("SELECT pg_advisory_lock(:k)"), {"k": _number(self.holder)})

    def gone(self, session: Session, holder: str) -> bool:
        """Tell whether `holder` is dead for sure; a process of an earlier version shows no sign and counts as alive."""
        if "/" in holder:
            return False
        if self._store.sqlite:
            return self._lock_is_free_of(holder)
        free = session.connection().execute(
            text("SELECT pg_try_advisory_xact_lock(:k)"), {"k": _number(holder)}
        )
        if not free.scalar():
            self._missed = ("", 0.0)
            return False
        if self._missed[0] != holder:  # a restart of the database takes every sign: the living show it again
            self._missed = (holder, time.monotonic())
        return time.monotonic() - self._missed[1] >= self._patience

    def lead(self) -> None:
        """Leave the sign by which others see that the leader lives. Without effect while another's stands."""
        if self._store.sqlite and (self._file is not None or self._lock()):
            assert self._file is not None  # noqa: S101 - locked above
            self._file.seek(0)
            self._file.write(self.holder.encode())
            self._file.flush()

    def end(self) -> None:
        self._drop()
        self._unlock()

    def _lock_is_free_of(self, holder: str) -> bool:
        if self._file is None and not self._lock():
            return False
        assert self._file is not None  # noqa: S101 - locked above
        self._file.seek(0)
        dead = self._file.read(64).decode("ascii", "replace") == holder
        if not dead:  # another leads that could not leave its sign yet
            self._unlock()
        return dead

    def _lock(self) -> bool:
        file = Path(f"{self._store.engine.url.database}.leader")
        file.touch(mode=0o600)
        stream = file.open("r+b", buffering=0)
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            stream.close()
            return False
        self._file = stream
        return True

    def _unlock(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _number(holder: str) -> int:
    return int.from_bytes(hashlib.sha256(holder.encode()).digest()[:8], signed=True)
