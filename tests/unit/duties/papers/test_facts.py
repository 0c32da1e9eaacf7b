"""What stands on a paper: the box of each platform and answer, and words that no Word file or workbook holds."""

import io
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from docx import Document
from hypothesis import given, settings
from hypothesis import strategies as st

from cases.register.errors import Invalid
from cases.register.tables.duties import AccountEvent, MediaAccount
from duties.papers import facts, fields, filling
from duties.papers.workbook import write_table
from text.printable import printable

DAY = date(2026, 3, 2)
EVENT = AccountEvent(account_id=1, kind="open", on=DAY, filing_due_on=DAY, what="开设")


def an_account(standard: str = "mlgk", platform: str = "微信公众号", **given: str) -> MediaAccount:
    return MediaAccount(
        name="弥勒发布", platform=platform, unit="办公室", standard=standard, opened_on=DAY, fields=given
    )


@pytest.mark.parametrize(
    ("platform", "kind"),
    [
        ("微信公众号", "微信"), ("微信", "微信"), ("订阅号", "微信"), ("服务号", "微信"), ("微信小程序", "微信"),
        ("视频号", "微信"), ("WeChat", "微信"), ("新浪微博", "微博"), ("Weibo", "微博"), ("腾讯微视", "微视"),
        ("移动客户端", "移动客户端"), ("政务App", "移动客户端"), ("APP", "移动客户端"), ("抖音", "其他"),
        ("今日头条", "其他"), ("", "其他"),
    ],
)  # fmt: skip
def test_a_platform_has_one_box(platform: str, kind: str) -> None:
    assert facts.platform_kind(platform) == kind
    said = facts.of_account(an_account(platform=platform), EVENT, DAY)
    boxes = {name: said[f"框_{name}"] for name in ("微博", "微信", "微视", "移动客户端", "其他")}
    assert [name for name, mark in boxes.items() if mark == facts.TICKED] == [kind]
    assert said["其他类型"] == (platform if kind == "其他" else "")


ANSWERS = [
    ("是", "有交互"), ("有", "有交互"), ("是，评论区", "有交互"), ("已设置", "有交互"), ("YES", "有交互"), ("true", "有交互"),
    ("否", "无交互"), ("无", "无交互"), ("没有", "无交互"), ("未设", "无交互"), ("No", "无交互"), ("无交互栏目", "无交互"),
    ("", ""), ("不详", ""), ("计划中", ""),
]  # fmt: skip


@pytest.mark.parametrize(("answer", "box"), ANSWERS)
def test_an_answer_ticks_one_box_or_stands_beside_them(answer: str, box: str) -> None:
    said = facts.of_account(an_account(**{fields.HAS_INTERACTION: answer}), EVENT, DAY)
    assert [name for name in ("有交互", "无交互") if said[f"框_{name}"] == facts.TICKED] == (
        [box] if box else []
    )
    assert said["注_交互"] == (f"（{answer}）" if answer and not box else "")


@pytest.mark.parametrize(("answer", "box"), ANSWERS)
def test_who_moderates_is_asked_unless_the_box_no_is_ticked(answer: str, box: str) -> None:
    missing = fields.missing("mlgk", {fields.HAS_INTERACTION: answer})
    assert (fields.IS_MODERATED in missing) == (box != "无交互")


@pytest.mark.parametrize("standard", ["mlgk", "qingdao", "hengnan", "anning"])
def test_what_is_missing_stands_in_the_forms_order_and_can_be_given(standard: str) -> None:
    wanted = fields.opening(standard, {}).wanted
    assert fields.missing(standard, {}) == list(wanted)
    assert set(fields.opening(standard, {}).all) <= fields.known(standard)
    for place, name in enumerate(wanted):
        assert fields.missing(standard, dict.fromkeys(wanted[:place], "x") | {name: " "})[0] == name
    assert fields.missing(standard, dict.fromkeys(wanted, "x")) == []


def test_every_standard_takes_the_fields_of_the_survey() -> None:
    for standard in ("mlgk", "qingdao", "hengnan", "anning"):
        assert set(fields.SURVEY.all) <= fields.known(standard)


@pytest.mark.parametrize(
    ("belongs", "owner", "phone"),
    [("", "单位负责人", "138"), ("单位", "单位负责人", "138"), ("个人", "李老师", "139")],
)
def test_whose_name_stands_for_the_account(belongs: str, owner: str, phone: str) -> None:
    given = {
        fields.BELONGS: belongs, "第一责任人姓名": "单位负责人", "第一责任人移动电话": "138", "账号责任人姓名": "李老师",
        "账号责任人手机": "139", "账号责任人单位": "中学",
    }  # fmt: skip
    said = facts.of_account(an_account(**given), EVENT, DAY)
    assert (said["责任人姓名"], said["责任人手机"]) == (owner, phone)
    assert said["责任人单位"] == ("中学" if belongs == "个人" else "办公室")
    assert (said["框_个人"] == facts.TICKED) == (belongs == "个人")


