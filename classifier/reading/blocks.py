"""The kinds of features: what is listed from a `Reading`, and how much each kind counts."""

from collections.abc import Callable

from classifier.reading.read import Reading, char_terms, cue_terms, signal_terms, word_terms
from classifier.rules.thresholds import number

Terms = Callable[[Reading], list[str]]
BLOCKS: dict[str, Terms] = {
    "words": word_terms,
    "chars": char_terms,
    "cues": cue_terms,
    "signals": signal_terms,
}
WEIGHTS = {"words": 1.0, "chars": 1.0, "cues": number("cues_weight"), "signals": number("signals_weight")}
COUNTED = frozenset({"cues", "signals"})  # counted, not set to unit length: two cues speak louder than one
