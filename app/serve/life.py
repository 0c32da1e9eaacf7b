"""A process's sign of life: what the kernel or the database takes away with it, whatever kills it or keeps it still.

A process is named by chance, never by its number: two containers may both be process 1 of one host name.
"""

import fcntl
import hashlib
import time
import uuid
from pathlib import Path
from typing import IO, Protocol

from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from cases.register.store import Store

SHOWN_EVERY = 2.0  # seconds within which a process that lives shows its sign anew
SILENT = 9.0  # seconds after which one that does not counts as gone
_TOGETHER = "pg:"  # begins the names of processes that send beside each other
_LEADS = 4862732  # the advisory lock of the one that leads


class Life(Protocol):
    """`holder` names the process. Show the sign before asking whether another's is there."""

    holder: str

    def show(self) -> None:
        """Hold the sign; once more where it was lost."""

    def may_lead(self) -> bool:
        """Tell whether no other process of this version leads, as far as the means of the database say so."""

    def over(self, session: Session, holder: str) -> bool:
        """Tell whether `holder`, whose lease has not run out, leads no more for sure. Asked by one that may lead."""

    def gone(self, session: Session, holder: str) -> bool:
        """Tell whether what another process has in hand is to be taken back from it."""

    def lead(self) -> None:
        """Leave the sign by which others see that the leader lives."""

    def end(self) -> None: ...


def life_of(store: Store) -> Life:
    return LifeByFile(store) if store.sqlite else LifeBySession(store)


def sends_beside(holder: str) -> bool:
    """Tell whether a leader of this name leaves rows to others: one on SQLite, or of an earlier version, does not."""
    return holder.startswith(_TOGETHER)


class LifeByFile:
    """On SQLite: a locked file beside the register, held by the leader alone."""

    def __init__(self, store: Store) -> None:
        self.holder = uuid.uuid4().hex
        self._path = Path(f"{store.engine.url.database}.leader")
        self._file: IO[bytes] | None = None

    def show(self) -> None:
        pass

    def may_lead(self) -> bool:
        return True

    def gone(self, _session: Session, _holder: str) -> bool:
        return True  # the leader alone sends

    def over(self, _session: Session, holder: str) -> bool:
        if "/" in holder or (self._file is None and not self._lock()):
            return False
        assert self._file is not None  # noqa: S101 - locked above
        self._file.seek(0)
        dead = self._file.read(64).decode("ascii", "replace") == holder
        if not dead:  # another leads that could not leave its sign yet
            self.end()
        return dead

    def lead(self) -> None:
        """Without effect while another's sign stands."""
        if self._file is not None or self._lock():
            assert self._file is not None  # noqa: S101 - locked above
            self._file.seek(0)
            self._file.write(self.holder.encode())
            self._file.flush()

    def end(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def _lock(self) -> bool:
        self._path.touch(mode=0o600)
        stream = self._path.open("r+b", buffering=0)
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            stream.close()
            return False
        self._file = stream
        return True


class LifeBySession:
    """On PostgreSQL: advisory locks of one connection. The database hangs up on a process that is dead or says nothing.

    One lock bears the name of the process, another is the leader's.
    """

    def __init__(self, store: Store, *, patience: float = SHOWN_EVERY * 1.1) -> None:
        self.holder = f"{_TOGETHER}{uuid.uuid4().hex}"
        self._store, self._patience = store, patience
        self._connection: Connection | None = None
        self._leads = False
        self._missed: dict[str, float] = {}  # whose sign was missing, and since when

    def show(self) -> None:
        if self._connection is not None:
            try:
                self._connection.execute(text("SELECT 1"))
                return
            except SQLAlchemyError:
                self.end()
        self._connection = self._store.alone(silent=SILENT)
        # shared: a connection that was lost may be held by the database for a while yet
        self._connection.execute(text("SELECT pg_advisory_lock_shared(:k)"), {"k": _number(self.holder)})

    def may_lead(self) -> bool:
        if not self._leads and self._connection is not None:
            got = self._connection.execute(text("SELECT pg_try_advisory_lock(:k)"), {"k": _LEADS})
            self._leads = bool(got.scalar())
        return self._leads

    def over(self, _session: Session, holder: str) -> bool:
        # its lock is ours; one of an earlier version has none, its lease must run out
        return sends_beside(holder)

    def gone(self, session: Session, holder: str) -> bool:
        if not sends_beside(holder):
            return True
        free = session.connection().execute(
            text("SELECT pg_try_advisory_xact_lock(:k)"), {"k": _number(holder)}
        )
        if not free.scalar():
            self._missed.pop(holder, None)
            return False
        # whose connection was cut, or whose database restarted, shows its sign again within a moment
        since = self._missed.setdefault(holder, time.monotonic())
        return time.monotonic() - since >= self._patience

    def lead(self) -> None:
        pass

    def end(self) -> None:
        self._leads = False
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _number(holder: str) -> int:
    return int.from_bytes(hashlib.sha256(holder.encode()).digest()[:8], signed=True)
