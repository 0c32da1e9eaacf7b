"""The same value in another spelling is supported; another value that only looks like one is not."""

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from text.unsupported import DATE, LETTER_ONLY, NOWHERE, NUMBER, unsupported

SAME = [
    ("8万元", "80000元"), ("1.2亿元", "120000000元"), ("12 万元", "120,000元"), ("1,200.50元", "1200.5元"), ("0.0元", "0元"),
    ("007号", "7号"), ("十二层", "12层"), ("二十天", "20天"), ("一百零五元", "105元"), ("一万二千三百元", "12300元"),
    ("两千人", "2000人"), ("二〇二六年", "2026年"), ("二〇二六年", "2026年3月1日"), ("一亿元", "1亿元"), ("三千万元", "3000万元"),
    ("2026年3月", "2026年3月1日"), ("3月1日", "2026-03-01"), ("3月", "2026.3.1"), ("2026/3/1", "2026年3月1日"),
    ("２０２６年３月１日", "2026年3月1日"), ("50％", "50%"), ("《甲 条例》", "《甲条例》"), ("0532-1234 5678", "0532-1234 5678"),
    ("400-1234567", "4001234567"), ("08:30", "8:30"),
]  # fmt: skip
OTHER = [
    ("12万元", "12人，另有5万元"), ("50%", "50"), ("3.5元", "3月5日"), ("1.5倍", "1月5日"), ("3-5个工作日", "3月5日"),
    ("5元", "2026年3月5日"), ("3天", "2026年3月5日"), ("二〇二六年", "6个月"),
    ("二〇二六年", "二〇二五年"), ("2027年3月1日", "2026年3月1日"),
    ("2026年4月", "2026年3月4日"), ("十二层", "二层"),
    ("一百二十元", "一百元和二十元"), ("13月", "1月3日"), ("《甲条例》", "甲条例"),
    ("0532-12345678", "12345678"), ("20", "2"), ("1000000元", "100元"), ("8:30", "8时30分"), ("1.20元", "120元"),
]  # fmt: skip


@pytest.mark.parametrize(("draft", "source"), SAME)
def test_another_spelling_of_a_value_is_supported(draft: str, source: str) -> None:
    assert unsupported(draft, [source], "") == []


@pytest.mark.parametrize(("draft", "source"), OTHER)
def test_another_value_is_not(draft: str, source: str) -> None:
    marks = unsupported(draft, [source], "")
    assert marks and {mark.why for mark in marks} == {NOWHERE}
    assert all(mark.words in draft for mark in marks)


@pytest.mark.parametrize(("draft", "source"), OTHER[:6])
def test_what_only_the_letter_says_is_called_a_claim(draft: str, source: str) -> None:
    assert {mark.why for mark in unsupported(draft, [source], draft)} == {LETTER_ONLY}
    assert unsupported(draft, [draft], source) == []


@pytest.mark.parametrize(
    ("draft", "kinds"),
    [("3.5元", {NUMBER}), ("3-5天", {NUMBER}), ("2026-3-5", {DATE}), ("3月5日", {DATE}), ("3月内", {NUMBER}), ("2026年", {DATE})],
)  # fmt: skip
def test_a_number_is_no_date(draft: str, kinds: set[str]) -> None:
    assert {mark.kind for mark in unsupported(draft, [], "")} == kinds


@given(st.integers(0, 10**13))
def test_a_number_supports_itself_however_it_is_grouped_and_no_other(number: int) -> None:
    assert unsupported(f"{number}元", [f"{number:,}元"], "") == []
    assert unsupported(f"{number}元", [f"00{number}.00元"], "") == []
    assert unsupported(f"{number}元", [f"{number + 1}元"], "")


@given(st.integers(1, 9), st.integers(0, 9), st.integers(1, 9))
def test_numerals_are_read_by_their_places(hundreds: int, tens: int, ones: int) -> None:
    digits = "零一二三四五六七八九"
    spoken = f"{digits[hundreds]}百" + (f"{digits[tens]}十" if tens else "零") + digits[ones]
    value = 100 * hundreds + 10 * tens + ones
    assert unsupported(f"{spoken}天", [f"{value}天"], "") == []
    assert unsupported(f"{spoken}天", [f"{value + 10}天"], "")
    assert unsupported(f"{''.join(digits[d] for d in (hundreds, tens, ones))}元", [f"{value}元"], "") == []


@given(st.text(max_size=80), st.text(max_size=80))
def test_any_text_is_borne_and_a_text_supports_itself(draft: str, source: str) -> None:
    unsupported(draft, [source], source[::-1])
    assert unsupported(draft, [draft], "") == []


def test_the_order_of_sources_says_nothing() -> None:
    sources = ["2026年3月1日", "《甲条例》", "12万元"]
    draft = "2026年3月1日依《甲条例》补12万元，另收9元。"
    for some in permutations(sources):
        assert [mark.words for mark in unsupported(draft, some, "")] == ["9"]
