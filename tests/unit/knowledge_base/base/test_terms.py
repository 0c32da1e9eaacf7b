"""What is compared of a text: nothing of it is lost, chat is left out, the same terms have the same numbers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.base.lexicon import KINDS, built_in, parse
from knowledge_base.base.terms import LONGEST, analyse, term_weights, word_key
from text.normalise import normalise

WORDINGS = st.sampled_from(sorted(built_in().ideas))
PIECES = st.lists(
    st.one_of(WORDINGS, st.sampled_from(["居住证", "丢了", "，", " ", "？", "abc1", "3个"])), max_size=8
)


@given(PIECES.map("".join))
def test_the_letters_are_those_of_the_text(text: str) -> None:
    found = analyse(text)
    assert found.clean == "".join(c for c in normalise(text) if c.isalnum() or c == "_")
    assert set("".join(found.words)) <= set(found.clean)
    assert all(pair in found.clean for pair in found.pairs)
    if len(found.clean) > 1:
        assert len(found.pairs) == len(found.clean) - 1


@given(PIECES.map("".join))
def test_chat_gives_no_idea_and_no_word_unless_there_is_nothing_else(text: str) -> None:
    found = analyse(text)
    assert not any(idea.startswith("chat:") for idea in found.ideas)
    if any(word not in found.chat for word in found.words):
        assert not found.chat & set(found.words)


@given(st.text(max_size=300))
def test_any_text_is_taken_apart_the_same_twice_and_marks_change_nothing(text: str) -> None:
    assert analyse(text) == analyse(text)
    assert analyse(f"{text}？！").clean == analyse(text).clean


@given(PIECES.map("".join), PIECES.map("".join))
def test_two_texts_together_hold_the_terms_of_both(one: str, other: str) -> None:
    keys, counts, weights = term_weights(analyse(one), analyse(other))
    mine, theirs = (
        dict(zip(*map(np.ndarray.tolist, term_weights(analyse(each))[:2]), strict=True))
        for each in (one, other)
    )
    assert dict(zip(keys.tolist(), counts.tolist(), strict=True)) == {
        key: mine.get(key, 0) + theirs.get(key, 0) for key in mine.keys() | theirs.keys()
    }
    assert (np.diff(keys.astype(np.int64)) > 0).all() and (weights > 0).all()


@pytest.mark.parametrize("text", ["", " ", "？！", "\x00", "\u200b"])
def test_nothing_has_no_terms(text: str) -> None:
    keys, counts, weights = term_weights(analyse(text))
    assert len(keys) == len(counts) == len(weights) in (0, 1, 2)
    assert analyse("？！").clean == "" and len(term_weights(analyse("？！"))[0]) == 0


def test_a_word_has_the_number_under_which_it_is_indexed() -> None:
    keys, _, _ = term_weights(analyse("居住证"))
    assert {word_key(word) for word in analyse("居住证").words} <= set(keys.tolist())


def test_a_long_text_is_cut() -> None:
    assert len(analyse("办" + "居住证怎么办理" * 10_000).clean) <= LONGEST


@given(PIECES.map("".join))
def test_what_the_lexicon_finds_stands_in_the_text_from_left_to_right(text: str) -> None:
    text = normalise(text)
    at = -1
    last = ""
    for wording, idea in built_in().find(text):
        if wording != last:
            at = text.index(wording, max(at, 0))
        last = wording
        assert idea.partition(":")[0] in KINDS and idea in built_in().ideas[wording]


@given(WORDINGS)
def test_a_wording_alone_is_found_whole(wording: str) -> None:
    assert {found for found, _ in built_in().find(wording)} == {wording}


ODD_LINES = [
    "thing 身份证 户口", "what 甲: 乙", "thing: 乙", "甲", ": 乙", "thing ： 乙", "kin: 甲 乙",
]  # fmt: skip


@pytest.mark.parametrize("line", ODD_LINES)
def test_a_malformed_line_is_named_by_its_number(line: str) -> None:
    with pytest.raises(ValueError, match="第 3 行"):
        parse(f"# 注释\n\n{line}\nthing 甲: 乙")


def test_lines_of_every_kind_are_read() -> None:
    found = parse(
        "thing 甲: 身份证 身分证 身份证\nask 甲: 身份证\nname 证: 居住证\nkin 一: 甲 乙\ncontrast 二: 护士 医师\nchat 话: 您好"
    )
    assert found.ideas["身份证"] == ("thing:甲", "ask:甲") and found.lengths["身"] == (3,)
    assert (found.names, found.kin, found.contrasts) == (
        {"居住证": "证"},
        (frozenset({"甲", "乙"}),),
        ({"护士": "护士", "医师": "医师"},),
    )
    assert parse("").find("身份证") == [] and parse("# 空").lengths == {}


@given(
    st.lists(st.text("甲乙丙", min_size=1, max_size=3), min_size=1, max_size=5),
    st.text("甲乙丙丁", max_size=12),
)
def test_the_longest_wording_from_the_left_wins(wordings: list[str], text: str) -> None:
    lexicon = parse("thing 物: " + " ".join(wordings))
    expected, at = [], 0
    while at < len(text):
        best = max((w for w in wordings if text.startswith(w, at)), key=len, default="")
        expected += [(best, "thing:物")] if best else []
        at += len(best) or 1
    assert lexicon.find(text) == expected
