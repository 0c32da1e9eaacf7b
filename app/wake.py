"""A bell between threads and the event loop: commits ring it, the delivery worker waits for it."""

import asyncio
import threading
from collections.abc import Collection

from cases.register.desk import ALL_LANES


class Wake:
    """Rung from any thread, awaited from one loop at a time. A worker hears the bell of its own lane alone."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._listeners: list[tuple[str, asyncio.AbstractEventLoop, asyncio.Event]] = []

    def listen(self, lane: str) -> asyncio.Event:
        """Return an event of the running loop that is set when there is something on `lane`; the listener clears it."""
        event = asyncio.Event()
        with self._lock:
            self._listeners.append((lane, asyncio.get_running_loop(), event))
        return event

    def ring(self, lanes: Collection[str]) -> None:
        with self._lock:
            listeners = list(self._listeners)
        for lane, loop, event in listeners:
            if (lane in lanes or ALL_LANES in lanes) and not loop.is_closed():
                loop.call_soon_threadsafe(event.set)
