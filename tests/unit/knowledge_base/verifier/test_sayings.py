import numpy as np

from knowledge_base.base.entries import Entry
from knowledge_base.verifier.sayings import Sayings, sentences


class Letters:
    """A meaning that knows letters alone."""

    name, size = "letters", 8

    def __init__(self) -> None:
        self.asked: list[str] = []

    def vectors(self, texts: list[str]) -> np.ndarray:
        self.asked += texts
        rows = np.array([[float(chr(97 + i) in text) for i in range(8)] for text in texts], np.float32)
        return rows.reshape(-1, 8) / np.maximum(
            1e-6, np.linalg.norm(rows.reshape(-1, 8), axis=1, keepdims=True)
        )


def test_the_nearest_sentence_counts_and_is_computed_once() -> None:
    meaning = Letters()
    sayings = Sayings(meaning)
    entry = Entry("e", "问", "a；b。cd！")
    asked = meaning.vectors(["a"])[0]
    best, two, spanned = sayings.nearness(asked, entry)
    assert (best, two, round(spanned, 3)) == (1.0, 0.5, 1.0)
    before = len(meaning.asked)
    assert sayings.nearness(asked, entry) == [best, two, spanned] and len(meaning.asked) == before


def test_an_empty_answer_says_nothing() -> None:
    assert Sayings(Letters()).nearness(np.ones(8, np.float32), Entry("e", "问", "")) == [0.0, 0.0, 0.0]
    assert sentences("一。二；\n三") == ["一。", "二；", "三"]
