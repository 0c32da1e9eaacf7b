"""Messages that say the same in nearly the same words."""

from collections import Counter, defaultdict
from collections.abc import Sequence

from classifier.rules.thresholds import number
from text.normalise import normalise

_GRAM = 4
_TOO_ALIKE = number("too_alike")  # Jaccard similarity of the sets of character 4-grams


def squeezed(text: str) -> str:
    """Return `text` normalised, without white space."""
    return "".join(normalise(text).split())


def near_duplicates(texts: Sequence[str]) -> list[tuple[int, int]]:
    """Return the pairs of positions whose texts share more than half of their 4-grams, or are equal."""
    found = []
    seen: list[set[str]] = []
    holders: dict[str, list[int]] = defaultdict(list)
    for position, text in enumerate(texts):
        plain = squeezed(text)
        grams = {plain[i : i + _GRAM] for i in range(len(plain) - _GRAM + 1)} or {plain}
        shared = Counter(other for gram in grams for other in holders[gram])
        for other, common in shared.items():
            if common > _TOO_ALIKE * (len(grams) + len(seen[other]) - common):
                found.append((other, position))
        seen.append(grams)
        for gram in grams:
            holders[gram].append(position)
    return sorted(found)
