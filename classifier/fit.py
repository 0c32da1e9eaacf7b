"""Fitting: corpus rows in, a `Model` out. Deterministic: same rows, same numbers."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import FeatureUnion
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped] # ships no types

from classifier.bayes import leaning
from classifier.blocks import COUNTED, WEIGHTS
from classifier.corpus import CATEGORIES, TOPICS, Message
from classifier.features import feature_union
from classifier.model import Block, Floats, Head, Model
from classifier.reading import SHORT, read
from classifier.second_fit import second_stage

_TITLE_WEIGHT, _BODY_WEIGHT = 1.0, 0.5
_CHAT_WEIGHT = 0.2  # of short messages where long letters are learnt: people chat otherwise than they write
_BAYES = 0.4  # how much naive Bayes adds to the regression that is blended with the second stage
_FLAGS = ("urgent", "sensitive", "accusation", "chitchat", "ad")
_STRENGTH = {"category": 4.0, "long": 4.0, "topic": 2.0}  # inverse regularisation
_FLAG_STRENGTH = 5.0
# The regularised category model is too modest: this temperature gives the best likelihood on unseen sources.
_TEMPERATURE = {"category": 0.8, "short": 0.8, "long": 0.8}
THRESHOLDS = {
    "review": 0.8,
    "review_short": 0.76,
    "review_second": 0.8,
    "urgent": 0.13,
    "sensitive": 0.1,
    "accusation": 0.12,
    "chitchat": 0.5,
    "chitchat_second": 0.5,
    "ad": 0.4,
}


@dataclass(frozen=True, slots=True)
class Example:
    """One training text. Empty `category` or `topic`: not used for that head."""

    text: str
    category: str
    topic: str
    flags: frozenset[str]
    weight: float
    whole: bool = True  # False for a title or a body cut out of a letter: its flags are not known
    title: bool = False


@dataclass(frozen=True, slots=True)
class Fitted:
    """One judgement's regression: labels × terms, and a start for each label (one row for yes/no)."""

    name: str
    labels: tuple[str, ...]
    coef: NDArray[Any]
    intercept: NDArray[Any]


def examples(messages: Sequence[Message]) -> list[Example]:
    """Return the messages, and of letters with a title also title and body alone."""
    rows = []
    for m in messages:
        rows.append(Example(m.text, m.category, m.topic, m.flags, 1.0))
        if m.title and len(m.title) <= 60:
            body = m.text[len(m.title) + 1 :]
            rows += [
                Example(m.title, m.category, m.topic, m.flags, _TITLE_WEIGHT, whole=False, title=True),
                Example(body, m.category, m.topic, m.flags, _BODY_WEIGHT, whole=False),
            ]
    return rows


def fit(rows: Sequence[Example], version: str, known: int | None = None) -> Model:
    """Return a model fitted to `rows`. Only the first `known` rows decide which terms are looked at."""
    readings = [read(row.text) for row in rows]
    union = feature_union()
    matrix = (
        union.fit_transform(readings) if known is None else union.fit(readings[:known]).transform(readings)
    )
    weights = np.array([row.weight for row in rows])
    chats = np.array(
        [not r.title and len(reading.text) <= SHORT for r, reading in zip(rows, readings, strict=True)]
    )
    fitted: list[Fitted] = []
    with threadpool_limits(1):  # sparse and small: more threads only wait for one another
        for name, labels, targets, chosen in _targets(rows):
            picked, marked = matrix[chosen], np.array([targets[i] for i in chosen])
            fitted.append(_fitted(name, labels, picked, marked, weights[chosen]))
            if name == "category":
                plain = fitted[-1]
                lean = _BAYES * leaning(picked, marked, weights[chosen], labels)
                fitted.append(Fitted("short", labels, plain.coef + lean, plain.intercept))
                for_letters = weights[chosen] * np.where(chats[chosen], _CHAT_WEIGHT, 1.0)
                fitted.append(_fitted("long", labels, picked, marked, for_letters))
        second = second_stage(
            [reading.text for reading in readings],
            [row.category for row in rows],
            ["chitchat" in row.flags for row in rows],
            [row.whole for row in rows],
        )
    return replace(_assemble(version, union, fitted), second=second)


def _fitted(
    name: str, labels: tuple[str, ...], matrix: Any, marked: NDArray[Any], weights: NDArray[Any]
) -> Fitted:
    regression = logistic(name, bool(labels))
    regression.fit(matrix, marked, sample_weight=weights)
    order = [list(regression.classes_).index(label) for label in labels] if labels else [0]
    return Fitted(name, labels, regression.coef_[order], regression.intercept_[order])


def _placed(fitted: Sequence[Fitted]) -> tuple[Head, ...]:
    """Return the heads with the columns that they take, one after the other."""
    placed: list[Head] = []
    start = 0
    for each in fitted:
        placed.append(Head(each.name, each.labels, start, _TEMPERATURE.get(each.name, 1.0)))
        start += placed[-1].width
    return tuple(placed)


def logistic(name: str, many: bool) -> LogisticRegression:
    """Return the unfitted regression of a head; a rare flag's messages count three times."""
    return LogisticRegression(
        C=_STRENGTH.get(name, _FLAG_STRENGTH),
        max_iter=300,
        tol=1e-3,
        class_weight=None if many else {False: 1, True: 3},
    )


def _targets(rows: Sequence[Example]) -> list[tuple[str, tuple[str, ...], list[object], list[int]]]:
    found: list[tuple[str, tuple[str, ...], list[object], list[int]]] = []
    for name, labels in (("category", CATEGORIES), ("topic", TOPICS)):
        values: list[object] = [getattr(row, name) for row in rows]
        present = set(values)
        kept = tuple(label for label in labels if label in present)
        found.append((name, kept, values, [i for i, value in enumerate(values) if value]))
    whole = [i for i, row in enumerate(rows) if row.whole]
    for flag in _FLAGS:
        marked: list[object] = [flag in row.flags for row in rows]
        if any(marked):
            found.append((flag, (), marked, whole))
    return found


def _assemble(version: str, union: FeatureUnion, fitted: Sequence[Fitted]) -> Model:
    blocks, scales, start = [], [], 0
    for name, vectorizer in union.transformer_list:
        terms = sorted(vectorizer.vocabulary_, key=vectorizer.vocabulary_.__getitem__)
        blocks.append(
            Block(name, {term: start + i for i, term in enumerate(terms)}, name not in COUNTED, WEIGHTS[name])
        )
        scales.append(np.full(len(terms), WEIGHTS[name]) if name in COUNTED else vectorizer.idf_)
        start += len(terms)
    return Model(
        version=version,
        blocks=tuple(blocks),
        heads=_placed(fitted),
        scale=_single(np.concatenate(scales)),
        coef=_single(np.concatenate([each.coef for each in fitted]).T),
        intercept=_single(np.concatenate([each.intercept for each in fitted])),
        thresholds=dict(THRESHOLDS),
    )


def _single(numbers: NDArray[Any]) -> Floats:
    return np.ascontiguousarray(numbers, dtype=np.float32)
