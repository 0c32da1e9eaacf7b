"""How near a question comes to what an answer says, sentence by sentence: the whole may be near and say nothing of it."""

import re
import threading
from collections import OrderedDict

import numpy as np

from knowledge_base.base.entries import Entry
from knowledge_base.base.meaning import Meaning, Vectors

_END = re.compile(r"(?<=[。；;！？!?\n])")
_MOST = 8  # sentences of an answer that are compared
_KEPT = 4_096  # entries whose sentences are remembered: about 20 MB


def sentences(answer: str) -> list[str]:
    """Return the first sentences of an answer."""
    return [part for each in _END.split(answer) if (part := each.strip())][:_MOST]


class Sayings:
    """The vectors of the sentences of answers, computed when an entry is first judged. Safe from several threads."""

    def __init__(self, meaning: Meaning) -> None:
        self._meaning = meaning
        self._kept: OrderedDict[str, Vectors] = OrderedDict()
        self._lock = threading.Lock()

    def nearness(self, vector: Vectors, entry: Entry) -> list[float]:
        """Return the cosine of the nearest sentence, of the two nearest, and how much of the question all span."""
        rows = self._rows(entry.answer)
        if not len(rows):
            return [0.0, 0.0, 0.0]
        asked = np.asarray(vector, np.float32).reshape(-1, rows.shape[1])[0]
        near = np.sort(rows @ asked)[::-1]
        _, strength, axes = np.linalg.svd(rows, full_matrices=False)
        spanned = float(np.linalg.norm(axes[strength > 1e-3] @ asked))
        return [float(near[0]), float(near[:2].mean()), spanned]

    def _rows(self, answer: str) -> Vectors:
        with self._lock:
            known = self._kept.get(answer)
            if known is not None:
                self._kept.move_to_end(answer)
                return known
        rows = self._meaning.vectors(sentences(answer))
        with self._lock:
            self._kept[answer] = rows
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return rows
