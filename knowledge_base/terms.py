"""What is compared: words, pairs of characters and ideas of a text, as 32-bit numbers.

Numbers instead of strings keep 100,000 entries small; two of some 500,000 terms share one
about thirty times, which moves a score in the fourth digit.
"""

import re
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from knowledge_base.concepts import built_in
from text.normalise import normalise
from text.words import words

LONGEST = 4_000  # characters of an answer, and of a query, that are looked at
_PUNCTUATION = re.compile(r"[^\w]+")
_WEIGHTS = {"w": 1.0, "c": 0.55, "k": 0.8}


@dataclass(frozen=True, slots=True)
class Analysis:
    """One text taken apart. `clean` is normalised and without punctuation; `ideas` leaves out mere chat."""

    clean: str
    words: tuple[str, ...]
    pairs: tuple[str, ...]
    ideas: tuple[str, ...]
    chat: frozenset[str]


def _analyse(text: str) -> Analysis:
    spaced = _PUNCTUATION.sub(" ", normalise(text[: LONGEST * 2])[:LONGEST]).strip()
    found = built_in().find(spaced)
    chat = frozenset(wording for wording, idea in found if idea.startswith("chat:"))
    clean = spaced.replace(" ", "")
    return Analysis(
        clean=clean,
        words=tuple(word for word in words(spaced) if word not in chat) or tuple(words(spaced)),
        pairs=tuple(clean[i : i + 2] for i in range(len(clean) - 1)) or ((clean,) if clean else ()),
        ideas=tuple(idea for _, idea in found if not idea.startswith("chat:")),
        chat=chat,
    )


@lru_cache(maxsize=4_096)
def _analyse_short(text: str) -> Analysis:
    return _analyse(text)


def analyse(text: str) -> Analysis:
    """Return `text` taken apart; short texts are remembered. Never raises."""
    return _analyse_short(text) if len(text) <= 200 else _analyse(text)


def word_key(word: str) -> int:
    """Return the number of a word."""
    return zlib.crc32(f"w{word}".encode())


def _keyed(prefix: str, terms: Iterable[str]) -> Iterable[tuple[int, float]]:
    weight = _WEIGHTS[prefix]
    return ((zlib.crc32(f"{prefix}{term}".encode()), weight) for term in terms)


def term_weights(analysis: Analysis) -> tuple[NDArray[np.uint32], NDArray[np.float32]]:
    """Return the sorted terms of a text and how often each occurs, times the weight of its kind."""
    counts: dict[int, float] = {}
    for prefix, terms in (("w", analysis.words), ("c", analysis.pairs), ("k", analysis.ideas)):
        for key, weight in _keyed(prefix, terms):
            counts[key] = counts.get(key, 0.0) + weight
    keys = np.array(sorted(counts), dtype=np.uint32)
    return keys, np.array([counts[int(key)] for key in keys], dtype=np.float32)
