import numpy as np
import pytest

from knowledge_base.base.entries import Entry
from knowledge_base.index.search import Index
from knowledge_base.verifier.pairs import MEANING_FEATURES, WORD_FEATURES, judged_rows, nearly_worded

ENTRY = Entry("a", "60岁老人可以办老年证吗？", "60周岁以上可办。")


def row(query: str) -> dict[str, float]:
    index = Index()
    index.upsert(ENTRY)
    index.upsert(Entry("b", "社保卡丢失如何挂失？", "拨打12333。"))
    found = [each for each in index.candidates(query) if each.entry.id == "a"]
    values = judged_rows(query, found, index.rarity)[0]
    return dict(zip((*WORD_FEATURES, *MEANING_FEATURES), values, strict=True))


def test_the_same_words_are_equal_whatever_the_punctuation() -> None:
    same = row("60岁老人 可以办老年证吗")
    assert (same["equal"], same["covers_query"], same["numbers_differ"]) == (1, 1, 0)


def test_another_number_a_negation_and_another_matter_are_seen() -> None:
    assert row("70岁老人可以办老年证吗")["numbers_differ"] == 2
    assert row("60岁老人不可以办老年证吗")["negation_differs"] == 1
    assert row("60岁老人可不可以办老年证")["negation_differs"] == 0
    assert row("老年证丢失怎么补办")["do_missing"] >= 1
    assert row("残疾证可以办吗")["thing_missing"] == 1
    assert row("办老年证要多少钱")["ask_missing"] >= 1


@pytest.mark.parametrize(
    ("query", "nearly"),
    [
        ("请问60岁的老人可以办老年证吗？", True), ("70岁老人可以办老年证吗", False), ("60岁老人不可以办老年证吗", False),
        ("60岁老人可以办老年证吗要多少钱", False), ("老年证丢失怎么补办", False),
    ],
)  # fmt: skip
def test_nearly_the_same_words_differ_in_nothing_that_counts(query: str, nearly: bool) -> None:
    values = row(query)
    rows = np.array([list(values.values())])
    assert bool(nearly_worded(rows)[0]) is nearly
