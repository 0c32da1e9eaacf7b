"""Whatever was added, replaced, removed, saved and loaded: an index finds what a fresh one of the same entries finds."""

import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from knowledge_base.base.entries import Entry
from knowledge_base.base.meaning import stored
from knowledge_base.index import shelf as shelves
from knowledge_base.index.scope import Scope
from knowledge_base.index.search import Index
from knowledge_base.index.vectors import Numbers

IDS = st.sampled_from(["a", "b", "c", "d", "e"])
ASKED = [
    "居住证怎么办理",
    "社保卡丢了怎么补办",
    "公园几点开门",
    "老年卡收费吗",
    "养犬怎么登记",
    "户口怎么迁入",
    "公积金余额怎么查",
]
TOLD = ["到派出所办理，免费。", "拨打12333挂失后补办。", "早上六点。", "收十元。", "到窗口登记。"]
ENTRIES = st.builds(
    Entry,
    IDS,
    st.sampled_from(ASKED),
    st.sampled_from(TOLD),
    st.lists(st.sampled_from(["咋办证", "卡掉了", "开门时间"]), max_size=2, unique=True).map(tuple),
    st.sampled_from(["", "公安局", "人社局"]),
)
QUERIES = ["居住证", "卡丢了补办", "几点开门", "开门时间", "收费", "登记", "没有的事"]


def scored(index: Index) -> list[list[tuple[str, str]]]:
    return [[(each.entry.id, each.entry.question) for each in index.candidates(query)] for query in QUERIES]


class Histories(RuleBasedStateMachine):
    """An index through a life of changes, beside a plain dictionary of what it should hold."""

    def __init__(self) -> None:
        super().__init__()
        self.index, self.held = Index(8), dict[str, Entry]()
        self.folder = tempfile.TemporaryDirectory()

    def teardown(self) -> None:
        self.folder.cleanup()

    @rule(entry=ENTRIES)
    def put(self, entry: Entry) -> None:
        self.index.upsert(entry)
        self.held[entry.id] = entry

    @rule(entries=st.lists(ENTRIES, max_size=4))
    def put_many(self, entries: list[Entry]) -> None:
        self.index.upsert_many((entry, None) for entry in entries)
        self.held |= {entry.id: entry for entry in entries}

    @rule(entry_id=IDS)
    def take_out(self, entry_id: str) -> None:
        self.index.remove(entry_id)
        self.held.pop(entry_id, None)

    @rule(lost=st.sets(IDS), changed=ENTRIES)
    def save_and_load(self, lost: set[str], changed: Entry) -> None:
        path = Path(self.folder.name) / "index.npz"
        self.index.save(path)
        self.held = {key: entry for key, entry in self.held.items() if key not in lost} | {
            changed.id: changed
        }
        self.index = Index.load(path, [(entry, None) for entry in self.held.values()], 8)

    @invariant()
    def holds_what_it_should(self) -> None:
        assert len(self.index) == len(self.held)
        assert all(self.index.get(entry_id) == self.held.get(entry_id) for entry_id in "abcde")

    @invariant()
    def finds_the_same_entries_as_a_fresh_one(self) -> None:
        fresh = Index(8)
        fresh.upsert_many((entry, None) for entry in self.held.values())
        for mine, theirs in zip(scored(self.index), scored(fresh), strict=True):
            assert set(mine) == set(theirs)

    @invariant()
    def a_part_holds_its_own(self) -> None:
        part = Scope(self.index, ["公安局"])
        own = {key for key, entry in self.held.items() if entry.department in ("", "公安局")}
        assert len(part) == len(own)
        assert all({one for one, _ in found} <= own for found in scored(part))


TestHistories = Histories.TestCase
TestHistories.settings = settings(max_examples=25, stateful_step_count=12, deadline=None)


@settings(max_examples=30)
@given(st.lists(ENTRIES, max_size=6, unique_by=lambda entry: entry.id), st.randoms())
def test_the_order_of_adding_changes_no_score(entries: list[Entry], random: object) -> None:
    turned = list(entries)
    random.shuffle(turned)  # type: ignore[attr-defined]
    one, other = Index(8), Index(8)
    one.upsert_many((entry, None) for entry in entries)
    other.upsert_many((entry, None) for entry in turned)
    for query in QUERIES:
        mine, theirs = one.candidates(query), other.candidates(query)
        assert [each.entry for each in mine] == [each.entry for each in theirs]
        assert np.allclose([each.score for each in mine], [each.score for each in theirs], atol=1e-3)


