import threading
from pathlib import Path

import numpy as np
import pytest

from knowledge_base.base.entries import Entry
from knowledge_base.base.meaning import restored, stored
from knowledge_base.index.search import Index
from knowledge_base.index.shelf import read

ENTRIES = [
    Entry("id-lost", "身份证丢失后如何补领？", "持户口簿到派出所补领，工本费40元。"),
    Entry("id-first", "首次申领身份证需要什么材料？", "持户口簿和出生证明到派出所申领。"),
    Entry("bus", "老年人坐公交收费吗？", "六十五周岁以上免费。", aliases=("老年乘车优惠",)),
    Entry("dog", "养犬怎么登记？", "到派出所办理犬证。"),
]


def index_of(*entries: Entry) -> Index:
    index = Index()
    index.upsert_many((entry, None) for entry in entries)
    return index


def first(index: Index, query: str) -> str | None:
    hits = index.search(query)
    return hits[0].entry.id if hits else None


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("身份证弄丢了咋办", "id-lost"),
        ("第一次办身份证要带啥", "id-first"),
        ("老年乘车优惠", "bus"),
        ("遛狗要办证不", "dog"),
        ("身份證遺失", "id-lost"),
    ],
)
def test_citizens_words_find_the_office_s(query: str, expected: str) -> None:
    assert first(index_of(*ENTRIES), query) == expected


@pytest.mark.parametrize("query", ["", "  ", "？！", "😀"])
def test_nothing_asked_finds_nothing(query: str) -> None:
    assert index_of(*ENTRIES).search(query) == []


def test_an_empty_index_finds_nothing() -> None:
    assert Index().search("身份证") == []


def test_a_change_replaces_and_a_removal_removes() -> None:
    index = index_of(*ENTRIES)
    index.upsert(Entry("dog", "公园几点开门？", "六点。"))
    assert first(index, "公园开门时间") == "dog"
    assert first(index, "养犬登记") != "dog"
    index.remove("dog")
    index.remove("dog")
    assert "dog" not in [hit.entry.id for hit in index.search("公园开门时间")]
    assert (len(index), index.get("dog")) == (3, None)


def test_an_entry_changed_a_hundred_times_is_still_found() -> None:
    index = index_of(*ENTRIES)
    for version in range(100):
        index.upsert(
            Entry("dog", "养犬怎么登记？", f"到派出所办理犬证，第{version}版。", version=version + 1)
        )
    hits = index.search("养犬登记")
    assert [hit.entry.version for hit in hits if hit.entry.id == "dog"] == [100]


def test_one_by_one_and_at_once_find_the_same() -> None:
    many = [Entry(f"e{i}", f"{i}号线公交几点发车？", f"{i}号线六点发车。") for i in range(150)]
    slow = Index()
    for entry in [*ENTRIES, *many]:
        slow.upsert(entry)
    fast = index_of(*ENTRIES, *many)
    for query in ("身份证丢了", "17号线公交几点", "老人坐车"):
        assert [hit.entry.id for hit in slow.search(query)] == [hit.entry.id for hit in fast.search(query)]


def test_vectors_decide_where_words_cannot() -> None:
    axis = np.eye(384, dtype=np.float32)
    index = Index()
    for i, entry in enumerate(ENTRIES):
        index.upsert(entry, stored(np.stack([axis[i]] * (len(entry.wordings) + 1))))
    hits = index.search("完全是另一种说法", query_vector=axis[3])
    assert hits[0].entry.id == "dog"


def test_vectors_of_another_model_count_as_none() -> None:
    assert len(restored(b"123", 384)) == 0
    assert len(restored(stored(np.ones((2, 100), np.float32)), 384)) == 0
    index = Index()
    index.upsert(ENTRIES[0], b"\x00" * 7)
    assert first(index, "身份证丢失") == "id-lost"


def test_what_was_saved_is_loaded_and_changes_are_caught_up_with(tmp_path: Path) -> None:
    path = tmp_path / "index.npz"
    index = index_of(*ENTRIES)
    index.upsert(Entry("id-first", "首次申领身份证收费吗？", "免费。"))
    index.save(path)
    now = [ENTRIES[0], Entry("bus", "公园几点开门？", "六点。"), Entry("new", "图书馆在哪里？", "文化路。")]
    loaded = Index.load(path, [(entry, None) for entry in now])
    assert {entry.id for entry in now} == {
        hit.entry.id for q in ("身份证", "公园", "图书馆") for hit in loaded.search(q)
    }
    assert (len(loaded), first(loaded, "公园开门"), first(loaded, "图书馆地址")) == (3, "bus", "new")
    assert first(loaded, "丢了身份证") == "id-lost"


@pytest.mark.parametrize("content", [None, b"", b"not a file of ours"])
def test_a_missing_or_damaged_file_costs_only_time(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "index.npz"
    if content is not None:
        path.write_bytes(content)
    assert first(Index.load(path, [(entry, None) for entry in ENTRIES]), "养狗登记") == "dog"


def test_readers_never_stumble_over_a_writer() -> None:
    index, failures, done = index_of(*ENTRIES), list[BaseException](), threading.Event()

    def read() -> None:
        try:
            while not done.is_set():
                assert index.search("身份证丢失补领")
        except BaseException as error:
            failures.append(error)

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for i in range(200):
        index.upsert(Entry(f"e{i % 50}", f"第{i}件事怎么办？", f"第{i}件事这样办。"))
    done.set()
    for reader in readers:
        reader.join()
    assert failures == []


def test_a_saved_index_is_really_used(tmp_path: Path) -> None:
    path = tmp_path / "index.npz"
    index = index_of(*ENTRIES)
    index.remove("bus")
    index.save(path)
    shelf = read(path, [ENTRIES[0], ENTRIES[1], ENTRIES[3]])
    assert shelf is not None
    assert set(shelf.slots) == {"id-lost", "id-first", "dog"}
    assert shelf.alive.array().tolist() == [1, 1, 1]


def test_vectors_stay_with_their_entries_whatever_the_order_of_loading(tmp_path: Path) -> None:
    axis = np.eye(384, dtype=np.float32)
    rows = [(e, stored(np.stack([axis[i]] * (len(e.wordings) + 1)))) for i, e in enumerate(ENTRIES)]
    index = Index()
    index.upsert_many(rows)
    index.save(tmp_path / "index.npz")
    loaded = Index.load(
        tmp_path / "index.npz", [*reversed(rows), (Entry("new", "新的问题", "新的答案"), None)]
    )
    for i, entry in enumerate(ENTRIES):
        assert loaded.search("完全是另一种说法", query_vector=axis[i])[0].entry == entry
        assert loaded.search("完全是另一种说法", query_vector=axis[[i, 300]])[0].entry == entry
