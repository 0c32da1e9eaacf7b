"""What an office gets is what either judge is sure of; the bars are those of the other writers."""

import numpy as np

from knowledge_base.measure.heldout import figures
from knowledge_base.verifier.fit import Unseen

NAMES = ["one", "two", "three", "four", "five"]


def outcome(sure: int, of: int = 1_000) -> Unseen:
    """Five writers in turn; the first `sure` chances are high and right, half of the rest low and wrong."""
    number = np.arange(of)
    right = (number < sure) | (number % 4 < 2)
    return Unseen(number, np.where(number < sure, 0.9, 0.2), right, number < of - 250, number % 5)


def test_both_send_what_either_is_sure_of() -> None:
    words, meaning = outcome(400), outcome(600)
    lines = {(line["file"], line["by"]): line for line in figures(words, meaning, NAMES)}
    assert len(lines) == 18
    for name in NAMES:
        by = {kind: lines[name, kind]["auto_coverage"] for kind in ("words", "meaning", "both")}
        assert by["words"] < by["meaning"] == by["both"]
        assert lines[name, "both"]["auto_precision"] == 1


def test_what_nobody_is_sure_of_sends_nothing() -> None:
    nothing = outcome(0)
    for line in figures(nothing, nothing, NAMES):
        assert line["auto_precision"] is None
        assert line["auto_coverage"] == line["false_auto_rate"] == 0
