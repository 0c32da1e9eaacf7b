"""A fitted model as plain arrays: the path that serves, without scikit-learn's overhead per call."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from classifier.model.chances import chance, shares
from classifier.model.rounding import Rounded
from classifier.reading.blocks import BLOCKS
from classifier.reading.read import Reading

Floats = NDArray[np.float32]


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


@dataclass(frozen=True)
class SecondStage:
    """A regression on sentence vectors of the model `embedder`, for short texts: the three categories, chit-chat, flags."""

    embedder: str
    coef: Floats  # size of a vector × 7; × 4 in a model that was made before it looked at flags
    intercept: Floats


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
    def _block_of(self) -> NDArray[np.intp]:
        """The number of the block that a row of `coef` belongs to."""
        return np.repeat(np.arange(len(self.blocks)), [len(block.index) for block in self.blocks])

    def matrix(self, readings: Sequence[Reading]) -> csr_array:
        """Return messages × terms: what of `coef` each message touches, and how strongly."""
        met: list[int] = []
        lengths = []
        for reading in readings:
            before = len(met)
            for block in self.blocks:
                get = block.index.get
                met += [get(term, -1) for term in BLOCKS[block.name](reading)]
            lengths.append(len(met) - before)
        terms = np.array(met, dtype=np.int64)
        rows = np.repeat(np.arange(len(readings)), lengths)
        known = terms >= 0
        size = len(self.scale)
        cells, counts = np.unique(rows[known] * size + terms[known], return_counts=True)
        rows, terms = np.divmod(cells, size)
        values = (np.log(counts.astype(np.float32)) + 1.0) * self.scale[terms]
        starts = np.searchsorted(rows, np.arange(len(readings) + 1))
        return csr_array((self._levelled(rows, terms, values), terms, starts), shape=(len(readings), size))

    def _levelled(self, rows: NDArray[Any], terms: NDArray[Any], values: Floats) -> Floats:
        """Return `values` with each kind of feature of each message set to its length, where it has one."""
        kind = self._block_of[terms]
        part = rows * len(self.blocks) + kind
        lengths = np.sqrt(np.bincount(part, values.astype(np.float64) ** 2))
        wanted = np.array([block.weight if block.unit_length else 0.0 for block in self.blocks])[kind]
        factors = np.where(wanted > 0, wanted / np.maximum(lengths[part], 1e-12), 1.0)
        levelled: Floats = values * factors.astype(np.float32)
        return levelled

    def scores_many(self, readings: Sequence[Reading]) -> list[list[float]]:
        """Return the raw scores per output of each message. A message scores the same in any company."""
        if not readings:
            return []
        met = self.matrix(readings)
        terms, places = np.unique(met.indices, return_inverse=True)  # only these become numbers
        narrow = csr_array((met.data, places, met.indptr), shape=(len(readings), len(terms)))
        found: list[list[float]] = (narrow @ self.coef[terms] + self.intercept).tolist()
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
