"""One spelling for what means the same, and nothing raised, whatever arrives."""

import sys
import unicodedata

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from text.normalise import normalise, pasted, says_nothing, simplified, storable

ANY = st.text(st.characters(exclude_categories=()), max_size=60)
_TWICE_CONVERTED = "\u85b4"  # the table of traditional characters leads on from what it leads to


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("請問", "请问"), ("ＡＢＣ１２３", "abc123"), ("①②", "12"), ("㍿", "株式会社"), ("５０％", "50%"), ("Ａ\u3000Ｂ", "a b"),
        ("哈" * 9, "哈" * 5), ("。" * 6, "。" * 5), ("a\u200bb", "ab"), ("e\u200b\u0301", "é"), ("ᄒ\u200bᅡ", "하"),
        ("居\ufeff住\u00ad证", "居住证"), ("\u202e反\u202c", "反"),
        ("a\x00b", "a\ufffdb"), ("\ud800", "\ufffd"), ("a\x07b", "a b"),
        ("  一 \t\r\n 二  ", "一 二"), ("\x85", ""), ("乾隆乾杯", "乾隆干杯"),
        ("", ""), (" \n", ""), ("ß", "ß"), ("İ", "i\u0307"),
    ],
)  # fmt: skip
def test_spellings_that_meet(written: str, read: str) -> None:
    assert normalise(written) == read


@settings(max_examples=300)
@given(ANY)
def test_what_is_normalised_stays_so(text: str) -> None:
    assume(_TWICE_CONVERTED not in text)
    once = normalise(text)
    assert normalise(once) == once
    assert once == once.strip() and "  " not in once and "\n" not in once
    assert not any(unicodedata.category(c) in ("Cs", "Cc") for c in once)


def test_every_single_character_is_borne() -> None:
    for code in range(0, sys.maxunicode + 1, 7):
        once = normalise(f"甲{chr(code)}乙")
        assert once[0] == "甲" and once[-1] == "乙", hex(code)


@given(ANY)
def test_what_is_invisible_changes_nothing(text: str) -> None:
    assert normalise("\u200b".join(text)) == normalise(text)


@given(st.text(max_size=40))
def test_full_width_is_half_width(text: str) -> None:
    wide = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)
    assert normalise(wide) == normalise(text)


@given(ANY)
def test_what_is_storable_can_be_written_and_keeps_its_length(text: str) -> None:
    kept = storable(text)
    kept.encode()
    assert "\x00" not in kept and len(kept) == len(text)
    assert storable(kept) == kept
    assert [c for c in kept if c != "\ufffd"] == [
        c for c in text if c not in ("\x00", "\ufffd") and not "\ud800" <= c <= "\udfff"
    ]


@pytest.mark.parametrize(
    ("text", "nothing"),
    [
        ("", True), (" \t\n", True), ("\u200b\u2060", True), ("\u3164", True), ("\u2800", True), ("\u0301", True), ("\xa0", True),
        ("\ud800", True), ("\ufe0f\u20e3", True), ("。", False), ("1", False), ("好", False), ("😀", False), ("\u200b好", False),
    ],
)  # fmt: skip
def test_a_text_that_shows_nothing_says_nothing(text: str, nothing: bool) -> None:
    assert says_nothing(text) is nothing


@given(ANY)
def test_what_shows_nothing_normalises_to_nothing_that_is_a_word(text: str) -> None:
    if says_nothing(text):
        assert not any(
            c.isalnum() for c in normalise(text).translate(dict.fromkeys((0x115F, 0x1160, 0x3164)))
        )


def test_other_scripts_and_plain_letters_are_left_as_they_are() -> None:
    for text in ("hello", "привет", "مرحبا", "こんにちは", "😀", "路灯坏了"):
        assert simplified(text) == text
    assert simplified("路燈壞了\ud800") == "路灯坏了\ufffd"


def test_what_is_pasted_from_a_table_of_word_holds_no_marks_of_its_own() -> None:
    assert pasted("等级\t标准\x07\r\n一级\x0b每月\t120元\x07") == "等级\t标准\n一级\n每月\t120元"
