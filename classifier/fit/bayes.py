"""Naive Bayes beside the regression: in short messages rare words speak louder than a regression lets them."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifier.rules.thresholds import number

_SMOOTHING = number("smoothing")


def leaning(
    matrix: Any, labels: NDArray[Any], weights: NDArray[Any], order: Sequence[object]
) -> NDArray[Any]:
    """Return labels × terms: how much each term speaks for a label, from what the *other* labels hold.

    `matrix` is sparse, examples × terms, not negative. Source: Rennie et al. 2003, complement naive Bayes.
    """
    held = np.stack(
        [
            np.asarray(
                matrix[labels == label].multiply(weights[labels == label][:, None]).sum(axis=0)
            ).ravel()
            for label in order
        ]
    )
    others = held.sum(axis=0) - held + _SMOOTHING
    logs = np.log(others / others.sum(axis=1, keepdims=True))
    result: NDArray[Any] = logs.mean(axis=0) - logs
    return result
