"""Who takes the next connection: of several processes at one address the one that has fewest.

A new connection wakes all of them, and whoever is quickest would take sixteen that come at one moment, so that the
others have nothing to do. One that has more than another leaves the next to it for a moment.
"""

import asyncio
import fcntl
import mmap
import os
import socket
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import structlog
import uvloop

from app.serve import metrics, patience

log = structlog.get_logger()
PAUSE = 0.02  # seconds that a connection is left to a process that has fewer
AT_ONCE = 64  # connections at most that are taken after pauses in vain: one, two, four …
MOST = 64  # processes
NOTHING_LEFT = 1.0  # seconds until one that could take none tries again
_SLOT = struct.Struct("=ii")  # a process, and how many connections it has
FILE = "connections"  # in the folder that the processes share


class Shares:
    """How many connections each process has, in a file that all of them map. A process that was killed counts no more."""

    def __init__(self, file: Path) -> None:
        with file.open("a+b") as stream:
            fcntl.flock(stream, fcntl.LOCK_EX)
            stream.truncate(MOST * _SLOT.size)
            self._map = mmap.mmap(stream.fileno(), MOST * _SLOT.size)
            self._mine = next((at for at in _places() if not _lives(_SLOT.unpack_from(self._map, at)[0])), 0)
            self.have(0)
            fcntl.flock(stream, fcntl.LOCK_UN)  # the map keeps the file open, and the lock with it

    def have(self, connections: int) -> None:
        _SLOT.pack_into(self._map, self._mine, os.getpid(), connections)

    def another_has_fewer(self) -> bool:
        _, mine = _SLOT.unpack_from(self._map, self._mine)
        theirs = (_SLOT.unpack_from(self._map, at) for at in _places() if at != self._mine)
        return any(count < mine and _lives(process) for process, count in theirs)

    @staticmethod
    def living(file: Path) -> set[int]:
        """Return the processes that take connections."""
        written = file.read_bytes().ljust(MOST * _SLOT.size, b"\0")
        return {
            process for process, _ in (_SLOT.unpack_from(written, at) for at in _places()) if _lives(process)
        }

    def leave(self) -> None:
        _SLOT.pack_into(self._map, self._mine, 0, 0)


class Taking:
    """A listening server as asyncio's own, that takes connections in turn with other processes."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        protocol: Callable[[], Any],
        listening: socket.socket,
        shares: Shares,
    ) -> None:
        self.sockets = (listening,)
        self._loop, self._protocol, self._listening, self._shares = loop, protocol, listening, shares
        self._coming: set[asyncio.Task[None]] = set()
        self._pause: asyncio.TimerHandle | None = None
        self._after_pause = 1
        self._closed = False
        patience.CROWD.changed = self._changed
        listening.setblocking(False)
        self._changed()
        self._listen()

    def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        self._loop.remove_reader(self._listening)
        if self._pause is not None:
            self._pause.cancel()
        patience.CROWD.changed = patience.nobody_asks
        self._shares.leave()

    async def wait_closed(self) -> None:
        """Nothing is left of it once it is closed; the connections are the server's."""

    def _listen(self) -> None:
        self._pause = None
        self._loop.add_reader(self._listening, self._came)

    def _rest(self, seconds: float, then: Callable[[], None]) -> None:
        self._loop.remove_reader(self._listening)
        self._pause = self._loop.call_later(seconds, then)

    def _came(self) -> None:
        if self._shares.another_has_fewer():
            self._rest(PAUSE, self._left)
        else:
            self._after_pause = 1
            self._take()

    def _left(self) -> None:
        """Take some in spite of all: who has fewer may be busy for a moment, or stand still for long."""
        self._listen()
        if self._shares.another_has_fewer():
            for _ in range(self._after_pause):
                if not self._take():
                    break
            self._after_pause = min(2 * self._after_pause, AT_ONCE)

    def _take(self) -> bool:
        try:
            connection, _ = self._listening.accept()
        except (BlockingIOError, ConnectionAbortedError):
            return False
        except OSError as error:  # no files left, or no memory
            log.error("connections.none_taken", error=type(error).__name__, number=error.errno)
            self._rest(NOTHING_LEFT, self._listen)
            return False
        connection.setblocking(False)
        task = self._loop.create_task(self._greet(connection))
        self._coming.add(task)
        task.add_done_callback(self._there)
        self._changed()
        return True

    async def _greet(self, connection: socket.socket) -> None:
        try:
            await self._loop.connect_accepted_socket(self._protocol, connection)
        except OSError:  # gone already
            connection.close()

    def _there(self, task: "asyncio.Task[None]") -> None:
        self._coming.discard(task)
        self._changed()

    def _changed(self) -> None:
        self._shares.have(len(patience.CROWD) + len(self._coming))


class Loop(uvloop.Loop):
    """The event loop of one of several processes: a server at a socket that was opened for all takes its share."""

    async def create_server(self, protocol_factory: Any, *args: Any, **more: Any) -> Any:
        folder, listening = metrics.shared_folder(), more.get("sock")
        if folder is None or listening is None:
            return await super().create_server(protocol_factory, *args, **more)
        return Taking(self, protocol_factory, listening, Shares(folder / FILE))


def _places() -> range:
    return range(0, MOST * _SLOT.size, _SLOT.size)


def _lives(process: int) -> bool:
    if not process:
        return False
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True
