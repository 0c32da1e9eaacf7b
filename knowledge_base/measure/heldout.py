"""How good the verifier is on writers it has never seen: `python -m knowledge_base.measure.heldout [words] [PICTURE.svg]`."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from knowledge_base.base.meaning import Meaning, load
from knowledge_base.measure.curve import curve, picture
from knowledge_base.verifier import corpus
from knowledge_base.verifier.corpus_vectors import KeptMeaning
from knowledge_base.verifier.fit import (
    Examples,
    bar,
    examples,
    held_out,
    measured,
    of_words,
    real_firsts,
    unopposed,
)
from knowledge_base.verifier.pairs import WORD_FEATURES


def figures(
    some: Examples, names: Sequence[str]
) -> tuple[list[dict[str, object]], list[tuple[float, float, float]]]:
    """Return for each writer what the bar of the others would have done, and the curve of all together."""
    held = held_out(some)
    firsts = measured(some, real_firsts(held, some))
    held = unopposed(held, some)
    lines: list[dict[str, object]] = []
    for writer in np.unique(some.writer[firsts]):
        rows, others = firsts[some.writer[firsts] == writer], firsts[some.writer[firsts] != writer]
        least = bar(held[others], some.right[others], some.answerable[others], some.writer[others])
        sent, can = rows[held[rows] >= least], some.answerable[rows]
        lines.append({
            "file": names[writer],
            "n": len(rows),
            "recall_at_1": round(float(some.right[rows][can].mean()), 4),
            "bar": round(float(least), 3),
            "auto_precision": round(float(some.right[sent].mean()), 4) if len(sent) else None,
            "auto_coverage": round(float(some.right[sent].sum() / can.sum()), 4),
            "false_auto_rate": round(float((~some.answerable[sent]).sum() / max(1, (~can).sum())), 4),
        })  # fmt: skip
    return lines, curve(held[firsts], some.right[firsts], some.answerable[firsts])


def main(words: bool, target: Path | None) -> None:
    meaning: Meaning | None = None if words else KeptMeaning(load("auto"))
    materials = corpus.materials()
    some = examples(materials, meaning)
    if words:
        some = of_words(some, len(WORD_FEATURES))
    lines, points = figures(some, [each.entries[0].id.partition(":")[0] for each in materials])
    for line in lines:
        sys.stdout.write(json.dumps(line) + "\n")
    if target is not None:
        target.write_text(picture(points), encoding="utf-8")


if __name__ == "__main__":
    main("words" in sys.argv, next((Path(each) for each in sys.argv if each.endswith(".svg")), None))
