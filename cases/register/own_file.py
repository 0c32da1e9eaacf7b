"""Whether SQLite's file is still the one that was opened: what was moved, deleted or replaced takes every commit with it.

An open file outlives its name. A server would go on with it, acknowledge letters, and lose them all at its end.
"""

import threading
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

_Identity = tuple[int, int]
# without its address: readyz is read by whoever may ask
GONE = "数据库文件在服务运行时被换走或删除：请停止服务，把原文件放回，或用 huiyin restore 恢复备份，再启动"


class Replaced(SQLAlchemyError):
    """The register is gone from under us. `committed`: into the file that is gone; else nothing was written at all."""

    def __init__(self, said: str, *, committed: bool = False) -> None:
        super().__init__(said)
        self.committed = committed


class OwnFile:
    """The database and its log as they were when the first connection opened them. Costs two looks at the disk."""

    def __init__(self, path: Path) -> None:
        self._path, self._log = path, Path(f"{path}-wal")
        self._lock = threading.Lock()
        self._connections = 0
        self._opened: _Identity | None = None
        self._logged: _Identity | None = None

    def opening(self) -> None:
        """Count a connection. Raises: Replaced where it would open another file than those before it."""
        with self._lock:
            if self._opened is None:
                self._opened = _identity(self._path)
            self.require()
            self._connections += 1

    def closed(self) -> None:
        """Uncount a connection. With the last of all, SQLite takes its log away."""
        with self._lock:
            self._connections -= 1
            if not self._connections:
                self._logged = None

    def forget(self) -> None:
        self._opened = self._logged = None

    def gone(self) -> str:
        """Return what happened to the file, or an empty text."""
        if self._opened is None or (
            _identity(self._path) == self._opened
            and (self._logged is None or _identity(self._log) == self._logged)
        ):
            return ""
        return GONE

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


def _identity(path: Path) -> _Identity | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
