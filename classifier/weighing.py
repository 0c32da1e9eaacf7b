"""How much a chance of danger is worth: more where the text is long enough to tell, and where one kind of it fits."""

import math
import re
from collections.abc import Sequence

from classifier.model.chances import chance
from classifier.rules.thresholds import number

_LONGEST = number("weigh_longest")  # characters: a longer text counts as one of so many
_START, _ODDS, _LENGTH, _BOTH, _KIND = (
    number(f"weigh_{part}") for part in ("start", "odds", "length", "both", "kind")
)
_AGAIN = re.compile(r"(.{1,4}?)\1{2,}")


def length(text: str) -> int:
    """Return how many characters `text` has, what is said over and over (你好你好你好) counted once."""
    return len(_AGAIN.sub(r"\1", text))


def facts(likely: float, length: int, kinds: Sequence[float]) -> tuple[float, float, float, float]:
    """Return what a chance is weighed by: its odds, how long the text is, both together, how well one kind fits."""
    odds = math.log((likely + 1e-9) / (1 - likely + 1e-9))
    size = math.log(max(1, min(length, _LONGEST)))
    return odds, size, odds * size, max(kinds, default=0.0)


def weighed(likely: float, length: int, kinds: Sequence[float]) -> float:
    """Return the chance of danger of a text of `length` characters for which the words say `likely`.

    A few everyday words are like nothing that the model knows, and so are as likely as the corpus has dangers; a danger
    is of a kind. Weights: `python -m classifier.measure.danger`.
    """
    odds, size, both, kind = facts(likely, length, kinds)
    return chance(_START + _ODDS * odds + _LENGTH * size + _BOTH * both + _KIND * kind)
