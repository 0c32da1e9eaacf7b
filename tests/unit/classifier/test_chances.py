"""Plain arithmetic gives the library's chances, at the ends of what numbers can hold too."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit, softmax

from classifier.model.chances import chance, shares

SCORES = st.floats(-800, 800)


@given(SCORES)
def test_one_score(odds: float) -> None:
    assert chance(odds) == pytest.approx(float(expit(odds)), rel=1e-12, abs=1e-300)


@given(st.lists(SCORES, min_size=1, max_size=12))
def test_several(scores: list[float]) -> None:
    found = shares(scores)
    assert found == pytest.approx(softmax(scores).tolist(), rel=1e-9, abs=1e-300)
    assert sum(found) == pytest.approx(1)
