"""Which of many patterns can be in a text at all: those whose characters are there.

Most of a hundred patterns want a character that a text has not: 微 of 微信, 证 of 身份证, a digit. Those characters are read from
the patterns themselves, so what is left out could not have matched; a pattern that tells nothing is always tried.
"""

import importlib
import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, Generic, TypeVar

Tried = TypeVar("Tried")
_parser: Any = importlib.import_module("re._parser")
_DIGIT = "\\d"  # stands for whatever is a decimal digit in any script
_A_DIGIT = re.compile(r"\d")
_MOST = 400  # characters that a need may name; one that names more tells nothing
# How little it tells that a character is there: these are in most letters.
_COMMON = frozenset(
    "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行所然家种事"
    "成方多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心本前开但因只从想实日号院区问没给把被请路水电"
)
_Need = frozenset[str]
_NEEDS = 3  # of a pattern that are asked for


class Sieve(Generic[Tried]):
    """Patterns in an order that is kept, each with what goes with it."""

    def __init__(self, patterns: Sequence[tuple[re.Pattern[str], Tried]]) -> None:
        self._kept = tuple(patterns)
        self._always, self._of = 0, dict[str, int]()
        for place, (pattern, _) in enumerate(self._kept):
            needs = needed(pattern)[:_NEEDS]
            for layer, need in enumerate(needs):
                for char in need:
                    self._of[char] = self._of.get(char, 0) | self._bit(layer, place)
            for layer in range(len(needs), _NEEDS):
                self._always |= self._bit(layer, place)

    def _bit(self, layer: int, place: int) -> int:
        return 1 << layer * len(self._kept) + place

    def left(self, text: str) -> Iterator[tuple[re.Pattern[str], Tried]]:
        """Yield the patterns that may be in `text`, in order."""
        bits, of, kept = self._always, self._of, self._kept
        for char in characters(text):
            if char in of:
                bits |= of[char]
        size = len(kept)
        bits &= bits >> size & bits >> 2 * size & (1 << size) - 1  # of which every need is met
        while bits:
            lowest = bits & -bits
            yield kept[lowest.bit_length() - 1]
            bits ^= lowest


@lru_cache(maxsize=16)  # one text is put through several sieves
def characters(text: str) -> set[str]:
    """Return the characters of a text, and whether there is a digit among them."""
    found = set(text)
    if _A_DIGIT.search(text):
        found.add(_DIGIT)
    return found


def needed(pattern: re.Pattern[str]) -> list[_Need]:
    """Return sets of characters of each of which a match holds at least one, the set that tells most first."""
    if pattern.flags & re.IGNORECASE:
        return []
    row = _parser.parse(pattern.pattern, pattern.flags)
    return sorted(dict.fromkeys(_of_row(row)), key=_says_little)


def meets(needs: Sequence[_Need], text: str) -> bool:
    """Tell whether a text has what a pattern cannot do without."""
    there = characters(text)
    return not any(map(there.isdisjoint, needs))


def _of_row(row: Any) -> list[_Need]:
    """Return what has to be there, one after the other."""
    return [need for operation, value in row for need in _of_one(str(operation), value)]


def _best(row: Any) -> _Need | None:
    return min(_of_row(row), key=_says_little, default=None)


def _says_little(need: _Need) -> int:
    return sum(2_000 if c == _DIGIT else 200 if c in _COMMON or c.isascii() else 10 for c in need)


def _of_one(operation: str, value: Any) -> list[_Need]:
    if operation == "LITERAL":
        return [frozenset(chr(value))]
    if operation == "IN":
        return _of_set(value)
    if operation == "BRANCH":
        return _of_any([_best(row) for row in value[1]])
    if operation == "SUBPATTERN":
        _, more, _, row = value
        return [] if more & re.IGNORECASE else _of_row(row)
    if operation in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
        least, _, row = value
        return _of_row(row) if least else []
    if operation == "ASSERT":  # what has to stand before or behind is of the text as well
        return _of_row(value[1])
    return _of_row(value) if operation == "ATOMIC_GROUP" else []


def _of_any(needs: Sequence[_Need | None]) -> list[_Need]:
    """One of several is there: so is a character of one of their needs."""
    known = [need for need in needs if need is not None]
    found: _Need = frozenset[str]().union(*known)
    return [found] if len(known) == len(needs) and len(found) <= _MOST else []


def _of_set(parts: Sequence[tuple[Any, Any]]) -> list[_Need]:
    found: set[str] = set()
    for operation, value in parts:
        if str(operation) == "LITERAL":
            found.add(chr(value))
        elif str(operation) == "RANGE" and value[1] - value[0] <= _MOST:
            found.update(map(chr, range(value[0], value[1] + 1)))
        elif str(operation) == "CATEGORY" and str(value) == "CATEGORY_DIGIT":
            found.add(_DIGIT)
        else:
            return []
    return [frozenset(found)]
