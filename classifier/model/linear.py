"""A fitted model as plain arrays: the path that serves, without scikit-learn's overhead per call."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

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
    """A regression on sentence vectors of the model `embedder`, for short texts: the three categories, then chit-chat."""

    embedder: str
    coef: Floats  # size of a vector × 4
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

    def scores(self, reading: Reading) -> Floats:
        """Return one raw score per output."""
        rows, values = self.vector(reading)
        scored: Floats = values @ self.coef[rows] + self.intercept
        return scored

    def read_scores(self, scores: Floats) -> dict[str, list[float]]:
        """Return calibrated probabilities per head, in the order of its labels (one number for yes/no)."""
        numbers: list[float] = scores.tolist()
        return {
            head.name: probabilities(numbers[head.start : head.start + head.width], head)
            for head in self.heads
        }


def probabilities(scores: Sequence[float], head: Head) -> list[float]:
    """Return softmax (or the logistic function for yes/no) of `scores` at the head's temperature."""
    scaled = [score / head.temperature for score in scores]
    return shares(scaled) if head.labels else [chance(scaled[0])]
