"""How often something may come, counted over all processes of the office: the last moments of each, in one place.

On SQLite that is a file beside the register, where a commit would cost a flush of the disk; on PostgreSQL a row that
no crash need keep, so that several machines count together.
"""

import fcntl
import os
import struct
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from sqlalchemy.dialects.postgresql import insert

from cases.register.store import Store
from cases.register.tables import Recent

SECOND = 1.0


def admit(recent: Sequence[float], now: float, limit: int) -> tuple[list[float], float]:
    """Return the moments that still count, with `now` if one more may come, and else the seconds to wait.

    A moment that lies ahead is another machine's, or of a clock that was set back: it counts no longer than others.
    """
    counting = sorted(at for at in recent if now - SECOND < at <= now + SECOND)
    if len(counting) < limit:
        return [*counting, now], 0.0
    return counting, min(counting[-limit] + SECOND - now, SECOND)


class Pace:
    """At most `limit` in any second of each name, which is a small number."""

    def __init__(self, store: Store, limit: int, clock: Callable[[], float] = time.time) -> None:
        self._store, self._limit, self._clock = store, limit, clock
        self._moments = struct.Struct(f"<{limit}d")

    def wait(self, name: int) -> float:
        """Count one more of `name`; returns the seconds after which it may come again, 0 if it may pass."""
        return self._in_file(name) if self._store.sqlite else self._in_row(name)

    def _in_file(self, name: int) -> float:
        path = Path(f"{self._store.engine.url.database}-pace")
        file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
            place = name * self._moments.size
            kept, wait = self._one_more(os.pread(file, self._moments.size, place))
            os.pwrite(file, kept, place)
        finally:
            os.close(file)
        return wait

    def _in_row(self, name: int) -> float:
        with self._store.write() as session:
            row = session.get(Recent, name, with_for_update=True)
            if row is None:
                session.connection().execute(
                    insert(Recent).values(name=name, at=b"").on_conflict_do_nothing()
                )
                row = session.get_one(Recent, name, with_for_update=True)
            row.at, wait = self._one_more(row.at)
            session.add(row)
        return wait

    def _one_more(self, kept: bytes) -> tuple[bytes, float]:
        before = self._moments.unpack(kept.ljust(self._moments.size, b"\0"))
        counting, wait = admit(before, self._clock(), self._limit)
        return self._moments.pack(*counting, *[0.0] * (self._limit - len(counting))), wait
