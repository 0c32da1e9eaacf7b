"""Growing arrays: vectors of entries, and what their rows belong to."""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from knowledge_base.index.coarse import Coarse, Floats, axes, best_of, highest, longer, nearest

BLOCK = 16_384  # rows: about 8,000 entries, up to which every vector is compared
_SAMPLE = 8_192  # wordings to which the axes are fitted
_AT_ONCE = 4_096  # rows in full precision at a time


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


class Blocks:
    """Rows in blocks: the first in full precision, those after it in half. Growing copies nothing."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._blocks: list[NDArray[np.floating]] = []

    def put(self, start: int, rows: Floats) -> None:
        """Write `rows` behind the first `start`."""
        while len(rows):
            block, at = divmod(start, BLOCK)
            if block == len(self._blocks):
                kind = np.float16 if block else np.float32
                self._blocks.append(np.empty((BLOCK, self._size), kind))
            here = rows[: BLOCK - at]
            self._blocks[block][at : at + len(here)] = here
            rows, start = rows[len(here) :], start + len(here)

    def take(self, places: NDArray[np.intp]) -> Floats:
        """Return the rows at ascending `places`."""
        result = np.empty((len(places), self._size), np.float32)
        ends = np.searchsorted(places, np.arange(len(self._blocks) + 1) * BLOCK)
        for block, (start, end) in enumerate(pairwise(ends)):
            if start < end:
                result[start:end] = self._blocks[block][places[start:end] - block * BLOCK]
        return result

    def cosines(self, query: Floats, count: int) -> Floats:
        """Return the cosine of each of the first `count` rows with the nearest row of the query."""
        parts = [
            np.asarray(self._blocks[start // BLOCK][: count - start], np.float32) @ query.T
            for start in range(0, count, BLOCK)
        ]
        found = np.concatenate(parts)
        return found if found.ndim == 1 else found.max(axis=1)


class VectorRows:
    """Unit vectors of entries, by slot. One writer, any number of readers.

    `shares`: how much the cosine with the wordings, and that with question and answer, count in the order of hits.
    Up to `BLOCK` rows all are compared. Beyond, a shortened sum of both vectors of a wording says which entries are.
    """

    def __init__(self, size: int, shares: tuple[float, float] = (1.0, 1.0)) -> None:
        self.size = size
        self._shares = np.float32(shares[0]), np.float32(shares[1])
        self._rows = Blocks(size)
        self._slots = np.empty(0, np.int32)
        self._wording = np.empty(0, np.bool_)
        self._count = 0
        self._coarse: Coarse | None = None
        self._settled = self._fitted = 0

    def add(self, slot: int, rows: Floats, wordings: int) -> None:
        """Append the rows of one entry, the first `wordings` of which are those of its questions.

        Slots must ascend. In a large base the entry is found after the next `settle`.
        """
        start, end = self._count, self._count + len(rows)
        if end > len(self._slots):
            room = max(64, end, int(len(self._slots) * 1.5))
            self._slots, self._wording = longer(self._slots, start, room), longer(self._wording, start, room)
        self._rows.put(start, rows)
        self._slots[start:end] = slot
        self._wording[start:end] = np.arange(len(rows)) < wordings
        self._count = end  # last: readers look no further

    def settle(self) -> None:
        """Shorten what was added. Each time the base has doubled the axes are fitted anew, to all of it."""
        if self._count <= BLOCK:
            return
        if self._coarse is not None and self._count < 2 * self._fitted:
            self._shorten(self._coarse, self._settled)
        else:
            asks = np.flatnonzero(self._wording[: self._count])
            sample = asks[np.linspace(0, len(asks) - 1, min(_SAMPLE, len(asks)), dtype=np.intp)]
            tells = np.flatnonzero(~self._wording[: self._count])
            fresh = Coarse(axes(self._sums(sample, tells)), int(len(asks) * 1.5))
            self._shorten(fresh, 0)
            self._coarse, self._fitted = fresh, self._count
        self._settled = self._count

    def _shorten(self, into: Coarse, start: int) -> None:
        wording = self._wording[start : self._count]
        asks, tells = np.flatnonzero(wording) + start, np.flatnonzero(~wording) + start
        for at in range(0, len(asks), _AT_ONCE):
            part = asks[at : at + _AT_ONCE]
            into.add(self._slots[part], self._sums(part, tells))

    def _sums(self, asks: NDArray[np.intp], tells: NDArray[np.intp]) -> Floats:
        """Return the weighted sum of each wording's row and that of its question and answer among `tells`.

        Its product with a query is what both cosines add to the score, so one row does for two.
        """
        sums = self._rows.take(asks) * self._shares[0]
        if len(tells):
            at = np.searchsorted(self._slots[tells], self._slots[asks]).clip(max=len(tells) - 1)
            both = self._slots[tells[at]] == self._slots[asks]
            sums[both] += self._rows.take(tells[at[both]]) * self._shares[1]
        return sums

    def closeness(self, query: Floats | None, others: Floats, keep: int) -> tuple[Floats, Floats]:
        """Return for each slot the best cosine with its questions, and with question and answer together (0: none).

        `others` is what each slot scores without vectors, minus infinity for those that are gone. In a large base
        only the `keep` slots that promise the best sum are compared, the rest count as none.
        """
        asked, answered = np.zeros(len(others), np.float32), np.zeros(len(others), np.float32)
        count, coarse = self._count, self._coarse
        if query is None or not count:
            return asked, answered
        owners, wording = self._slots[:count], self._wording[:count]
        if coarse is None or len(others) <= keep:
            cosines = self._rows.cosines(query, count)
        else:
            promise = others + coarse.best(query, len(others))
            places = _places(owners, highest(promise, keep))
            owners, wording = owners[places], wording[places]
            cosines = nearest(self._rows.take(places), query)
        for part, which in ((asked, wording), (answered, ~wording)):
            mine = np.flatnonzero(which & (owners < len(others)))
            best_of(cosines[mine], owners[mine], part)
        return asked, answered


def _places(owners: NDArray[np.int32], chosen: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return where the rows of the chosen slots stand; both arguments ascend."""
    starts = np.searchsorted(owners, chosen)
    lengths = np.searchsorted(owners, chosen, "right") - starts
    offsets: NDArray[np.intp] = np.repeat(starts - np.cumsum(lengths) + lengths, lengths)
    return np.arange(len(offsets)) + offsets
