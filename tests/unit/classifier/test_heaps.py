"""Heaps of letters: each letter in at most one, whatever the order they come in; and what a hot spot says of its heap."""

import tracemalloc
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_matrix

from classifier.fit.near_duplicates import near_duplicates, squeezed
from classifier.heaps import heaps
from classifier.hotspots import Mention, _heat, hotspots
from classifier.likeness import alike, gist

START = datetime(2026, 3, 1, tzinfo=UTC)
PLACES = ["柳溪小区", "金穗花园", "阳光家园"]
MATTERS = [
    ["搅拌站整夜开工噪音粉尘让人没法睡", "混凝土搅拌站粉尘噪音太大", "搅拌站晚上生产噪音粉尘扰民"],
    ["电梯坏了老人上下楼困难物业不修", "电梯停运一周物业不管老人下不了楼", "电梯坏了没人维修老人爬楼"],
]
TEXTS = [f"{place}{words}" for place in PLACES[:2] for matter in MATTERS for words in matter]
ALONE = ["身份证过期了怎么换", "县医院挂号排队太久", "希望图书馆延长开放时间", "双桥镇水稻保险理赔没到账"]


def letters(texts: list[str], users: list[str] | None = None) -> list[Mention]:
    return [
        Mention(text, text, START + timedelta(hours=i), users[i] if users else f"u{i}")
        for i, text in enumerate(texts)
    ]


def grouped(rows: list[Mention]) -> set[frozenset[str]]:
    return {frozenset(spot.ids) for spot in hotspots(rows)}


@settings(max_examples=25)
@given(st.permutations(TEXTS + ALONE))
def test_the_order_of_letters_changes_no_heap(order: list[str]) -> None:
    assert grouped(letters(order)) == grouped(letters(TEXTS + ALONE))


@settings(max_examples=25)
@given(st.lists(st.sampled_from(TEXTS + ALONE), max_size=14))
def test_each_letter_is_in_at_most_one_heap_and_heaps_are_of_two_people(texts: list[str]) -> None:
    rows = [Mention(str(i), text, START, str(i % 5)) for i, text in enumerate(texts)]
    found = hotspots(rows)
    ids = [one for spot in found for one in spot.ids]
    assert len(ids) == len(set(ids)) and set(ids) <= {row.id for row in rows}
    assert all(spot.users >= 2 and spot.size == len(spot.ids) for spot in found)
    assert [spot.rank for spot in found] == list(range(1, len(found) + 1))


def test_the_same_matters_at_two_places_are_kept_apart() -> None:
    found = grouped(letters(TEXTS + ALONE))
    assert len(found) == 2 and not any(alone in heap for alone in ALONE for heap in found)
    for heap in found:
        assert len({place for place in PLACES for text in heap if place in text}) == 1


@given(st.lists(st.lists(st.floats(0, 1), min_size=4, max_size=4), min_size=2, max_size=12))
@settings(max_examples=40)
def test_any_matrix_is_grouped_without_a_letter_twice(rows: list[list[float]]) -> None:
    matrix = np.array(rows, np.float32)
    matrix /= np.maximum(np.linalg.norm(matrix, axis=1, keepdims=True), 1e-6)
    found = heaps(csr_matrix(matrix), csr_matrix((len(rows), 1), dtype=np.float32))
    ids = [one for group in found for one in group]
    assert len(ids) == len(set(ids)) and all(len(group) >= 2 for group in found)


def test_letters_of_one_place_need_less_likeness_than_letters_of_none() -> None:
    half = np.array([[1, 0.2, 0], [0.2, 1, 0]], np.float32)
    half /= np.linalg.norm(half, axis=1, keepdims=True)
    same = csr_matrix(np.ones((2, 1), np.float32))
    apart = csr_matrix(np.eye(2, dtype=np.float32))
    assert heaps(csr_matrix(half), same) == [[0, 1]]
    assert heaps(csr_matrix(half), apart) == []


