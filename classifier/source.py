"""What the built-in model is made from: a hash tells whether the one on disk is stale."""

import hashlib
from pathlib import Path

from classifier.corpus import CORPUS

_CODE = (
    *("blocks", "corpus", "cues", "signals", "reading", "features", "fit", "bayes", "model"),
    *("storage", "train", "sentence_vectors", "second_fit"),
)


def source_hash() -> str:
    """Return a hash of the corpus, its vectors, and the code that reads and fits it."""
    digest = hashlib.sha256()
    here = Path(__file__).parent
    for path in [
        *sorted(CORPUS.glob("**/*.txt")),
        *sorted((here / "rules").glob("*.toml")),
        *sorted(CORPUS.glob("*.npz")),
        here / "cues.txt",
        *(here / f"{name}.py" for name in _CODE),
        *(here.parent / "text" / f"{name}.py" for name in ("normalise", "words")),
    ]:
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:16]
