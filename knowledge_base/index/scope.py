"""A part of the knowledge base: the entries of some departments, and those that belong to none."""

from collections.abc import Collection, Sequence

import numpy as np
from numpy.typing import NDArray

from knowledge_base.base.entries import Entry
from knowledge_base.index.search import Candidate, Index

_LOOKED_AT = 500  # best entries of the whole base among which those of the part are sought


class Scope(Index):
    """A view on `whole`: it holds nothing itself and follows every change."""

    def __init__(self, whole: Index, departments: Collection[str]) -> None:
        super().__init__(1)
        self._whole, self._departments = whole, frozenset({"", *departments})
        self._counted: tuple[tuple[int, int], int] = ((0, 0), 0)

    def holds(self, entry: Entry) -> bool:
        return entry.department in self._departments

    def __len__(self) -> int:
        shelf = self._whole._shelf
        # the first grows with every change, the second shrinks
        state = (len(shelf.entries), len(shelf.slots))
        if self._counted[0] != state:
            mine = sum(1 for entry in shelf.entries if entry is not None and self.holds(entry))
            self._counted = (state, mine)
        return self._counted[1]

    def get(self, entry_id: str) -> Entry | None:
        found = self._whole.get(entry_id)
        return found if found is not None and self.holds(found) else None

    def told(self, found: Sequence[Candidate]) -> NDArray[np.float32]:
        return self._whole.told(found)

    def rarity(self, words: Sequence[str]) -> NDArray[np.float32]:
        return self._whole.rarity(words)

    def candidates(
        self,
        query: str,
        query_vector: NDArray[np.float32] | None = None,
        limit: int = 24,
        recalled: NDArray[np.float32] | None = None,
    ) -> list[Candidate]:
        found = self._whole.candidates(query, query_vector, max(limit, _LOOKED_AT), recalled)
        return [each for each in found if self.holds(each.entry)][:limit]