@settings(max_examples=30)
@given(st.lists(ENTRIES, min_size=1, max_size=6, unique_by=lambda entry: entry.id), st.integers(1, 5))
def test_scores_fall_and_the_best_are_the_first_of_all(entries: list[Entry], limit: int) -> None:
    index = Index(8)
    index.upsert_many((entry, None) for entry in entries)
    for query in QUERIES:
        every = index.candidates(query, limit=50)
        assert [each.score for each in every] == sorted((each.score for each in every), reverse=True)
        few = index.candidates(query, limit=limit)
        assert [each.score for each in few] == [each.score for each in every[:limit]]
        assert all(0 <= each.asked <= 2.2 and each.score > 0 for each in every)


def test_an_entry_s_own_vector_makes_it_first_after_any_change() -> None:
    axis = np.eye(8, dtype=np.float32)
    index = Index(8)
    for place, asked in enumerate(ASKED):
        index.upsert(Entry(f"e{place}", asked, "答"), stored(axis[[place, place]]))
    index.upsert(Entry("e0", ASKED[0], "改了"), stored(axis[[7, 7]]))
    index.remove("e1")
    found = [index.search("别的说法", query_vector=axis[place])[0].entry.id for place in range(2, 7)]
    assert found == ["e2", "e3", "e4", "e5", "e6"]
    assert index.search("别的说法", query_vector=axis[7])[0].entry.answer == "改了"
    assert "e1" not in {hit.entry.id for hit in index.search("别的说法", 20, axis[1])}


@pytest.mark.parametrize("broken", ["units", "marks", "asks.docs", "form", "wholes.weights"])
def test_a_file_that_lacks_or_garbles_a_part_is_indexed_anew(tmp_path: Path, broken: str) -> None:
    entries = [Entry(f"e{i}", asked, "答") for i, asked in enumerate(ASKED)]
    index = Index(8)
    index.upsert_many((entry, None) for entry in entries)
    path = tmp_path / "index.npz"
    index.save(path)
    with np.load(path) as arrays:
        kept = {name: arrays[name] for name in arrays.files}
    for garbled in (None, np.array([10_000, -7]), np.array("x")):
        some = {name: array for name, array in kept.items() if name != broken}
        np.savez(path, **some, **({} if garbled is None else {broken: garbled}))
        loaded = Index.load(path, [(entry, None) for entry in entries], 8)
        assert len(loaded) == len(entries) and loaded.search("居住证")[0].entry.id == "e0"


def test_what_is_searched_marks_an_entry_and_nothing_else_does() -> None:
    entry = Entry("a", "问", "答", ("别名",))
    same = [Entry("a", "问", "答", ("别名",), department="公安局", owner="张", version=7)]
    other = [
        Entry("b", "问", "答", ("别名",)), Entry("a", "问？", "答", ("别名",)), Entry("a", "问", "答。", ("别名",)),
        Entry("a", "问", "答"), Entry("a", "问", "别名", ("答",)), Entry("a", "别名", "答", ("问",)),
    ]  # fmt: skip
    marks = [shelves.fingerprint(each) for each in (entry, *same, *other)]
    assert marks[0] == marks[1] and len(set(marks)) == len(other) + 1
    assert all(0 <= mark < 1 << 63 for mark in marks)


@given(
    st.lists(st.integers(-5, 5), max_size=200),
    st.lists(st.tuples(st.integers(0, 199), st.integers(-5, 5)), max_size=20),
)
def test_a_growing_list_is_a_list(numbers: list[int], changes: list[tuple[int, int]]) -> None:
    grown = Numbers()
    for number in numbers:
        grown.append(number)
    held = list(numbers)
    for place, number in changes:
        if place < len(held):
            grown.put(place, number)
            held[place] = number
    assert grown.array().tolist() == held and len(grown) == len(held)
