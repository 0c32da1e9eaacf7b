"""The verifier: does this entry really answer that question? A calibrated guess and a bar chosen for precision."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from knowledge_base.entries import KnowledgeError
from knowledge_base.pairs import MEANING_FEATURES, WORD_FEATURES


@dataclass(frozen=True, slots=True)
class Judge:
    """A logistic regression with its threshold, as plain numbers."""

    names: tuple[str, ...]
    mean: NDArray[np.float64]
    scale: NDArray[np.float64]
    weights: NDArray[np.float64]
    bias: float
    threshold: float

    def chances(self, rows: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return for each row the chance that the entry answers the question."""
        logits = ((rows[:, : len(self.names)] - self.mean) / self.scale) @ self.weights + self.bias
        return np.asarray(1.0 / (1.0 + np.exp(-logits.clip(-30, 30))))


@dataclass(frozen=True, slots=True)
class Verifier:
    """One judge for where there is meaning, one for words alone."""

    version: str
    with_meaning: Judge
    words_only: Judge

    def judge(self, has_meaning: bool) -> Judge:
        """Return the judge for candidates with or without cosines."""
        return self.with_meaning if has_meaning else self.words_only


def _as_json(judge: Judge) -> dict[str, object]:
    return {
        "names": judge.names,
        "mean": judge.mean.tolist(),
        "scale": judge.scale.tolist(),
        "weights": judge.weights.tolist(),
        "bias": judge.bias,
        "threshold": judge.threshold,
    }


def save(verifier: Verifier, folder: Path) -> None:
    """Write the verifier as JSON: numbers only, nothing that could run."""
    folder.mkdir(parents=True, exist_ok=True)
    content = {
        "version": verifier.version,
        "with_meaning": _as_json(verifier.with_meaning),
        "words_only": _as_json(verifier.words_only),
    }
    (folder / "verifier.json").write_text(json.dumps(content), encoding="utf-8")


def _judge(content: dict[str, object], names: Sequence[str]) -> Judge:
    if content["names"] != list(names):
        raise KnowledgeError("核验模型与程序版本不符；请运行 huiyin models build 重建")
    mean, scale, weights = (np.array(content[key], np.float64) for key in ("mean", "scale", "weights"))
    return Judge(
        tuple(names), mean, scale, weights, float(str(content["bias"])), float(str(content["threshold"]))
    )


def load(folder: Path) -> Verifier:
    """Return the verifier kept in `folder`. Raises: KnowledgeError if it is missing, damaged or of another build."""
    try:
        content = json.loads((folder / "verifier.json").read_text(encoding="utf-8"))
        return Verifier(
            content["version"],
            _judge(content["with_meaning"], (*WORD_FEATURES, *MEANING_FEATURES)),
            _judge(content["words_only"], WORD_FEATURES),
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise KnowledgeError("核验模型缺失或损坏；请运行 huiyin models build 重建") from error
