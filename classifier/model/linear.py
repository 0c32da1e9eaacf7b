"""A fitted model as plain arrays: the path that serves, without scikit-learn's overhead per call."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain, pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifier.model import terms
from classifier.model.chances import chance, shares
from classifier.model.neighbours import Neighbours
from classifier.model.rounding import Rounded
from classifier.model.terms import Rows, Table
from classifier.reading.blocks import BLOCKS
from classifier.reading.read import Reading, characters_of, tokens_of

Floats = NDArray[np.float32]
_HASHED: dict[str, Callable[[Sequence[Reading]], terms.Hashed]] = {  # the kinds of very many terms
    "words": lambda readings: terms.of_words([tokens_of(reading) for reading in readings]),
    "chars": lambda readings: terms.of_characters([characters_of(reading) for reading in readings]),
}
_FEW = 2  # messages for which it is quicker to ask the dictionary for each term
_WEIGHTS = 1 + np.log(np.maximum(np.arange(1 << 12), 1, dtype=np.float32))


@dataclass(frozen=True, slots=True)
class Block:
    """One kind of feature. `index` maps a term to its row in `Model.coef`."""

    name: str
    index: dict[str, int]
    unit_length: bool
    weight: float


@dataclass(frozen=True, slots=True)
class Head:
    """One decision: columns `start:start+len(labels)` of the coefficients, or one column for yes/no."""

    name: str
    labels: tuple[str, ...]  # empty for yes/no
    start: int
    temperature: float

    @property
    def width(self) -> int:
        return len(self.labels) or 1


@dataclass(frozen=True, slots=True)
class Met:
    """Which rows several messages touch, message by message and kind by kind, each row once and in order."""

    rows: Rows
    counts: Rows  # how often the term of each row is there
    starts: Rows  # where in `rows` each kind of each message begins
    sizes: Rows  # how many rows it has there
    kinds: Rows  # which kind it is
    of_each: Rows  # how many rows each message touches


@dataclass(frozen=True)
class SecondStage:
    """A regression on sentence vectors of the model `embedder`, for short texts: the three categories, chit-chat, flags."""

    embedder: str
    coef: Floats  # size of a vector × 7; × 4 in a model that was made before it looked at flags
    intercept: Floats
    neighbours: Neighbours | None = None  # None in a model that was made before it asked what is nearest


@dataclass(frozen=True)
class Model:
    """Coefficients of all heads over all terms. Immutable once loaded."""

    version: str
    blocks: tuple[Block, ...]
    heads: tuple[Head, ...]
    scale: Floats  # inverse document frequency per term, or the block's weight where terms are only counted
    coef: Floats | Rounded  # terms × outputs
    intercept: Floats
    thresholds: dict[str, float]
    wordings: dict[str, str] = field(default_factory=dict)  # hash of a corrected wording → category
    card: dict[str, Any] = field(default_factory=dict)
    second: SecondStage | None = None

    @cached_property
    def _tables(self) -> dict[str, Table]:
        return {block.name: Table(block.index) for block in self.blocks if block.name in _HASHED}

    def vector(self, reading: Reading) -> tuple[Rows, Floats]:
        """Return the rows of `coef` that a message touches and their values."""
        rows, values, _ = self._touched([reading])
        return rows, values

    def _touched(self, readings: Sequence[Reading]) -> tuple[Rows, Floats, Rows]:
        """Return the rows that each of several messages touches, their values, and how many each touches."""
        found = self._of_few(readings) if len(readings) <= _FEW else self._of_many(readings)
        values = _WEIGHTS[np.minimum(found.counts, len(_WEIGHTS) - 1)] * self.scale[found.rows]
        if len(found.starts):
            squares = np.add.reduceat(values * values, found.starts)
            lengths = self._lengths[found.kinds]
            factors = np.where(lengths, lengths / np.sqrt(squares), np.float32(1))
            values *= np.repeat(factors, found.sizes)
        return found.rows, values, found.of_each

    def _of_few(self, readings: Sequence[Reading]) -> Met:
        """Ask the dictionary for each term: of one message or two that is quicker."""
        rows: list[int] = []
        counts: list[int] = []
        sizes: list[int] = []
        kinds: list[int] = []
        ends: list[int] = []
        for reading in readings:
            for kind, block in enumerate(self.blocks):
                met: Counter[Any] = Counter(map(block.index.get, BLOCKS[block.name](reading)))
                met.pop(None, None)
                if met:
                    there = sorted(met)
                    rows += there
                    counts += map(met.__getitem__, there)
                    sizes.append(len(there))
                    kinds.append(kind)
            ends.append(len(rows))
        of_each = np.array([end - start for start, end in pairwise([0, *ends])], np.intp)
        each = np.array(sizes, np.intp)
        starts = np.cumsum(each) - each
        return Met(
            np.array(rows, np.intp),
            np.array(counts, np.intp),
            starts,
            each,
            np.array(kinds, np.intp),
            of_each,
        )

    def _of_many(self, readings: Sequence[Reading]) -> Met:
        """Ask the tables for all terms of all messages at once."""
        size = len(self.scale)
        met = [self._found(block, readings) for block in self.blocks]
        keys = np.sort(np.concatenate([message[rows >= 0] * size + rows[rows >= 0] for rows, message in met]))
        first = np.flatnonzero(np.diff(keys, prepend=-1))  # of what is there several times
        message, rows = np.divmod(keys[first], size)
        kinds = np.searchsorted(self._ends, rows, side="right")
        starts = np.flatnonzero(np.diff(message * len(self.blocks) + kinds, prepend=-1))
        return Met(
            rows,
            np.diff(first, append=len(keys)),
            starts,
            np.diff(starts, append=len(rows)),
            kinds[starts],
            np.bincount(message, minlength=len(readings)),
        )

    def _found(self, block: Block, readings: Sequence[Reading]) -> tuple[Rows, Rows]:
        """Return the row of each term of a kind, -1 for an unknown one, and the message that it is of."""
        if block.name in _HASHED:
            hashes, message = _HASHED[block.name](readings)
            return self._tables[block.name].rows(hashes), message
        found = [[block.index.get(term, -1) for term in BLOCKS[block.name](reading)] for reading in readings]
        message = np.repeat(np.arange(len(found)), [len(rows) for rows in found])
        return np.fromiter(chain.from_iterable(found), np.intp, len(message)), message

    @cached_property
    def _ends(self) -> Rows:
        """Where the rows of each kind end."""
        return np.cumsum([len(block.index) for block in self.blocks])

    @cached_property
    def _lengths(self) -> Floats:
        """The length of each kind; 0 for a kind that has none."""
        return np.array([block.weight if block.unit_length else 0 for block in self.blocks], np.float32)

    def scores_many(self, readings: Sequence[Reading]) -> list[list[float]]:
        """Return the raw scores per output of each message. A message scores the same in any company."""
        if not readings:
            return []
        rows, values, sizes = self._touched(readings)
        scored = np.tile(self.intercept, (len(readings), 1))
        some = np.flatnonzero(sizes)
        if len(some):
            starts = (np.cumsum(sizes) - sizes)[some]
            scored[some] += np.add.reduceat(values[:, None] * self.coef[rows], starts, axis=0)
        found: list[list[float]] = scored.tolist()
        return found

    def scores(self, reading: Reading) -> list[float]:
        """Return one raw score per output: a message alone is a batch of one."""
        return self.scores_many([reading])[0]

    def read_scores(self, scores: Sequence[float]) -> dict[str, list[float]]:
        """Return calibrated probabilities per head, in the order of its labels (one number for yes/no)."""
        return {
            head.name: probabilities(scores[head.start : head.start + head.width], head)
            for head in self.heads
        }


def probabilities(scores: Sequence[float], head: Head) -> list[float]:
    """Return softmax (or the logistic function for yes/no) of `scores` at the head's temperature."""
    scaled = [score / head.temperature for score in scores]
    return shares(scaled) if head.labels else [chance(scaled[0])]
