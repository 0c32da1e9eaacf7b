"""The model that comes with the checkout: small, whole, and what the corpora give."""

from pathlib import Path

import numpy as np
import pytest

from classifier.fit.corpus import read_corpus, read_danger
from classifier.fit.heldout_rows import read_heldout
from classifier.fit.source import source_hash
from classifier.fit.train import build
from classifier.model import storage
from classifier.triage import BUILT, Classifier

MOST = 5 << 20  # bytes; the verifier of the knowledge base needs the rest of eight megabytes


def test_it_is_small_and_cannot_run_code() -> None:
    files = list(BUILT.iterdir())
    assert sum(path.stat().st_size for path in files) <= MOST
    assert {path.suffix for path in files} <= {".npz", ".json"}
    np.load(BUILT / "numbers.npz", allow_pickle=False)


def test_it_was_made_from_the_corpora_that_are_here() -> None:
    assert storage.load(BUILT).card["source_hash"] == source_hash(), "run: make models"


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_rebuild_gives_the_same_judgements(classifier: Classifier, tmp_path: Path) -> None:
    build(tmp_path)
    again = Classifier(storage.load(tmp_path))
    shipped = Classifier(classifier.model)
    texts = [row.text for row in read_heldout()]
    texts += [m.text for m in read_corpus()[::25]] + [m.text for m in read_danger()[::10]]
    for text, one, other in zip(texts, shipped.triage_many(texts), again.triage_many(texts), strict=True):
        assert (one.category, one.urgent, one.sensitive, one.accusation, one.chitchat, one.ad) == (
            other.category, other.urgent, other.sensitive, other.accusation, other.chitchat, other.ad,
        ), text  # fmt: skip
        assert one.confidence == pytest.approx(other.confidence, abs=0.02), text
