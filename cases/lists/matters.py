"""Matters of many: what several people write about at once, where, and whether it grows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import true

from cases.lists import hot
from cases.lists.filters import Sight
from cases.register.desk import Desk
from classifier.places import places
from text.normalise import normalise

FROM, SHOWN = 3, 20  # people that make it a matter; matters that a page shows


@dataclass(frozen=True, slots=True)
class Matter:
    """`recent` of its cases came in the span, `before` in the one before; `open`: those that can still be linked."""

    title: str
    place: str
    users: int
    size: int
    recent: int
    before: int
    numbers: tuple[str, ...]
    open: tuple[str, ...]

    @property
    def growth(self) -> int:
        return self.recent - self.before


def of_many(desk: Desk, sight: Sight | None, until: datetime, days: int, most: int = SHOWN) -> list[Matter]:
    """Return the matters of the `days` before `until`, the hottest first; accusations are none of them."""
    from classifier.hotspots import Letter  # scikit-learn is loaded when somebody looks
    from classifier.hotspots import hotspots as grouped

    rows = hot.letters(desk, sight if sight is not None else true(), until - timedelta(days=2 * days), until)
    if len(rows) < FROM:
        return []
    times = {no: at for no, _, at, _ in reversed(rows)}  # the first letter of each
    texts = {no: text for no, text, _, _ in reversed(rows)}
    spots = grouped([Letter(no, text, at, str(citizen)) for no, text, at, citizen in rows])
    since, found = until - timedelta(days=days), []
    for spot in spots:
        numbers = tuple(dict.fromkeys(str(no) for no in spot.ids))
        recent = sum(times[no] >= since for no in numbers)
        if spot.users >= FROM and recent:
            place = place_of([texts[no] for no in numbers])
            found.append((spot, place, numbers, recent))
    linkable = hot.linkable(desk, [no for _, _, numbers, _ in found[:most] for no in numbers])
    return [
        Matter(
            spot.title, place, spot.users, spot.size, recent, len(numbers) - recent, numbers,
            tuple(no for no in numbers if no in linkable),
        )
        for spot, place, numbers, recent in found[:most]
    ]  # fmt: skip


def place_of(texts: Sequence[str]) -> str:
    """Return the place that most of the letters name, if at least two do."""
    named = Counter(place for text in texts for place in set(places(normalise(text[:400]))))
    place, times = next(iter(named.most_common(1)), ("", 0))
    return place if times > 1 else ""
