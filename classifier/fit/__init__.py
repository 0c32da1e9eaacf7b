"""How models are made: the corpora, the features as scikit-learn sees them, the regressions, learning from staff."""
