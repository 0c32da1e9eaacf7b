"""Search over published entries by words, pairs of characters, ideas and, where there are vectors, by meaning."""

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from knowledge_base.base.entries import Entry
from knowledge_base.base.meaning import restored
from knowledge_base.base.rules import number
from knowledge_base.base.terms import analyse, term_weights, word_key
from knowledge_base.index.highest import best_of, highest
from knowledge_base.index.postings import ceiling, segment
from knowledge_base.index.shelf import Shelf, read, write
from knowledge_base.index.vectors import VectorRows

# weighted terms
_ASK_USUAL, _WHOLE_USUAL = (number("usual_asked"), number("usual_whole"))
_AT_ONCE = 5_000  # entries taken apart together, which bounds the memory that takes
# How much each part counts in the order of hits; fitted on the corpus.
_WORDS_RANK = (number("words_asked"), number("words_whole"))
_MEANING_RANK = (
    number("meaning_asked"),
    number("meaning_whole"),
    number("cosine_asked"),
    number("cosine_whole"),
)
_COMPARED = int(number("compared"))  # entries of a large base whose vectors are compared in full


@dataclass(frozen=True, slots=True)
class Hit:
    """An entry and how well it fits; scores compare within one search only."""

    entry: Entry
    score: float


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entry with the parts of its score.

    `asked` and `whole` say how much of the query its wordings, and its question and answer together, cover;
    `meaning` and `whole_meaning` the cosines of the same, 0 where there are no vectors.
    """

    entry: Entry
    score: float
    asked: float
    whole: float
    meaning: float = 0.0
    whole_meaning: float = 0.0


class Index:
    """Entries that can be searched, changed one at a time. One writer at a time, any number of readers."""

    def __init__(self, size: int = 384) -> None:
        self._shelf = Shelf()
        self._rows = VectorRows(size, _MEANING_RANK[2:])
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._shelf.slots)

    def get(self, entry_id: str) -> Entry | None:
        """Return the entry of that id, if it is indexed."""
        slot = self._shelf.slots.get(entry_id)
        return None if slot is None else self._shelf.entries[slot]

    def upsert(self, entry: Entry, vector: bytes | None = None) -> None:
        """Add `entry` or put it in place of the one with its id. `vector` comes from `entry_vectors`."""
        self.upsert_many([(entry, vector)])

    def upsert_many(self, rows: Iterable[tuple[Entry, bytes | None]]) -> None:
        """Add many entries at once: much faster than one by one."""
        with self._lock:
            shelf = self._shelf
            asks, wholes = [], []
            for entry, vector in rows:
                self._drop(entry.id)
                slot = len(shelf.entries)
                shelf.alive.append(1)
                shelf.entries.append(entry)
                for wording in entry.wordings:
                    asks.append((len(shelf.units), term_weights(analyse(wording))))
                    shelf.units.append(slot)
                wholes.append((slot, term_weights(analyse(entry.question), analyse(entry.answer))))
                shelf.slots[entry.id] = slot
                if vector is not None:
                    self._rows.add(slot, restored(vector, self._rows.size), len(entry.wordings))
            if wholes:
                shelf.asks = shelf.asks.adding(segment(asks, _ASK_USUAL))
                shelf.wholes = shelf.wholes.adding(segment(wholes, _WHOLE_USUAL))

    def save(self, path: Path) -> None:
        """Write the words of the index to `path`; vectors stay where the caller keeps them."""
        with self._lock:
            write(self._shelf, path)

    @classmethod
    def load(cls, path: Path, rows: Sequence[tuple[Entry, bytes | None]], size: int = 384) -> "Index":
        """Return the index of exactly these entries, taking from `path` what has not changed since.

        Without a fitting file everything is taken apart anew (a minute for 100,000 entries).
        """
        index = cls(size)
        index._shelf = read(path, [entry for entry, _ in rows]) or Shelf()
        known = index._shelf.slots
        fresh = [(entry, None) for entry, _ in rows if entry.id not in known]
        for start in range(0, len(fresh), _AT_ONCE):
            index.upsert_many(fresh[start : start + _AT_ONCE])
        order = sorted(range(len(rows)), key=lambda i: known[rows[i][0].id])  # rows ascend by slot
        for i in order:
            entry, vector = rows[i]
            if vector is not None:
                index._rows.add(known[entry.id], restored(vector, size), len(entry.wordings))
        return index

    def remove(self, entry_id: str) -> None:
        """Take the entry out; nothing happens if it is not there."""
        with self._lock:
            self._drop(entry_id)

    def _drop(self, entry_id: str) -> None:
        slot = self._shelf.slots.pop(entry_id, None)
        if slot is not None:
            self._shelf.alive.put(slot, 0)
            self._shelf.entries[slot] = None

    def told(self, found: Sequence[Candidate]) -> NDArray[np.float32]:
        """Return for each candidate the vector of its question and answer together; zeros where it has none."""
        slots = [self._shelf.slots.get(each.entry.id, -1) for each in found]
        return np.stack([self._rows.told(slot) for slot in slots])

    def rarity(self, words: Sequence[str]) -> NDArray[np.float32]:
        """Return how rare each word is among the entries."""
        keys = np.array([word_key(word) for word in words], np.uint32)
        return self._shelf.wholes.rarities(keys)

    def candidates(
        self,
        query: str,
        query_vector: NDArray[np.float32] | None = None,
        limit: int = 24,
        recalled: NDArray[np.float32] | None = None,
    ) -> list[Candidate]:
        """Return the likeliest entries, best first; empty for a query without words.

        `query_vector` is one vector or several rows (of parts of the query), the best of which counts. `recalled` are two
        more, of what answered like questions: one for the wordings, one for question and answer, as long as they shall count.
        """
        shelf, entries = self._shelf, self._shelf.entries
        asks, wholes = shelf.asks, shelf.wholes  # first: what they number is already on the shelf
        units, count = shelf.units.array(), len(entries)
        terms = term_weights(analyse(query))
        if not count or not len(terms[0]):
            return []
        rarities = wholes.rarities(terms[0])
        asked = np.zeros(count, np.float32)
        best_of(asks.scores(terms, rarities, len(units)), units, asked)
        whole = wholes.scores(terms, rarities, count)
        alive = shelf.alive.array()[:count] > 0
        others = np.where(alive, np.float32(_MEANING_RANK[1]) * whole, np.float32(-np.inf))
        meaning, whole_meaning, echoed = self._rows.closeness(
            query_vector, others, max(_COMPARED, 2 * limit), recalled
        )
        parts = (asked, whole, meaning, whole_meaning)
        fused = _fused(parts) + echoed
        shares = np.array([1 / ceiling(terms, rarities)] * 2 + [1.0, 1.0])
        found = [
            Candidate(
                entry,
                float(fused[i]),
                *(float(part[i] * share) for part, share in zip(parts, shares, strict=True)),
            )
            for i in map(int, highest(fused * alive, limit))
            if (entry := entries[i]) is not None and fused[i] > 0
        ]
        return sorted(found, key=lambda each: (-each.score, each.entry.id))[:limit]

    def search(self, query: str, top: int = 5, query_vector: NDArray[np.float32] | None = None) -> list[Hit]:
        """Return the `top` best entries, best first."""
        found = self.candidates(query, query_vector, max(top, 24))
        return [Hit(each.entry, each.score) for each in found[:top]]


def _fused(parts: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
    """Return each entry's score out of its parts (see `Candidate`); words count more where nothing is known by meaning."""
    weights = _MEANING_RANK if parts[2].any() else (*_WORDS_RANK, 0.0, 0.0)
    fused = np.zeros(len(parts[0]), np.float32)
    for weight, part in zip(weights, parts, strict=True):
        if weight:
            fused += np.float32(weight) * part
    return fused
