"""A shortened vector for each wording, in which a large base is looked through before vectors are compared in full."""

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from knowledge_base.base.rules import number

_AXES = int(number("axes"))  # numbers of a shortened vector

Floats = NDArray[np.float32]
_Number = TypeVar("_Number", bound=np.generic)


def axes(sample: Floats) -> Floats:
    """Return as columns the directions in which the rows of `sample` differ most from zero, at most `_AXES`."""
    _, directions = np.linalg.eigh(sample.T @ sample)
    return np.ascontiguousarray(directions[:, ::-1][:, :_AXES], np.float32)


class Coarse:
    """Shortened vectors, each belonging to an entry's slot. One writer, any number of readers."""

    def __init__(self, projection: Floats, room: int) -> None:
        self.projection = projection
        self._rows = np.empty((room, projection.shape[1]), np.float32)
        self._slots = np.empty(room, np.int32)
        self._count = 0

    def add(self, slots: NDArray[np.int32], vectors: Floats) -> None:
        """Append the shortened `vectors` of ascending `slots`; untouched room costs no memory."""
        start, end = self._count, self._count + len(slots)
        if end > len(self._rows):
            room = max(end, int(len(self._rows) * 1.5))
            self._rows, self._slots = longer(self._rows, start, room), longer(self._slots, start, room)
        np.matmul(vectors, self.projection, out=self._rows[start:end])
        self._slots[start:end] = slots
        self._count = end  # last: readers look no further

    def best(self, query: Floats, slots: int) -> Floats:
        """Return for each slot about the best product of its vectors with the query's (0: none)."""
        count = self._count  # first: whatever arrays are met afterwards hold so many rows
        owners = self._slots[:count]
        count = int(np.searchsorted(owners, slots))
        result = np.zeros(slots, np.float32)
        best_of(nearest(self._rows[:count], query @ self.projection), owners[:count], result)
        return result


def nearest(rows: Floats, query: Floats) -> Floats:
    """Return the best product of each row with the query, or with one of its rows.

    In this thread alone: the matrix product waits for a second one, which on busy machines doubles the time.
    """
    found: Floats = np.vecdot(rows, query if query.ndim == 1 else query[0])
    for part in query[1:] if query.ndim > 1 else ():
        found = np.maximum(found, np.vecdot(rows, part))
    return found


def best_of(scores: Floats, owners: NDArray[np.int32], into: Floats) -> None:
    """Raise the place of each owner to the best of its scores."""
    np.maximum.at(into, owners, scores)


def highest(scores: Floats, limit: int) -> NDArray[np.intp]:
    """Return the places of the `limit` highest scores, ascending; of equal ones the first."""
    if len(scores) <= limit:
        return np.arange(len(scores))
    # Much faster than `argpartition`, which takes up to 6 ms for 100,000 scores that are mostly 0.
    least = np.partition(scores, -limit)[-limit]
    above = np.flatnonzero(scores > least)
    equal = np.flatnonzero(scores == least)[: limit - len(above)]
    return np.sort(np.concatenate([above, equal]))


def longer(old: NDArray[_Number], count: int, room: int) -> NDArray[_Number]:
    """Return the first `count` rows of `old` with room for `room`."""
    fresh = np.empty((room, *old.shape[1:]), old.dtype)
    fresh[:count] = old[:count]
    return fresh
