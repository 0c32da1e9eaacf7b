"""A number told in a sentence is put together where its parts make one shape, and left where they count something."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.text.test_check_digits import card, identity
from text.assembled import assembled

PERSON = identity("36072119900307123")
CARD = card("622202" + "1234567890")


def told(text: str) -> list[tuple[str, str]]:
    return [(kind, text[start:end]) for kind, start, end in assembled(text)]


@pytest.mark.parametrize(
    ("text", "kind", "part"),
    [
        ("前三位139，中间是7074，后面四位2268", "手机号", "139，中间是7074，后面四位2268"),
        ("手机139然后70742268", "手机号", "139然后70742268"),
        ("my number is 139 then 7074 then 2268", "手机号", "139 then 7074 then 2268"),
        ("0731后面是88881234", "固定电话", "0731后面是88881234"),
        (
            f"身份证{PERSON[:6]}，接着{PERSON[6:14]}，最后{PERSON[14:]}",
            "身份证号",
            f"{PERSON[:6]}，接着{PERSON[6:14]}，最后{PERSON[14:]}",
        ),
        (
            f"卡号{CARD[:4]}再{CARD[4:8]}再{CARD[8:12]}再{CARD[12:]}，工资卡",
            "银行卡号",
            f"{CARD[:4]}再{CARD[4:8]}再{CARD[8:12]}再{CARD[12:]}",
        ),
    ],
)
def test_parts_that_make_a_number(text: str, kind: str, part: str) -> None:
    assert told(text) == [(kind, part)]


@pytest.mark.parametrize(
    "text",
    [
        "前三位139元，中间是7074，后面四位2268",
        "第139号，接着7074户，后面2268人",
        "订单139然后7074然后2268",
        "139路公交，7074次，2268人",
        "3月9日到4月12日共5次，后面还有20261人",
        "10:30然后11:45再12:00再13:15",
        "从139到7074，差2268",
        "手机139" + "，这个号码我已经用了很多年了从来没有换过" + "70742268",
        f"合同{PERSON[:6]}，接着{PERSON[6:14]}，最后{PERSON[14:]}",
        "前三位239，中间是7074，后面四位2268",
        "",
        "没有数字",
    ],
)
def test_what_counts_something_is_no_number(text: str) -> None:
    assert told(text) == []


def test_a_remark_of_how_many_is_no_part() -> None:
    assert told("手机前3位139，中间4位7074，后4位2268") == [("手机号", "139，中间4位7074，后4位2268")]


def test_an_identity_number_keeps_its_last_letter() -> None:
    body = next(f"36072119900307{n:03}" for n in range(1000) if identity(f"36072119900307{n:03}")[-1] == "X")
    number = identity(body)
    text = f"身份证{number[:6]}然后{number[6:14]}然后{number[14:17]}X谢谢"
    assert [part for _, part in told(text)] == [f"{number[:6]}然后{number[6:14]}然后{number[14:17]}X"]


def test_two_numbers_are_two() -> None:
    text = "我手机139然后7074然后2268。他手机138然后1111然后2222"
    assert [part for _, part in told(text)] == ["139然后7074然后2268", "138然后1111然后2222"]


@given(st.text(alphabet="0123456789，然后位号元 手机", max_size=120))
def test_any_text_is_borne_and_places_are_apart(text: str) -> None:
    last = 0
    for _, start, end in assembled(text):
        assert last <= start < end <= len(text) and text[start].isdecimal()
        last = end


def test_a_flood_of_figures_is_looked_at_only_so_far() -> None:
    assert list(assembled("第1然后" * 5000)) == []
