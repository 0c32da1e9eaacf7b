"""Matters of many: what several people write about at once, where, and whether it grows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import true

from cases.lists import hot
from cases.lists.filters import Sight
from cases.register import memo
from cases.register.desk import Desk
from classifier.places import places
from text.normalise import normalise

FROM, SHOWN = 3, 20  # people that make it a matter; matters that a page shows
AT_ONCE = (
    1_500  # letters that are grouped while somebody waits; what more of them make up is kept by the leader
)
WEEK = "week"  # the name under which the last days' matters are kept; a month's are under its own
ANEW_AFTER = timedelta(minutes=30)


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


@dataclass(frozen=True, slots=True)
class MattersFound:
    """`kept_at`: when the leader found them; None where they were looked for just now.

    `awaited`: there are more letters than are grouped at once, and the leader has not come to them yet. `since`: there
    were more than are looked at, and those before this time were not: nothing says then whether a matter grows.
    """

    matters: list[Matter]
    kept_at: datetime | None = None
    awaited: bool = False
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Group:
    """Letters on one matter at one place, in order of time."""

    title: str
    letters: tuple[hot.Row, ...]

    @property
    def numbers(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(no for no, *_ in self.letters))

    @property
    def users(self) -> int:
        return len({citizen for *_, citizen in self.letters})


def of_many(
    desk: Desk,
    sight: Sight | None,
    until: datetime,
    days: int,
    most: int = SHOWN,
    kept: str = "",
    *,
    patient: bool = False,
) -> MattersFound:
    """Return the matters of the `days` before `until`, the hottest first; accusations are none of them.

    `kept` names what the leader keeps of this span: of more letters than are grouped at once that is shown, within
    `sight`. Where nothing is kept yet, only whoever is `patient` has them grouped.
    """
    seen, recent, since = (
        sight if sight is not None else true(),
        until - timedelta(days=days),
        until - timedelta(days=2 * days),
    )
    if kept and hot.more_than(desk, seen, since, until, AT_ONCE):
        noted = memo.HOT_SPOTS.of(desk.session, kept)
        if noted is not None:
            groups = _within(desk, seen, noted.spots, since, until, most, recent)
            return MattersFound(_told(desk, groups, recent), noted.at, since=noted.since)
        if not patient:
            return MattersFound([], awaited=True)
    rows = hot.letters(desk, seen, since, until)
    groups = [group for group in _grouped(rows) if _counts(group, recent)]
    return MattersFound(_told(desk, groups[:most], recent), since=looked_since(rows))


def looked_since(rows: Sequence[hot.Row]) -> datetime | None:
    """Return when the first of these letters came in, if there were more than are looked at."""
    return rows[0][2] if len(rows) >= hot.MOST else None


def found(rows: Sequence[hot.Row]) -> list[list[str]]:
    """Return the numbers of each matter in letters, the one first whose words are its title: what is kept of it."""
    spots = []
    for group in _grouped(rows):
        if group.users >= FROM:
            named = next((no for no, text, *_ in group.letters if _headline(text) == group.title), "")
            spots.append(list(dict.fromkeys(no for no in (named, *group.numbers) if no)))
    return spots


def keep(desk: Desk, name: str, rows: Sequence[hot.Row], spots: Sequence[Sequence[str]]) -> None:
    """Keep the matters that were found in these letters."""
    noted = memo.Spots(desk.now, tuple(tuple(spot) for spot in spots), looked_since(rows))
    memo.HOT_SPOTS.put(desk.session, noted, name)


def wants(desk: Desk, name: str, since: datetime, until: datetime) -> bool:
    """Whether what is kept under a name is to be found anew: not of a span that was over when it was found."""
    noted = memo.HOT_SPOTS.of(desk.session, name)
    wanted = noted is None or (noted.at < until and desk.now - noted.at >= ANEW_AFTER)
    return wanted and hot.more_than(desk, true(), since, until, AT_ONCE)


def _headline(text: str) -> str:
    from classifier.hotspots import headline

    return headline(text)


def _grouped(rows: Sequence[hot.Row]) -> list[_Group]:
    if len(rows) < FROM:
        return []
    from classifier.hotspots import Mention  # scikit-learn is loaded when somebody looks
    from classifier.hotspots import hotspots as grouped

    spots = grouped([Mention(str(place), row[1], row[2], str(row[3])) for place, row in enumerate(rows)])
    return [_Group(spot.title, tuple(rows[int(place)] for place in spot.ids)) for spot in spots]


def _within(
    desk: Desk,
    sight: Sight,
    spots: Sequence[Sequence[str]],
    since: datetime,
    until: datetime,
    most: int,
    recent: datetime,
) -> list[_Group]:
    """Return of what was kept that which is in sight, told in words that are in sight."""
    groups: list[_Group] = []
    for start in range(0, len(spots), 2 * most):
        part = spots[start : start + 2 * most]
        letters = hot.letters_of(desk, sight, [no for spot in part for no in spot], since, until)
        for spot in part:
            rows = tuple(sorted((row for no in spot for row in letters.get(no, ())), key=lambda row: row[2]))
            first = next((letters[no][0][1] for no in spot if no in letters), "")
            group = _Group(_headline(first) if first else "", rows)
            if _counts(group, recent):
                groups.append(group)
            if len(groups) == most:
                return groups
    return groups


def _counts(group: _Group, recent: datetime) -> bool:
    return group.users >= FROM and any(at >= recent for at in _firsts(group).values())


def _firsts(group: _Group) -> dict[str, datetime]:
    """Return by case when its first letter of the group came."""
    return {no: at for no, _, at, _ in reversed(group.letters)}


def _told(desk: Desk, groups: Sequence[_Group], since: datetime) -> list[Matter]:
    linkable = hot.linkable(desk, [no for group in groups for no in group.numbers])
    matters = []
    for group in groups:
        times, texts = _firsts(group), {no: text for no, text, *_ in reversed(group.letters)}
        recent = sum(at >= since for at in times.values())
        matters.append(
            Matter(
                group.title, place_of(list(texts.values())), group.users, len(group.letters), recent,
                len(times) - recent, group.numbers, tuple(no for no in group.numbers if no in linkable),
            )
        )  # fmt: skip
    return matters


def place_of(texts: Sequence[str]) -> str:
    """Return the place that most of the letters name, if at least two do."""
    named = Counter(place for text in texts for place in set(places(normalise(text[:400]))))
    place, times = next(iter(named.most_common(1)), ("", 0))
    return place if times > 1 else ""
