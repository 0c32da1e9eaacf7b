"""Segments that melt together: whatever the order of adding, the scores are those of all documents at once."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.index.postings import Postings, Terms, ceiling, segment

documents = st.lists(
    st.dictionaries(st.integers(0, 30), st.integers(1, 4), max_size=6), min_size=1, max_size=40
)


def terms(counts: dict[int, int]) -> Terms:
    keys = np.array(sorted(counts), np.uint32)
    return keys, np.array([counts[int(k)] for k in keys], np.float32), np.ones(len(keys), np.float32)


@given(documents, st.dictionaries(st.integers(0, 30), st.integers(1, 2), min_size=1, max_size=5))
def test_one_by_one_and_all_at_once_score_alike(all_: list[dict[int, int]], asked: dict[int, int]) -> None:
    rows = [(number, terms(counts)) for number, counts in enumerate(all_)]
    at_once = Postings().adding(segment(rows, 10.0))
    one_by_one = Postings()
    for row in rows:
        one_by_one = one_by_one.adding(segment([row], 10.0))
    query = terms(asked)
    for postings in (one_by_one, one_by_one.compacted()):
        rarities = postings.rarities(query[0])
        assert np.allclose(rarities, at_once.rarities(query[0]))
        found = postings.scores(query, rarities, len(rows))
        assert np.allclose(found, at_once.scores(query, rarities, len(rows)), atol=1e-3)
        assert (found <= ceiling(query, rarities) * 2.2 + 1e-3).all()  # k1 + 1 times each term's share
    assert len(one_by_one.segments) <= 16


@given(documents)
def test_only_documents_with_a_term_score_and_a_rarer_term_weighs_more(all_: list[dict[int, int]]) -> None:
    postings = Postings().adding(segment([(n, terms(counts)) for n, counts in enumerate(all_)], 10.0))
    holding = {key: sum(key in counts for counts in all_) for key in range(31)}
    rarities = postings.rarities(np.arange(31, dtype=np.uint32))
    for one, other in ((0, 1), (5, 9), (30, 2)):
        if holding[one] < holding[other]:
            assert rarities[one] > rarities[other]
    query = terms({7: 1})
    found = postings.scores(query, postings.rarities(query[0]), len(all_))
    assert [bool(score > 0) for score in found] == [7 in counts for counts in all_]


def test_nothing_is_borne() -> None:
    empty = Postings().adding(segment([], 10.0))
    query = terms({1: 1})
    assert not empty.scores(query, empty.rarities(query[0]), 3).any()
    assert Postings().compacted() == Postings()
