"""Coefficients in one byte each: a step for every kind of feature and every output, chosen by the largest.

A fitted model is rounded before anybody uses it, so that what is measured, saved and served is the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
_MOST = 127


@dataclass(frozen=True, slots=True)
class Rounded:
    """Coefficients as they are kept, a quarter of the memory; only the rows that a message touches become numbers."""

    numbers: NDArray[np.int8]  # terms × outputs
    steps: Floats  # kinds × outputs
    ends: NDArray[np.intp]  # of each kind's rows

    @property
    def shape(self) -> tuple[int, ...]:
        return self.numbers.shape

    def __getitem__(self, rows: NDArray[np.intp]) -> Floats:
        """Return the coefficients of these rows."""
        kinds = np.searchsorted(self.ends, rows, side="right")
        found: Floats = self.numbers[rows] * self.steps[kinds]
        return found

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:
        whole = self[np.arange(len(self.numbers))]
        return whole if dtype is None else whole.astype(dtype)


def packed(coef: Floats, sizes: Sequence[int]) -> tuple[NDArray[np.int8], Floats]:
    """Return whole numbers and the steps (kinds × outputs) that they are multiples of; `sizes`: terms of each kind."""
    numbers = np.zeros(coef.shape, np.int8)
    steps = np.ones((len(sizes), coef.shape[1]), np.float32)
    for kind, rows in enumerate(_parts(sizes)):
        if rows.start < rows.stop:
            steps[kind] = np.maximum(np.abs(coef[rows]).max(axis=0), 1e-9) / _MOST
            numbers[rows] = np.rint(coef[rows] / steps[kind])
    return numbers, steps


def kept(numbers: NDArray[np.int8], steps: Floats, sizes: Sequence[int]) -> Rounded:
    """Return the coefficients that `packed` made."""
    return Rounded(numbers, steps, np.cumsum(sizes))


def unpacked(numbers: NDArray[np.int8], steps: Floats, sizes: Sequence[int]) -> Floats:
    """Return the coefficients as plain numbers."""
    return np.asarray(kept(numbers, steps, sizes))


def _parts(sizes: Sequence[int]) -> list[slice]:
    ends = np.cumsum(sizes).tolist()
    return [slice(end - size, end) for end, size in zip(ends, sizes, strict=True)]
