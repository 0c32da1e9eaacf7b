"""Fitting: corpus rows in, a `Model` out. Deterministic: same rows, same numbers."""

import hashlib
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import vstack
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import FeatureUnion
from threadpoolctl import threadpool_limits

from classifier.fit.bayes import leaning
from classifier.fit.corpus import (
    CorpusLine,
    read_accusations,
    read_asides,
    read_corpus,
    read_danger,
    read_hard,
    read_supplements,
)
from classifier.fit.features import feature_union
from classifier.fit.second_fit import second_stage
from classifier.labels import CATEGORIES, DANGERS, TOPICS
from classifier.model.linear import Block, Floats, Head, Model, SecondStage
from classifier.model.rounding import packed, unpacked
from classifier.model.second_opinion import FLAGS as SECOND_FLAGS
from classifier.model.second_opinion import NEAR
from classifier.reading.blocks import COUNTED, WEIGHTS
from classifier.reading.read import SHORT, read
from classifier.rules.thresholds import number, thresholds

_TITLE_WEIGHT, _BODY_WEIGHT = number("title_weight"), number("body_weight")
# of short messages where long letters are learnt: people chat otherwise than they write
_CHAT_WEIGHT = number("chat_weight")
# What messages of the other corpora count where danger is learnt; small talk and advertising count in full.
_ELSEWHERE = {
    "complaint": number("elsewhere_complaint"),
    "advice_inquiry": number("elsewhere_advice"),
    "praise": number("elsewhere_praise"),
}
# Of its own corpus, and of the others, where accusations are learnt.
_BLAME_WEIGHTS = {True: number("blame_own"), False: number("blame_other")}
_ASIDE_LONGEST = int(number("aside_text"))  # characters of a text that is told again with an aside
_ASIDE_EVERY = int(number("aside_every"))  # of the other corpora's messages only every third is
_ASIDE_WEIGHT = number("aside_weight")
# Of answers in few words: more of them takes plain cries down with the places that they name.
_SUPPLEMENT_WEIGHT = number("supplement")
_DANGER_WEIGHT = number("danger_weight")  # of a danger where categories are learnt
_BLAME_CATEGORY = number(
    "blame_category"
)  # of who accuses or blames, likewise; letters learn nothing of them
_BAYES = number("bayes")  # how much naive Bayes adds to the regression that is blended with the second stage
_FLAG_BAYES = {
    "urgent": number("bayes_urgent"),
    "accusation": number("bayes_accusation"),
    "sensitive": number("bayes_sensitive"),
}  # and to that of danger, of which every writer tells in other words
_SECOND_ELSEWHERE = number("second_elsewhere")  # of the other corpora, where the second stage learns a flag
_FLAGS = ("urgent", "sensitive", "accusation", "chitchat", "ad")
_STRENGTH = {
    "category": number("strength_category"),
    "long": number("strength_category"),
    "topic": number("strength_topic"),
}  # inverse regularisation
_FLAG_STRENGTH = number("strength_flag")
# The regularised category model is too modest: this temperature gives the best likelihood on unseen sources.
_TEMPERATURE = {
    **dict.fromkeys(("category", "short", "long"), number("temperature_category")),
    "urgent": number("temperature_urgent"),
    "accusation": number("temperature_accusation"),
}
# Danger is calibrated on writers left out in turn, accusations on quarters of their corpus:
# chance = logistic(score / temperature + shift).
_SHIFT = {"urgent": number("shift_urgent"), "accusation": number("shift_accusation")}


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
    known: frozenset[str] | None = None  # the flags that may be learnt from it; None: all
    danger: str = ""  # the kind of a present danger
    aside: bool = False  # another row's text with something beside it
    own: str = ""  # the corpus that it is of

    def tells(self, flag: str) -> bool:
        return self.whole and (self.known is None or flag in self.known)


@dataclass(frozen=True, slots=True)
class Fitted:
    """One judgement's regression: labels × terms, and a start for each label (one row for yes/no)."""

    name: str
    labels: tuple[str, ...]
    coef: NDArray[Any]
    intercept: NDArray[Any]


def everything() -> list[Example]:
    """Return the examples of all corpora."""
    told = [*read_corpus(), *read_hard(), *read_danger(), *read_accusations(), *read_supplements()]
    rows = examples(told)
    return [*rows, *with_asides(rows)]


