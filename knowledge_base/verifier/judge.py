"""The verifier: does this entry really answer that question? A calibrated chance, and a bar chosen for precision."""

import os
import tempfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge_base.base.entries import KnowledgeError
from knowledge_base.verifier.pairs import MEANING_FEATURES, WORD_FEATURES

FILE = "verifier.npz"
_STEPS = 4  # of a walk through the trees, after which it is asked whether all have arrived
_KEPT = ("roots", "feature", "threshold")  # of the trees, as they are
_NAMES = {"with_meaning": (*WORD_FEATURES, *MEANING_FEATURES), "words_only": WORD_FEATURES}


@dataclass(frozen=True, slots=True, eq=False)
class Forest:
    """Boosted trees as flat arrays; `feature` is -1 in a leaf, whose `threshold` is then what it adds to the log-odds.

    The left branch of a node is the next one in the arrays, `right` says where the other begins. `base`: the log-odds
    of a row of which nothing is known.
    """

    roots: NDArray[np.int32]
    feature: NDArray[np.int16]
    threshold: NDArray[np.float32]
    right: NDArray[np.int32]
    base: float

    def chances(self, rows: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return what the trees say of each row together; the same as scikit-learn's, without its overhead."""
        flat = rows.astype(np.float32).ravel()
        feature, left, right, leaf = _paths(self)
        at = np.tile(self.roots, len(rows))
        starts = np.repeat(np.arange(len(rows)) * rows.shape[1], len(self.roots))
        while not leaf.take(at).all():
            for _ in range(_STEPS):
                low = flat.take(starts + feature.take(at)) <= self.threshold.take(at)
                at = np.where(low, left.take(at), right.take(at))
        added = self.threshold.take(at).astype(np.float64).reshape(len(rows), len(self.roots)).sum(axis=1)
        return np.asarray(1 / (1 + np.exp(-np.clip(self.base + added, -30, 30))))


@lru_cache(maxsize=4)
def _paths(forest: Forest) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any], NDArray[Any]]:
    """Return for each node the feature it looks at, where its two branches go, and whether it is a leaf.

    A leaf leads to itself, so that a walk may go on beyond it: nothing need be asked at each step.
    """
    leaf = forest.feature < 0
    own = np.arange(len(leaf), dtype=np.int32)
    return (
        forest.feature.clip(0).astype(np.int32),
        np.where(leaf, own, own + 1),
        np.where(leaf, own, forest.right),
        leaf,
    )


@dataclass(frozen=True, slots=True)
class Judge:
    """A forest, the line that turns its log-odds into calibrated ones, and the bar for answering alone."""

    forest: Forest
    slope: float
    offset: float
    threshold: float

    def chances(self, rows: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return for each row of features the chance that the entry answers the question."""
        return calibrated(self.forest.chances(rows), self.slope, self.offset)


def log_odds(chances: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the log-odds of chances, those of 0 and 1 kept finite."""
    within = chances.clip(1e-3, 1 - 1e-3)
    return np.asarray(np.log(within / (1 - within)))


def calibrated(chances: NDArray[np.float64], slope: float, offset: float) -> NDArray[np.float64]:
    """Return chances moved along a line in log-odds: never quite 0 or 1, which a number would round them to."""
    return np.asarray(1 / (1 + np.exp(-np.clip(slope * log_odds(chances) + offset, -30, 30))))


@dataclass(frozen=True, slots=True)
class Verifier:
    """One judge for where there is meaning, one for words alone."""

    version: str
    with_meaning: Judge
    words_only: Judge

    def judge(self, has_meaning: bool) -> Judge:
        """Return the judge for candidates with or without cosines."""
        return self.with_meaning if has_meaning else self.words_only

    def chances(self, rows: NDArray[np.float64], has_meaning: bool) -> NDArray[np.float64]:
        """Return the chances for rows with all features; those of meaning are left out where there is none."""
        return self.judge(has_meaning).chances(rows if has_meaning else rows[:, : len(WORD_FEATURES)])


def save(verifier: Verifier, folder: Path) -> None:
    """Write the verifier as arrays of numbers (nothing that could run), in one step."""
    arrays: dict[str, Any] = {"version": np.array(verifier.version)}
    for name, columns in _NAMES.items():
        judge: Judge = getattr(verifier, name)
        arrays[f"{name}.names"] = np.array(columns)
        arrays[f"{name}.line"] = np.array([judge.forest.base, judge.slope, judge.offset, judge.threshold])
        for part in _KEPT:
            arrays[f"{name}.{part}"] = getattr(judge.forest, part)
        arrays[f"{name}.skips"] = _skips(judge.forest)
    folder.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=folder, suffix=".part")
    with os.fdopen(handle, "wb") as file:
        np.savez_compressed(file, **arrays)
    Path(temporary).chmod(0o644)  # as any built file; mkstemp is stricter
    Path(temporary).replace(folder / FILE)


def _skips(forest: Forest) -> NDArray[np.int32]:
    """Return how far on each right branch begins: small numbers, which take half the room of where it begins."""
    return np.where(forest.feature < 0, 0, forest.right - np.arange(len(forest.right))).astype(np.int32)


def _judge(arrays: Any, name: str) -> Judge:
    if tuple(arrays[f"{name}.names"].tolist()) != _NAMES[name]:
        raise KnowledgeError("核验模型与程序版本不符；请运行 huiyin models build 重建")
    base, slope, offset, threshold = map(float, arrays[f"{name}.line"])
    skips = arrays[f"{name}.skips"]
    roots, feature, cuts = (arrays[f"{name}.{part}"] for part in _KEPT)
    right = np.where(feature < 0, 0, skips + np.arange(len(skips))).astype(np.int32)
    forest = Forest(roots, feature, cuts, right, base)
    if not len(forest.roots) or forest.right.max() >= len(forest.feature):
        raise KnowledgeError("核验模型缺失或损坏；请运行 huiyin models build 重建")
    return Judge(forest, slope, offset, threshold)


def load(folder: Path) -> Verifier:
    """Return the verifier kept in `folder`. Raises: KnowledgeError if it is missing, damaged or of another build."""
    try:
        with np.load(folder / FILE, allow_pickle=False) as arrays:
            with_meaning, words_only = (_judge(arrays, name) for name in _NAMES)
            return Verifier(str(arrays["version"]), with_meaning, words_only)
    except KnowledgeError:
        raise
    except Exception as error:  # numpy and zipfile let many kinds through; the remedy is the same
        raise KnowledgeError("核验模型缺失或损坏；请运行 huiyin models build 重建") from error
