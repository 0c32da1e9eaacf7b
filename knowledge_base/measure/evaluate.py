"""Measuring search and verification on files, without touching the register."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from knowledge_base.answering.answerer import Answerer, Match
from knowledge_base.base.entries import Entry
from knowledge_base.base.meaning import Meaning, entry_vectors
from knowledge_base.index.search import Index
from knowledge_base.measure.curve import curve, lines
from knowledge_base.verifier.judge import Verifier
from knowledge_base.verifier.shipped import built_in_verifier


@dataclass(frozen=True, slots=True)
class LabelledQuery:
    """A query and the id of the entry that answers it; None if none does."""

    query: str
    expected: str | None


@dataclass(frozen=True, slots=True)
class QueryOutcome:
    """What came out for one query; `top` is None where nothing was found."""

    query: str
    expected: str | None
    top: str | None
    score: float
    auto: bool


def entry_of(row: Mapping[str, Any]) -> Entry:
    """Return the entry of a line of a file; what an office says beyond question and answer counts as it would when brought in."""
    aliases = row.get("aliases") or ()
    return Entry(
        str(row["id"]),
        row["question"],
        row["answer"],
        tuple(map(str, aliases)) if isinstance(aliases, list | tuple) else (),
        department=str(row.get("department") or ""),
        source=str(row.get("source") or ""),
    )


def strangers(entries: Sequence[Entry], queries: Sequence[LabelledQuery]) -> list[str]:
    """Return the ids that queries expect and no entry has, each once, in their order. They count as misses."""
    there = {entry.id for entry in entries}
    wanted = (each.expected for each in queries if each.expected is not None)
    return list(dict.fromkeys(one for one in wanted if one not in there))


def _rank(question: LabelledQuery, matches: Sequence[Match]) -> int:
    """Return the place (from 1) of the expected entry, 0 if it is not among the matches."""
    ids = [match.entry.id for match in matches]
    return ids.index(question.expected) + 1 if question.expected in ids else 0


def _share(part: float, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0


def evaluate(
    entries: Sequence[Entry],
    queries: Sequence[LabelledQuery],
    meaning: Meaning | None,
    verifier: Verifier | None = None,
) -> tuple[dict[str, float], list[dict[str, object]]]:
    """Return the figures of `huiyin kb evaluate` and a detail row for each query."""
    index = Index(meaning.size if meaning else 384)
    stored: Sequence[bytes | None] = entry_vectors(entries, meaning) if meaning else [None] * len(entries)
    index.upsert_many(zip(entries, stored, strict=True))
    answerer = Answerer(index, verifier or built_in_verifier(), meaning)
    started = time.perf_counter()
    results = [answerer.search(question.query, 10) for question in queries]
    seconds = time.perf_counter() - started
    ranks = [_rank(*each) for each in zip(queries, results, strict=True) if each[0].expected is not None]
    details = [
        QueryOutcome(q.query, q.expected, found[0].entry.id, found[0].score, found[0].auto)
        if found
        else QueryOutcome(q.query, q.expected, None, 0.0, False)
        for q, found in zip(queries, results, strict=True)
    ]
    auto = [each for each in details if each.auto]
    right = sum(each.top == each.expected for each in auto)
    nulls = len(queries) - len(ranks)
    figures = {
        "n": len(queries),
        "recall_at_1": _share(sum(rank == 1 for rank in ranks), len(ranks)),
        "recall_at_5": _share(sum(1 <= rank <= 5 for rank in ranks), len(ranks)),
        "mrr": _share(sum(1 / rank for rank in ranks if rank), len(ranks)),
        "auto_precision": _share(right, len(auto)),
        "auto_coverage": _share(right, len(ranks)),
        "false_auto_rate": _share(sum(each.expected is None for each in auto), nulls),
        "ms_per_query": round(seconds * 1000 / len(queries), 3) if queries else 0.0,
    }
    return figures, [asdict(each) for each in details]


def curve_of(details: Sequence[dict[str, object]]) -> str:
    """Return coverage against precision for every bar, as lines for a terminal."""
    scores = np.array([each["score"] for each in details], np.float64)
    right = np.array([each["top"] is not None and each["top"] == each["expected"] for each in details], bool)
    answerable = np.array([each["expected"] is not None for each in details], bool)
    return lines(curve(scores, right, answerable)) if len(details) else ""
