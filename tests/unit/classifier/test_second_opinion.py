"""The second opinion: asked where it helps, never waited for long, never needed."""

import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from classifier.fit.corpus import CORPUS
from classifier.fit.sentence_vectors import kept, save, vector_of, wanted
from classifier.model.linear import Floats, SecondStage
from classifier.model.second_opinion import SecondOpinion, blended, blended_yes
from classifier.triage import BUILT, Classifier

STAGE = SecondStage("fixed", np.eye(4, dtype=np.float32), np.zeros(4, np.float32))


class Fixed:
    """An embedder that gives one vector, once `gate` is open."""

    name = "fixed"

    def __init__(self) -> None:
        self.gate = threading.Event()

    def vectors(self, texts: Sequence[str]) -> Floats:
        self.gate.wait(10)
        return np.tile(np.array([[1, 0, 0, 0]], np.float32), (len(texts), 1))


def test_late_or_busy_means_none_and_frees_itself() -> None:
    embedder = Fixed()
    opinion = SecondOpinion(STAGE, embedder, budget=0.01)
    assert [opinion.scores("停水了") for _ in range(3)] == [None, None, None]
    embedder.gate.set()
    assert opinion.scores_many(["停水了"]) == [[1, 0, 0, 0]]


def test_without_it_the_first_stage_decides_alone(classifier: Classifier) -> None:
    alone = Classifier.load(BUILT, second_opinion=False)
    other = Classifier(classifier.model, Fixed())  # another model's vectors would mean nothing
    assert alone.triage("谁来管管这条路") == other.triage("谁来管管这条路")


def test_blending_keeps_shares_and_agreement() -> None:
    mixed = blended([0.6, 0.3, 0.1], [0.1, 0.8, 0.1])
    assert sum(mixed) == pytest.approx(1)
    assert max(blended([0.6, 0.3, 0.1], [0.6, 0.3, 0.1])) == pytest.approx(0.6)
    assert 0.5 < blended_yes(0.5, 3.0) < 1


def test_kept_vectors_cover_the_corpus() -> None:
    _, vectors = kept()
    texts = wanted()
    assert sum(vector_of(text, vectors) is not None for text in texts) > 0.95 * len(texts)
    assert max(path.stat().st_size for path in CORPUS.glob("*.npz")) <= 2 << 20


def test_vectors_survive_being_kept(tmp_path: Path) -> None:
    rows = np.zeros((2, 384), np.float32)
    rows[0, 0] = rows[1, 1] = 0.4
    save("fixed", ["甲", "乙"], rows, tmp_path)
    name, found = kept(tmp_path)
    assert name == "fixed"
    row = vector_of("乙", found)
    assert row is not None and row[1] == pytest.approx(1)
    assert vector_of("丙", found) is None


def test_serving_does_not_load_scikit_learn() -> None:
    code = "import sys, classifier.triage; sys.exit('sklearn' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
