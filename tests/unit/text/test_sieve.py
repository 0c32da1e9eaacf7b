"""What a sieve leaves out could not have matched."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.reading.signals import SIGNALS
from classifier.rules.patterns import patterns
from text import far_home, home_address, papers, person_names, plates, telephones
from text.sieve import Sieve, characters, meets, needed

_MODULES = (far_home, home_address, papers, person_names, plates, telephones)
ALL = [
    *(found for module in _MODULES for found in vars(module).values() if isinstance(found, re.Pattern)),
    *SIGNALS.values(),
]
WRITTEN = st.lists(
    st.one_of(
        st.sampled_from(sorted({char for pattern in ALL for char in pattern.pattern if char.isalnum()})),
        st.sampled_from(
            ["微信", "号", "1", "13800138000", "٣", "-", " ", "\n", "QQ", "３号", "栋2单元301", "护照"]
        ),
    ),
    max_size=30,
).map("".join)


def left(pattern: str, text: str) -> bool:
    return bool(list(Sieve([(re.compile(pattern), None)]).left(text)))


@pytest.mark.parametrize(
    ("pattern", "with_it", "without"),
    [
        ("微信号", "我的微信号", "我的微信"),
        ("护照|通行证", "护照", "证件"),
        (r"[号栋]\d{3}", "3号301", "栋"),
        (r"\d", "٣", "三"),
        ("(?:甲|乙)?丙", "丙", "甲乙"),
        ("(?:甲|乙){2,}丙", "甲乙丙", "丙丁"),
        ("(?=.*甲)乙", "乙甲", "乙"),
        ("(?<=甲)乙", "甲乙", "乙"),
        ("(?>甲+)乙", "甲乙", "乙"),
        ("[a-c]楼", "b楼", "d楼"),
    ],
)
def test_a_pattern_is_tried_where_what_it_wants_is_there(pattern: str, with_it: str, without: str) -> None:
    assert left(pattern, with_it)
    assert not left(pattern, without)


@pytest.mark.parametrize(
    "pattern", ["(?i)abc", "(?i:a)", ".", "[^甲]", r"\s", "甲?", "甲|.", "(?!甲)", "", "(?i:a)|b", "[甲\\w]"]
)
def test_a_pattern_that_tells_nothing_is_always_tried(pattern: str) -> None:
    assert left(pattern, "")
    assert needed(re.compile(pattern)) == []


def test_the_order_and_what_goes_with_a_pattern_are_kept() -> None:
    kept = [(re.compile(char), place) for place, char in enumerate("丙甲.乙甲")]
    assert [place for _, place in Sieve(kept).left("甲丙")] == [0, 1, 2, 4]
    assert list(Sieve[None]([]).left("甲")) == []


def test_several_needs_are_all_asked_for() -> None:
    pattern = re.compile("甲乙丙丁")
    assert left("甲乙丙丁", "丁丙乙甲")
    assert meets(needed(pattern), "甲乙丙丁") and not meets(needed(pattern), "甲乙丙")
    assert characters("甲3") == {"甲", "3", "\\d"}


@given(WRITTEN)
def test_whatever_matches_was_left(text: str) -> None:
    tried = {pattern for pattern, _ in Sieve([(pattern, None) for pattern in ALL]).left(text)}
    assert [pattern.pattern for pattern in ALL if pattern.search(text) and pattern not in tried] == []


def test_the_examples_of_every_rule_are_left() -> None:
    for file in ("signals", "small_talk", "raised", "flags", "courtesy", "bare"):
        for each in patterns(file):
            sieve = Sieve([(each.regex, None)])
            assert all(list(sieve.left(text)) for text in each.examples if each.regex.search(text)), each.name
