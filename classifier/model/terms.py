"""Which row of the coefficients a term has, asked for all terms of many messages at once.

A dictionary of a quarter of a million words is looked up at four places far apart for each term, and between two groups
of messages all of them have left the processor's cache. A table of numbers is looked up at one, for all terms together.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from classifier.reading.read import HEAD, TAIL

Numbers = NDArray[np.uint64]
Rows = NDArray[np.intp]
Hashed = tuple[Numbers, Rows]  # of each term its hash, and the message that it is of

_BASE = np.uint64(0x9E3779B97F4A7C15)
_MIXED = np.uint64(0xFF51AFD7ED558CCD)
_SPACE = np.uint64(ord(" "))
_HALF = np.uint64(32)
_ROW_BITS = 24
_ROW = np.uint64((1 << _ROW_BITS) - 1)
_ROOM = 3  # places for each term at least, so that most are found at the first
_GRAMS = (2, 3, 4)
with np.errstate(over="ignore"):
    _LONGEST = 2 * (HEAD + TAIL)  # characters of a pair of words
    _POWERS = np.cumprod(np.concatenate(([np.uint64(1)], np.full(_LONGEST, _BASE))), dtype=np.uint64)


def of_words(of_each: Sequence[Sequence[str]]) -> Hashed:
    """Return the words of each message and the pairs of neighbours (`a b`)."""
    counts = [len(words) for words in of_each]
    words = [word for words in of_each for word in words]
    message = np.repeat(np.arange(len(counts)), counts)
    if not words:
        return np.empty(0, np.uint64), message
    found = _whole(words)
    sizes = np.fromiter(map(len, words), np.intp, len(words))[1:]
    pairs = found[:-1] * _POWERS[sizes + 1] + _SPACE * _POWERS[sizes] + found[1:]
    beside = message[1:] == message[:-1]
    return np.concatenate((found, pairs[beside])), np.concatenate((message, message[1:][beside]))


def of_characters(texts: Sequence[str]) -> Hashed:
    """Return the runs of two to four characters of each text."""
    codes = _codes("".join(texts))
    message = np.repeat(np.arange(len(texts)), [len(text) for text in texts])
    grown, hashes, messages = codes, [], []
    for size in _GRAMS:
        grown = grown[:-1] * _BASE + codes[size - 1 :] if len(codes) >= size else grown[:0]
        start, end = message[: len(grown)], message[size - 1 :]
        within = start == end
        hashes.append(grown[within])
        messages.append(start[within])
    return np.concatenate(hashes), np.concatenate(messages)


class Table:
    """The rows of one kind of terms, by their hashes.

    A place holds forty bits of a term's hash and its row; other bits of the hash say where it is looked for. An unknown
    term is taken for a known one in one of 10¹² cases. Raises: ValueError for terms that are too many or not told apart.
    """

    def __init__(self, index: Mapping[str, int]) -> None:
        self._bits = max(4, (len(index) * _ROOM - 1).bit_length())
        if self._bits > _ROW_BITS:
            raise ValueError("too many terms")
        hashes = _mixed(_whole(list(index)) if index else np.empty(0, np.uint64))
        if len(np.unique(hashes >> np.uint64(_ROW_BITS))) < len(hashes):
            raise ValueError("terms of one hash")
        rows = np.fromiter(index.values(), np.uint64, len(index)) + np.uint64(1)
        self._places = np.empty(
            1 << self._bits, np.uint64
        )  # not `zeros`: what is large and not zeroed by the system
        self._places.fill(0)  # lies on large pages, which are found sooner
        held, left = (hashes & ~_ROW) | rows, self._first(hashes)
        while len(held):  # of those that want one free place the first has it, the others go on
            free = self._places[left] == 0
            place, one = np.unique(left[free], return_index=True)
            self._places[place] = held[free][one]
            still = np.ones(len(held), bool)
            still[np.flatnonzero(free)[one]] = False
            held, left = held[still], self._next(left[still])

    def rows(self, hashes: Numbers) -> Rows:
        """Return the row of each term, -1 for one that the model does not know."""
        mixed = _mixed(hashes)
        wanted, at = mixed & ~_ROW, self._first(mixed)
        held = self._places[at]
        found = np.where((held & ~_ROW) == wanted, held & _ROW, 0).astype(np.intp) - 1
        left = np.flatnonzero((held != 0) & (found < 0))
        at = at[left]
        while len(left):
            at = self._next(at)
            held = self._places[at]
            met = (held & ~_ROW) == wanted[left]
            found[left[met]] = (held[met] & _ROW).astype(np.intp) - 1
            on = ~met & (held != 0)
            left, at = left[on], at[on]
        return found

    def _first(self, mixed: Numbers) -> Rows:
        return (mixed & np.uint64((1 << self._bits) - 1)).astype(np.intp)

    def _next(self, at: Rows) -> Rows:
        return (at + 1) & ((1 << self._bits) - 1)


def _codes(text: str) -> Numbers:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.uint64)


def _whole(terms: Sequence[str]) -> Numbers:
    """Return the hashes of whole terms, none of them empty."""
    sizes = np.fromiter(map(len, terms), np.intp, len(terms))
    ends = np.cumsum(sizes)
    codes = _codes("".join(terms))
    behind = np.repeat(ends, sizes) - np.arange(1, len(codes) + 1)
    hashes: Numbers = np.add.reduceat(codes * _POWERS[behind], ends - sizes)
    return hashes


def _mixed(hashes: Numbers) -> Numbers:
    mixed = (hashes ^ (hashes >> _HALF)) * _MIXED
    mixed = (mixed ^ (mixed >> _HALF)) * _MIXED
    return mixed ^ (mixed >> _HALF)
