"""Invented vectors that lie among each other as those of real entries do."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge_base.base.entries import Entry
from knowledge_base.base.meaning import Meaning, texts_of
from knowledge_base.verifier.corpus import Corpus

Floats = NDArray[np.float32]
_AT_ONCE = 5_000


class Stored(Sequence[tuple[Entry, bytes | None]]):
    """Entries with their vectors as the register hands them over: read one by one, not held in memory."""

    def __init__(self, entries: Sequence[Entry], path: Path, at: slice = slice(None)) -> None:
        self._entries, self._path, self._at = entries[at], path, at
        self._rows = np.load(path, mmap_mode="r")[at]

    def __len__(self) -> int:
        return len(self._entries)

    def __getitem__(self, at: Any) -> Any:  # a slice of them, or one with its vectors
        if isinstance(at, slice):
            return Stored(self._entries, self._path, at)
        return self._entries[at], self._rows[at].tobytes()


def neighbours(count: int, families: Sequence[Corpus], meaning: Meaning, path: Path) -> None:
    """Write to `path` two vectors for each of `count` entries, (count, 2, size) in half precision.

    The first are those of the corpus' own entries. Each of the others keeps, of what sets one entry apart from the
    mean, a share of .3 to .97; the rest comes from another entry and from some question. So mean and spread in every
    direction stay those of real vectors, and the neighbours lie from very near to hardly related.
    """
    entries = [entry for part in families for entry in part.entries]
    asked = meaning.vectors([query.text for part in families for query in part.queries])
    texts = [texts_of(entry) for entry in entries]
    kinds = [meaning.vectors([each[at] for each in texts]) for at in (0, -1)]
    rows = np.lib.format.open_memmap(path, "w+", "<f2", (count, 2, meaning.size))
    draw = np.random.default_rng(1)
    for start in range(0, count, _AT_ONCE):
        size = min(_AT_ONCE, count - start)
        rows[start : start + size] = np.stack(list(_made(size, kinds, asked, draw)), axis=1)
    rows[: len(entries)] = np.stack(kinds, axis=1)[:count]
    rows.flush()


def _made(size: int, kinds: Sequence[Floats], asked: Floats, draw: np.random.Generator) -> Iterator[Floats]:
    kept = np.sqrt(draw.uniform(0.3, 0.97, (size, 1)))
    base, other = draw.integers(0, len(kinds[0]), (2, size))
    for real in kinds:
        mean, some = real.mean(axis=0), asked[draw.integers(0, len(asked), size)]
        rest = 0.8 * (real[other] - mean) + 0.6 * (some - asked.mean(axis=0))
        made = mean + kept * (real[base] - mean) + np.sqrt(1 - kept**2) * rest
        yield made / np.linalg.norm(made, axis=1, keepdims=True)
