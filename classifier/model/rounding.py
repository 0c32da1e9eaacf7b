"""Coefficients in one byte each: a step for every kind of feature and every output, chosen by the largest.

A fitted model is rounded before anybody uses it, so that what is measured, saved and served is the same.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
_MOST = 127


def packed(coef: Floats, sizes: Sequence[int]) -> tuple[NDArray[np.int8], Floats]:
    """Return whole numbers and the steps (kinds × outputs) that they are multiples of; `sizes`: terms of each kind."""
    numbers = np.zeros(coef.shape, np.int8)
    steps = np.ones((len(sizes), coef.shape[1]), np.float32)
    for kind, rows in enumerate(_parts(sizes)):
        if rows.start < rows.stop:
            steps[kind] = np.maximum(np.abs(coef[rows]).max(axis=0), 1e-9) / _MOST
            numbers[rows] = np.rint(coef[rows] / steps[kind])
    return numbers, steps


def unpacked(numbers: NDArray[np.int8], steps: Floats, sizes: Sequence[int]) -> Floats:
    """Return the coefficients."""
    coef = numbers.astype(np.float32)
    for kind, rows in enumerate(_parts(sizes)):
        coef[rows] *= steps[kind]
    return coef


def _parts(sizes: Sequence[int]) -> list[slice]:
    ends = np.cumsum(sizes).tolist()
    return [slice(end - size, end) for end, size in zip(ends, sizes, strict=True)]
