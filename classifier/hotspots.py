"""Hot spots: many people writing about the same matter at the same place."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components
from scipy.spatial.distance import squareform
from sklearn.feature_extraction.text import TfidfVectorizer

from text.normalise import normalise
from text.words import words

_LOOKED_AT = 260  # characters of a letter that are compared: the matter and the place stand first
_NEIGHBOUR = 0.2  # cosine above which two letters are compared further
_SAME = 0.26  # mean likeness within a group
_CHUNK = 1000
_LARGEST = 4000  # letters in one connected part that are grouped exactly
_HALF_LIFE = timedelta(days=90)
_PLACE = re.compile(
    r"([\u4e00-\u9fffa-z0-9]{2,7}?)"
    r"(小区|花园|花苑|家园|新城|公馆|广场|大道|大街|公路|学校|小学|中学|幼儿园|医院|公园|社区|街道|苑|府|路|街|镇|村|巷|湾|庭)"
)
_AT = "@"  # marks a term that is a place
_OTHER_PLACE, _SAME_PLACE = 0.5, 0.1  # what likeness is multiplied with, and what is added to it
_PRIVATE = re.compile(r"\d[\d -]{5,}\d[\dx]?|1\d{10}")
_TITLE_LENGTH = 30


@dataclass(frozen=True, slots=True)
class Letter:
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


def hotspots(rows: Sequence[Letter], days: int | None = None) -> list[HotSpot]:
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
    placed = _placed(texts)
    for members in _groups(matrix, placed):
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
    places = [name[-2:] + kind for name, kind in _PLACE.findall(body)]
    return kept + [_AT + place for place in places for _ in range(2)]


def _groups(matrix: csr_matrix, placed: csr_matrix) -> list[list[int]]:
    near = _neighbours(matrix)
    count, part = connected_components(near, directed=False)
    order = np.argsort(part, kind="stable")
    bounds = np.searchsorted(part[order], np.arange(count + 1))
    groups = []
    for start, end in pairwise(bounds):
        members = [int(i) for i in order[start:end]]
        if len(members) > 1:
            for piece in range(0, len(members), _LARGEST):
                groups += _split(matrix, placed, members[piece : piece + _LARGEST])
    return groups


def _neighbours(matrix: csr_matrix) -> csr_matrix:
    rows, columns = [], []
    turned = matrix.T.tocsr()
    for start in range(0, matrix.shape[0], _CHUNK):
        product = (matrix[start : start + _CHUNK] @ turned).tocoo()
        near = product.data > _NEIGHBOUR
        rows.append(product.row[near] + start)
        columns.append(product.col[near])
    row, column = np.concatenate(rows), np.concatenate(columns)
    size = matrix.shape[0]
    return csr_matrix((np.ones(len(row), dtype=np.int8), (row, column)), shape=(size, size))


def _placed(texts: Sequence[list[str]]) -> csr_matrix:
    """Return which letter (row) names which place (column)."""
    places = [{term for term in text if term.startswith(_AT)} for text in texts]
    column = {place: i for i, place in enumerate(sorted(set().union(*places)))}
    rows = [i for i, named in enumerate(places) for _ in named]
    columns = [column[place] for named in places for place in sorted(named)]
    ones = np.ones(len(rows), dtype=np.float32)
    return csr_matrix((ones, (rows, columns)), shape=(len(texts), max(1, len(column))))


def _likeness(chosen: csr_matrix, placed: csr_matrix) -> NDArray[np.float32]:
    """Return the cosine of each pair, lowered where both name places but hardly the same, raised where the same."""
    likeness: NDArray[np.float32] = (chosen @ chosen.T).toarray()
    shared = (placed @ placed.T).toarray()
    named = shared.diagonal()
    share = shared / np.maximum(1.0, named[:, None] + named[None, :] - shared)
    both = np.outer(named, named) > 0
    likeness[both & (share < 0.34)] *= _OTHER_PLACE
    likeness[share >= 0.34] += _SAME_PLACE
    return likeness


def _split(matrix: csr_matrix, placed: csr_matrix, members: list[int]) -> list[list[int]]:
    """Return the groups within one connected part, by average linkage."""
    distance = np.clip(1.0 - _likeness(matrix[members], placed[members]), 0.0, 1.0)
    np.fill_diagonal(distance, 0.0)
    label = fcluster(linkage(squareform(distance, checks=False), "average"), 1.0 - _SAME, "distance")
    groups: dict[int, list[int]] = {}
    for member, group in zip(members, label, strict=True):
        groups.setdefault(int(group), []).append(member)
    return [group for group in groups.values() if len(group) > 1]


def _people(group: Sequence[Letter]) -> int:
    return len({row.user for row in group if row.user}) + sum(1 for row in group if not row.user)


def _heat(group: Sequence[Letter], newest: datetime) -> float:
    """Return people first, then letters, a longer history a little, and halved for every 90 days of silence."""
    people = _people(group)
    times = [row.time for row in group]
    span = (max(times) - min(times)) / timedelta(days=30)
    silence = (newest - max(times)) / _HALF_LIFE
    heat = (people + math.log2(1 + len(group) - people)) * (1 + 0.1 * math.log1p(span))
    return heat * math.pow(0.5, silence)


def _title(letters: Sequence[Letter], members: Sequence[int], matrix: csr_matrix) -> str:
    """Return the opening of the letter nearest to the middle of the group, without numbers of persons."""
    chosen = matrix[list(members)]
    closeness = np.asarray(chosen @ np.asarray(chosen.mean(axis=0)).ravel())
    text = letters[members[int(np.argmax(closeness))]].text.strip()
    opening = re.split(r"[\n。！？!?]", text, maxsplit=1)[0].strip() or text
    return _PRIVATE.sub("…", opening)[:_TITLE_LENGTH]


def _spot(rank: int, title: str, group: Sequence[Letter]) -> HotSpot:
    ordered = sorted(group, key=lambda row: (row.time, row.id))
    return HotSpot(
        rank,
        title,
        len(group),
        _people(group),
        ordered[0].time,
        ordered[-1].time,
        tuple(row.id for row in ordered),
    )
