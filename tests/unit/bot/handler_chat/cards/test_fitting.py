"""What fits one message, counted as the platform counts: UTF-16 units, so that an emoji is two."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.handler_chat.cards.fitting import LONGEST, clip, split, units

texts = st.text(alphabet="路灯不亮。\n a😀𠮷\u200d", max_size=400)


@pytest.mark.parametrize(
    ("text", "wide"), [("", 0), ("灯", 1), ("😀", 2), ("👩‍👩‍👧", 8), ("𠮷", 2), ("e\u0301", 2), ("\ud83d", 1)]
)
def test_units(text: str, wide: int) -> None:
    assert units(text) == wide


@given(texts, st.integers(2, 90))
def test_pieces_are_the_text_and_none_is_too_long(text: str, room: int) -> None:
    pieces = split(text, room)
    assert "".join(pieces) == text
    assert all(units(piece) <= room for piece in pieces)
    assert all(units(a) + units(b[:1]) > room for a, b in pairwise(pieces)), "none is short"


@given(texts, st.integers(60, 200), st.sampled_from(["", "来信", "草稿"]))
def test_what_is_clipped_fits_and_says_so(text: str, room: int, what: str) -> None:
    shown = clip(text, room, what)
    assert units(shown) <= room
    if units(text) <= room:
        assert shown == text
    else:
        kept, _, note = shown.partition("……")
        assert text.startswith(kept) and kept and (f"{what}共 {len(text)} 字" in note if what else not note)


def test_a_text_of_exactly_one_message_is_left_whole() -> None:
    whole = "😀" * (LONGEST // 2)
    assert clip(whole, LONGEST, "来信") == whole and split(whole, LONGEST) == [whole]
    assert clip(whole + "a", LONGEST, "来信") != whole + "a" and len(split(whole + "a", LONGEST)) == 2


def test_no_emoji_is_cut_in_two() -> None:
    assert split("a😀b", 2) == ["a", "😀", "b"]
    assert clip("😀" * 10, 12, "").startswith("😀😀") and "\ud83d" not in clip("😀" * 10, 11, "")