def test_people_weigh_more_than_letters_and_silence_cools_but_never_below_a_share() -> None:
    def heat(people: int, count: int, days_ago: float) -> float:
        at = START - timedelta(days=days_ago)
        return _heat([Mention(str(i), "", at, f"u{i % people}") for i in range(count)], START)

    assert heat(8, 8, 0) > heat(4, 8, 0) > heat(4, 4, 0) > heat(2, 4, 0)
    assert heat(4, 4, 0) > heat(4, 4, 100) > heat(4, 4, 1_000) >= 0.69 * heat(4, 4, 0)


@pytest.mark.parametrize(("days", "ids"), [(None, 4), (100, 4), (3, 4), (2, 3), (1, 2), (0, 0), (-1, 0)])
def test_days_count_back_from_the_newest_letter(days: int | None, ids: int) -> None:
    rows = [
        Mention(str(i), f"柳溪小区搅拌站噪音粉尘第{'一二三四'[i]}次", START + timedelta(days=i), str(i))
        for i in range(4)
    ]
    assert sum(spot.size for spot in hotspots(rows, days)) == ids


def test_ids_stand_in_order_of_time_and_equal_times_in_order_of_id() -> None:
    rows = [Mention(name, "柳溪小区搅拌站噪音粉尘", START, name) for name in "dbca"]
    (spot,) = hotspots(rows)
    assert spot.ids == ("a", "b", "c", "d")
    shown = spot.as_dict()
    assert shown["first_at"] == shown["last_at"] == START.isoformat() and shown["ids"] == list("abcd")


@pytest.mark.parametrize(
    "number", ["13912345678", "139 1234 5678", "0531-88881234", "370102199003071234", "37010219900307123X"]
)
def test_no_number_of_a_person_stands_in_a_title(number: str) -> None:
    texts = [f"{number}柳溪小区搅拌站噪音粉尘", f"{number}柳溪小区搅拌站噪音"]
    (spot,) = hotspots(letters(texts))
    assert not any(part in spot.title for part in (number, number[-8:])) and len(spot.title) <= 30


@settings(max_examples=40)
@given(st.lists(st.text(max_size=30), max_size=8))
def test_any_letters_are_borne(texts: list[str]) -> None:
    for spot in hotspots([Mention(str(i), text, START, str(i)) for i, text in enumerate(texts)]):
        assert len(spot.title) <= 30


@given(st.sampled_from(TEXTS + ALONE), st.sampled_from(TEXTS + ALONE))
def test_likeness_is_the_same_both_ways_and_a_share(one: str, other: str) -> None:
    there, back = alike(gist(one), gist(other)), alike(gist(other), gist(one))
    assert there == back and 0 <= there <= 1
    assert alike(gist(one), gist(one)) in (0, 1)
    places = [{place for place in PLACES if place in text} for text in (one, other)]
    if all(places) and places[0] != places[1]:
        assert there == 0


@given(st.lists(st.text("路灯坏了没人修", min_size=1, max_size=14), max_size=8))
def test_near_duplicates_are_pairs_in_order_and_equal_texts_are_found(texts: list[str]) -> None:
    found = near_duplicates(texts)
    assert found == sorted(set(found)) and all(one < other for one, other in found)
    equal = {
        (i, j)
        for i in range(len(texts))
        for j in range(i + 1, len(texts))
        if squeezed(texts[i]) == squeezed(texts[j])
    }
    assert equal <= set(found)
    turned = {(len(texts) - 1 - j, len(texts) - 1 - i) for i, j in near_duplicates(texts[::-1])}
    assert turned == set(found)


def test_a_flood_of_copies_costs_little_memory() -> None:
    """A thousand copies of each of three letters were three million pairs; nine thousand took half a gigabyte."""
    rows = [
        Mention(f"{n}", MATTERS[0][n % 3], START + timedelta(minutes=n), f"u{n % 300}") for n in range(3000)
    ]
    hotspots(rows[:10])
    tracemalloc.start()
    spots = hotspots(rows)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert sum(spot.size for spot in spots) == 3000
    assert peak < 24 << 20
