"""The model that comes with the checkout: small, whole, and what the corpora give."""

import numpy as np

from classifier.fit.source import source_hash
from classifier.model import storage
from classifier.triage import BUILT

MOST = 5 << 20  # bytes; the verifier of the knowledge base needs the rest of eight megabytes


def test_it_is_small_and_cannot_run_code() -> None:
    files = list(BUILT.iterdir())
    assert sum(path.stat().st_size for path in files) <= MOST
    assert {path.suffix for path in files} <= {".npz", ".json"}
    np.load(BUILT / "numbers.npz", allow_pickle=False)


def test_it_was_made_from_the_corpora_that_are_here() -> None:
    assert storage.load(BUILT).card["source_hash"] == source_hash(), "run: make models"
