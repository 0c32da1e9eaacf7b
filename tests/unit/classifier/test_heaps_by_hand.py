"""Pieces put together, stragglers taken in, titles and ids of hot spots: each by a few rows that can be reckoned by hand."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_matrix

from classifier import heaps
from classifier.hotspots import Mention, headline, hotspots, opening_of
from tests.unit.classifier.test_heaps import TEXTS

START = datetime(2026, 3, 1, tzinfo=UTC)
NOWHERE = csr_matrix((6, 1), dtype=np.float32)


def rows(*angles: float) -> csr_matrix:
    """Letters of unit length in a plane, by their angle in degrees: the cosine of two is that of their difference."""
    turned = np.radians(angles)
    return csr_matrix(np.stack([np.cos(turned), np.sin(turned)], axis=1).astype(np.float32))


def at(*places: int) -> csr_matrix:
    """The place that each letter names; 0: none."""
    table = np.zeros((len(places), 3), np.float32)
    for letter, place in enumerate(places):
        if place:
            table[letter, place - 1] = 1
    return csr_matrix(table)


def as_sets(groups: list[list[int]]) -> set[frozenset[int]]:
    return {frozenset(group) for group in groups}


def test_the_likest_pairs_are_put_together_first_and_each_piece_once() -> None:
    groups = [[0], [1], [2], [3]]
    assert as_sets(heaps._put_together([list(g) for g in groups], [(0, 1), (1, 2), (2, 3)])) == {
        frozenset({0, 1}), frozenset({2, 3}),
    }  # fmt: skip
    assert heaps._put_together([[0], [1]], []) == [[0], [1]]


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)).filter(lambda p: p[0] < p[1]), max_size=12))
def test_no_letter_is_lost_or_doubled_however_pieces_pair(pairs: list[tuple[int, int]]) -> None:
    left = heaps._put_together([[n] for n in range(7)], pairs)
    assert sorted(letter for group in left for letter in group) == list(range(7))


def test_pieces_whose_middles_are_alike_become_one_and_others_stay() -> None:
    matrix = rows(0, 2, 4, 6, 80, 82)
    pieces = [[0, 1], [2, 3], [4, 5]]
    assert as_sets(heaps._merged(matrix, NOWHERE, pieces)) == {frozenset({0, 1, 2, 3}), frozenset({4, 5})}
    assert pieces == [[0, 1], [2, 3], [4, 5]], "what was given is left as it was"


def test_pieces_of_two_places_never_become_one() -> None:
    matrix = rows(0, 2, 0, 2)
    pieces = [[0, 1], [2, 3]]
    assert as_sets(heaps._merged(matrix, at(1, 1, 2, 2), pieces)) == as_sets(pieces)
    assert len(heaps._merged(matrix, at(1, 1, 1, 1), pieces)) == 1


def test_a_place_of_one_letter_in_many_is_not_the_piece_s_own() -> None:
    placed = at(1, 0, 0, 0, 0, 0)
    assert heaps._places(placed, [[0, 1, 2, 3, 4, 5]]).nnz == 0
    assert heaps._places(at(1, 1, 1, 0, 2, 0), [[0, 1, 2], [4, 5]]).nnz == 2


def test_a_straggler_joins_the_heap_that_it_is_near_to() -> None:
    matrix = csr_matrix(np.hstack([rows(0, 2, 80, 82, 5, 45).toarray(), np.zeros((6, 1), np.float32)]))
    matrix[5] = csr_matrix(np.array([[0, 0, 1]], np.float32))  # of another matter altogether
    grown = heaps._with_stragglers(matrix, NOWHERE, [[0, 1], [2, 3]])
    assert as_sets(grown) == {frozenset({0, 1, 4}), frozenset({2, 3})}, "the last is of none"
    whole = [[0, 1], [2, 3], [4, 5]]
    assert heaps._with_stragglers(matrix, NOWHERE, whole) is whole


def test_likeness_counts_the_places_that_both_name() -> None:
    matrix = rows(0, 0, 0)
    same, other, none = (heaps._likeness(matrix, at(*places)) for places in ((1, 1, 2), (1, 2, 3), (0, 0, 1)))
    near, apart = float(same[0, 1]), float(same[0, 2])
    assert near > float(none[0, 1]) > apart and apart == pytest.approx(float(other[0, 1]))
    assert np.allclose(same, same.T)


def test_copies_stand_together_and_a_place_makes_another() -> None:
    assert heaps._copies(rows(0, 0, 30, 0), at(1, 1, 1, 2)) == [[0, 1], [2], [3]]


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("路灯坏了。请派人来修", "路灯坏了"),
        ("  标题\n正文", "标题"),
        ("！！！", "！！！"),
        ("电话13800001111打不通", "电话…打不通"),
        ("长" * 50, "长" * 30),
        ("", ""),
        ("what?! now", "what"),
    ],
)
def test_a_title(text: str, title: str) -> None:
    assert headline(text) == title and opening_of(text).startswith(title[:2].strip("…"))


def test_ids_of_any_kind_stand_in_order() -> None:
    ids = [3, "b", 1, "a", 2.5]
    spots = hotspots([Mention(one, TEXTS[0], START, f"u{n}") for n, one in enumerate(ids)])  # type: ignore[arg-type]
    assert [spot.ids for spot in spots] == [(1, 2.5, 3, "a", "b")]


def test_only_accusations_make_no_hot_spot_and_give_no_title() -> None:
    accused = [Mention(str(n), TEXTS[0], START, f"u{n}", accusation=True) for n in range(4)]
    assert hotspots(accused) == []
    mixed = [*accused, Mention("open", f"{TEXTS[0]}请处理", START, "u9")]
    (spot,) = hotspots(mixed)
    assert spot.size == 5 and spot.title == headline(f"{TEXTS[0]}请处理")


def test_a_hot_spot_as_it_is_told_to_other_programs() -> None:
    spots = hotspots([Mention(str(n), TEXTS[0], START + timedelta(hours=n), f"u{n}") for n in range(3)])
    told = spots[0].as_dict()
    assert list(told) == ["rank", "title", "size", "users", "first_at", "last_at", "ids"]
    assert told["first_at"] == "2026-03-01T00:00:00+00:00" and told["ids"] == ["0", "1", "2"]
