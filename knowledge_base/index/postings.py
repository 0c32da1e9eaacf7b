"""An inverted index of immutable segments: adding makes a small one, small ones melt into larger ones.

Readers hold a `Postings` value and never see it change, so they need no lock.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from knowledge_base.base.rules import number

Terms = tuple[
    NDArray[np.uint32], NDArray[np.float32], NDArray[np.float32]
]  # keys, counts, weights of their kinds
_K1, _B = number("saturation"), number("length_share")
_TIER = 8  # so many segments of one size melt into one of the next
_LARGEST = 4_096  # documents; larger segments come from bulk loading only
# in large indexes terms in over an eighth of the documents are left out
_COMMON, _MANY = (number("common"), 2_000)


@dataclass(frozen=True, slots=True)
class Segment:
    """Documents by term: those of `keys[i]` are `docs[starts[i]:starts[i + 1]]`."""

    keys: NDArray[np.uint32]
    starts: NDArray[np.int64]
    docs: NDArray[np.int32]
    weights: NDArray[np.float16]
    size: int


def _segment(
    keys: NDArray[np.uint32], docs: NDArray[np.int32], weights: NDArray[np.float16], size: int
) -> Segment:
    order = np.argsort(keys, kind="stable")
    unique, first = np.unique(keys[order], return_index=True)
    starts = np.append(first, len(keys)).astype(np.int64)
    return Segment(unique, starts, docs[order], weights[order], size)


def _saturated(counts: NDArray[np.float32], kinds: NDArray[np.float32], usual: float) -> NDArray[np.float16]:
    length = float(counts @ kinds)
    return (counts * (_K1 + 1) / (counts + _K1 * (1 - _B + _B * length / usual))).astype(np.float16)


def segment(documents: Sequence[tuple[int, Terms]], usual: float) -> Segment:
    """Return a segment of (number, terms); `usual` is the usual length of such a document in weighted terms."""
    if not documents:
        return Segment(
            np.empty(0, np.uint32), np.zeros(1, np.int64), np.empty(0, np.int32), np.empty(0, np.float16), 0
        )
    lengths = [len(keys) for _, (keys, _, _) in documents]
    docs = np.repeat(np.array([doc for doc, _ in documents], np.int32), lengths)
    weights = np.concatenate([_saturated(counts, kinds, usual) for _, (_, counts, kinds) in documents])
    return _segment(np.concatenate([keys for _, (keys, _, _) in documents]), docs, weights, len(documents))


def _melt(segments: Sequence[Segment]) -> Segment:
    keys = np.concatenate([np.repeat(each.keys, np.diff(each.starts)) for each in segments])
    return _segment(
        keys,
        np.concatenate([each.docs for each in segments]),
        np.concatenate([each.weights for each in segments]),
        sum(each.size for each in segments),
    )


@dataclass(frozen=True, slots=True)
class Postings:
    """Segments, large ones first."""

    segments: tuple[Segment, ...] = ()

    def adding(self, new: Segment) -> "Postings":
        """Return postings that hold `new` too; the cost is that of melting at most a few thousand documents."""
        kept = [*self.segments, new]
        tier = 1
        while tier < _LARGEST:
            small = [each for each in kept if each.size < tier * _TIER]
            if len(small) < _TIER:
                break
            kept = [each for each in kept if each.size >= tier * _TIER] + [_melt(small)]
            tier *= _TIER
        return Postings(tuple(kept))

    def compacted(self) -> "Postings":
        """Return the same postings in one segment (seconds for a hundred thousand documents)."""
        return Postings((_melt(self.segments),)) if len(self.segments) > 1 else self

    def rarities(self, keys: NDArray[np.uint32]) -> NDArray[np.float32]:
        """Return how rare each term is: the inverse document frequency, that of unseen terms highest."""
        found = np.zeros(len(keys))
        for each in self.segments:
            at, there = _places(each, keys)
            found[there] += each.starts[at[there] + 1] - each.starts[at[there]]
        total = sum(each.size for each in self.segments)
        return np.log1p((total - found + 0.5).clip(0.5) / (found + 0.5)).astype(np.float32)

    def scores(self, terms: Terms, rarities: NDArray[np.float32], documents: int) -> NDArray[np.float32]:
        """Return the score of each document up to number `documents`: BM25 over all kinds of terms."""
        keys = terms[0]
        result = np.zeros(documents, np.float32)
        total = sum(each.size for each in self.segments)
        bar = np.log1p((1 - _COMMON) / _COMMON) if total > _MANY else 0.0
        wanted = _wanted(terms, rarities)
        for each in self.segments:
            at, there = _places(each, keys)
            for i in np.flatnonzero(there & (rarities >= bar)):
                here = slice(each.starts[at[i]], each.starts[at[i] + 1])
                result[each.docs[here]] += each.weights[here] * wanted[i]
        return result


def _wanted(terms: Terms, rarities: NDArray[np.float32]) -> NDArray[np.float32]:
    _, counts, kinds = terms
    return np.asarray(np.log2(1 + counts) * kinds * rarities, np.float32)


def ceiling(terms: Terms, rarities: NDArray[np.float32]) -> float:
    """Return about the best score that any document can have for these terms; above zero."""
    return max(float(_wanted(terms, rarities).sum()), 1e-6)


def _places(each: Segment, keys: NDArray[np.uint32]) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    at = np.searchsorted(each.keys, keys)
    there = at < len(each.keys)
    there[there] = each.keys[at[there]] == keys[there]
    return at, there
