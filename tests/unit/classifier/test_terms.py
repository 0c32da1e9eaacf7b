"""The table of terms finds what a dictionary would find, for all messages at once."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.model import terms
from classifier.model.linear import Model
from classifier.model.terms import Table
from classifier.reading.blocks import BLOCKS
from classifier.reading.read import Reading, characters_of, read, tokens_of, word_terms
from classifier.triage import built_in

TEXTS = (
    "楼道里的灯坏了三天，没有人来换", "", "好", "请问 2024 年的医保怎么交？abc123 def", "‖", "好好好好", "谢谢谢谢",
    "a", "12345", "😀😀 灯\ud800坏了",
)  # fmt: skip


@given(st.lists(st.text(min_size=1, max_size=12), unique=True, max_size=300), st.lists(st.text(min_size=1)))
def test_the_table_says_what_a_dictionary_says(known: list[str], asked: list[str]) -> None:
    index = {term: row for row, term in enumerate(known)}
    every = [*known, *asked]
    if every:
        found = Table(index).rows(terms._whole(every))
        assert found.tolist() == [index.get(term, -1) for term in every]


def test_a_full_neighbourhood_is_searched_to_its_end() -> None:
    index = {f"词{number}": number for number in range(3000)}
    table = Table(index)
    hashes = terms._whole(list(index))
    assert len(np.unique(table._first(terms._mixed(hashes)))) < len(index)  # some had to go on
    assert table.rows(hashes).tolist() == list(index.values())
    assert set(table.rows(terms._whole([f"无{number}" for number in range(3000)])).tolist()) == {-1}


def test_too_many_terms_are_refused() -> None:
    class Many(dict[str, int]):
        def __len__(self) -> int:
            return 1 << 23

    with pytest.raises(ValueError, match="too many"):
        Table(Many())


@pytest.mark.parametrize("kind", ["words", "chars"])
@pytest.mark.parametrize("texts", [TEXTS, TEXTS[:1], TEXTS[1:2], ("",) * 3])
def test_the_terms_of_many_messages_are_those_of_each(kind: str, texts: tuple[str, ...]) -> None:
    readings = [read(text) for text in texts]
    hashes, messages = _hashed(kind, readings)
    told = [Counter[int]() for _ in readings]
    for one, message in zip(hashes.tolist(), messages.tolist(), strict=True):
        told[message][one] += 1
    for reading, found in zip(readings, told, strict=True):
        listed = [term for term in BLOCKS[kind](reading) if term]
        wanted = terms._whole(listed).tolist() if listed else []
        assert found == Counter(wanted)


def _hashed(kind: str, readings: list[Reading]) -> terms.Hashed:
    if kind == "words":
        return terms.of_words([tokens_of(reading) for reading in readings])
    return terms.of_characters([characters_of(reading) for reading in readings])


def test_a_shipped_model_weighs_every_known_term_of_a_letter() -> None:
    model: Model = built_in(second_opinion=False).model
    reading = read("我们小区的电梯停运两周了，物业一直不修，老人下不了楼")
    rows, values = model.vector(reading)
    words = model.blocks[0]
    known = {words.index[term] for term in word_terms(reading) if term in words.index}
    assert known and known <= set(rows.tolist())
    of_words = values[rows < len(words.index)]
    assert float(of_words @ of_words) == pytest.approx(words.weight**2)


def test_the_shipped_model_scores_the_same_alone_and_in_company() -> None:
    model: Model = built_in(second_opinion=False).model
    readings = [read(text) for text in (*TEXTS, "路灯不亮，请尽快来修", "谢谢你们的帮助")]
    assert model.scores_many(readings) == [model.scores(reading) for reading in readings]
