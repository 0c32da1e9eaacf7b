"""Whether SQLite's file is still the one that was opened: what was moved, deleted or replaced takes every commit with it.

An open file outlives its name. A server would go on with it, acknowledge letters, and lose them all at its end. One that
is overwritten in its place (`cp old.db huiyin.db`) keeps its name and number: its header bears a stamp that only grows.
"""

import os
import threading
from pathlib import Path
from typing import ClassVar

from sqlalchemy.exc import SQLAlchemyError

_Identity = tuple[int, int]
_STAMP = slice(68, 72)  # of the header: the `application_id`, which means nothing to SQLite
# without its address: readyz is read by whoever may ask
GONE = "数据库文件在服务运行时被换走或删除：请停止服务，把原文件放回，或用 huiyin restore 恢复备份，再启动"

OVERWRITTEN = (
    "数据库文件在服务运行时被另一份文件覆盖：请立即停止服务，把数据库文件和它的 -wal 文件另存一份，"
    "用 huiyin restore 恢复备份，再启动"
)


class Replaced(SQLAlchemyError):
    """The register is gone from under us. `committed`: into the file that is gone; else nothing was written at all."""

    def __init__(self, said: str, *, committed: bool = False) -> None:
        super().__init__(said)
        self.committed = committed


class OwnFile:
    """The database and its log as they were when the first connection opened them. Costs two looks at the disk."""

    def __init__(self, path: Path) -> None:
        self._path, self._log = str(path), f"{path}-wal"
        self._lock = threading.Lock()
        self._connections = 0
        self._opened: _Identity | None = None
        self._logged: _Identity | None = None
        self._header: _Header | None = None
        self._stamp: int | None = None  # the highest seen

    def opening(self) -> None:
        """Count a connection. Raises: Replaced where it would open another file than those before it."""
        with self._lock:
            if self._opened is None:
                self._opened = _identity(self._path)
                self._header = _Header.of(self._path)
            self.require()
            self._connections += 1

    def closed(self) -> None:
        """Uncount a connection. With the last of all, SQLite takes its log away."""
        with self._lock:
            self._connections -= 1
            if not self._connections:
                self._logged = None

    def forget(self) -> None:
        """Nothing is open any more: who opens it now may find another."""
        self._opened = self._logged = self._stamp = None
        if self._header is not None and not self._connections:
            self._header.let_go()
        self._header = None

    def gone(self) -> str:
        """Return what happened to the file, or an empty text."""
        if self._opened is None or (
            _identity(self._path) == self._opened
            and (self._logged is None or _identity(self._log) == self._logged)
        ):
            return OVERWRITTEN if self._set_back() else ""
        return GONE

    def _set_back(self) -> bool:
        """Tell whether the file holds an older stamp than it held before, or is no database any more."""
        seen = self._stamp  # before the look: another thread may meanwhile see a newer one
        stamp = self._header.stamp() if self._header is not None else None
        if seen is not None and (stamp is None or stamp < seen):
            return True
        if stamp is not None:
            self._stamp = max(seen or 0, stamp)
        return False

    def require(self) -> None:
        """Raises: Replaced, before a commit: nothing was written."""
        if said := self.gone():
            raise Replaced(said)

    def require_written(self) -> None:
        """Raises: Replaced, after a commit: it went where nobody will find it."""
        if self._logged is None:
            self._logged = _identity(self._log)  # the log is there once something was written
        if said := self.gone():
            raise Replaced(said, committed=True)


def _identity(path: Path | str) -> _Identity | None:
    try:
        found = os.stat(path)  # noqa: PTH116 - five times for each group of pushes: a path's own way costs twice as much
    except OSError:
        return None
    return found.st_dev, found.st_ino


class _Header:
    """What stands at the beginning of the file on disk, past SQLite's cache and log.

    One descriptor for all who have the file open in this process, kept until none of them has: closing any descriptor of
    a file takes away all locks that the process has on it, SQLite's among them.
    """

    _open: ClassVar[dict[_Identity, "_Header"]] = {}
    _turn = threading.Lock()

    def __init__(self, identity: _Identity, descriptor: int) -> None:
        self._identity, self._descriptor, self._users = identity, descriptor, 0

    @classmethod
    def of(cls, path: str) -> "_Header | None":
        with cls._turn:
            identity = _identity(path)
            if identity is None:
                return None
            header = cls._open.get(identity)
            if header is None:
                header = cls._open[identity] = cls(identity, os.open(path, os.O_RDONLY | os.O_CLOEXEC))
            header._users += 1
            return header

    def let_go(self) -> None:
        with self._turn:
            self._users -= 1
            if not self._users:
                del self._open[self._identity]
                os.close(self._descriptor)

    def stamp(self) -> int | None:
        """Return the stamp, or None where there is no header."""
        head = os.pread(self._descriptor, _STAMP.stop, 0)
        return int.from_bytes(head[_STAMP], "big") if len(head) == _STAMP.stop else None
