"""What the simulated platforms show: items that the page draws, kept on disk so that a restart forgets nothing."""

import asyncio
import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_TABLE = "CREATE TABLE IF NOT EXISTS item (stream TEXT, key TEXT, seq INTEGER, body TEXT, PRIMARY KEY (stream, key))"


@dataclass(frozen=True, slots=True)
class StageItem:
    """One bubble, card or comment. `seq` grows with every change of any item."""

    stream: str
    key: str
    seq: int
    body: dict[str, Any]


class Stage:
    """Items by stream and key. Used from one event loop; `file` None keeps nothing."""

    def __init__(self, file: Path | None = None) -> None:
        if file is not None:
            file.parent.mkdir(parents=True, exist_ok=True)
        self._disk = sqlite3.connect(file or ":memory:", isolation_level=None, check_same_thread=False)
        self._disk.execute("PRAGMA synchronous=OFF")
        self._disk.execute(_TABLE)
        rows = self._disk.execute("SELECT stream, key, seq, body FROM item ORDER BY seq")
        self._items = {(s, k): StageItem(s, k, seq, json.loads(body)) for s, k, seq, body in rows}
        self._seq = max((item.seq for item in self._items.values()), default=0)
        self._watchers: set[asyncio.Event] = set()
        self.ended = False

    @property
    def seq(self) -> int:
        return self._seq

    def put(self, stream: str, key: str, body: dict[str, Any]) -> StageItem:
        """Add an item or change it, and tell every page."""
        self._seq += 1
        item = StageItem(stream, key, self._seq, body)
        self._items.pop((stream, key), None)  # a changed item moves to the end: the newest are found there
        self._items[stream, key] = item
        self._disk.execute(
            "INSERT OR REPLACE INTO item VALUES (?, ?, ?, ?)",
            (stream, key, item.seq, json.dumps(body, ensure_ascii=False)),
        )
        for watcher in self._watchers:
            watcher.set()
        return item

    def add(self, stream: str, body: dict[str, Any]) -> StageItem:
        """Add an item under a key of its own."""
        return self.put(stream, str(self._seq + 1), body)

    def get(self, stream: str, key: str) -> dict[str, Any] | None:
        item = self._items.get((stream, key))
        return item.body if item else None

    def of(self, stream: str) -> list[StageItem]:
        return [item for item in self._items.values() if item.stream == stream]

    def since(self, seq: int) -> list[StageItem]:
        """Return what changed after `seq`, oldest change first."""
        found = []
        for item in reversed(self._items.values()):
            if item.seq <= seq:
                break
            found.append(item)
        return found[::-1]

    def end(self) -> None:
        """The server is about to stop: let everybody go who waits for news."""
        self.ended = True
        for watcher in self._watchers:
            watcher.set()

    async def changed(self, seq: int, seconds: float) -> list[StageItem]:
        """Wait until something changed after `seq`; empty when nothing did within `seconds`."""
        with self._watching() as bell:
            if found := self.since(seq):
                return found
            try:
                async with asyncio.timeout(seconds):
                    await bell.wait()
            except TimeoutError:
                return []
        return self.since(seq)

    @contextmanager
    def _watching(self) -> Iterator[asyncio.Event]:
        bell = asyncio.Event()
        self._watchers.add(bell)
        try:
            yield bell
        finally:
            self._watchers.discard(bell)
