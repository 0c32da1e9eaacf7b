"""Clients that open a connection and do not say what they want are cut off, so that others find a place."""

import asyncio
import resource
from typing import Any

from uvicorn.protocols.http.auto import AutoHTTPProtocol

HEADER_SECONDS = 15.0
_Base: Any = AutoHTTPProtocol


class Patience(_Base):  # type: ignore[misc] # uvicorn chooses the parser
    """uvicorn's protocol with a limit on how long the head of a request may take."""

    _limit: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._busy():
            self._stop()
        elif self._limit is None:
            self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop()
        super().connection_lost(exc)

    def _busy(self) -> bool:
        """Tell whether a request has been read to the end of its head."""
        return self.cycle is not None and not self.cycle.response_complete

    def _wait(self) -> None:
        self._limit = self.loop.call_later(HEADER_SECONDS, self._cut)

    def _stop(self) -> None:
        if self._limit is not None:
            self._limit.cancel()
            self._limit = None

    def _cut(self) -> None:
        self._limit = None
        if not self._busy() and not self.transport.is_closing():
            self.transport.close()


def open_files() -> None:
    """Allow as many connections as the machine lets us: the usual 1,024 files are soon used up."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard if hard != resource.RLIM_INFINITY else 65_536, hard))
