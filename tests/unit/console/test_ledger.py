"""The ledger of released texts and the figures by channel and topic: on the page, in print, as a workbook."""

import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook

from cases.lists import ledger, statistics
from cases.lists.ledger import LedgerRow
from cases.register.register import by_number
from cases.steps import link
from cases.steps.automatic import reopen
from console import reports
from console.report_sheet import HEADINGS, write_report
from tests.builders import Bureau, a_match
from tests.unit.console.conftest import Colleague

SignIn = Callable[[str], Colleague]


def rows(bureau: Bureau, month: str = "2026-03") -> list[LedgerRow]:
    return bureau.workplace.look(lambda desk: ledger.monthly(desk, month))


def test_every_released_text_stands_in_the_ledger_with_its_people(bureau: Bureau) -> None:
    no = bureau.answered("请问水管，电话13812345678", "请拨13812345678联系，水管将修好。")
    automatic = bureau.a_case("居住证怎么办", match=a_match("e1"))
    bureau.workplace.act(lambda desk: reopen(desk, by_number(desk, automatic), "unsolved"))
    other = bureau.a_case("投诉公交")
    bureau.claim("陈师傅", other)
    bureau.draft("陈师傅", other, "还在审核，没有签发。")
    first, second = rows(bureau)
    assert (first.no, first.kind, first.author) == (no, "答复", "张工")
    assert [one.by for one in first.reviews] == ["李科长"]
    assert "13812345678" not in first.text and "水管将修好" in first.text
    assert (second.no, second.kind, second.author, second.reviews) == (automatic, "自动答复", "自动", ())
    assert second.text == "请到政务大厅三楼办理。"
    bureau.clock.set(2026, 4, 2)
    assert rows(bureau, "2026-04") == []
    assert len(rows(bureau)) == 2


def test_a_linked_case_is_answered_by_people_not_by_itself(bureau: Bureau) -> None:
    lead, other = bureau.a_case("投诉水管"), bureau.a_case("投诉水管又坏")
    bureau.claim("张工", lead)
    bureau.on("张工", other, lambda desk, me, case: link.link(desk, me, case, by_number(desk, lead)))
    bureau.approve("李科长", bureau.draft("张工", lead, "水管将在本周内修好。"))
    assert [(r.no, r.kind, r.author, r.reviews[0].by, r.text) for r in rows(bureau)] == [
        (lead, "答复", "张工", "李科长", "水管将在本周内修好。"),
        (other, "答复", "张工", "李科长", "水管将在本周内修好。"),
    ]


def test_the_ledger_shows_what_is_in_sight_and_is_taken_away(office: Bureau, signed_in: SignIn) -> None:
    no = office.answered("请问水管", "=水管将修好。")
    office.a_case("居住证怎么办", match=a_match("e1"))
    wang, chen = signed_in("wang"), signed_in("chen")
    page = wang.sees("reports/ledger?month=2026-03")
    assert no in page and "自动" in page and "李科长" in page
    assert no not in chen.sees("reports/ledger?month=2026-03")
    taken = wang.client.get("/console/reports/ledger?month=2026-03&kind=xlsx")
    sheet = load_workbook(BytesIO(taken.content)).active
    assert sheet is not None
    assert [cell.value for cell in sheet[3]][:3] == [no, "答复", "=水管将修好。"]
    assert sheet.cell(3, 3).data_type == "s"
    assert (sheet.page_setup.orientation, sheet.page_setup.fitToWidth) == ("landscape", 1)
    assert wang.client.get("/console/reports/ledger?month=2026-13").status_code == 400


def test_every_figure_is_there_by_channel_and_topic_and_the_sheet_prints(
    bureau: Bureau, tmp_path: Path
) -> None:
    bureau.answered()
    bureau.a_case("投诉公交不停")
    bureau.a_case("表扬您")
    file = tmp_path / "report.xlsx"
    report = bureau.workplace.look(lambda desk: write_report(desk, "2026-03", file))
    assert {name: figures.received for name, figures in report.by_topic().items()} == {
        "城乡建设": 1, "交通运输": 1, statistics.NO_TOPIC: 1,
    }  # fmt: skip
    assert report.by_channel()["wechat"].answered == 1
    assert report.by_topic()["城乡建设"].on_time == 1
    book = load_workbook(file)
    for name in ("按部门", "按类别", "按渠道", "按主题"):
        sheet = book[name]
        assert sheet.page_setup.orientation == "landscape" and sheet.page_setup.fitToWidth == 1
        assert sheet.sheet_properties.pageSetUpPr.fitToPage and sheet.print_title_rows == "$1:$2"
        last = [cell.value for cell in sheet[sheet.max_row]]
        assert last[0] == "合计" and last[1 + HEADINGS.index("收到")] == 3


def test_a_month_without_letters_says_so(signed_in: SignIn) -> None:
    page = signed_in("wang").sees("reports")
    assert "暂无数据" in page and "0.0%" not in page
    assert page.count("合计") == 4


def test_a_long_ledger_comes_in_pages_and_as_a_whole_workbook(
    office: Bureau, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = [office.answered() for _ in range(3)]
    monkeypatch.setattr(reports, "_TEXTS", 2)
    wang = signed_in("wang")
    first, second = (wang.sees(f"reports/ledger?month=2026-03&page={n}") for n in (1, 9))
    shown = [re.findall(r'<tr data-no="([^"]+)"', page) for page in (first, second)]
    assert shown == [numbers[:2], numbers[2:]] and "3 条" in first and "第 2 / 2 页" in second
    got = wang.client.get("/console/reports/ledger?month=2026-03&kind=xlsx")
    sheet = load_workbook(BytesIO(got.content)).active
    assert sheet is not None
    cells = {cell.value for row in sheet.iter_rows() for cell in row}
    assert set(numbers) <= cells