def with_asides(rows: Sequence[Example]) -> list[Example]:
    """Return `rows` told with something beside it that changes nothing: dangers stay dangers, the rest stays calm."""
    anywhere, beside_danger = read_asides()
    found = []
    for row in rows:
        if (
            not row.tells("urgent")
            or len(row.text) > _ASIDE_LONGEST
            or (not row.category + row.danger and row.own != "danger")
        ):
            continue
        number = int.from_bytes(hashlib.blake2b(row.text.encode(), digest_size=4).digest())
        if row.own != "danger" and number % _ASIDE_EVERY:
            continue
        asides = anywhere + beside_danger if "urgent" in row.flags else anywhere
        aside, text = asides[number % len(asides)], row.text.rstrip("。.")
        told = f"{aside}，{text}" if number % 3 == 0 else f"{text}，{aside}"
        found.append(
            Example(
                told, "", "", row.flags & {"urgent"}, row.weight * _in_danger(row) * _ASIDE_WEIGHT,
                known=frozenset({"urgent"}), aside=True,
            )
        )  # fmt: skip
    return found


def examples(messages: Sequence[CorpusLine]) -> list[Example]:
    """Return the messages, and of letters with a title also title and body alone."""
    rows = []
    for m in messages:
        rows.append(
            Example(
                m.text, m.category, m.topic, m.flags, 1.0, known=m.known, danger=m.danger,
                own=m.own,
            )
        )  # fmt: skip
        if m.title and len(m.title) <= 60:
            body = m.text[len(m.title) + 1 :]
            rows += [
                Example(m.title, m.category, m.topic, m.flags, _TITLE_WEIGHT, whole=False, title=True),
                Example(body, m.category, m.topic, m.flags, _BODY_WEIGHT, whole=False),
            ]
    return rows


def fit(rows: Sequence[Example], version: str, known: int | None = None) -> Model:
    """Return a model fitted to `rows`. Only the first `known` rows decide which terms are looked at, asides never."""
    return Fitter(rows, known).model(version, [row.weight for row in rows])


