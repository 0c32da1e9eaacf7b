"""From scores to chances. On the few numbers of one message plain arithmetic is far quicker than a library's."""

import math
from collections.abc import Sequence


def chance(odds: float) -> float:
    """Return the logistic function of log odds."""
    if odds >= 0:
        return 1 / (1 + math.exp(-odds))
    likely = math.exp(odds)
    return likely / (1 + likely)


def shares(scores: Sequence[float]) -> list[float]:
    """Return the softmax of scores: one share for each, one altogether."""
    most = max(scores)
    weights = [math.exp(score - most) for score in scores]
    total = math.fsum(weights)
    return [weight / total for weight in weights]
