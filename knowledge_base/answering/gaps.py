"""How the knowledge base grows: near duplicates and what nobody could answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from knowledge_base.base.entries import Entry
from knowledge_base.base.rules import number
from knowledge_base.base.terms import analyse
from knowledge_base.index.search import Index
from knowledge_base.verifier.pairs import DIFFERENCES, WORD_FEATURES, judged_rows

_SAME_WORDS, _SAME_PAIRS, _SAME_CHARACTERS = (
    number(f"same_{part}") for part in ("words", "pairs", "characters")
)
_CLOSE = number("gap_closeness")
_BLOCK = 256  # rows whose products with all others are held at once


def near_duplicate(index: Index, candidate: Entry) -> Entry | None:
    """Return the entry that asks the same in other words, if there is one.

    It must share nearly all words and differ in no number, name, negation, thing, group or thing to do.
    """
    found = [each for each in index.candidates(candidate.question) if each.entry.id != candidate.id]
    if not found:
        return None
    names = {name: i for i, name in enumerate(WORD_FEATURES)}
    for row, each in zip(judged_rows(candidate.question, found[:5], index.rarity), found, strict=False):
        if row[names["equal"]]:
            return each.entry
        close = min(row[names["covers_query"]], row[names["covers_question"]]) >= _SAME_WORDS
        alike = (
            row[names["pairs_shared"]] >= _SAME_PAIRS or row[names["characters_shared"]] >= _SAME_CHARACTERS
        )
        if close and alike and not any(row[names[name]] for name in DIFFERENCES):
            return each.entry
    return None


@dataclass(frozen=True, slots=True)
class Gap:
    """Questions that had no answer and ask much the same; `title` is the most typical of them."""

    title: str
    size: int
    questions: tuple[str, ...]


def gap_report(questions: Sequence[str], at_least: int = 1, closeness: float = _CLOSE) -> list[Gap]:
    """Return clusters of unanswered questions, largest first.

    `closeness` is the cosine (0 to 1) to a cluster's middle from which a question belongs to it.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer

    texts = [text for text in questions if analyse(text).clean]
    if not texts:
        return []
    rows = TfidfVectorizer(analyzer=_gap_terms, sublinear_tf=True).fit_transform(texts).tocsr()
    gaps = []
    for cluster in _clusters(rows, closeness):
        typical = cluster[0]
        if len(cluster) > 2:
            part = rows[cluster]
            nearness = np.asarray(part @ np.asarray(part.sum(axis=0)).T).round(9)  # of equals the first
            typical = cluster[int(nearness.argmax())]
        gaps.append(Gap(texts[typical], len(cluster), tuple(texts[i] for i in cluster)))
    return sorted((gap for gap in gaps if gap.size >= at_least), key=lambda gap: (-gap.size, gap.title))


def _clusters(rows: Any, closeness: float) -> list[list[int]]:
    """Give each row of unit length to the nearest cluster before it, or to a new one; returns row numbers.

    A cluster's product with a row is the sum of its members' products, so the products of all rows with each other,
    reckoned block by block, are all that is needed.
    """
    count = rows.shape[0]
    # squares of the lengths of the sums
    cluster_of, squares = (np.zeros(count, dtype=np.intp), np.zeros(count))
    members: list[list[int]] = []
    for i in range(count):
        if i % _BLOCK == 0:
            block = (rows[i : i + _BLOCK] @ rows.T).toarray()
        of_row, known = block[i % _BLOCK], len(members)
        products = np.bincount(cluster_of[:i], weights=of_row[:i], minlength=known)
        near = (products / np.sqrt(squares[:known])).round(9)  # of equals the first
        best = int(near.argmax()) if known else -1
        if best < 0 or near[best] < closeness:
            best = known
            members.append([])
        members[best].append(i)
        squares[best] += 2 * (products[best] if best < known else 0.0) + of_row[i]
        cluster_of[i] = best
    return members


def _gap_terms(text: str) -> list[str]:
    analysis = analyse(text)
    return [*analysis.words, *analysis.ideas, *(idea for idea in analysis.ideas if idea.startswith("thing"))]
