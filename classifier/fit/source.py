"""What the built-in model is made from: a hash tells whether the one that is shipped was made from what is here."""

import hashlib
from pathlib import Path

from classifier.fit.corpus import CORPUS
from classifier.rules.thresholds import thresholds

_HERE = Path(__file__).parents[1]
_LOOKED_FOR = ("cues.txt", "shape.toml", "signals.toml")  # the others are asked after the model has spoken


def source_hash() -> str:
    """Return a hash of the corpora, their vectors, and the patterns and wordings that are looked for in them.

    Not of the code: whether the code still makes the same of them is a test that makes it.
    """
    digest = hashlib.sha256()
    for path in [
        *sorted(CORPUS.glob("**/*.txt")),
        *sorted(CORPUS.glob("*.npz")),
        *(_HERE / "rules" / name for name in _LOOKED_FOR),
    ]:
        digest.update(path.relative_to(_HERE).as_posix().encode() + path.read_bytes())
    digest.update(repr(sorted(thresholds().items())).encode())
    return digest.hexdigest()[:16]
