"""Fitting: corpus rows in, a `Model` out. Deterministic: same rows, same numbers."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import vstack
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import FeatureUnion
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped] # ships no types

from classifier.bayes import leaning
from classifier.blocks import COUNTED, WEIGHTS
from classifier.corpus import CATEGORIES, TOPICS, Message
from classifier.features import feature_union
from classifier.model import Block, Floats, Head, Model, SecondStage
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
    return Fitter(rows, known).model(version, [row.weight for row in rows])


class Fitter:
    """Fits models to the same rows under different weights, without doing twice what those do not touch."""

    def __init__(self, rows: Sequence[Example], known: int | None = None) -> None:
        """Only the first `known` rows decide which terms are looked at; None: all."""
        self._rows = rows
        self._readings = [read(row.text) for row in rows]
        self._union = feature_union()
        self._matrix = self._union.fit_transform(self._readings[:known])
        if known is not None and known < len(rows):
            self._matrix = vstack([self._matrix, self._union.transform(self._readings[known:])], format="csr")

    def model(self, version: str, weights: Sequence[float]) -> Model:
        """Return the model for `weights`, one for each row: how much each counts where categories are learnt."""
        with threadpool_limits(1):  # sparse and small: more threads only wait for one another
            fitted = [*self._categories(np.array(weights)), *self._others]
            return replace(_assemble(version, self._union, fitted), second=self._second)

    def _categories(self, weights: NDArray[Any]) -> list[Fitted]:
        labels, marked, chosen = _marked(self._rows, "category", CATEGORIES)
        matrix, weights = self._matrix[chosen], weights[chosen]
        plain = _fitted("category", labels, matrix, marked, weights, logistic("category", True))
        lean = _BAYES * leaning(matrix, marked, weights, labels)
        short = Fitted("short", labels, plain.coef + lean, plain.intercept)
        chats = [not self._rows[i].title and len(self._readings[i].text) <= SHORT for i in chosen]
        for_letters = weights * np.where(chats, _CHAT_WEIGHT, 1.0)
        long = _fitted("long", labels, matrix, marked, for_letters, logistic("long", True))
        return [plain, short, long]

    @cached_property
    def _others(self) -> list[Fitted]:
        """The topic and the flags."""
        own = np.array([row.weight for row in self._rows])
        labels, marked, chosen = _marked(self._rows, "topic", TOPICS)
        fitted = [
            _fitted("topic", labels, self._matrix[chosen], marked, own[chosen], logistic("topic", True))
        ]
        whole = [i for i, row in enumerate(self._rows) if row.whole]
        for flag in _FLAGS:
            flagged = np.array([flag in self._rows[i].flags for i in whole])
            if flagged.any():
                regression = logistic(flag, False)
                fitted.append(_fitted(flag, (), self._matrix[whole], flagged, own[whole], regression))
        return fitted

    @cached_property
    def _second(self) -> SecondStage | None:
        return second_stage(
            [reading.text for reading in self._readings],
            [row.category for row in self._rows],
            ["chitchat" in row.flags for row in self._rows],
            [row.whole for row in self._rows],
        )


def _marked(
    rows: Sequence[Example], name: str, order: Sequence[str]
) -> tuple[tuple[str, ...], NDArray[Any], list[int]]:
    """Return the labels that occur, the label of every row that has one, and which rows those are."""
    chosen = [i for i, row in enumerate(rows) if getattr(row, name)]
    marked = np.array([getattr(rows[i], name) for i in chosen], dtype=object)
    present = set(marked)
    return tuple(label for label in order if label in present), marked, chosen


def _fitted(
    name: str,
    labels: tuple[str, ...],
    matrix: Any,
    marked: NDArray[Any],
    weights: NDArray[Any],
    regression: LogisticRegression,
) -> Fitted:
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
