"""What is compared: words, pairs of characters and ideas of a text, as 32-bit numbers.

Numbers instead of strings keep 100,000 entries small; two of some 500,000 terms share one
about thirty times, which moves a score in the fourth digit.
"""

import re
import zlib
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from knowledge_base.base.lexicon import built_in
from knowledge_base.base.rules import number
from text.normalise import normalise
from text.words import words

LONGEST = 4_000  # characters of an answer, and of a query, that are looked at
_PUNCTUATION = re.compile(r"[^\w]+")
# Words, pairs, ideas and single characters. Short questions in the office's words live on characters and ideas.
_WEIGHTS = {
    prefix: number(f"weight_{kind}")
    for prefix, kind in (("w", "word"), ("c", "pair"), ("k", "idea"), ("u", "character"))
}


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


def term_weights(*analyses: Analysis) -> tuple[NDArray[np.uint32], NDArray[np.float32], NDArray[np.float32]]:
    """Return the sorted terms of the texts together, how often each occurs, and the weight of its kind."""
    counts: dict[int, float] = {}
    kinds: dict[int, float] = {}
    for analysis in analyses:
        parts = (("w", analysis.words), ("c", analysis.pairs), ("k", analysis.ideas), ("u", analysis.clean))
        for prefix, terms in parts:
            weight = _WEIGHTS[prefix]
            for term in terms:
                key = zlib.crc32(f"{prefix}{term}".encode())
                counts[key] = counts.get(key, 0.0) + 1.0
                kinds[key] = weight
    keys = np.array(sorted(counts), dtype=np.uint32)
    return (
        keys,
        np.array([counts[int(key)] for key in keys], dtype=np.float32),
        np.array([kinds[int(key)] for key in keys], dtype=np.float32),
    )
