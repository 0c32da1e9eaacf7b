"""Which of two clocks is wrong: a push that is rightly signed for another time is a replay, or shows that ours is off.

Nobody but the platform can sign. Several such pushes, each with a time of its own and all as far from our clock, are the
platform's time going on beside ours: it is said, and once they span a minute the platform's time is what freshness is
judged by. Refusing all would lose every letter for a clock that nobody looks at; a push of before comes to nothing, since
each is taken once by its number.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

ENOUGH, SPAN = 3, 60.0  # pushes of different times; seconds from the first to the last of them
# seconds by which they may differ; how long one counts; how many are kept
NEAR, KEPT, MOST = (60.0, 86_400.0, 64)
AGAIN = 3600.0  # seconds after which it is said again


@dataclass(frozen=True, slots=True)
class Sighting:
    seen: float
    stamp: int
    ahead: float


@dataclass(slots=True)
class PlatformClock:
    """`changed` is told by how many seconds the platform is ahead of us, hourly while it is, and 0 when we are right again."""

    changed: Callable[[float], None]
    steady: Callable[[], float] = time.monotonic
    _seen: list[Sighting] = field(default_factory=list)
    # What an earlier process may have said is taken back by the first push that is fresh.
    _told: float | None = -AGAIN

    def agrees(self) -> None:
        """A push was fresh by our clock."""
        if self._told is not None:
            self.changed(0.0)
            self._seen, self._told = [], None
        elif self._seen:
            self._seen = []

    def differs(self, stamp: int, ahead: float) -> bool:
        """Note a rightly signed push of another time; return whether it is our clock that is off."""
        now = self.steady()
        if all(one.stamp != stamp for one in self._seen):
            self._seen = [one for one in self._seen if now - one.seen < KEPT][-MOST:]
            self._seen.append(Sighting(now, stamp, ahead))
        alike = [one for one in self._seen if abs(one.ahead - ahead) <= NEAR]
        if len(alike) < ENOUGH:
            return False
        if self._told is None or now - self._told >= AGAIN:
            self._told = now
            self.changed(ahead)
        return alike[-1].seen - alike[0].seen >= SPAN
