"""Growing arrays: vectors of entries, and what their rows belong to."""

import numpy as np
from numpy.typing import NDArray


class Numbers:
    """A growing list of whole numbers, seen by readers as an array. One writer, any number of readers."""

    def __init__(self, start: NDArray[np.int32] | None = None) -> None:
        self._room = np.empty(0, np.int32) if start is None else start
        self._count = len(self._room)

    def __len__(self) -> int:
        return self._count

    def append(self, number: int) -> None:
        """Add one number."""
        if self._count == len(self._room):
            self._room = np.concatenate([self._room, np.zeros(max(64, self._count // 2), np.int32)])
        self._room[self._count] = number
        self._count += 1

    def put(self, place: int, number: int) -> None:
        """Change one number."""
        self._room[place] = number

    def array(self) -> NDArray[np.int32]:
        """Return all numbers as they are now."""
        count = self._count
        return self._room[:count]


class VectorRows:
    """Rows of unit vectors, each belonging to an entry's slot. One writer, any number of readers."""

    def __init__(self, size: int) -> None:
        self.size = size
        self._rows = np.empty((0, size), np.float32)
        self._slots = np.empty(0, np.int32)
        self._wording = np.empty(0, np.bool_)
        self._count = 0

    def add(self, slot: int, rows: NDArray[np.float32], wordings: int) -> None:
        """Append the rows of one entry, the first `wordings` of which are those of its questions."""
        start, end = self._count, self._count + len(rows)
        if end > len(self._rows):
            room = max(64, end, int(len(self._rows) * 1.5))
            self._rows, self._slots, self._wording = (
                np.concatenate([old[:start], np.zeros((room - start, *old.shape[1:]), old.dtype)])
                for old in (self._rows, self._slots, self._wording)
            )
        self._rows[start:end] = rows
        self._slots[start:end] = slot
        self._wording[start:end] = np.arange(len(rows)) < wordings
        self._count = end

    def closeness(
        self, query: NDArray[np.float32] | None, slots: int
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return for each slot the best cosine with its questions, and with question and answer together (0: none)."""
        asked, answered = np.zeros(slots, np.float32), np.zeros(slots, np.float32)
        count = self._count
        if query is None or not count:
            return asked, answered
        owners, wording = self._slots[:count], self._wording[:count]
        rows = self._rows[:count]
        cosines = rows @ query if query.ndim == 1 else (rows @ query.T).max(axis=1)
        for part, which in ((asked, wording), (answered, ~wording)):
            chosen = np.flatnonzero(which & (owners < slots))
            best_of(cosines[chosen], owners[chosen], part)
        return asked, answered


def best_of(scores: NDArray[np.float32], owners: NDArray[np.int32], into: NDArray[np.float32]) -> None:
    """Put the best of each owner's scores into its place; `owners` must ascend."""
    if len(owners):
        starts = np.flatnonzero(np.diff(owners, prepend=-1))
        into[owners[starts]] = np.maximum.reduceat(scores, starts)
