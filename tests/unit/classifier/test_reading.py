"""What is looked at in a message: bounded, the same for the same, and never raising."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.reading.blocks import BLOCKS
from classifier.reading.cues import LENGTHS, PHRASES, _read
from classifier.reading.read import HEAD, SHORT, TAIL, char_terms, cue_terms, read, signal_terms, word_terms
from classifier.reading.signals import NAMES, signals
from text.normalise import normalise

ANY = st.text(st.characters(exclude_categories=()), max_size=200)
PIECES = st.lists(
    st.sampled_from(
        [
            *sorted(PHRASES)[::37],
            "路灯",
            "\n",
            "，",
            "13812345678",
            "?",
            "！",
            "😀",
            "abc",
            "A12345",
            " ",
            "吗",
        ]
    ),
    max_size=30,
).map("".join)


@given(st.one_of(ANY, PIECES))
def test_any_text_is_read_the_same_twice_and_within_bounds(text: str) -> None:
    one, other = read(text), read(text)
    assert one == other
    assert len(one.text) <= HEAD + TAIL + 1
    assert one.title == "" or one.text.startswith(one.title + "‖")
    assert all(one.text[start : start + len(phrase)] == phrase for start, phrase in one.hits)
    assert all(isinstance(term, str) and term for terms in BLOCKS.values() for term in terms(one))


@given(PIECES)
def test_every_known_wording_of_the_text_is_hit(text: str) -> None:
    reading = read(text)
    found = {phrase for _, phrase in reading.hits}
    assert found == {phrase for phrase in PHRASES if phrase in reading.text}
    assert all(len(phrase) in LENGTHS[phrase[0]] for phrase in found)


@given(PIECES)
def test_surrounding_space_and_width_change_nothing(text: str) -> None:
    assert read(f"  {text}\n ") == read(text)
    wide = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)
    assert read(wide) == read(text)


def test_a_long_letter_keeps_its_head_and_its_tail() -> None:
    letter = "开头的事" + "中" * 50_000 + "结尾的话"
    kept = read(letter).text
    assert kept.startswith("开头的事") and kept.endswith("结尾的话") and "‖" in kept
    exact = "甲乙" * ((HEAD + TAIL) // 2)
    assert read(exact).text == exact


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("题目\n正文", "题目"), ("正文", ""), ("\n正文", ""),
        ("长题目" * 21 + "\n正文", ""),
        ("甲\n乙\n丙", "甲"), ("", ""),
    ],
)  # fmt: skip
def test_a_first_line_is_a_title_if_it_is_short(text: str, title: str) -> None:
    assert read(text).title == title


@given(st.integers(10_000, 10**15))
def test_which_number_it_is_says_nothing(number: int) -> None:
    for terms in (word_terms, char_terms):
        assert terms(read(f"订单{number}没到")) == terms(read("订单2024031500没到"))


@given(PIECES)
def test_runs_of_characters_are_of_two_to_four(text: str) -> None:
    found = char_terms(read(text))
    assert all(2 <= len(run) <= 4 for run in found)
    if found:
        size = len(re.sub(r"[a-z]*\d[a-z\d]{4,}|\d+", "0", read(text).text))
        assert len(found) == sum(max(0, size - n + 1) for n in (2, 3, 4))


@pytest.mark.parametrize(
    ("text", "term", "there"),
    [
        ("能办吗？", "?@end", True), ("能办吗", "particle@end", True), ("能办", "particle@end", False), ("太好了！！", "!", True),
        ("hello", "no_chinese", True), ("你好", "no_chinese", False), ("编号12345", "digits", True), ("12个", "digits", False),
        ("😀好", "emoji", True), ("", "any", True), ("", "length0", True), ("好", "length1", True), ("路灯坏了", "length3", True),
    ],
)  # fmt: skip
def test_the_shape_of_a_message(text: str, term: str, there: bool) -> None:
    assert (term in cue_terms(read(text))) is there


def test_a_wording_is_told_with_where_it_stands() -> None:
    phrase = next(phrase for phrase in sorted(PHRASES) if len(phrase) > 2 and not phrase.isascii())
    group = PHRASES[phrase][0]
    terms = cue_terms(read(f"{phrase}\n" + "天地玄黄" * 25 + phrase))
    assert {group, f"{group}@title", f"{group}@start", f"{group}@end", f"={phrase}"} <= set(terms)
    middle = cue_terms(read("天地玄黄" * 13 + phrase + "宇宙洪荒" * 13))
    assert group in middle and not {f"{group}@start", f"{group}@end", f"{group}@title"} & set(middle)


def test_cues_are_read_by_their_groups(tmp_path: Path) -> None:
    path = tmp_path / "cues.txt"
    path.write_text("# 注释\nwrong: 坏了 不亮\n 漏水\n\nplead: 求 坏了\n", encoding="utf-8")
    assert _read(path) == {
        "坏了": ("wrong", "plead"),
        "不亮": ("wrong",),
        "漏水": ("wrong",),
        "求": ("plead",),
    }


@given(PIECES)
def test_signals_come_alone_and_in_pairs(text: str) -> None:
    reading = read(text)
    met = signals(reading.text)
    terms = signal_terms(reading)
    assert terms[: len(met)] == met and len(terms) == len(met) * (len(met) + 1) // 2
    assert set(met) <= set(NAMES) and all(NAMES.values())


def test_short_is_short() -> None:
    assert 0 < SHORT < HEAD and normalise("甲" * 3) == "甲" * 3
