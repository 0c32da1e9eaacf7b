"""The best of many scores, by owner and by place."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


def nearest(rows: Floats, query: Floats) -> Floats:
    """Return the best product of each row with the query, or with one of its rows.

    In this thread alone: the matrix product waits for a second one, which on busy machines doubles the time.
    """
    found: Floats = np.vecdot(rows, query if query.ndim == 1 else query[0])
    for part in query[1:] if query.ndim > 1 else ():
        found = np.maximum(found, np.vecdot(rows, part))
    return found


def best_of(scores: Floats, owners: NDArray[np.int32], into: Floats) -> None:
    """Raise the place of each owner to the best of its scores."""
    np.maximum.at(into, owners, scores)


def highest(scores: Floats, limit: int) -> NDArray[np.intp]:
    """Return the places of the `limit` highest scores, ascending; of equal ones the first."""
    if len(scores) <= limit:
        return np.arange(len(scores))
    # Much faster than `argpartition`, which takes up to 6 ms for 100,000 scores that are mostly 0.
    least = np.partition(scores, -limit)[-limit]
    above = np.flatnonzero(scores > least)
    equal = np.flatnonzero(scores == least)[: limit - len(above)]
    return np.sort(np.concatenate([above, equal]))
