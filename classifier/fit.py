"""Fitting: corpus rows in, a `Model` out. Deterministic: same rows, same numbers."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import FeatureUnion

from classifier.corpus import CATEGORIES, TOPICS, Message
from classifier.features import COUNTED, WEIGHTS, feature_union
from classifier.model import Block, Floats, Head, Model
from classifier.reading import Reading, read

_TITLE_WEIGHT = 0.5
_FLAGS = ("urgent", "sensitive", "accusation", "chitchat", "ad")
_STRENGTH = {"category": 1.0, "topic": 4.0}  # inverse regularisation
_FLAG_STRENGTH = 4.0
THRESHOLDS = {"review": 0.55, "urgent": 0.5, "sensitive": 0.5, "accusation": 0.5, "chitchat": 0.8, "ad": 0.8}


@dataclass(frozen=True, slots=True)
class Example:
    """One training text. Empty `category` or `topic`: not used for that head."""

    text: str
    category: str
    topic: str
    flags: frozenset[str]
    weight: float
    whole: bool = True  # False for a title or a body cut out of a letter: its flags are not known


def examples(messages: Sequence[Message]) -> list[Example]:
    """Return the messages, and of letters with a title also title and body alone, at half weight."""
    rows = []
    for m in messages:
        rows.append(Example(m.text, m.category, m.topic, m.flags, 1.0))
        if m.title and len(m.title) <= 60:
            body = m.text[len(m.title) + 1 :]
            rows += [
                Example(part, m.category, m.topic, m.flags, _TITLE_WEIGHT, False) for part in (m.title, body)
            ]
    return rows


def fit(rows: Sequence[Example], version: str) -> Model:
    """Return a model fitted to `rows`."""
    readings = [read(row.text) for row in rows]
    union = feature_union()
    matrix = union.fit_transform(readings)
    weights = np.array([row.weight for row in rows])
    coefs, intercepts, heads = [], [], []
    start = 0
    for name, labels, targets, chosen in _targets(rows):
        classifier = LogisticRegression(
            C=_STRENGTH.get(name, _FLAG_STRENGTH),
            max_iter=300,
            class_weight=None if labels else {False: 1, True: 2},
        )
        classifier.fit(matrix[chosen], [targets[i] for i in chosen], sample_weight=weights[chosen])
        if labels:
            order = [list(classifier.classes_).index(label) for label in labels]
            coefs.append(classifier.coef_[order])
            intercepts.append(classifier.intercept_[order])
        else:
            coefs.append(classifier.coef_)
            intercepts.append(classifier.intercept_)
        heads.append(Head(name, labels, start, 1.0))
        start += heads[-1].width
    return _assemble(version, union, heads, np.concatenate(coefs), np.concatenate(intercepts))


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


def _assemble(
    version: str, union: FeatureUnion, heads: list[Head], coef: "np.ndarray", intercept: "np.ndarray"
) -> Model:
    blocks, idf, start = [], [], 0
    for name, vectorizer in union.transformer_list:
        terms = sorted(vectorizer.vocabulary_, key=vectorizer.vocabulary_.__getitem__)
        blocks.append(
            Block(name, {term: start + i for i, term in enumerate(terms)}, name not in COUNTED, WEIGHTS[name])
        )
        idf.append(np.ones(len(terms)) if name in COUNTED else vectorizer.idf_)
        start += len(terms)
    numbers: list[Floats] = [
        np.ascontiguousarray(x, dtype=np.float32) for x in (np.concatenate(idf), coef.T, intercept)
    ]
    return Model(version, tuple(blocks), tuple(heads), *numbers, dict(THRESHOLDS))


def fitted_scores(
    rows: Sequence[Reading], union: FeatureUnion, classifier: LogisticRegression
) -> "np.ndarray":
    """Return what scikit-learn itself says: for the test that both paths agree."""
    return np.asarray(classifier.decision_function(union.transform(rows)))
