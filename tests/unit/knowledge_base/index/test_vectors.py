"""Searching vectors: all of them in a small base, by way of one sum for each wording in a large base."""

import threading

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from knowledge_base.base.entries import Entry
from knowledge_base.base.meaning import stored
from knowledge_base.index.highest import highest
from knowledge_base.index.search import Index
from knowledge_base.index.vectors import BLOCK, VectorRows

SHARES = (55.0, 110.0)
ENTRIES, SIZE = BLOCK // 2 + 2_000, 384
Floats = NDArray[np.float32]


def unit(rows: Floats) -> Floats:
    return np.asarray(rows / np.linalg.norm(rows, axis=-1, keepdims=True), np.float32)


def spread(count: int, draw: np.random.Generator) -> Floats:
    """Vectors like those of sentences: a strong common direction, and ever less in the others."""
    falling = (1 + np.arange(SIZE)) ** -0.35
    common = np.full(SIZE, 1.5)
    return unit(np.asarray(common + draw.standard_normal((count, SIZE)) * falling, np.float32))


@pytest.fixture(scope="module")
def vectors() -> Floats:
    """(entry, wording or answer, number)"""
    draw = np.random.default_rng(3)
    asks = spread(ENTRIES, draw)
    return np.stack([asks, unit(0.6 * asks + spread(ENTRIES, draw))], axis=1)


@pytest.fixture(scope="module")
def large(vectors: Floats) -> VectorRows:
    rows = VectorRows(SIZE, SHARES)
    for slot, each in enumerate(vectors):
        rows.add(slot, each, 1)
    return rows


def fused(rows: VectorRows, query: Floats, others: Floats, keep: int) -> Floats:
    asked, answered, _ = rows.closeness(query, others, keep)
    return np.asarray(others + SHARES[0] * asked + SHARES[1] * answered, np.float32)


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2)), max_size=12), st.integers(1, 3))
@settings(max_examples=60, deadline=None)
def test_a_small_base_is_compared_row_by_row(shape: list[tuple[int, int]], parts: int) -> None:
    draw = np.random.default_rng(len(shape))
    query = unit(draw.random((parts, 8), np.float32))
    rows, told = VectorRows(8), []
    for slot, (wordings, answers) in enumerate(shape):
        each = unit(draw.random((wordings + answers, 8), np.float32)).astype(np.float16).astype(np.float32)
        rows.add(2 * slot, each, wordings)
        cosines = (each @ query.T).max(axis=1)
        told.append((cosines[:wordings].max(initial=0), cosines[wordings:].max(initial=0)))
    asked, answered, _ = rows.closeness(query, np.zeros(2 * len(shape), np.float32), 99)
    assert np.allclose(asked[::2], [each[0] for each in told], atol=1e-6)
    assert np.allclose(answered[::2], [each[1] for each in told], atol=1e-6)
    assert not asked[1::2].any() and not answered[1::2].any()


def test_a_large_base_gives_what_all_its_vectors_would(large: VectorRows, vectors: Floats) -> None:
    draw = np.random.default_rng(5)
    others = draw.random(ENTRIES).astype(np.float32)
    same = 0
    for query in unit(vectors[draw.integers(0, ENTRIES, 100), 0] + 0.3 * spread(100, draw)):
        whole, quick = fused(large, query, others, ENTRIES), fused(large, query, others, 800)
        told = others + np.maximum(vectors @ query, 0) @ np.array(SHARES, np.float32)
        assert np.allclose(whole, told, atol=0.01)  # all that half precision takes away
        same += len(np.intersect1d(highest(whole, 24), highest(quick, 24)))
        chosen = quick > others
        assert chosen.sum() == 800
        assert np.allclose(quick[chosen], whole[chosen], atol=1e-3)
    assert same >= 2_399  # the sums say what both cosines will; half precision may swap two neighbours


def test_what_is_gone_takes_no_place(large: VectorRows, vectors: Floats) -> None:
    query = vectors[77, 0]
    others = np.zeros(ENTRIES, np.float32)
    near = highest(fused(large, query, others, ENTRIES), 800)
    others[near] = -np.inf
    asked, answered, _ = large.closeness(query, others, 800)
    assert not asked[near].any() and not answered[near].any()
    assert np.count_nonzero(asked) == 800


def test_readers_see_whole_rows_while_the_base_grows_large(vectors: Floats) -> None:
    rows, failures, done = VectorRows(SIZE, SHARES), list[BaseException](), threading.Event()
    rows.add(0, vectors[0], 1)
    query = vectors[0, 0]
    true = vectors @ query

    def read() -> None:
        try:
            while not done.is_set():
                found = np.stack(rows.closeness(query, np.zeros(ENTRIES, np.float32), 100)[:2], axis=1)
                assert found[0, 0] == pytest.approx(1, abs=1e-3)
                assert np.allclose(found[found > 0], true[found > 0], atol=1e-3)
        except BaseException as error:
            failures.append(error)

    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    for slot in range(1, ENTRIES):
        rows.add(slot, vectors[slot], 1)
    done.set()
    for reader in readers:
        reader.join()
    assert failures == []


def test_entries_of_a_large_base_are_changed_and_removed_one_by_one() -> None:
    draw = np.random.default_rng(9)
    index, axis = Index(32), np.eye(32, dtype=np.float32)
    crowd = unit(draw.random((1_000, 1, 32), np.float32))
    index.upsert_many(
        (Entry(f"e{i}", "问", "答"), stored(np.repeat(each, 20, axis=0))) for i, each in enumerate(crowd)
    )

    def first(query: Floats) -> str:
        return index.search("完全是另一种说法", query_vector=query)[0].entry.id

    index.upsert(Entry("new", "问", "答"), stored(axis[[3, 3]]))
    assert first(axis[3]) == "new"
    index.upsert(Entry("new", "问", "答"), stored(axis[[4, 4]]))
    assert (first(axis[4]), first(axis[3]) == "new") == ("new", False)
    index.remove("new")
    assert first(axis[4]) != "new"
    index.upsert(Entry("e7", "问", "答"), stored(axis[[5, 5]]))
    assert first(axis[5]) == "e7"
    assert len(index) == 1_000
    compared, _, _ = index._rows.closeness(axis[5], np.zeros(1_000, np.float32), 800)
    assert np.count_nonzero(compared) <= 800


@given(st.lists(st.integers(-3, 3), max_size=30), st.integers(1, 12))
def test_the_highest_are_the_highest_and_of_equal_ones_the_first(scores: list[int], limit: int) -> None:
    expected = sorted(sorted(range(len(scores)), key=lambda i: -scores[i])[:limit])
    assert highest(np.array(scores, np.float32), limit).tolist() == expected
