"""What the built-in model is made from: a hash tells whether the one that is shipped was made from what is here."""

import hashlib
from pathlib import Path

from classifier.fit.corpus import CORPUS

_HERE = Path(__file__).parents[1]


def source_hash() -> str:
    """Return a hash of the corpora, their vectors, and the patterns and wordings that are looked for in them.

    Not of the code: whether the code still makes the same of them is a test that makes it.
    """
    digest = hashlib.sha256()
    for path in [
        *sorted(CORPUS.glob("**/*.txt")),
        *sorted(CORPUS.glob("*.npz")),
        *sorted(_HERE.glob("rules/*.toml")),
        *sorted(_HERE.glob("rules/*.txt")),
    ]:
        digest.update(path.relative_to(_HERE).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()[:16]
