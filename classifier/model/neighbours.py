"""What the messages of the corpus nearest to one say: the sign of every number of a sentence vector finds them."""

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from classifier.rules.thresholds import number

Floats = NDArray[np.float32]

_COUNT = int(number("near_count"))
_WIDTH = number("near_width")  # of likeness: one that is so much less alike counts a third
_LEAST = 0.01  # no share is nearer to none or all than this: thirty messages prove no more
_BITS = np.unpackbits(np.arange(256, dtype=np.uint8)[:, None], axis=1).astype(np.float32) * 2 - 1


@dataclass(frozen=True)
class Neighbours:
    """Messages of the corpus: the signs of their vectors (less `mean`), and which flags they tell of."""

    signs: NDArray[np.uint8]  # messages × size / 8
    mean: Floats
    told: NDArray[np.uint8]  # one bit for each flag that a message tells of, up or not
    up: NDArray[np.uint8]  # and for each that is up

    @classmethod
    def of(cls, vectors: Floats, told: NDArray[np.uint8], up: NDArray[np.uint8]) -> "Neighbours":
        mean = vectors.mean(axis=0).astype(np.float16).astype(np.float32)  # as it will be read again
        return cls(np.packbits(vectors > mean, axis=1), mean, told, up)

    @cached_property
    def _columns(self) -> NDArray[np.uint8]:
        return np.ascontiguousarray(self.signs.T)

    @cached_property
    def _sides(self) -> list[tuple[NDArray[np.intp], NDArray[np.float64]]]:
        """For each flag the messages that tell of it, and whether it is up in them."""
        flags = range(int(self.told.max(initial=0)).bit_length())
        chosen = [np.flatnonzero(self.told >> flag & 1) for flag in flags]
        return [(rows, (self.up[rows] >> flag & 1).astype(np.float64)) for flag, rows in enumerate(chosen)]

    def odds(self, vector: Floats) -> list[float]:
        """Return for each flag the log odds that it is up in what is nearest to `vector`, the nearer the more."""
        turned = vector - self.mean
        turned = turned / max(float(np.linalg.norm(turned)) * math.sqrt(turned.size), 1e-9)
        tables = turned.reshape(-1, 8) @ _BITS.T  # what eight signs at once add to the likeness
        alike = np.zeros(len(self.signs), np.float32)
        for table, column in zip(tables, self._columns, strict=True):
            alike += table[column]
        return [_odds(alike[rows], up) for rows, up in self._sides]


def _odds(alike: Floats, up: NDArray[np.float64]) -> float:
    if len(alike) > _COUNT:
        nearest = np.argpartition(-alike, _COUNT)[:_COUNT]
        alike, up = alike[nearest], up[nearest]
    weights = np.exp((alike - alike.max()).astype(np.float64) / _WIDTH)
    share = min(max(float(weights @ up / weights.sum()), _LEAST), 1 - _LEAST)
    return math.log(share / (1 - share))
