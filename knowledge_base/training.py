"""Training the verifier on the shipped corpus."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from knowledge_base import corpus
from knowledge_base.corpus_vectors import KeptMeaning
from knowledge_base.entries import KnowledgeError
from knowledge_base.meaning import Meaning, entry_vectors
from knowledge_base.meaning import load as load_meaning
from knowledge_base.pairs import WORD_FEATURES, judged_rows
from knowledge_base.search import Candidate, Index
from knowledge_base.verifier import Forest, Judge, Verifier, calibrated, log_odds, save
from knowledge_base.verifier import load as load_verifier

BUILT = Path(__file__).parent / "built"
PRECISION = 0.97  # asked of automatic answers on office families that training has not seen
FALSE_AUTO = 0.025  # share of questions without an entry that may be answered all the same
_LOOKED_AT = 3  # candidates of each question that are trained on
_TREES, _LEAF, _FOLDS = 120, 5, 3
_SHAPING = ("concepts", "terms", "postings", "search", "vectors", "pairs", "training", "verifier", "corpus")
Progress = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class Examples:
    """Rows of features with what is known of each: which question it belongs to (`question`) and from which
    family (`group`) that comes, whether it is about the office's matters (`office`) and some entry answers it
    (`answerable`), and whether it is asked of the base as it is (`real`) or with the right entry taken away."""

    rows: NDArray[np.float64]
    right: NDArray[np.bool_]
    group: NDArray[np.int64]
    question: NDArray[np.int64]
    office: NDArray[np.bool_]
    answerable: NDArray[np.bool_]
    real: NDArray[np.bool_]


def _views(found: list[Candidate], expected: str | None) -> list[tuple[list[Candidate], str | None, bool]]:
    views: list[tuple[list[Candidate], str | None, bool]] = [(found, expected, True)]
    if expected is not None:
        views.append(([each for each in found if each.entry.id != expected], None, False))
    return [view for view in views if view[0]]


def examples(materials: Sequence[corpus.Corpus], meaning: Meaning | None) -> Examples:
    """Return examples from every query: its candidates, and its candidates had the right entry not been there."""
    rows, facts, families, question = [], [], dict[str, int](), 0
    for material in materials:
        index = Index(meaning.size if meaning else 384)
        stored = entry_vectors(material.entries, meaning) if meaning else [None] * len(material.entries)
        index.upsert_many(zip(material.entries, stored, strict=True))
        vectors = meaning.vectors([query.text for query in material.queries]) if meaning else None
        for i, query in enumerate(material.queries):
            group = families.setdefault(query.family, len(families))
            found = index.candidates(query.text, None if vectors is None else vectors[i])
            for view, expected, real in _views(found, query.expected):
                some = judged_rows(query.text, view, index.rarity)[:_LOOKED_AT]
                rows.append(some)
                facts += [
                    (each.entry.id == expected, group, question, material.office, expected is not None, real)
                    for each in view[: len(some)]
                ]
                question += 1
    right, groups, questions, office, answerable, real_ones = (
        np.array(fact) for fact in zip(*facts, strict=True)
    )
    return Examples(np.concatenate(rows), right, groups, questions, office, answerable, real_ones)


def _flat(model: object) -> Forest:
    trees = [each.tree_ for each in model.estimators_]  # type: ignore[attr-defined]
    starts = np.cumsum([0, *(tree.node_count for tree in trees)])[:-1]
    joined = {
        name: np.concatenate([np.where(getattr(tree, name) < 0, 0, getattr(tree, name) + start)
                              for tree, start in zip(trees, starts, strict=True)])
        for name in ("children_left", "children_right")
    }  # fmt: skip
    return Forest(
        roots=starts.astype(np.int32),
        feature=np.concatenate([tree.feature for tree in trees]).clip(-1).astype(np.int16),
        threshold=np.concatenate([tree.threshold for tree in trees]),
        left=joined["children_left"].astype(np.int32),
        right=joined["children_right"].astype(np.int32),
        value=np.concatenate([tree.value[:, 0, 1] / tree.value[:, 0].sum(axis=1) for tree in trees]).astype(
            np.float32
        ),
    )


def _fit(rows: NDArray[np.float64], right: NDArray[np.bool_]) -> Forest:
    from sklearn.ensemble import ExtraTreesClassifier

    model = ExtraTreesClassifier(_TREES, min_samples_leaf=_LEAF, max_features=0.4, random_state=0, n_jobs=2)
    return _flat(model.fit(rows, right))


def bar(chances: NDArray[np.float64], right: NDArray[np.bool_], answerable: NDArray[np.bool_]) -> float:
    """Return the lowest chance from which answers reach `PRECISION` and `FALSE_AUTO`; 1.01 if there is none."""
    order = np.argsort(-chances, kind="stable")
    hits, total = np.cumsum(right[order]), np.arange(1, len(order) + 1)
    false = np.cumsum(~answerable[order]) / max(1, int((~answerable).sum()))
    fine = np.flatnonzero((hits / total >= PRECISION) & (false <= FALSE_AUTO))
    return float(chances[order[fine[-1]]]) if len(fine) else 1.01


def _firsts(chances: NDArray[np.float64], some: Examples) -> NDArray[np.intp]:
    """Return which row each really asked question would be answered from: the one with the best chance."""
    order = np.lexsort((-chances, some.question))
    _, first = np.unique(some.question[order], return_index=True)
    firsts = order[first]
    return np.asarray(firsts[some.real[firsts]])


def train(some: Examples) -> Judge:
    """Return the judge. Its calibration and its bar come from families left out of the fit."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import GroupKFold

    held = np.zeros(len(some.right))
    for fit_on, left_out in GroupKFold(_FOLDS).split(some.rows, groups=some.group):
        held[left_out] = _fit(some.rows[fit_on], some.right[fit_on]).chances(some.rows[left_out])
    firsts = _firsts(held, some)
    line = LogisticRegression().fit(log_odds(held[firsts])[:, None], some.right[firsts])
    slope, offset = float(line.coef_[0, 0]), float(line.intercept_[0])
    chances = calibrated(held, slope, offset)[firsts]
    office = some.office[firsts]
    chances, firsts = calibrated(held, slope, offset)[firsts][office], firsts[office]
    return Judge(
        _fit(some.rows, some.right),
        slope,
        offset,
        bar(chances, some.right[firsts], some.answerable[firsts]),
    )


