"""A table that somebody pasted: the head says what the cells are; without a head nothing is taken for anything."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from text.masking import mask
from text.pasted_rows import pasted_rows


def cells(text: str) -> list[tuple[str, str]]:
    return [(kind, text[start:end]) for kind, start, end in pasted_rows(text)]


@pytest.mark.parametrize("mark", ["\t", " | ", "|", ",", "，", ";", " / ", "、", "  "])
def test_every_way_of_parting_cells(mark: str) -> None:
    text = f"姓名{mark}微信{mark}备注\n甲某{mark}lilei_88{mark}好\n乙某{mark}hanmei2020{mark}好"
    assert cells(text) == [("微信号", "lilei_88"), ("微信号", "hanmei2020")]


@pytest.mark.parametrize(
    ("head", "cell", "kind"),
    [
        ("微信", "lilei_88", "微信号"),
        ("VX", "123456789", "微信号"),
        ("QQ", "12345", "QQ号"),
        ("邮箱", "lilei.88", "邮箱"),
        ("E-mail", "li@example.cn", "邮箱"),
        ("联系方式", "88881234", "手机号"),
        ("电话", "0731-88881234", "手机号"),
        ("身份证", "360721 19900307 1234", "身份证号"),
        ("卡号", "6222 0212 3456 7890", "银行卡号"),
        ("护照", "E12345678", "出入境证件号"),
        ("房号", "3-501", "住址"),
    ],
)
def test_what_a_head_says_of_its_cells(head: str, cell: str, kind: str) -> None:
    assert cells(f"序号\t{head}\n1\t{cell}") == [(kind, cell)]
    assert cells(f"序号\t数量\n1\t{cell}") == [], "the same under another head"


@pytest.mark.parametrize(
    "text",
    [
        "姓名\t微信\t备注",  # a head alone
        "甲某\tlilei_88\t好\n乙某\thanmei2020\t好",  # no head
        "姓名\t微信\n甲某\tlilei_88\t多一格",  # another number of cells
        "我的微信和他的微信都不一样，请分别通知\nlilei_88，hanmei2020",  # a sentence is no head
        "序号\t房号\n1\t没有",
        "序号\tQQ\n1\t012345",
        "",
    ],
)
def test_what_is_no_table(text: str) -> None:
    assert cells(text) == []


def test_a_second_head_holds_from_its_line_on() -> None:
    text = "序号\tQQ\n1\t12345\n序号\t房号\n1\t12345\n2\t501室"
    assert cells(text) == [("QQ号", "12345"), ("住址", "12345"), ("住址", "501室")]


def test_spaces_around_a_cell_are_not_of_it() -> None:
    text = "姓名 |  微信 \n 甲某 |  lilei_88  "
    ((kind, start, end),) = pasted_rows(text)
    assert (kind, text[start:end]) == ("微信号", "lilei_88")
    assert mask(text).endswith("|  〔微信号〕  ")


def test_a_table_is_read_to_its_bound() -> None:
    text = "序号\tQQ\n" + "\n".join(f"{n}\t{10000 + n}" for n in range(200))
    assert len(cells(text)) == 59 and cells("\t".join(["QQ"] * 13) + "\n" + "\t".join(["12345"] * 13)) == []


@given(st.text(alphabet="姓名微信QQ电话\t|, \n0123456789a", max_size=150))
def test_any_text_is_borne_and_cells_stand_in_order(text: str) -> None:
    last = 0
    for _, start, end in pasted_rows(text):
        assert last <= start < end <= len(text)
        last = end
