"""Whether two letters are about one matter at one place: said of two short texts, without a model."""

from collections.abc import Set
from dataclasses import dataclass

from classifier.places import places
from text.normalise import normalise
from text.words import words

_LOOKED_AT = 400  # characters: the matter and the place stand first
_HERE, _ANYWHERE = 0.25, 0.6  # share of the shorter letter's words that both have
_FEWEST_HERE, _FEWEST = 2, 4


@dataclass(frozen=True, slots=True)
class Gist:
    """What of a letter is compared: the places that it names, and its words."""

    places: Set[str]
    words: Set[str]


def gist(text: str) -> Gist:
    plain = normalise(text[:_LOOKED_AT])
    named = frozenset(places(plain))
    at = "".join(named)
    return Gist(named, frozenset(w for w in words(plain) if len(w) > 1 and not w.isdigit() and w not in at))


def alike(one: Gist, other: Gist) -> float:
    """Return how much of the matter is shared; 0 where it is another one, or at another place.

    Letters that both name places share one, or are of different places; where one names none, more words must agree.
    """
    shared = one.words & other.words
    part = len(shared) / max(1, min(len(one.words), len(other.words)))
    if one.places & other.places:
        return part if part >= _HERE and len(shared) >= _FEWEST_HERE else 0.0
    if one.places and other.places:
        return 0.0
    return part if part >= _ANYWHERE and len(shared) >= _FEWEST else 0.0
