"""The verifier that the project ships, and what it depends on."""

import hashlib
from functools import lru_cache
from pathlib import Path

from knowledge_base.base.rules import RULES, number
from knowledge_base.verifier import corpus
from knowledge_base.verifier.judge import Verifier, load

BUILT = Path(__file__).parent.parent / "built"
_LOOKED_FOR = ("lexicon.txt", "told.toml", "deeds.toml", "facts.toml", "values.toml", "wordings.toml")
_FITTED_BY = (
    "false_auto", "promise", "next_office", "near", "measured", "looked_at", "trees", "leaf", "features_share",
    "judged", "short_story", "short_asked", "words_asked", "words_whole", "meaning_asked", "meaning_whole", "cosine_asked",
    "cosine_whole", "weight_word", "weight_pair", "weight_idea", "weight_character", "saturation", "length_share",
    "usual_asked", "usual_whole", "neighbours", "neighbour_sharpness", "recalled_titles", "recalled_answers", "alike",
    "alike_sharpness", "nearly_covered", "nearly_pairs", "nearly_characters", "nearly_sure",
)  # fmt: skip


def version() -> str:
    """Return a hash of the corpus, the rules that are looked for in it, and the numbers that it is fitted by.

    Not of the code: a change of it that alters no judgement needs no new verifier.
    """
    digest = hashlib.sha256()
    for path in (*(RULES / name for name in _LOOKED_FOR), *sorted(corpus.FOLDER.iterdir())):
        digest.update(path.name.encode() + path.read_bytes())
    digest.update(repr([(name, number(name)) for name in _FITTED_BY]).encode())
    return digest.hexdigest()[:16]


@lru_cache(maxsize=1)
def built_in_verifier() -> Verifier:
    """Return the shipped verifier. Raises: KnowledgeError if it is missing, damaged or of other code."""
    return load(BUILT)