def version() -> str:
    """Return what the built verifier depends on, as one short string."""
    digest = hashlib.sha256()
    here = Path(__file__).parent
    files = [
        *(here / f"{name}.py" for name in _SHAPING),
        here / "concepts.txt",
        *sorted(corpus.FOLDER.iterdir()),
    ]
    for path in files:
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def verifier_of(
    materials: Sequence[corpus.Corpus], meaning: Meaning | None, progress: Progress | None = None
) -> Verifier:
    """Return the verifier that these materials teach; without `meaning` both its judges go by words alone."""
    say = progress or (lambda _text, _share: None)
    say("训练核验模型（词语）", 0.05)
    some = examples(materials, None)
    names = Examples.__slots__[1:]
    words_only = train(Examples(some.rows[:, : len(WORD_FEATURES)], *(getattr(some, name) for name in names)))
    if meaning is None:
        return Verifier(version(), words_only, words_only)
    say("训练核验模型（语义）", 0.4)
    return Verifier(version(), train(examples(materials, meaning)), words_only)


def build(folder: Path = BUILT, progress: Progress | None = None) -> None:
    """Train the built-in verifier and write it to `folder`; the same corpus gives the same verifier."""
    verifier = verifier_of(corpus.materials(), KeptMeaning(load_meaning("auto")), progress)
    save(verifier, folder)
    if progress:
        progress("核验模型已建好", 1.0)


@lru_cache(maxsize=1)
def built_in_verifier() -> Verifier:
    """Return the built-in verifier, trained first where it is absent or older than the corpus or the code."""
    try:
        verifier = load_verifier(BUILT)
        if verifier.version == version():
            return verifier
    except KnowledgeError:
        pass
    build()
    return load_verifier(BUILT)