class Fitter:
    """Fits models to the same rows under different weights, without doing twice what those do not touch."""

    def __init__(self, rows: Sequence[Example], known: int | None = None) -> None:
        """Only the first `known` rows decide which terms are looked at; None: all."""
        self._rows = rows
        self._readings = [read(row.text) for row in rows]
        self._union = feature_union()
        deciding = [i for i, row in enumerate(rows[:known]) if not row.aside]
        told_again = [i for i in range(len(rows)) if i >= len(rows[:known]) or rows[i].aside]
        matrix = self._union.fit_transform([self._readings[i] for i in deciding])
        if told_again:
            others = self._union.transform([self._readings[i] for i in told_again])
            matrix = vstack([matrix, others], format="csr")[np.argsort([*deciding, *told_again])]
        self._matrix = matrix

    def with_more(self, added: Sequence[Example]) -> "Fitter":
        """Return a fitter of these rows and others, which decide on no term and tell no topic and no flag.

        What they do not touch, the terms and the heads of topics and flags, is taken over.
        """
        more = copy(self)
        more.__dict__.pop("_second", None)
        more._rows = [*self._rows, *added]
        readings = [read(row.text) for row in added]
        more._readings = [*self._readings, *readings]
        if added:
            more._matrix = vstack([self._matrix, self._union.transform(readings)], format="csr")
        with threadpool_limits(1):
            more.__dict__["_others"] = self._others
        return more

    def model(self, version: str, weights: Sequence[float]) -> Model:
        """Return the model for `weights`, one for each row: how much each counts where categories are learnt."""
        with threadpool_limits(1):  # sparse and small: more threads only wait for one another
            fitted = [*self._categories(np.array(weights)), *self._others]
            return replace(_assemble(version, self._union, fitted), second=self._second)

    def _categories(self, weights: NDArray[Any]) -> list[Fitted]:
        labels, marked, chosen = _marked(self._rows, "category", CATEGORIES)
        dangers = np.array([_DANGER_WEIGHT if self._rows[i].danger else 1.0 for i in chosen])
        blame = np.array([self._rows[i].own == "accusation" for i in chosen])
        matrix = self._matrix[chosen]
        weights = weights[chosen] * dangers * np.where(blame, _BLAME_CATEGORY, 1.0)
        plain = _fitted("category", labels, matrix, marked, weights, logistic("category", True))
        lean = _BAYES * leaning(matrix, marked, weights, labels)
        short = Fitted("short", labels, plain.coef + lean, plain.intercept)
        chats = [not self._rows[i].title and len(self._readings[i].text) <= SHORT for i in chosen]
        for_letters = weights * np.where(chats, _CHAT_WEIGHT, 1.0) * ~blame
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
        return [*fitted, *(one for flag in _FLAGS if (one := self._flag(flag))), *self._kinds()]

    def _kinds(self) -> list[Fitted]:
        """The kind of a danger."""
        labels, marked, chosen = _marked(self._rows, "danger", DANGERS)
        if len(labels) < 2:
            return []
        weights = np.array([self._rows[i].weight for i in chosen])
        kinds = logistic("danger", True)
        return [_fitted("danger", labels, self._matrix[chosen], marked, weights, kinds)]

    def alone(self, version: str, *flags: str, second: bool = False) -> Model:
        """Return a model that judges `flags` and, with danger, its kinds, and nothing else: enough to measure them."""
        with threadpool_limits(1):
            fitted = [one for flag in flags if (one := self._flag(flag))]
            fitted += self._kinds() if "urgent" in flags else []
            model = _assemble(version, self._union, fitted)
            return replace(model, second=self._second) if second else model

    def _flag(self, flag: str) -> Fitted | None:
        """Return the judgement of `flag`; None where no row is up."""
        telling = [i for i, row in enumerate(self._rows) if row.tells(flag)]
        flagged = np.array([flag in self._rows[i].flags for i in telling])
        if not flagged.any():
            return None
        weights = self._weights_of(flag, telling)
        matrix = self._matrix[telling]
        one = _fitted(flag, (), matrix, flagged, weights, logistic(flag, False))
        if flag in _FLAG_BAYES:
            lean = _FLAG_BAYES[flag] * leaning(matrix, flagged, weights, (False, True))
            one = replace(one, coef=one.coef + (lean[1] - lean[0]))
        return one

    def _weights_of(self, flag: str, rows: Sequence[int]) -> NDArray[Any]:
        """Return how much each of `rows` counts: where danger is learnt, its own corpus counts most."""
        chosen = [self._rows[i] for i in rows]
        counts = {"urgent": _in_danger, "accusation": _in_accusation}.get(flag, lambda _row: 1.0)
        return np.array([row.weight * counts(row) for row in chosen])

    @cached_property
    def _second(self) -> SecondStage | None:
        return second_stage(
            [reading.text for reading in self._readings],
            ["" if row.danger else row.category for row in self._rows],
            ["chitchat" in row.flags for row in self._rows],
            [row.whole and not row.own for row in self._rows],
            {flag: [self._of_flag(flag, row) for row in self._rows] for flag in SECOND_FLAGS},
            [self._compared(row) for row in self._rows],
        )

    @staticmethod
    def _compared(row: Example) -> tuple[int, int]:
        """Return, a bit for each of `NEAR`, what `row` tells of and what is up in it; none of what is of no use."""
        if row.aside or not (row.own or row.flags):
            return 0, 0
        told = [row.tells(flag) for flag in NEAR]
        up = [one and flag in row.flags for flag, one in zip(NEAR, told, strict=True)]
        return sum(one << bit for bit, one in enumerate(told)), sum(one << bit for bit, one in enumerate(up))

    @staticmethod
    def _of_flag(flag: str, row: Example) -> tuple[bool, float]:
        """Return whether the row is up, and how much it counts in the second stage; 0: nothing is learnt of it."""
        if row.aside or not row.tells(flag):
            return False, 0.0
        up = flag in row.flags
        if flag == "urgent":
            return up, 1.0 if row.own in {"danger", "supplement"} else _SECOND_ELSEWHERE
        return up, (1.0 if row.own in {"accusation", "supplement"} else _SECOND_ELSEWHERE) * (3 if up else 1)


def _in_danger(row: Example) -> float:
    if row.own == "supplement":
        return _SUPPLEMENT_WEIGHT
    return 1.0 if row.own == "danger" or row.aside else _ELSEWHERE.get(row.category, 1.0)


def _in_accusation(row: Example) -> float:
    return _BLAME_WEIGHTS[row.own == "accusation"]


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
        max_iter=600,
        # stopped any earlier, one row of no weight moves twenty judgements of a thousand: the categories' heads
        tol=1e-4 if many else 1e-3,
        class_weight=None if many or name == "urgent" else {False: 1, True: 3},
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
    sizes = [len(block.index) for block in blocks]
    coef = _single(np.concatenate([each.coef for each in fitted]).T)
    return Model(
        version=version,
        blocks=tuple(blocks),
        heads=_placed(fitted),
        scale=_halved(np.concatenate(scales)),
        coef=unpacked(*packed(coef, sizes), sizes),
        intercept=_single(np.concatenate([_shifted(each) for each in fitted])),
        thresholds=dict(thresholds()),
    )


def _shifted(one: Fitted) -> NDArray[Any]:
    start: NDArray[Any] = one.intercept + _SHIFT.get(one.name, 0.0) * _TEMPERATURE.get(one.name, 1.0)
    return start


def _halved(numbers: NDArray[Any]) -> Floats:
    """Return `numbers` as they will be read again from two bytes each."""
    return numbers.astype(np.float16).astype(np.float32)


def _single(numbers: NDArray[Any]) -> Floats:
    return np.ascontiguousarray(numbers, dtype=np.float32)
