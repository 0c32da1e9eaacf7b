"""Why an entry was found is said in the question's own words, each once, and either met or not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.answering.why import why
from knowledge_base.base.entries import Entry
from text.normalise import normalise
from text.words import words

ENTRY = Entry("k1", "居住证怎么办理？", "请携带身份证到派出所办理。", aliases=("办居住证要什么材料",))


@pytest.mark.parametrize(
    ("asked", "covered", "missing"),
    [
        ("居住证怎么办理", ("居住证", "怎么", "办理"), ()),
        ("居住证要带身份证吗", ("居住证", "身份证"), ()),
        ("材料和照片", ("材料",), ("照片",)),
        ("居住证 居住证 护照", ("居住证",), ("护照",)),
        ("居住證", ("居住证",), ()),
        ("？", (), ()),
        ("", (), ()),
    ],
)
def test_words_that_are_met_and_words_that_are_not(
    asked: str, covered: tuple[str, ...], missing: tuple[str, ...]
) -> None:
    found = why(asked, ENTRY)
    assert (found.covered, found.missing) == (covered, missing)


@given(st.text(alphabet="居住证怎么办理护照材料 ？a1", max_size=40))
def test_every_word_of_the_question_is_one_or_the_other(asked: str) -> None:
    found = why(asked, ENTRY)
    told = [*found.covered, *found.missing]
    assert set(told) == {word for word in words(normalise(asked)) if len(word) > 1}
    assert len(told) == len(set(told))
    assert all(part in ENTRY.question + ENTRY.answer + ENTRY.aliases[0] for part in found.covered)
