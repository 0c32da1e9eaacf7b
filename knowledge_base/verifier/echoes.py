"""What like questions of the corpus meant: citizens of other counties have asked the same, in words as far from the entry's.

A question is laid beside all of the corpus. The entries that answered its neighbours are where its own answer is likely to lie;
and where its neighbours had none, or met an entry like this one that did not say it, that speaks against answering.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from knowledge_base.base.meaning import Meaning, Vectors, texts_of
from knowledge_base.base.rules import number
from knowledge_base.index.highest import highest, nearest
from knowledge_base.index.search import Candidate, Index
from knowledge_base.verifier import corpus
from knowledge_base.verifier.corpus_vectors import KeptMeaning, let_go

_NEIGHBOURS, _SHARPNESS = int(number("neighbours")), number("neighbour_sharpness")
_TITLES, _ANSWERS = number("recalled_titles"), number("recalled_answers")
_ALIKE, _ALIKE_SHARPNESS = number("alike"), number("alike_sharpness")

ECHO_FEATURES = (
    "neighbour", "echo", "echo_mean", "echo_unanswered", "echo_beyond_unanswered", "unanswered_share",
    "echo_margin", "echo_mean_margin", "echo_sibling", "echo_beyond_sibling", "echo_balance",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Heard:
    """The nearest questions of the corpus: their places, how near they are, and how much each counts (together 1)."""

    places: NDArray[np.intp]
    nearness: Vectors
    weights: Vectors


@dataclass(frozen=True, slots=True)
class Echoes:
    """Questions of the corpus and its entries: `right` is the place of the one that answers each (-1: none does), `other`
    that of the likeliest that does not. `titles` and `answers` are the entries' vectors: of the question, of question and answer.
    """

    asked: Vectors
    titles: Vectors
    answers: Vectors
    right: NDArray[np.intp]
    other: NDArray[np.intp]

    def heard(self, vector: Vectors) -> Heard:
        """Return the neighbours of a question."""
        near = nearest(self.asked, np.asarray(vector, np.float32).reshape(-1, self.asked.shape[1])[0])
        places = highest(near, _NEIGHBOURS)
        weights = np.exp((near[places] - near[places].max()) * _SHARPNESS)
        return Heard(places, near[places], weights / weights.sum())

    def recalled(self, heard: Heard) -> Vectors:
        """Return two vectors, as long as they count in the order of hits: the mean title, and the mean question with
        answer, of what answered the neighbours."""
        right = self.right[heard.places]
        weights = np.where(right >= 0, heard.weights, np.float32(0))
        both = ((self.titles, _TITLES), (self.answers, _ANSWERS))
        return np.stack([weights @ rows[right] * np.float32(share) for rows, share in both])

    def rows(self, heard: Heard, entries: Vectors) -> NDArray[np.float64]:
        """Return the row of `ECHO_FEATURES` for each entry, told by its vector of question and answer."""
        answered, near, weights = self.right[heard.places] >= 0, heard.nearness, heard.weights
        right = entries @ self.answers[self.right[heard.places]].T
        wrong = entries @ self.answers[self.other[heard.places]].T
        echo = np.where(answered, near + right, 0.0).max(axis=1)
        mean = (weights * answered * right).sum(axis=1) / max(1e-6, float((weights * answered).sum()))
        unanswered = np.where(answered, 0.0, near + wrong).max(axis=1)
        sibling = np.where(answered, near + wrong, 0.0).max(axis=1)
        alike = np.where(answered, _likeness(right), -_likeness(wrong))
        count = len(entries)
        columns = [
            np.full(count, near.max()),
            echo,
            mean,
            unanswered,
            echo - unanswered,
            np.full(count, (weights * ~answered).sum()),
            _margin(echo),
            _margin(mean),
            sibling,
            echo - sibling,
            (weights * alike).sum(axis=1),
        ]
        return np.stack(columns, axis=1).astype(np.float64)


class Echo:
    """One question among the echoes, and an index whose candidates are judged by them."""

    def __init__(self, echoes: Echoes, vector: Vectors, index: Index) -> None:
        self._echoes, self._index = echoes, index
        self._heard = echoes.heard(vector)

    @property
    def recalled(self) -> Vectors:
        """What to seek besides the question (`Index.candidates`)."""
        return self._echoes.recalled(self._heard)

    def rows(self, found: Sequence[Candidate]) -> NDArray[np.float64]:
        """Return the row of `ECHO_FEATURES` for each candidate."""
        return self._echoes.rows(self._heard, self._index.told(found))


def _likeness(cosines: Vectors) -> Vectors:
    return np.asarray(np.exp((cosines - _ALIKE) * _ALIKE_SHARPNESS), np.float32)


def _margin(values: NDArray[np.floating]) -> NDArray[np.floating]:
    """Return how far each lies above the best of the others."""
    if len(values) < 2:
        return values
    best, second = np.sort(values)[::-1][:2]
    return np.asarray(values - np.where(values == best, second, best))


def echoes_of(material: corpus.Corpus, meaning: Meaning) -> Echoes:
    """Return what one file of the corpus holds."""
    texts = [texts_of(entry) for entry in material.entries]
    titles, answers = (meaning.vectors([each[place] for each in texts]) for place in (0, -1))
    asked = meaning.vectors([query.text for query in material.queries])
    places = {entry.id: i for i, entry in enumerate(material.entries)}
    right = np.array([places.get(query.expected or "", -1) for query in material.queries], np.intp)
    near = asked @ answers.T
    answered = np.flatnonzero(right >= 0)
    near[answered, right[answered]] = -1.0
    return Echoes(asked, titles, answers, right, near.argmax(axis=1))


def joined(some: Sequence[Echoes]) -> Echoes:
    """Return several files as one."""
    starts = np.cumsum([0, *(len(each.titles) for each in some)])[:-1]
    moved = zip(some, starts, strict=True)
    rights, others = zip(
        *((np.where(each.right < 0, -1, each.right + at), each.other + at) for each, at in moved), strict=True
    )
    return Echoes(
        np.concatenate([each.asked for each in some]),
        np.concatenate([each.titles for each in some]),
        np.concatenate([each.answers for each in some]),
        np.concatenate(rights),
        np.concatenate(others),
    )


@lru_cache(maxsize=2)
def _remembered(name: str) -> Echoes | None:
    kept = KeptMeaning(None)
    if kept.name != name:
        return None
    found = joined([echoes_of(each, kept) for each in corpus.materials() if each.office])
    let_go()  # a server keeps the echoes alone: 10 MB less
    return found


def remembered(meaning: Meaning | None) -> Echoes | None:
    """Return the echoes of the shipped corpus; None where its vectors are kept for another model."""
    return _remembered(meaning.name) if meaning else None
