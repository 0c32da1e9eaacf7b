"""How good the verifier is on writers it has never seen: `python -m knowledge_base.measure.heldout [PICTURE.svg]`."""

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from knowledge_base.base.meaning import load
from knowledge_base.measure.curve import curve, picture
from knowledge_base.verifier import corpus
from knowledge_base.verifier.corpus_vectors import KeptMeaning
from knowledge_base.verifier.fit import (
    Unseen,
    bar_beside,
    examples,
    left_out,
    of_words,
)
from knowledge_base.verifier.pairs import WORD_FEATURES
from knowledge_base.verifier.promise import bar


def _bar(some: Unseen) -> float:
    return bar(some.chances, some.right, some.answerable, some.writer)


def _line(
    name: str, kind: str, some: Unseen, sent: NDArray[np.bool_], right: NDArray[np.bool_]
) -> dict[str, object]:
    can = some.answerable
    return {
        "file": name,
        "by": kind,
        "n": len(can),
        "recall_at_1": round(float(some.right[can].mean()), 4),
        "auto_precision": round(float(right[sent].mean()), 4) if sent.any() else None,
        "auto_coverage": round(float(right[sent].sum() / can.sum()), 4),
        "false_auto_rate": round(float((sent & ~can).sum() / max(1, (~can).sum())), 4),
    }


def figures(words: Unseen, meaning: Unseen, names: Sequence[str]) -> Iterator[dict[str, object]]:
    """Return for each writer what the bars of the others would have sent: by words alone, by meaning alone, and by both.

    Last, what the bars that ship send of all: they were taken from these very questions.
    """
    _, mine, theirs = np.intersect1d(words.question, meaning.question, return_indices=True)
    words, meaning = words.of(mine), meaning.of(theirs)
    everybody = np.ones(len(words.writer), np.bool_)
    parts = [(names[one], words.writer == one, words.writer != one) for one in np.unique(words.writer)]
    for name, here, others in [*parts, ("all, at the bars that ship", everybody, everybody)]:
        by_meaning = _bar(meaning.of(others))
        by_words = max(_bar(words.of(others)), bar_beside(words.of(others), meaning.of(others), by_meaning))
        one, other = words.of(here), meaning.of(here)
        quick, sure = one.chances >= by_words, other.chances >= by_meaning
        yield _line(name, "words", one, quick, one.right)
        yield _line(name, "meaning", other, sure, other.right)
        yield _line(name, "both", other, quick | sure, np.where(quick, one.right, other.right))


def main(target: Path | None) -> None:
    materials = corpus.materials()
    names = [each.entries[0].id.partition(":")[0] for each in materials]
    words, *_ = left_out(of_words(examples(materials, None), len(WORD_FEATURES)))
    meaning, *_ = left_out(examples(materials, KeptMeaning(load("auto"))))
    for line in figures(words, meaning, names):
        sys.stdout.write(json.dumps(line) + "\n")
    if target is not None:
        points = curve(meaning.chances, meaning.right, meaning.answerable)
        target.write_text(picture(points), encoding="utf-8")


if __name__ == "__main__":
    main(next((Path(each) for each in sys.argv if each.endswith(".svg")), None))
