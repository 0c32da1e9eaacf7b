"""Hot spots: many people writing about the same matter at the same place."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import TfidfVectorizer

from classifier.heaps import heaps
from classifier.places import places
from classifier.rules.thresholds import number
from text.normalise import normalise
from text.words import words

# characters of a letter that are compared: the matter and the place stand first
_LOOKED_AT = int(number("spot_looked_at"))
_HALF_LIFE = timedelta(days=number("spot_half_life_days"))
_OLD = number("spot_old")  # of its heat is kept by a matter of which nobody writes any more
_AT = "@"  # marks a term that is a place
_PRIVATE = re.compile(r"\d[\d -]{5,}\d[\dx]?|1\d{10}")
_TITLE_LENGTH = 30
_LONG_TITLE = 60  # characters that halve how plain a title is


@dataclass(frozen=True, slots=True)
class Mention:
    """One message. An empty `user` counts as a person of its own; an `accusation` never gives a title."""

    id: str
    text: str
    time: datetime
    user: str = ""
    accusation: bool = False


@dataclass(frozen=True, slots=True)
class HotSpot:
    """A group, hottest first. `ids` are in order of time."""

    rank: int
    title: str
    size: int
    users: int
    first_at: datetime
    last_at: datetime
    ids: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        return {
            "rank": self.rank,
            "title": self.title,
            "size": self.size,
            "users": self.users,
            "first_at": self.first_at.isoformat(),
            "last_at": self.last_at.isoformat(),
            "ids": list(self.ids),
        }


def hotspots(rows: Sequence[Mention], days: int | None = None) -> list[HotSpot]:
    """Return groups of at least two people's letters on one matter at one place.

    `days` counts back from the newest letter. Letters without words are left out.
    """
    if not rows:
        return []
    newest = max(row.time for row in rows)
    letters = [row for row in rows if days is None or row.time >= newest - timedelta(days=days)]
    texts = [_terms(row.text) for row in letters]
    letters = [row for row, text in zip(letters, texts, strict=True) if text]
    texts = [text for text in texts if text]
    if len(letters) < 2:
        return []
    matrix = csr_matrix(
        TfidfVectorizer(analyzer=_same, sublinear_tf=True, dtype=np.float32).fit_transform(texts)
    )
    found = []
    for members in heaps(matrix, _placed(texts)):
        group = [letters[i] for i in members]
        open_ones = [i for i in members if not letters[i].accusation]
        if _people(group) >= 2 and open_ones:
            found.append((_heat(group, newest), _title(letters, open_ones, matrix), group))
    found.sort(key=lambda item: (-item[0], item[1]))
    return [_spot(rank, title, group) for rank, (_, title, group) in enumerate(found, start=1)]


def _same(terms: list[str]) -> list[str]:
    return terms


def _terms(text: str) -> list[str]:
    """Return what is compared: words, twice those of the title, and places, which count three times."""
    raw = text[: 4 * _LOOKED_AT]
    title = normalise(raw.partition("\n")[0][:60])
    body = normalise(raw)[:_LOOKED_AT]
    kept = [word for word in words(title) + words(body) if len(word) > 1 and not word.isdigit()]
    return kept + [_AT + place for place in places(body) for _ in range(2)]


def _placed(texts: Sequence[list[str]]) -> csr_matrix:
    """Return which letter (row) names which place (column)."""
    named_in = [{term for term in text if term.startswith(_AT)} for text in texts]
    column = {place: i for i, place in enumerate(sorted(set().union(*named_in)))}
    rows = [i for i, named in enumerate(named_in) for _ in named]
    columns = [column[place] for named in named_in for place in sorted(named)]
    ones = np.ones(len(rows), dtype=np.float32)
    return csr_matrix((ones, (rows, columns)), shape=(len(texts), max(1, len(column))))


def _people(group: Sequence[Mention]) -> int:
    return len({row.user for row in group if row.user}) + sum(1 for row in group if not row.user)


def _heat(group: Sequence[Mention], newest: datetime) -> float:
    """Return people first, then letters, a longer history a little; silence cools, but never below a share."""
    people = _people(group)
    times = [row.time for row in group]
    span = (max(times) - min(times)) / timedelta(days=30)
    silence = (newest - max(times)) / _HALF_LIFE
    heat = (people + math.log2(1 + len(group) - people)) * (1 + 0.1 * math.log1p(span))
    return heat * (_OLD + (1 - _OLD) * math.pow(0.5, silence))


def _title(letters: Sequence[Mention], members: Sequence[int], matrix: csr_matrix) -> str:
    """Return the plainest opening: near to the middle of the group, and short. Without numbers of persons."""
    chosen = matrix[list(members)]
    closeness = np.asarray(chosen @ np.asarray(chosen.mean(axis=0)).ravel())
    openings = [opening_of(letters[member].text) for member in members]
    plain = [
        near / (1 + len(opening) / _LONG_TITLE) for near, opening in zip(closeness, openings, strict=True)
    ]
    return _titled(openings[int(np.argmax(plain))])


def headline(text: str) -> str:
    """Return how a letter's words stand as a title."""
    return _titled(opening_of(text))


def _titled(opening: str) -> str:
    return _PRIVATE.sub("…", opening)[:_TITLE_LENGTH]


def opening_of(text: str) -> str:
    plain = text.strip()
    return re.split(r"[\n。！？!?]", plain, maxsplit=1)[0].strip() or plain


def _spot(rank: int, title: str, group: Sequence[Mention]) -> HotSpot:
    # other programs number their rows, some with words among the numbers
    ordered = sorted(group, key=lambda row: (row.time, isinstance(row.id, str), row.id))
    return HotSpot(
        rank,
        title,
        len(group),
        _people(group),
        ordered[0].time,
        ordered[-1].time,
        tuple(row.id for row in ordered),
    )
