"""Search over published entries by words, pairs of characters, ideas and, where there are vectors, by meaning."""

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from knowledge_base.entries import Entry
from knowledge_base.meaning import restored
from knowledge_base.postings import Postings, segment
from knowledge_base.terms import analyse, term_weights, word_key
from knowledge_base.vectors import VectorRows

_ASK_USUAL, _ANSWER_USUAL = 22.0, 120.0  # summed term weights of a usual question and answer
_ANSWER_PART = 0.35  # how much the answer's words count beside the question's
_MEANING_FLOOR, _MEANING_PART = 0.80, 5.0  # cosines of e5 lie between 0.80 and 0.95


@dataclass(frozen=True, slots=True)
class Hit:
    """An entry and how well it fits, about 0 to 1 on words and up to 1.7 with meaning."""

    entry: Entry
    score: float


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entry with the parts of its score; `meaning` values are cosines, 0 where there are no vectors."""

    entry: Entry
    asked: float
    answered: float
    meaning: float = 0.0
    answer_meaning: float = 0.0

    @property
    def score(self) -> float:
        """The parts in one number, for ranking."""
        close = max(self.meaning, self.answer_meaning - 0.01)
        lexical = self.asked + _ANSWER_PART * self.answered
        return lexical + _MEANING_PART * max(0.0, close - _MEANING_FLOOR)


@dataclass(slots=True)
class _Shelf:
    """Everything readers look at. Lists only grow; postings are replaced as a whole."""

    entries: list[Entry | None] = field(default_factory=list)
    slots: dict[str, int] = field(default_factory=dict)
    units: list[int] = field(default_factory=list)  # the slot of each wording
    asks: Postings = field(default_factory=Postings)
    answers: Postings = field(default_factory=Postings)


class Index:
    """Entries that can be searched, changed one at a time. One writer at a time, any number of readers."""

    def __init__(self, size: int = 384) -> None:
        self._shelf = _Shelf()
        self._rows = VectorRows(size)
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
            asks, answers = [], []
            for entry, vector in rows:
                self._drop(entry.id)
                slot = len(shelf.entries)
                shelf.entries.append(entry)
                for wording in entry.wordings:
                    asks.append((len(shelf.units), term_weights(analyse(wording))))
                    shelf.units.append(slot)
                answers.append((slot, term_weights(analyse(entry.answer))))
                shelf.slots[entry.id] = slot
                if vector is not None:
                    self._rows.add(slot, restored(vector, self._rows.size), len(entry.wordings))
            if answers:
                shelf.asks = shelf.asks.adding(segment(asks, _ASK_USUAL))
                shelf.answers = shelf.answers.adding(segment(answers, _ANSWER_USUAL))

    def remove(self, entry_id: str) -> None:
        """Take the entry out; nothing happens if it is not there."""
        with self._lock:
            self._drop(entry_id)

    def _drop(self, entry_id: str) -> None:
        slot = self._shelf.slots.pop(entry_id, None)
        if slot is not None:
            self._shelf.entries[slot] = None

    def rarity(self, words: Sequence[str]) -> NDArray[np.float32]:
        """Return how rare each word is among the questions."""
        keys = np.array([word_key(word) for word in words], np.uint32)
        return self._shelf.asks.rarities(keys)

    def candidates(
        self, query: str, query_vector: NDArray[np.float32] | None = None, limit: int = 24
    ) -> list[Candidate]:
        """Return the likeliest entries, best first; empty for a query without words.

        `query_vector` is one vector or several rows (of parts of the query), the best of which counts.
        """
        shelf, entries = self._shelf, self._shelf.entries
        count, units = len(entries), np.array(shelf.units, np.int32)
        terms = term_weights(analyse(query))
        if not count or not len(terms[0]):
            return []
        rarities = shelf.asks.rarities(terms[0])
        by_unit = shelf.asks.scores(terms, rarities, len(units))
        asked = np.zeros(count, np.float32)
        np.maximum.at(asked, units, by_unit)
        answered = shelf.answers.scores(terms, rarities, count)
        meaning, answer_meaning = self._rows.closeness(query_vector, count)
        close = np.maximum(meaning, answer_meaning)
        fused = asked + _ANSWER_PART * answered + _MEANING_PART * (close - _MEANING_FLOOR).clip(0)
        best = {int(i) for scores in (fused, asked, close) for i in _best(scores, limit)}
        found = [
            Candidate(entry, *(float(part[i]) for part in (asked, answered, meaning, answer_meaning)))
            for i in best
            if (entry := entries[i]) is not None and fused[i] > 0
        ]
        return sorted(found, key=lambda each: (-each.score, each.entry.id))[:limit]

    def search(self, query: str, top: int = 5, query_vector: NDArray[np.float32] | None = None) -> list[Hit]:
        """Return the `top` best entries, best first."""
        found = self.candidates(query, query_vector, max(top, 24))
        return [Hit(each.entry, each.score) for each in found[:top]]


def _best(scores: NDArray[np.floating], limit: int) -> NDArray[np.intp]:
    if len(scores) <= limit:
        return np.arange(len(scores))
    return np.argpartition(scores, -limit)[-limit:]
