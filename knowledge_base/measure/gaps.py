"""`python -m knowledge_base.measure.gaps`: how well unanswered questions are put into heaps, by how near they must be.

The questions of sixty families of the corpus stand for what nobody could answer. A heap is pure as far as its questions are of
its commonest family; `found` is the share of all pairs of a family that lie in one heap.
"""

import random
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from knowledge_base.answering.gaps import gap_report
from knowledge_base.verifier.corpus import materials

_FAMILIES = 60
_CLOSE = (0.15, 0.2, 0.24, 0.28, 0.32, 0.36, 0.4, 0.5)


@dataclass(frozen=True, slots=True)
class Heaps:
    number: int
    pure: float
    found: float


def heaps(questions: Sequence[tuple[str, str]], closeness: float) -> Heaps:
    """Return what becomes of (question, family), each question once; heaps of one count for nothing."""
    family = dict(questions)
    groups = [
        [family[text] for text in gap.questions] for gap in gap_report(list(family), 2, closeness=closeness)
    ]
    counted = [Counter(group) for group in groups]
    held = sum(map(len, groups))
    all_pairs = sum(n * (n - 1) for n in Counter(family.values()).values())
    met = sum(n * (n - 1) for each in counted for n in each.values())
    pure = sum(max(each.values()) for each in counted)
    return Heaps(len(groups), pure / max(1, held), met / max(1, all_pairs))


def main() -> None:
    asked = [(query.text, query.family) for one in materials() if one.office for query in one.queries]
    families = sorted({family for _, family in asked})
    chosen = set(random.Random(7).sample(families, min(_FAMILIES, len(families))))  # noqa: S311 - no secret
    some = [each for each in asked if each[1] in chosen]
    random.Random(8).shuffle(some)  # noqa: S311 - no secret
    for closeness in _CLOSE:
        found = heaps(some, closeness)
        sys.stdout.write(
            f"{closeness:.2f}  {found.number} 堆  同一家 {found.pure:.3f}  找齐 {found.found:.3f}\n"
        )


if __name__ == "__main__":
    main()
