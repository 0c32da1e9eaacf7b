"""The scikit-learn side: what a `Reading` becomes for fitting."""

from collections.abc import Callable

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import FeatureUnion

from classifier.reading import Reading, char_terms, cue_terms, signal_terms, word_terms

Terms = Callable[[Reading], list[str]]
BLOCKS: dict[str, Terms] = {
    "words": word_terms,
    "chars": char_terms,
    "cues": cue_terms,
    "signals": signal_terms,
}
WEIGHTS = {"words": 1.0, "chars": 1.0, "cues": 0.08, "signals": 0.5}
COUNTED = frozenset({"cues", "signals"})  # counted, not set to unit length: two cues speak louder than one


def feature_union() -> FeatureUnion:
    """Return the unfitted blocks. Terms in fewer than two or three messages are left out."""
    return FeatureUnion(
        [(name, _block(name, terms)) for name, terms in BLOCKS.items()], transformer_weights=dict(WEIGHTS)
    )


def _block(name: str, terms: Terms) -> TfidfVectorizer:
    counted = name in COUNTED
    return TfidfVectorizer(
        analyzer=terms,
        sublinear_tf=True,
        use_idf=not counted,
        norm=None if counted else "l2",
        min_df=2 if name in {"words", "cues"} else 3,
    )
