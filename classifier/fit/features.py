"""The scikit-learn side: what a `Reading` becomes for fitting."""

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import FeatureUnion

from classifier.reading.blocks import BLOCKS, COUNTED, WEIGHTS, Terms


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
