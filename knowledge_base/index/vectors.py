"""Growing arrays: vectors of entries, and what their rows belong to."""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from knowledge_base.index.highest import Floats, best_of, highest, nearest

BLOCK = 2_048  # rows


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
    """Rows in blocks, so that growing copies nothing: the first in full precision, the `later` as told."""

    def __init__(self, size: int, later: type[np.floating]) -> None:
        self._size, self._later = size, later
        self._blocks: list[NDArray[np.floating]] = []

    def put(self, start: int, rows: Floats) -> None:
        """Write `rows` behind the first `start`."""
        while len(rows):
            block, at = divmod(start, BLOCK)
            if block == len(self._blocks):
                self._blocks.append(np.empty((BLOCK, self._size), self._later if block else np.float32))
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

    def nearest(self, query: Floats, count: int) -> Floats:
        """Return the best product of each of the first `count` rows with the query."""
        starts = range(0, count, BLOCK)
        return np.concatenate(
            [nearest(self._blocks[start // BLOCK][: count - start], query) for start in starts]
        )


class VectorRows:
    """Unit vectors of entries, by slot. One writer, any number of readers.

    `shares`: how much the cosine with the wordings, and that with question and answer, count in the order of hits. Of each
    wording the sum of both vectors by these shares is kept too: one product says what the two would add to the score.
    """

    def __init__(self, size: int, shares: tuple[float, float] = (1.0, 1.0)) -> None:
        self.size = size
        self._shares = np.float32(shares[0]), np.float32(shares[1])
        self._rows, self._sums = Blocks(size, np.float16), Blocks(size, np.float32)
        self._slots, self._wording, self._owners = Numbers(), Numbers(), Numbers()  # of rows; of sums

    def add(self, slot: int, rows: Floats, wordings: int) -> None:
        """Append the rows of one entry, the first `wordings` of which are those of its questions. Slots must ascend."""
        asks, tells = rows[:wordings], rows[wordings:]
        self._rows.put(len(self._slots), rows)
        whole = tells[:1] * self._shares[1] if len(tells) else np.float32(0)
        sums = asks * self._shares[0] + whole if len(asks) else tells * self._shares[1]
        self._sums.put(len(self._owners), sums)
        for place in range(len(rows)):
            self._wording.append(place < wordings)
            self._slots.append(slot)  # last: readers look no further
        for _ in range(len(sums)):
            self._owners.append(slot)

    def told(self, slot: int) -> Floats:
        """Return the vector of the slot's question and answer together; zeros if it has none."""
        owners = self._slots.array()
        last = int(np.searchsorted(owners, slot, "right")) - 1
        if last < 0 or owners[last] != slot:
            return np.zeros(self.size, np.float32)
        return np.asarray(self._rows.take(np.array([last]))[0], np.float32)

    def closeness(
        self, query: Floats | None, others: Floats, keep: int, recalled: Floats | None = None
    ) -> tuple[Floats, Floats, Floats]:
        """Return for each slot the best cosine with its questions, and with question and answer together (0: none).

        `others` is what each slot scores without vectors, minus infinity for those that are gone. Only the `keep` slots
        that score best with their sums are compared, the rest count as none. The third is what the two rows of
        `recalled` find in the same places: the first in questions, the second in question and answer, added up.
        """
        asked, answered, echoed = (np.zeros(len(others), np.float32) for _ in range(3))
        sums = self._owners.array()
        sums = sums[: np.searchsorted(sums, len(others))]
        if query is None or not len(sums):
            return asked, answered, echoed
        owners = self._slots.array()
        owners = owners[: np.searchsorted(owners, len(others))]
        wording = self._wording.array()[: len(owners)] > 0
        sought = [query, *(recalled if recalled is not None else ())]
        if len(others) <= keep:
            found = [self._rows.nearest(each, len(owners)) for each in sought]
        else:
            promise = np.full(len(others), -np.inf, np.float32)
            best_of(self._sums.nearest(query, len(sums)), sums, promise)
            places = _places(owners, highest(promise + others, keep))
            owners, wording = owners[places], wording[places]
            rows = self._rows.take(places)
            found = [nearest(rows, each) for each in sought]
        for part, which in ((asked, wording), (answered, ~wording)):
            best_of(found[0][which], owners[which], part)
        for cosines, which in zip(found[1:], (wording, ~wording), strict=False):
            part = np.zeros(len(others), np.float32)
            best_of(cosines[which], owners[which], part)
            echoed += part
        return asked, answered, echoed


def _places(owners: NDArray[np.int32], chosen: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return where the rows of the chosen slots stand; both arguments ascend."""
    starts = np.searchsorted(owners, chosen)
    lengths = np.searchsorted(owners, chosen, "right") - starts
    offsets: NDArray[np.intp] = np.repeat(starts - np.cumsum(lengths) + lengths, lengths)
    return np.arange(len(offsets)) + offsets
