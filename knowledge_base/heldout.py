"""How good the verifier is on office families it has never seen: `python -m knowledge_base.heldout [words]`."""

import json
import sys
from collections.abc import Iterator

from knowledge_base import corpus
from knowledge_base.corpus_vectors import KeptMeaning
from knowledge_base.evaluate import Question, evaluate
from knowledge_base.meaning import Meaning, load
from knowledge_base.training import verifier_of


def heldout(meaning: Meaning | None) -> Iterator[tuple[str, dict[str, float]]]:
    """Yield for each large file of families, and each style of asking, the figures without that file in training."""
    materials = corpus.materials()
    for left_out in materials:
        if not left_out.office or len(left_out.entries) < 100:
            continue
        verifier = verifier_of([each for each in materials if each is not left_out], meaning)
        for style in ("short", "chatty", ""):
            asked = [Question(q.text, q.expected) for q in left_out.queries if q.style.startswith(style)]
            yield (
                f"{left_out.entries[0].id.partition(':')[0]} {style or 'all'}",
                evaluate(left_out.entries, asked, meaning, verifier)[0],
            )


if __name__ == "__main__":
    for name, figures in heldout(None if "words" in sys.argv else KeptMeaning(load("auto"))):
        sys.stdout.write(f"{name}: {json.dumps(figures)}\n")
        sys.stdout.flush()
