"""Desk telephones and numbers told in pieces, put together by chance: whatever is between the parts, no digit is left."""

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from text.masking import mask

_AREAS = st.sampled_from(["010", "021", "0571", "0976", "0931", "0755"])
_MARKS = st.sampled_from(["-", " ", "—", "转", "", ".", "·"])
_EXTENSIONS = st.sampled_from(
    ["转{}", "转 {}", " ext. {}", "-{}", "分机{}", "（转分机{}）", "#{}", "内线{}", " x{}"]
)
_BEFORE = st.sampled_from(["电话", "打", "我们单位的座机是", "请回电 ", "联系方式：", ""])
_AFTER = st.sampled_from(["，白天有人", "找老李", "。谢谢", "", "\n下午来"])
_LOCAL = st.integers(2_000_000, 8_999_999).map(str)
_MOBILE = st.tuples(st.sampled_from("3456789"), st.integers(0, 10**9 - 1)).map(lambda n: f"1{n[0]}{n[1]:09d}")
_PIECES = st.sampled_from([
    ("先是", "再是"), ("前半截", "后半截"), ("先发一半", "剩下的"), ("前面是", "后面是"), ("first half ", " other half "),
    ("上半截是", "下半截是"), ("先说", "然后是"),
])  # fmt: skip
_PAUSE = st.sampled_from(["，", "。", "\n", " ", "、", ""])


def _shown(text: str) -> list[str]:
    return re.findall(r"\d{3,}", mask(text))


@settings(max_examples=150, deadline=None)
@given(_BEFORE, _AREAS, _MARKS, _LOCAL, _EXTENSIONS, st.integers(10, 9999), _AFTER)
def test_a_desk_with_an_extension(
    before: str, area: str, mark: str, local: str, extension: str, inner: int, after: str
) -> None:
    assert _shown(f"{before}{area}{mark}{local}{extension.format(inner)}{after}") == []


@settings(max_examples=100, deadline=None)
@given(_BEFORE, _AREAS, _LOCAL, st.sampled_from(["或", "、", "/", "和", "或者"]), _LOCAL, _AFTER)
def test_a_second_number_shares_the_first_ones_area(
    before: str, area: str, first: str, between: str, second: str, after: str
) -> None:
    assert _shown(f"{before}{area}-{first}{between}{second}{after}") == []


@settings(max_examples=150, deadline=None)
@given(_MOBILE, st.integers(3, 8), _PIECES, _PAUSE)
def test_a_mobile_told_in_two_pieces(number: str, at: int, words: tuple[str, str], pause: str) -> None:
    assert _shown(f"{words[0]}{number[:at]}{pause}{words[1]}{number[at:]}") == []


@settings(max_examples=100, deadline=None)
@given(_BEFORE, _AREAS, _LOCAL, _MOBILE, _AFTER)
def test_what_is_masked_is_not_masked_again(
    before: str, area: str, local: str, mobile: str, after: str
) -> None:
    once = mask(f"{before}{area}-{local}，手机{mobile}{after}")
    assert mask(once) == once