@pytest.mark.parametrize(
    ("running", "state"), [("正常", "正常运营"), ("暂停", "停止运营"), ("关停", "停止运营")]
)
@pytest.mark.parametrize(
    ("platform", "kind"), [("微博", "新浪"), ("公众号", "腾讯"), ("抖音", "其他"), ("微视", "其他")]
)
def test_a_line_of_the_survey(running: str, state: str, platform: str, kind: str) -> None:
    line = facts.survey_line(an_account(platform=platform, 主办单位负责人="张三", 运营单位="某公司"), running)
    assert (line["运营状态"], line["平台类型"], line["开通时间"]) == (state, kind, "2026-03-02")
    assert line["主办单位"] == "张三" and line["运营单位"] == "某公司"


def test_units_are_named_once_in_their_order() -> None:
    rows = [an_account(), an_account(), an_account()]
    rows[1].unit = "中心"
    assert facts.units(rows) == "办公室、中心" and facts.units([]) == ""


ODD = "响\x07铃\x0b\x1b[31m\x00\ufffe完"


def test_words_that_no_word_file_holds_are_shown_as_such() -> None:
    content = filling.fill("mlgk-a", facts.of_account(an_account(媒体链接=ODD), EVENT, DAY, name="登记表"))
    paper = Document(io.BytesIO(content))
    text = "".join(cell.text for table in paper.tables for row in table.rows for cell in row.cells)
    assert printable(ODD) in text and "\x07" not in text


def test_words_that_no_workbook_holds_are_shown_as_such(tmp_path: Path) -> None:
    file = tmp_path / "a.xlsx"
    write_table(
        file, f"{ODD}：[台账]/2026*?", ["编号", ODD], [[1, ODD], [2, "=1+1"], [3, None], [4, DAY]], (5, 9)
    )
    sheet = openpyxl.load_workbook(file).active
    assert sheet is not None
    assert [sheet.cell(row, 2).value for row in (2, 3, 4, 5)] == [
        printable(ODD),
        printable(ODD),
        "=1+1",
        None,
    ]
    assert sheet.cell(4, 2).data_type == "s" and not set(sheet.title) & set("[]:*?/\\")


@settings(max_examples=30, deadline=None)
@given(title=st.text(max_size=40), cell=st.text(max_size=60))
def test_any_words_make_a_workbook(tmp_path_factory: pytest.TempPathFactory, title: str, cell: str) -> None:
    file = tmp_path_factory.mktemp("books") / "a.xlsx"
    write_table(file, title, ["一", cell], [[cell, 1]], (5, 5))
    assert openpyxl.load_workbook(file).active is not None


@given(st.text())
def test_printable_text_stays_and_the_rest_is_marked(text: str) -> None:
    shown = printable(text)
    assert len(shown) == len(text) and printable(shown) == shown
    assert all(b in (a, "\ufffd") for a, b in zip(text, shown, strict=True))
    if text.isprintable():
        assert shown == text


def own(folder: Path, name: str, *lines: str) -> Path:
    paper = Document()
    for line in lines:
        paper.add_paragraph(line)
    paper.save(str(folder / f"{name}.docx"))
    return folder


HOSTILE = [
    ("{{ 账号名称.__class__.__mro__ }}", "写法有误"),
    ("{% for x in range(10) %}", "写法有误"),
    ("{{ 账号名称 | nosuch }}", "写法有误"),
    ("{{ 某栏 }}{{ 账号名称 }}", "不认识的栏目：某栏"),
    ("{{ 乙栏 }}{{ 甲栏 }}", "不认识的栏目：乙栏、甲栏"),
]


@pytest.mark.parametrize(("line", "said"), HOSTILE)
def test_an_own_file_that_asks_for_more_than_fields_is_refused(tmp_path: Path, line: str, said: str) -> None:
    values = facts.of_account(an_account(), EVENT, DAY)
    with pytest.raises(Invalid, match=said):
        filling.fill("mlgk-a", values, own(tmp_path, "mlgk-a", line))
    with pytest.raises(Invalid, match=said):
        filling.check("mlgk-a", tmp_path / "mlgk-a.docx", values)


def test_an_own_file_of_another_layout_plays_no_part(tmp_path: Path) -> None:
    values = facts.of_account(an_account(), EVENT, DAY, name="登记表")
    own(tmp_path, "mlgk-b", "{{ 账号名称 }} 的另一张表")
    paper = Document(io.BytesIO(filling.fill("mlgk-a", values, tmp_path)))
    assert "另一张表" not in "".join(paragraph.text for paragraph in paper.paragraphs)
    filling.check("mlgk-b", tmp_path / "mlgk-b.docx", values)


def test_an_own_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    with (tmp_path / "mlgk-a.docx").open("wb") as stream:
        stream.truncate(filling.LARGEST + 1)
    with pytest.raises(Invalid, match="超过 10 MB"):
        filling.fill("mlgk-a", {}, tmp_path)
