"""Fitting the second stage: kept sentence vectors of the short examples in, a regression out."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from classifier.fit.sentence_vectors import kept, vector_of
from classifier.labels import CATEGORIES
from classifier.model.linear import Floats, SecondStage
from classifier.model.neighbours import Neighbours
from classifier.rules.thresholds import number

# unit vectors of this family lie close together: what sets them apart is stretched
_SPREAD = number("second_spread")
_STRENGTH = number("second_strength")  # inverse regularisation
_FLAG_STRENGTH = number("second_flag_strength")
_LEAST = 50  # examples with a vector; with fewer there is no second stage


def second_stage(
    texts: Sequence[str],
    categories: Sequence[str],
    chitchat: Sequence[bool],
    whole: Sequence[bool],
    flags: Mapping[str, Sequence[tuple[bool, float]]],
    near: Sequence[tuple[int, int]] = (),
) -> SecondStage | None:
    """Return the stage fitted to the examples with a kept vector; None where there are too few of any kind.

    `flags`: by name, whether each example is up and how much it counts. `near`: one
    bit for each flag that an example tells of, and for each that is up; those that tell of any are compared with.
    """
    name, vectors = kept()
    rows = [vector_of(text, vectors) for text in texts]
    found = [i for i, row in enumerate(rows) if row is not None]
    sorted_ones = [i for i in found if categories[i]]
    whole_ones = [i for i in found if whole[i]]
    if len(sorted_ones) < _LEAST or len({categories[i] for i in sorted_ones}) < len(CATEGORIES):
        return None
    if len({chitchat[i] for i in whole_ones}) < 2:
        return None
    mean: Floats = np.array([rows[i] for i in found], np.float32).mean(axis=0)
    sort, sort_start = _fitted(rows, mean, sorted_ones, [categories[i] for i in sorted_ones], CATEGORIES)
    chat, chat_start = _fitted(rows, mean, whole_ones, [bool(chitchat[i]) for i in whole_ones], None)
    parts, starts = [sort, chat], [sort_start, chat_start]
    for told in flags.values():
        part, part_start = _flag_fitted(rows, mean, [i for i in found if told[i][1]], told)
        parts.append(part)
        starts.append(part_start)
    coef = np.concatenate(parts) * _SPREAD
    start = np.concatenate(starts) - coef @ mean
    kept_coef = coef.T.astype(np.float16).astype(np.float32)  # as it will be read again from two bytes each
    return SecondStage(name, kept_coef, start.astype(np.float32), _neighbours(rows, found, near))


def _neighbours(
    rows: Sequence[Floats | None], found: Sequence[int], near: Sequence[tuple[int, int]]
) -> Neighbours | None:
    chosen = [i for i in found if near[i][0]] if near else []
    if not chosen:
        return None
    told, up = np.array([near[i] for i in chosen], np.uint8).T
    return Neighbours.of(np.array([rows[i] for i in chosen], np.float32), told, up)


def _flag_fitted(
    rows: Sequence[Floats | None], mean: Floats, chosen: Sequence[int], told: Sequence[tuple[bool, float]]
) -> tuple[NDArray[Any], NDArray[Any]]:
    matrix = (np.array([rows[i] for i in chosen]) - mean) * _SPREAD
    regression = LogisticRegression(C=_FLAG_STRENGTH, max_iter=300, tol=1e-3)
    regression.fit(matrix, [told[i][0] for i in chosen], sample_weight=[told[i][1] for i in chosen])
    return regression.coef_, regression.intercept_


def _fitted(
    rows: Sequence[Floats | None],
    mean: Floats,
    chosen: Sequence[int],
    targets: Sequence[object],
    order: Sequence[str] | None,
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return coefficients and intercepts, in `order` or as one row for yes/no."""
    matrix = (np.array([rows[i] for i in chosen]) - mean) * _SPREAD
    regression = LogisticRegression(
        C=_STRENGTH, max_iter=300, tol=1e-3, class_weight=None if order else {False: 1, True: 3}
    )
    regression.fit(matrix, targets)
    places = [list(regression.classes_).index(label) for label in order] if order else [0]
    return regression.coef_[places], regression.intercept_[places]
