"""Places that a letter names, by the last characters of their name and their kind: 「…锦绣嘉苑」 is 「锦绣嘉苑」."""

from classifier.rules.patterns import pattern

_PLACE = pattern("places", "place").regex


def places(normalised: str) -> list[str]:
    """Return the places in the order in which they are named; `normalised`: as `text.normalise` gives it."""
    return [name[-2:] + kind for name, kind in _PLACE.findall(normalised)]
