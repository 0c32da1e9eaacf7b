"""Clients that keep a connection and do not get on with it are cut off, so that others find a place."""

import resource
from collections.abc import Callable
from typing import Any

from uvicorn.protocols.http.auto import AutoHTTPProtocol

HEADER_SECONDS = 15.0  # for the head of a request
BODY_SECONDS, LEAST_BODY = 15.0, 8 << 10  # so many bytes of a body have to come within so long
UNREAD_SECONDS = 60.0  # an answer that nobody reads
MOST_FILES, OWN_FILES = 16_384, 256  # connections at most; files that we need ourselves
_Base: Any = AutoHTTPProtocol  # uvicorn chooses the parser


def nobody_asks() -> None:
    """What is done when connections come and go and no other process wants to know."""


class Connections:
    """The connections of this process. When it is full, whoever dawdles makes room: the oldest of the busiest address."""

    def __init__(self) -> None:
        self.most = MOST_FILES
        self._all: set[Patience] = set()
        self._dawdling: dict[str, dict[Patience, None]] = {}  # by address, oldest first
        self.changed = nobody_asks

    def __len__(self) -> int:
        return len(self._all)

    def enter(self, one: "Patience") -> bool:
        """Return False where there is no room and all are being served: the platform asks again."""
        if len(self._all) >= self.most and not self._make_room():
            return False
        self._all.add(one)
        self.changed()
        return True

    def leave(self, one: "Patience") -> None:
        self.served(one)
        self._all.discard(one)
        self.changed()

    def dawdles(self, one: "Patience") -> None:
        self._dawdling.setdefault(one.address, {})[one] = None

    def served(self, one: "Patience") -> None:
        there = self._dawdling.get(one.address, {})
        there.pop(one, None)
        if not there:
            self._dawdling.pop(one.address, None)

    def _make_room(self) -> bool:
        if not self._dawdling:
            return False
        busiest = max(self._dawdling, key=lambda address: len(self._dawdling[address]))
        oldest = next(iter(self._dawdling[busiest]))
        self.leave(oldest)
        oldest.cut()
        return True


CROWD = Connections()


class Patience(_Base):
    """uvicorn's protocol with limits on how long a head, a body and a reader may take."""

    address = ""
    _at = ""  # "head", "body" or "served"
    _came = 0  # bytes since the clock was set
    _clock: Any = None
    _reader: Any = None

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self.address = self.client[0] if self.client else ""
        if CROWD.enter(self):
            self._look()
        else:
            transport.abort()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._came += len(data)
        self._look()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._look()

    def connection_lost(self, exc: Exception | None) -> None:
        CROWD.leave(self)
        _stop(self._clock)
        _stop(self._reader)
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._reader = self._reader or self.loop.call_later(UNREAD_SECONDS, self.cut)

    def resume_writing(self) -> None:
        super().resume_writing()
        _stop(self._reader)
        self._reader = None

    def cut(self) -> None:
        self.transport.abort()

    def _stands_at(self) -> str:
        if self.cycle is None or self.cycle.response_complete:
            return "head"
        return "body" if self.cycle.more_body else "served"

    def _look(self) -> None:
        """Set the clock anew when something else is awaited than before."""
        at = self._stands_at()
        if at == self._at or self.transport.is_closing():
            return
        self._at, self._came = at, 0
        _stop(self._clock)
        if at == "served":
            CROWD.served(self)
            return
        CROWD.dawdles(self)
        self._set(HEADER_SECONDS if at == "head" else BODY_SECONDS, self._late)

    def _set(self, seconds: float, then: Callable[[], None]) -> None:
        self._clock = self.loop.call_later(seconds, then)

    def _late(self) -> None:
        """What is awaited did not come; a body may go on while enough of it comes, or we are the slow ones."""
        if self._at == "body" and (self.flow.read_paused or self._came >= LEAST_BODY):
            self._came = 0
            self._set(BODY_SECONDS, self._late)
        else:
            self.cut()


def _stop(clock: Any) -> None:
    if clock is not None:
        clock.cancel()


def open_files() -> None:
    """Allow as many connections as the machine lets us: the usual 1,024 files are soon used up."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < hard:
        soft = hard if hard != resource.RLIM_INFINITY else 65_536
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    CROWD.most = min(MOST_FILES, max(soft - OWN_FILES, soft // 2))
