"""The gate before the sign-in: few at a time, a queue that is short, and no place taken from anybody else's work."""

import asyncio
import ipaddress
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeVar

from cases.register import signin
from cases.register.desk import Workplace
from cases.register.readonly import Staff

T = TypeVar("T")
AT_ONCE = 1  # passwords looked at: each takes four threads of the machine and 64 MB
WAITING = 48  # people at the gate, over all addresses
FROM_ONE_ADDRESS, FOR_ONE_NAME = 12, 4  # of these, from one address, and of that for one user name


class Full(Exception):
    """Too many at the gate: come again in a few seconds."""


@dataclass(slots=True)
class Gate:
    """Its threads are its own: a flood of sign-ins holds up no push, no page and no sending."""

    workplace: Workplace
    threads: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(AT_ONCE, "signin"))
    here: Counter[str] = field(default_factory=Counter)

    async def enter(self, username: str, password: str, address: str, device: str = "") -> Staff | None:
        """Return the person, None if name, password or account is at fault. Raises: Full.

        `device`: the name of a browser on which this person signed in before; it waits for no stranger.
        """
        origin = f"device:{device}" if device else network(address)
        with self._place(origin, username, bool(device)):
            attempt = await self._run(
                lambda: self.workplace.act(
                    lambda desk: signin.begin(desk, username, origin, known=bool(device))
                )
            )
            await asyncio.sleep(attempt.wait.total_seconds())
            fits = await self._run(lambda: signin.fits(attempt, password))
            return await self._run(lambda: self.workplace.act(lambda desk: signin.end(desk, attempt, fits)))

    @contextmanager
    def _place(self, origin: str, username: str, known: bool) -> Iterator[None]:
        mine = ("", origin, f"{origin}\n{username.strip().casefold()[:100]}")
        limits = (WAITING * (2 if known else 1), FROM_ONE_ADDRESS, FOR_ONE_NAME)
        if any(self.here[name] >= limit for name, limit in zip(mine, limits, strict=True)):
            raise Full
        self.here.update(mine)
        try:
            yield
        finally:
            self.here.subtract(mine)
            for name in mine:
                if self.here[name] <= 0:
                    del self.here[name]

    async def _run(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self.threads, work)


def network(address: str) -> str:
    """Return what counts as one place: an address, of IPv6 the network that one subscriber has."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return "?"
    if found.version == 6:
        return str(ipaddress.ip_network((found, 64), strict=False))
    return str(found)
