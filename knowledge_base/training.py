"""Training the verifier on the shipped corpus."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from knowledge_base import corpus
from knowledge_base.entries import KnowledgeError
from knowledge_base.meaning import Meaning, Vectors, entry_vectors, load
from knowledge_base.pairs import MEANING_FEATURES, WORD_FEATURES, judged_rows
from knowledge_base.search import Candidate, Index
from knowledge_base.verifier import Judge, Verifier, save
from knowledge_base.verifier import load as load_verifier

BUILT = Path(__file__).parent / "built"
PRECISION = 0.97  # asked of automatic answers on families that training has not seen
FALSE_AUTO = 0.02  # share of questions without an entry that may be answered all the same
Progress = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class Examples:
    """Rows of features; `first` marks the best candidate of a question, `open_question` one that no entry answers."""

    rows: NDArray[np.float64]
    right: NDArray[np.bool_]
    groups: NDArray[np.int64]
    first: NDArray[np.bool_]
    answerable: NDArray[np.bool_]


def _without(found: Sequence[Candidate], entry_id: str) -> list[Candidate]:
    return [each for each in found if each.entry.id != entry_id]


def examples(material: corpus.Corpus, meaning: Meaning | None) -> Examples:
    """Return examples from every query: its candidates, and its candidates had the right entry not been there."""
    index = Index(meaning.size if meaning else 384)
    stored: Sequence[bytes | None] = (
        entry_vectors(material.entries, meaning) if meaning else [None] * len(material.entries)
    )
    index.upsert_many(zip(material.entries, stored, strict=True))
    vectors: Vectors | None = meaning.vectors([q.text for q in material.queries]) if meaning else None
    numbers = {family: i for i, family in enumerate(dict.fromkeys(q.family for q in material.queries))}
    rows, right, groups, first, answerable = [], [], [], [], []
    for i, query in enumerate(material.queries):
        found = index.candidates(query.text, None if vectors is None else vectors[i])
        views = [(found, query.expected)]
        if query.expected is not None:
            views.append((_without(found, query.expected), None))
        for view, expected in views:
            if not view:
                continue
            some = judged_rows(query.text, view, index.rarity)[:4]
            rows.append(some)
            right += [each.entry.id == expected for each in view[: len(some)]]
            groups += [numbers[query.family]] * len(some)
            first += [True, *[False] * (len(some) - 1)]
            answerable += [expected is not None] * len(some)
    return Examples(
        np.concatenate(rows), np.array(right), np.array(groups), np.array(first), np.array(answerable)
    )


def _fit(names: tuple[str, ...], rows: NDArray[np.float64], right: NDArray[np.bool_]) -> Judge:
    from sklearn.linear_model import LogisticRegression

    rows = rows[:, : len(names)]
    mean, scale = rows.mean(axis=0), rows.std(axis=0) + 1e-6
    model = LogisticRegression(C=0.3, max_iter=2_000).fit((rows - mean) / scale, right)
    return Judge(names, mean, scale, model.coef_[0], float(model.intercept_[0]), 1.0)


def threshold(chances: NDArray[np.float64], right: NDArray[np.bool_], answerable: NDArray[np.bool_]) -> float:
    """Return the lowest bar at which first candidates reach `PRECISION` and `FALSE_AUTO`, 1.01 if there is none."""
    order = np.argsort(-chances)
    hits, total = np.cumsum(right[order]), np.arange(1, len(order) + 1)
    false = np.cumsum(~answerable[order]) / max(1, int((~answerable).sum()))
    fine = np.flatnonzero((hits / total >= PRECISION) & (false <= FALSE_AUTO))
    return float(chances[order[fine[-1]]]) if len(fine) else 1.01


def train(examples_of: Examples, names: tuple[str, ...]) -> Judge:
    """Return the judge, its threshold taken from families left out of the fit."""
    from sklearn.model_selection import GroupKFold

    held = np.zeros(len(examples_of.right))
    for fit_on, held_out in GroupKFold(5).split(examples_of.rows, groups=examples_of.groups):
        judge = _fit(names, examples_of.rows[fit_on], examples_of.right[fit_on])
        held[held_out] = judge.chances(examples_of.rows[held_out])
    first = examples_of.first
    bar = threshold(held[first], examples_of.right[first], examples_of.answerable[first])
    final = _fit(names, examples_of.rows, examples_of.right)
    return Judge(final.names, final.mean, final.scale, final.weights, final.bias, bar)


def _version() -> str:
    digest = hashlib.sha256()
    folder = Path(__file__).parent
    for path in sorted([*folder.glob("*.py"), *folder.glob("*.txt"), *folder.glob("corpus/*.jsonl")]):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def build(folder: Path = BUILT, progress: Progress | None = None) -> None:
    """Train the built-in verifier and write it to `folder`; deterministic for one corpus and one model."""
    say = progress or (lambda _text, _share: None)
    say("读取知识库训练语料", 0.0)
    material = corpus.families()
    say("训练核验模型（词语）", 0.1)
    words_only = train(examples(material, None), WORD_FEATURES)
    say("训练核验模型（语义）", 0.3)
    meaning = load("auto")
    with_meaning = train(examples(material, meaning), (*WORD_FEATURES, *MEANING_FEATURES))
    save(Verifier(_version(), with_meaning, words_only), folder)
    say("核验模型已建好", 1.0)


@lru_cache(maxsize=1)
def built_in_verifier() -> Verifier:
    """Return the built-in verifier, trained first where it is absent or older than the corpus or the code."""
    try:
        verifier = load_verifier(BUILT)
        if verifier.version == _version():
            return verifier
    except KnowledgeError:
        pass
    build()
    return load_verifier(BUILT)
