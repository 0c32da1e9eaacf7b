"""`python -m knowledge_base.measure.trust`: what the credit of a new entry costs, played through.

Entries that answer rightly .99, .97, .9, .7 or .5 of the time are asked a hundred times. Of those whom an answer did not help
half say so, of those whom it helped one in fifty. Nobody has used this for a year: the shares are what a person would guess,
and the table says how little turns on them.
"""

import random
import sys
from dataclasses import dataclass

from knowledge_base.answering.trust import lost

_ASKED, _PLAYED = 100, 400
_TELLS, _TELLS_ALL_THE_SAME = 0.5, 0.02
_RIGHT = (0.99, 0.97, 0.9, 0.7, 0.5)
_CREDITS, _NONES = (3, 5, 10, 20, 40), (0.5, 0.66, 0.8)


@dataclass(frozen=True, slots=True)
class Fate:
    """Of entries that are right so often: the share of good answers kept from citizens, of wrong ones that still went out."""

    right: float
    kept_back: float
    went_out: float


def fate(right: float, before: float, none: float, rng: random.Random) -> Fate:
    """Play `_PLAYED` entries. What an entry has lost is the share of questions that no longer reach its bar."""
    good = bad = kept_back = went_out = 0.0
    for _ in range(_PLAYED):
        used = failed = 0
        for _ in range(_ASKED):
            gone = lost(used, failed, before=before, none=none)
            helped = rng.random() < right
            sent = rng.random() >= gone
            good, bad = good + helped, bad + (not helped)
            kept_back += helped and not sent
            went_out += sent and not helped
            used += sent
            failed += sent and rng.random() < (_TELLS_ALL_THE_SAME if helped else _TELLS)
    return Fate(right, kept_back / max(1.0, good), went_out / max(1.0, bad))


def main() -> None:
    for none in _NONES:
        for before in _CREDITS:
            rng = random.Random(7)  # noqa: S311 - a play, no secret
            told = (fate(right, before, none, rng) for right in _RIGHT)
            row = "  ".join(f"{one.right:.2f}: {one.kept_back:.3f}/{one.went_out:.3f}" for one in told)
            sys.stdout.write(f"none {none:.2f} before {before:2d}  {row}\n")


if __name__ == "__main__":
    main()
