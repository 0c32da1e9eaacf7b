"""Finding the entry that answers a question, and saying whether it may answer by itself."""

from dataclasses import dataclass

import numpy as np

from knowledge_base.entries import Entry
from knowledge_base.meaning import Meaning, Vectors
from knowledge_base.pairs import judged_rows
from knowledge_base.search import Index
from knowledge_base.training import BUILT, build, built_in_verifier
from knowledge_base.verifier import Verifier

__all__ = ["BUILT", "Answerer", "Match", "build", "built_in_verifier"]


@dataclass(frozen=True, slots=True)
class Match:
    """An entry, the chance (0 to 1) that it answers the question, and whether it may be sent without a person."""

    entry: Entry
    score: float
    auto: bool


class Answerer:
    """Search and verification together. Safe to use from several threads."""

    def __init__(self, index: Index, verifier: Verifier, meaning: Meaning | None = None) -> None:
        self.index = index
        self.verifier = verifier
        self.meaning = meaning

    def search(self, query: str, top: int = 5, *, words_only: bool = False) -> list[Match]:
        """Return the `top` best entries, best first; `auto` is true on at most the first. Never raises on text.

        With `words_only` no vector is computed: about a tenth of the time, and fewer automatic answers.
        """
        vector = None
        if self.meaning is not None and not words_only and query.strip():
            vector = self.meaning.vectors([query])
        return self.rank(query, top, vector)

    def rank(self, query: str, top: int, vector: Vectors | None) -> list[Match]:
        """Return the matches for a query whose vector is already there (None: words alone)."""
        found = self.index.candidates(query, vector, max(top, 24))
        if not found:
            return []
        has_meaning = vector is not None and any(each.meaning for each in found)
        rows = judged_rows(query, found, self.index.rarity)
        chances = self.verifier.chances(rows, has_meaning)
        order = [*np.argsort(-chances, kind="stable"), *range(len(chances), len(found))]
        bar = self.verifier.judge(has_meaning).threshold
        matches = [
            Match(found[i].entry, round(float(chances[i]), 4) if i < len(chances) else 0.0, False)
            for i in order[:top]
        ]
        if chances.max() >= bar:
            matches[0] = Match(matches[0].entry, matches[0].score, True)
        return matches
