"""The verifier that the project ships, and what it depends on."""

import hashlib
from functools import lru_cache
from pathlib import Path

from knowledge_base.verifier import corpus
from knowledge_base.verifier.judge import Verifier, load

_ROOM = Path(__file__).parent.parent
BUILT = _ROOM / "built"
_SHAPING = (
    *(f"rules/{name}" for name in (
        "lexicon.txt", "told.toml", "deeds.toml", "facts.toml", "wordings.toml", "thresholds.toml",
    )),
    "base/lexicon.py", "base/terms.py", "base/rules.py", "index/postings.py", "index/search.py", "index/vectors.py",
    *(f"verifier/{name}.py" for name in (
        "told", "things", "asks", "objections", "sayings", "pairs", "judge", "fit", "corpus",
    )),
)  # fmt: skip


def version() -> str:
    """Return what a built verifier depends on, as one short string."""
    digest = hashlib.sha256()
    for path in (*(_ROOM / name for name in _SHAPING), *sorted(corpus.FOLDER.iterdir())):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


@lru_cache(maxsize=1)
def built_in_verifier() -> Verifier:
    """Return the shipped verifier. Raises: KnowledgeError if it is missing, damaged or of other code."""
    return load(BUILT)
