"""Runs of digits: which spellings make one, where its groups are parted, and what it never costs."""

import time
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from text.digits import as_digits, runs
from text.numbers import BANK, IDENTITY, MOBILE, numbers
from text.shapes import narrow

MOBILES = st.integers(13_000_000_000, 19_999_999_999).map(str)
MARKS = ["", " ", "-", ".", "/", "·", "，", "\n"]


def groups(text: str) -> list[tuple[str, str]]:
    return [(group.digits, group.before) for run in runs(text) for group in run.groups]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("13812345678", [("13812345678", "")]), ("138 1234 5678", [("138", ""), ("1234", " "), ("5678", " ")]),
        ("138-1234-5678", [("138", ""), ("1234", "-"), ("5678", "-")]), ("138\n12345678", [("138", ""), ("12345678", "\n")]),
        ("一三八一二三四五六七八", [("13812345678", "")]), ("138一二三四5678", [("138", ""), ("1234", ""), ("5678", "")]),
        ("1234567890", []), ("", []), ("路灯坏了", []), ("138\u200b12345678", [("13812345678", "")]),
    ],
)  # fmt: skip
def test_groups(text: str, found: list[tuple[str, str]]) -> None:
    assert groups(text) == found


@given(MOBILES, st.sampled_from(MARKS), st.sampled_from([(3, 4, 4), (3, 8), (7, 4), (11,)]))
def test_a_mobile_number_is_found_whole_in_every_usual_split(
    mobile: str, mark: str, split: tuple[int, ...]
) -> None:
    at, parts = 0, []
    for size in split:
        parts.append(mobile[at : at + size])
        at += size
    text = f"电话{mark.join(parts)}，谢谢"
    (found,) = numbers(text)
    assert (found[0], as_digits(text[found[1] : found[2]])) == (MOBILE, mobile)


@given(MOBILES, st.sampled_from(["零一二三四五六七八九", "〇壹贰叁肆伍陆柒捌玖", "⓪①②③④⑤⑥⑦⑧⑨"]))
def test_every_script_of_digits_is_read(mobile: str, script: str) -> None:
    written = narrow("".join(script[int(digit)] for digit in mobile))
    assert as_digits(written) == mobile
    assert [kind for kind, _, _ in numbers(f"手机{written}。")] == [MOBILE]


@given(MOBILES, st.sampled_from(["订单", "合同编号", "快递单号", "户号"]))
def test_what_is_called_otherwise_is_no_mobile_number(mobile: str, name: str) -> None:
    assert list(numbers(f"{name}{mobile}")) == []


@settings(max_examples=40)
@given(st.dates(date(1900, 1, 1), date(2025, 1, 1)), st.integers(100_000, 999_999), st.integers(0, 999))
def test_an_identity_number_holds_a_birthday(day: date, area: int, serial: int) -> None:
    number = f"{area}{day:%Y%m%d}{serial:03d}X"
    assert [kind for kind, _, _ in numbers(f"身份证{number}，")] == [IDENTITY]
    assert IDENTITY not in [kind for kind, _, _ in numbers(f"身份证{area}20251399{serial:03d}X，")]


@given(st.text("34569", min_size=1, max_size=1), st.text("0123456789", min_size=15, max_size=18))
def test_a_card_s_number_is_found_where_it_is_called_so(first: str, rest: str) -> None:
    found = [kind for kind, _, _ in numbers(f"银行卡号{first}{rest}")]
    assert found in ([BANK], [IDENTITY])


@settings(max_examples=100)
@given(st.text("0123456789 -一二〇Ol.，\n", max_size=120))
def test_runs_stand_in_order_and_hold_what_is_written(text: str) -> None:
    last = 0
    for run in runs(text):
        for group in run.groups:
            assert last <= group.start < group.end <= len(text)
            last = group.end
            assert group.digits and group.digits.isdecimal()
    for _, start, end in numbers(text):
        assert 0 <= start < end <= len(text)


def test_time_grows_with_the_text_alone() -> None:
    begun = time.thread_time()
    for text in ("1 " * 30_000, "一" * 60_000, "1-" * 30_000, "O" * 60_000, "1" * 60_000):
        list(numbers(text))
    assert time.thread_time() - begun < 5
