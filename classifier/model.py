"""A fitted model as plain arrays: the path that serves, without scikit-learn's overhead per call."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifier.features import BLOCKS
from classifier.reading import Reading

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Block:
    """One kind of feature. `index` maps a term to its row in `Model.coef`; `scale` is idf times block weight."""

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
class Model:
    """Coefficients of all heads over all terms. Immutable once loaded."""

    version: str
    blocks: tuple[Block, ...]
    heads: tuple[Head, ...]
    idf: Floats
    coef: Floats  # terms × outputs
    intercept: Floats
    thresholds: dict[str, float]
    wordings: dict[str, str] = field(default_factory=dict)  # hash of a corrected wording → category
    card: dict[str, Any] = field(default_factory=dict)

    def vector(self, reading: Reading) -> tuple[list[int], list[float]]:
        """Return the rows of `coef` that a message touches and their values."""
        rows: list[int] = []
        values: list[float] = []
        for block in self.blocks:
            counts: dict[int, int] = {}
            look_up = block.index.get
            for term in BLOCKS[block.name](reading):
                row = look_up(term)
                if row is not None:
                    counts[row] = counts.get(row, 0) + 1
            if counts:
                rows += counts
                values += self._values(block, counts)
        return rows, values

    def _values(self, block: Block, counts: dict[int, int]) -> list[float]:
        values = [1.0 if count == 1 else 1.0 + math.log(count) for count in counts.values()]
        if not block.unit_length:
            return [value * block.weight for value in values]
        weighted = np.asarray(values) * self.idf[list(counts)]
        scaled: list[float] = (weighted * (block.weight / math.sqrt(float(weighted @ weighted)))).tolist()
        return scaled

    def scores(self, reading: Reading) -> Floats:
        """Return one raw score per output."""
        rows, values = self.vector(reading)
        if not rows:
            return self.intercept
        return np.asarray(values, dtype=np.float32) @ self.coef[rows] + self.intercept

    def read_scores(self, scores: Floats) -> dict[str, list[float]]:
        """Return calibrated probabilities per head, in the order of its labels (one number for yes/no)."""
        return {
            head.name: probabilities(scores[head.start : head.start + head.width], head)
            for head in self.heads
        }


def probabilities(scores: Floats | Sequence[float], head: Head) -> list[float]:
    """Return softmax (or the logistic function for yes/no) of `scores` at the head's temperature."""
    scaled = [float(score) / head.temperature for score in scores]
    if not head.labels:
        return [1.0 / (1.0 + math.exp(-max(-60.0, min(60.0, scaled[0]))))]
    top = max(scaled)
    powers = [math.exp(score - top) for score in scaled]
    total = sum(powers)
    return [power / total for power in powers]
