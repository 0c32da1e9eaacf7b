"""A fitted model as plain arrays: the path that serves, without scikit-learn's overhead per call."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifier.model.chances import chance, shares
from classifier.model.neighbours import Neighbours
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

    def vector(self, reading: Reading) -> tuple[NDArray[np.intp], Floats]:
        """Return the rows of `coef` that a message touches and their values."""
        rows: list[int] = []
        counts: list[int] = []
        bounds = []
        for block in self.blocks:
            met: Counter[Any] = Counter(map(block.index.get, BLOCKS[block.name](reading)))
            met.pop(None, None)
            start = len(rows)
            rows += met
            counts += met.values()
            if block.unit_length and len(rows) > start:
                bounds.append((start, len(rows), block.weight))
        touched = np.array(rows, dtype=np.intp)
        values = np.log(np.array(counts, dtype=np.float32))
        values += 1.0
        values *= self.scale[touched]
        for start, end, weight in bounds:
            part = values[start:end]
            part *= weight / math.sqrt(float(part @ part))
        return touched, values

    def scores_many(self, readings: Sequence[Reading]) -> list[list[float]]:
        """Return the raw scores per output of each message. A message scores the same in any company."""
        if not readings:
            return []
        touched = [self.vector(reading) for reading in readings]
        sizes = np.array([len(rows) for rows, _ in touched])
        scored = np.tile(self.intercept, (len(readings), 1))
        some = np.flatnonzero(sizes)
        if len(some):
            rows = np.concatenate([rows for rows, _ in touched])
            values = np.concatenate([values for _, values in touched])
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
