"""Training the verifier on the shipped corpus."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge_base.base.meaning import Meaning, entry_vectors
from knowledge_base.base.meaning import load as load_meaning
from knowledge_base.base.rules import number
from knowledge_base.index.search import Candidate, Index
from knowledge_base.verifier import corpus
from knowledge_base.verifier.corpus_vectors import KeptMeaning
from knowledge_base.verifier.echoes import Echo, echoes_of, joined
from knowledge_base.verifier.judge import Forest, Judge, Verifier, calibrated, log_odds, save
from knowledge_base.verifier.pairs import NEARLY_SURE, WORD_FEATURES, judged_rows, nearly_worded
from knowledge_base.verifier.promise import bar
from knowledge_base.verifier.sayings import Sayings
from knowledge_base.verifier.shipped import BUILT, version

_LOOKED_AT = int(number("looked_at"))  # candidates of each question that are trained on
_TREES, _LEAF, _FOLDS = int(number("trees")), int(number("leaf")), 3
_MEASURED = number("measured")  # answerable questions of a writer from which a share is taken
_OBJECTED = WORD_FEATURES.index("objected")
Progress = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class Examples:
    """Rows of features with what is known of each: which question it belongs to (`question`) and from which
    family (`group`) and file (`writer`) that comes, whether it is about the office's matters (`office`) and some entry answers it
    (`answerable`), and whether it is asked of the base as it is (`real`) or with the right entry taken away."""

    rows: NDArray[np.float64]
    right: NDArray[np.bool_]
    group: NDArray[np.int64]
    writer: NDArray[np.int64]
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
    rows, facts, families, asked = [], [], dict[str, int](), 0
    sayings = Sayings(meaning) if meaning else None
    known = [echoes_of(each, meaning) if meaning and each.office else None for each in materials]
    for writer, material in enumerate(materials):
        others = [each for i, each in enumerate(known) if each is not None and i != writer]
        echoes = joined(others) if others else None
        index = Index(meaning.size if meaning else 384)
        stored = entry_vectors(material.entries, meaning) if meaning else [None] * len(material.entries)
        index.upsert_many(zip(material.entries, stored, strict=True))
        vectors = meaning.vectors([query.text for query in material.queries]) if meaning else None
        for i, query in enumerate(material.queries):
            group = families.setdefault(query.family, len(families))
            vector = None if vectors is None else vectors[i]
            echo = Echo(echoes, vector, index) if echoes and vector is not None else None
            found = index.candidates(query.text, vector, recalled=echo.recalled if echo else None)
            near = partial(sayings.nearness, vector) if sayings and vector is not None else None
            for view, expected, real in _views(found, query.expected):
                some = judged_rows(query.text, view, index.rarity, near, echo.rows if echo else None)
                some = some[:_LOOKED_AT]
                rows.append(some)
                facts += [
                    (
                        each.entry.id == expected,
                        group,
                        writer,
                        2 * asked + (not real),
                        material.office,
                        expected is not None,
                        real,
                    )
                    for each in view[: len(some)]
                ]
            asked += 1
    return Examples(np.concatenate(rows), *(np.array(fact) for fact in zip(*facts, strict=True)))


def of_words(some: Examples, count: int) -> Examples:
    """Return the examples with the first `count` features alone: those of words."""
    return replace(some, rows=some.rows[:, :count])


def _flat(model: Any) -> Forest:
    """Return a fitted booster as arrays. Its trees are not public in scikit-learn; a test holds them against what it predicts."""
    trees = [each[0].nodes for each in model._predictors]
    starts = np.cumsum([0, *(len(tree) for tree in trees)])[:-1]
    leaves = [tree["is_leaf"].astype(bool) for tree in trees]
    cuts = [
        np.where(leaf, tree["value"], tree["num_threshold"]) for leaf, tree in zip(leaves, trees, strict=True)
    ]
    ways = [np.where(leaf, 0, tree["right"] + start)
            for leaf, tree, start in zip(leaves, trees, starts, strict=True)]  # fmt: skip
    features = [np.where(leaf, -1, tree["feature_idx"]) for leaf, tree in zip(leaves, trees, strict=True)]
    return Forest(
        roots=starts.astype(np.int32),
        feature=np.concatenate(features).astype(np.int16),
        threshold=np.concatenate(cuts).astype(np.float32),
        right=np.concatenate(ways).astype(np.int32),
        base=float(model._baseline_prediction[0, 0]),
    )


def _fit(rows: NDArray[np.float64], right: NDArray[np.bool_]) -> Forest:
    from sklearn.ensemble import HistGradientBoostingClassifier

    model = HistGradientBoostingClassifier(
        max_iter=_TREES,
        learning_rate=number("learning_rate"),
        max_leaf_nodes=int(number("leaves")),
        min_samples_leaf=_LEAF,
        l2_regularization=number("held_back"),
        max_features=number("features_share"),
        early_stopping=False,
        random_state=0,
    )
    return _flat(model.fit(rows.astype(np.float32), right))


def unopposed(chances: NDArray[np.float64], some: Examples) -> NDArray[np.float64]:
    """Return the chances, 0 where an objection keeps the answer from being sent: the promise is of what is sent."""
    return np.where(some.rows[:, _OBJECTED] > 0, 0.0, chances)


def real_firsts(chances: NDArray[np.float64], some: Examples) -> NDArray[np.intp]:
    """Return which row each really asked question would be answered from: the one with the best chance."""
    order = np.lexsort((-chances, some.question))
    _, first = np.unique(some.question[order], return_index=True)
    firsts = order[first]
    return np.asarray(firsts[some.real[firsts]])


def held_out(some: Examples) -> NDArray[np.float64]:
    """Return for each row what a forest says that has seen nothing of its writer; of a lone writer's, of its family."""
    from sklearn.model_selection import GroupKFold, LeaveOneGroupOut

    alone = len(np.unique(some.writer)) < 2
    splitter, groups = (GroupKFold(_FOLDS), some.group) if alone else (LeaveOneGroupOut(), some.writer)
    held = np.zeros(len(some.right))
    for fit_on, left_out in splitter.split(some.rows, groups=groups):
        held[left_out] = _fit(some.rows[fit_on], some.right[fit_on]).chances(some.rows[left_out])
    return held


