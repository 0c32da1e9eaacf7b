"""Each citizen's share of the door: a few pushes of one citizen are worked on at once, the next wait in a line of their own.

What finds no place is not turned away: whoever asks puts it on disk, and it is worked off later.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

AT_ONCE = 2  # of one citizen: half of the threads that judge
OF_ONE, OF_ALL = 16, 512  # pushes in hand, those that wait included


@dataclass(slots=True)
class _Line:
    there: int = 0
    free: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))


class Budget:
    """For one event loop. A citizen who is served leaves nothing behind here."""

    def __init__(self) -> None:
        self._lines: dict[object, _Line] = {}
        self._there = 0

    def full_for(self, citizen: object) -> bool:
        """Tell whether this citizen has as many pushes in hand as may be, or all citizens together have."""
        line = self._lines.get(citizen)
        return self._there >= OF_ALL or (line is not None and line.there >= OF_ONE)

    @asynccontextmanager
    async def place(self, citizen: object) -> AsyncIterator[None]:
        """Stand in the citizen's line, and hold a place while the work is done."""
        line = self._lines.setdefault(citizen, _Line())
        line.there += 1
        self._there += 1
        try:
            async with line.free:
                yield
        finally:
            line.there -= 1
            self._there -= 1
            if not line.there:
                del self._lines[citizen]
