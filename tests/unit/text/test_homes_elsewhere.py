"""Homes as they are written in other places, and doors that are nobody's home. Every address is invented."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from text.far_home import far_homes

HOMES = [
    ("家住中山路12号3楼", "12号3楼"),
    ("住在福安街8号之2", ""),
    ("我家在和平路2段15巷8号5楼之3", "2段15巷8号5楼之3"),
    ("住15巷8号", "15巷8号"),
    ("我家住第3座12楼B室", "第3座12楼B室"),
    ("住2栋顶楼1801", "2栋顶楼1801"),
    ("家住柳河村3排12号", "3排12号"),
    ("我家12号院第三家", "12号院第三家"),
    ("住在翠湖苑8-2-301", "8-2-301"),
    ("住址 8-2-301", "8-2-301"),
    ("地址：Flat 12B, 8/F, Harbour Court", "Flat 12B, 8/F, Harbour Court"),
    ("I live at 28 Green Hill Road", "28 Green Hill Road"),
    ("Room 1203, Building 5", "Room 1203, Building 5"),
]
NOT = [
    "中山路12号3楼政务大厅", "医院住院部3座12楼A室", "银行在和平路15巷8号", "比分 8-2-301", "翠湖苑2008-2012",
    "第三排12号线", "幸福路12号3楼的网吧通宵吵闹", "餐馆在福安街8号2楼", "on Green Hill Road",
    "28 green hill road", "Room service", "没有数字的话", "",
]  # fmt: skip


@pytest.mark.parametrize(("text", "door"), [row for row in HOMES if row[1]], ids=lambda part: part)
def test_a_home_is_found(text: str, door: str) -> None:
    assert door in [text[start:end] for start, end in far_homes(text)]


@pytest.mark.parametrize("text", NOT)
def test_a_door_of_an_office_or_a_figure_is_none(text: str) -> None:
    assert list(far_homes(text)) == []


@given(st.text(alphabet="住家路巷弄号楼座室栋村排0123456789-之 ABRoom/F", max_size=80))
def test_any_text_is_borne(text: str) -> None:
    assert all(0 <= start < end <= len(text) for start, end in far_homes(text))