def measured(some: Examples, firsts: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return the rows of office writers whose questions are enough to take shares from; all if nobody's are."""
    office = firsts[some.office[firsts]]
    counts = {
        w: int(some.answerable[office[some.writer[office] == w]].sum())
        for w in np.unique(some.writer[office])
    }
    large = [writer for writer, count in counts.items() if count >= _MEASURED]
    return office[np.isin(some.writer[office], large)] if large else office


@dataclass(frozen=True, slots=True)
class Unseen:
    """What a judge that has not seen their writers makes of questions: the chance of each answer, and what is known of it."""

    question: NDArray[np.int64]
    chances: NDArray[np.float64]
    right: NDArray[np.bool_]
    answerable: NDArray[np.bool_]
    writer: NDArray[np.int64]

    def of(self, places: NDArray[np.bool_ | np.intp]) -> "Unseen":
        """Return a part of it."""
        return Unseen(*(getattr(self, name)[places] for name in Unseen.__slots__))


def outcome(some: Examples, chances: NDArray[np.float64], firsts: NDArray[np.intp]) -> Unseen:
    """Return what these chances make of the questions that shares are taken from."""
    at = measured(some, firsts)
    worded = nearly_worded(some.rows) & (chances >= NEARLY_SURE)  # sent whatever the bar
    own = unopposed(np.where(worded, 1.0, chances), some)[at]
    return Unseen(some.question[at], own, some.right[at], some.answerable[at], some.writer[at])


def calibration(held: NDArray[np.float64], some: Examples) -> tuple[float, float]:
    """Return slope and offset of the line in log-odds that makes chances of what these say of writers left out."""
    from sklearn.linear_model import LogisticRegression

    firsts = real_firsts(held, some)
    line = LogisticRegression().fit(log_odds(held[firsts])[:, None], some.right[firsts])
    return float(line.coef_[0, 0]), float(line.intercept_[0])


def left_out(some: Examples) -> tuple[Unseen, float, float]:
    """Return what judges make of writers they have not seen, and the line that calibrated it."""
    held = held_out(some)
    slope, offset = calibration(held, some)
    return outcome(some, calibrated(held, slope, offset), real_firsts(held, some)), slope, offset


def train(some: Examples) -> tuple[Judge, Unseen]:
    """Return the judge, and what it makes of writers left out of the fit: its calibration and its bar come from them."""
    made, slope, offset = left_out(some)
    threshold = bar(made.chances, made.right, made.answerable, made.writer)
    return Judge(_fit(some.rows, some.right), slope, offset, threshold), made


def bar_beside(words: Unseen, meaning: Unseen, threshold: float) -> float:
    """Return the bar of words alone beside a judge with meaning: what either is sure of is sent, and the promise is of both."""
    _, mine, theirs = np.intersect1d(words.question, meaning.question, return_indices=True)
    sent = meaning.chances[theirs] >= threshold
    return bar(
        np.where(sent, 2.0, words.chances[mine]),
        np.where(sent, meaning.right[theirs], words.right[mine]),
        words.answerable[mine],
        words.writer[mine],
    )


def verifier_of(
    materials: Sequence[corpus.Corpus], meaning: Meaning | None, progress: Progress | None = None
) -> Verifier:
    """Return the verifier that these materials teach; without `meaning` both its judges go by words alone."""
    say = progress or (lambda _text, _share: None)
    say("训练核验模型（词语）", 0.05)
    words_only, by_words = train(of_words(examples(materials, None), len(WORD_FEATURES)))
    if meaning is None:
        return Verifier(version(), words_only, words_only)
    say("训练核验模型（语义）", 0.4)
    with_meaning, by_meaning = train(examples(materials, meaning))
    least = max(words_only.threshold, bar_beside(by_words, by_meaning, with_meaning.threshold))
    return Verifier(version(), with_meaning, replace(words_only, threshold=least))


def build(folder: Path = BUILT, progress: Progress | None = None) -> None:
    """Train the built-in verifier and write it to `folder`; the same corpus gives the same verifier."""
    verifier = verifier_of(corpus.materials(), KeptMeaning(load_meaning("auto")), progress)
    save(verifier, folder)
    if progress:
        progress("核验模型已建好", 1.0)
