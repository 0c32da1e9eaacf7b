"""What may be promised to the next office, told from several writers' questions of which a judge had seen none.

A writer is one draw from all there might be: each has a share of wrong answers of his own (a beta distribution), of which the
answers that were seen tell something (beta-binomial). So many writers say what to expect of the next, and how he may differ.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from knowledge_base.base.rules import number

# Of the next office's automatic answers this many shall be right, of its unanswerable questions this many be answered at most;
# and with this chance each of the two holds for that office alone.
PROMISE, FALSE_AUTO, CHANCE = number("promise"), number("false_auto"), number("next_office")
# share of questions without an entry that the promise is counted at, whatever a file holds
NEAR = number("near")
_LOWEST, _HIGHEST, _STEP = 0.5, 0.995, 0.005  # bars that are tried
_SHARES = (
    5e-4,
    0.5,
    60,
)  # mean shares that are thought possible, alike likely on a scale of square roots (Jeffreys)
_SIZES = (1.0, 500.0, 30)  # how alike writers are: the sum of the beta distribution's two numbers

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Forecast:
    """What to expect of the next office: the mean share, and the chance that its own stays within a limit."""

    mean: float
    within: float


@cache
def _grid() -> tuple[Floats, Floats, Floats]:
    """Return the mean shares thought possible and the two numbers of the beta distribution, one for each pair."""
    (low, high, count), sizes = _SHARES, np.geomspace(*_SIZES)
    shares = np.linspace(low**0.5, high**0.5, count) ** 2
    mean, size = (each.ravel() for each in np.meshgrid(shares, sizes, indexing="ij"))
    return mean, mean * size, (1 - mean) * size


@cache
def _below(limit: float) -> Floats:
    from scipy.stats import beta

    _, a, b = _grid()
    return np.asarray(beta.cdf(limit, a, b), np.float64)


def forecast(wrong: Floats, of: Floats, limit: float) -> Forecast:
    """Return what so many wrong of so many, one number for each writer, say of another one. Counts may be weighed."""
    from scipy.special import betaln

    mean, a, b = _grid()
    likely = np.zeros(len(mean))
    for each, n in zip(wrong, of, strict=True):
        likely += betaln(a + each, b + n - each) - betaln(a, b)
    likely = np.exp(likely - likely.max())
    likely /= likely.sum()
    return Forecast(float(likely @ mean), float(likely @ _below(limit)))


def _weights(none: NDArray[np.bool_], writer: NDArray[np.int64]) -> Floats:
    """Return how much each question counts: those without an entry are `NEAR` of each writer's."""
    weights = np.ones(len(none))
    for one in np.unique(writer):
        mine = writer == one
        if none[mine].any() and (~none[mine]).any():
            for kind, share in ((none, NEAR), (~none, 1 - NEAR)):
                weights[mine & kind] = share * mine.sum() / (mine & kind).sum()
    return weights


def bar(
    chances: Floats,
    right: NDArray[np.bool_],
    answerable: NDArray[np.bool_],
    writer: NDArray[np.int64],
) -> float:
    """Return the lowest chance from which the next office can be promised what is promised; 1.01 if there is none.

    With a chance of `CHANCE` its own answers are right in `PROMISE`, and as surely no more than `FALSE_AUTO` of its
    unanswerable questions are answered. Bars are tried from the highest on, down to the first that no longer holds:
    below it one may hold again by luck.
    """
    none, names = ~answerable, np.unique(writer)
    weights = _weights(none, writer)
    mine = writer == names[:, None]
    best = 1.01
    for least in np.arange(_HIGHEST, _LOWEST - _STEP / 2, -_STEP).round(3):
        sent = mine & (chances >= least)
        answers = forecast((sent & ~right) @ weights, sent @ weights, 1 - PROMISE)
        false = forecast(
            (sent & none).sum(axis=1).astype(float), (mine & none).sum(axis=1).astype(float), FALSE_AUTO
        )
        if min(answers.within, false.within) >= CHANCE:
            best = float(least)
        elif best < 1:
            break
    return best
