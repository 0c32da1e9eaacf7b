"""A month's self-check: the register judges what it knows, the rest is asked, faults become tasks."""

import io
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from docx import Document

from cases.register.errors import Invalid, NotFound, Stale
from cases.register.tables.duties import SelfCheck, SelfCheckItem
from duties.accounts import register
from duties.selfcheck import record, views
from duties.selfcheck.indicators import INDICATORS
from tests.builders import Bureau
from tests.unit.duties.accounts.test_register import opened
from tests.unit.duties.papers.test_forms import words
from tests.unit.duties.releases.test_ledger import approve, enter


def start(bureau: Bureau, month: str = "2026-03") -> dict[str, Any]:
    return bureau.workplace.act(lambda desk: views.sheet(desk, record.start(desk, None, month)))


def answer(bureau: Bureau, number: int, code: str, verdict: str = "ok") -> dict[str, Any]:
    def step(desk: Any) -> dict[str, Any]:
        check = record.by_id(desk, number)
        record.answer(desk, None, check, code, verdict)
        return views.sheet(desk, check)

    return bureau.workplace.act(step)


def answer_all(bureau: Bureau, number: int) -> None:
    for item in bureau.workplace.look(lambda d: record.items(d, record.by_id(d, number))):
        if not item.verdict:
            answer(bureau, number, item.code)


def sign(bureau: Bureau, number: int) -> SelfCheck:
    return bureau.act("王主任", lambda desk, staff: record.sign(desk, staff, record.by_id(desk, number)))


def item(sheet: dict[str, Any], code: str) -> dict[str, Any]:
    return next(item for item in sheet["items"] if item["code"] == code)


def test_the_standards_indicators_in_order() -> None:
    assert [i.code for i in INDICATORS] == [
        *(
            [
                "A1",
                "A2",
                "A3",
                "A4",
                "A5",
                "B1",
                "B2",
                "B3",
                "B4",
                "C1",
                "C2",
                "D1",
                "D2",
                "D3",
                "D4",
                "D5",
                "E1",
                "E2",
            ]
        )
    ]
    assert INDICATORS[0].clause == "青西新管办发〔2020〕88号附件2（一）1"


def test_without_anything_in_the_register_everything_is_asked(bureau: Bureau) -> None:
    sheet = start(bureau)
    assert [i["code"] for i in sheet["items"] if i["automatic"]] == ["D1"]
    assert sheet["tasks"] == []


def test_what_the_register_knows_it_judges(bureau: Bureau) -> None:
    opened(bureau)
    for day in (3, 11, 18, 26):
        bureau.clock.set(2026, 3, day)
        approve(bureau, enter(bureau, title=f"{day} 日"), "李科长")
    bureau.answered()
    bureau.clock.set(2026, 3, 31)
    sheet = start(bureau)
    judged = {i["code"]: i["verdict"] for i in sheet["items"] if i["automatic"]}
    assert judged == {"A5": "ok", "B1": "ok", "B4": "ok", "C1": "ok", "D1": "ok", "D2": "fault"}
    assert "2026-03-09" in item(sheet, "D2")["value"]
    assert sheet["tasks"][0]["code"] == "D2"
    assert sheet["tasks"][0]["due_on"] == date(2026, 4, 8)  # over the Qingming days


def test_a_silent_week_is_a_fault(bureau: Bureau) -> None:
    opened(bureau)
    approve(bureau, enter(bureau), "李科长")
    bureau.clock.set(2026, 3, 31)
    sheet = start(bureau)
    assert item(sheet, "B1")["verdict"] == "fault"
    assert "03-09" in item(sheet, "B1")["value"]
    assert item(sheet, "B4")["verdict"] == "fault"


def test_letters_that_are_overdue_are_a_fault(bureau: Bureau) -> None:
    bureau.a_case()
    bureau.clock.set(2026, 3, 31)
    assert "逾期未办结 1 件" in item(start(bureau), "C1")["value"]


def test_a_fault_is_to_be_mended_in_five_working_days_from_today(bureau: Bureau) -> None:
    number = start(bureau)["id"]
    bureau.clock.set(2026, 3, 4)
    sheet = answer(bureau, number, "b2", "fault")
    assert [(t["code"], t["due_on"], t["overdue"]) for t in sheet["tasks"]] == [
        ("B2", date(2026, 3, 11), False)
    ]
    bureau.clock.set(2026, 3, 6)
    assert answer(bureau, number, "B2", "fault")["tasks"][0]["due_on"] == date(2026, 3, 11)  # keeps its date
    assert answer(bureau, number, "B2", "ok")["tasks"] == []
    assert answer(bureau, number, "B2", "fault")["tasks"][0]["due_on"] == date(2026, 3, 13)
    answer_all(bureau, number)
    sign(bureau, number)
    mend = lambda desk: record.mend(desk, None, record.by_id(desk, number), "B2", "已改")  # noqa: E731
    assert bureau.workplace.act(mend).done_on == date(2026, 3, 6)
    with pytest.raises(Stale, match="已由系统于 2026-03-06"):
        bureau.workplace.act(mend)


def test_signing_wants_every_answer_and_fixes_them(bureau: Bureau) -> None:
    number = start(bureau)["id"]
    with pytest.raises(Invalid, match="A1、A2"):
        sign(bureau, number)
    answer_all(bureau, number)
    signed = sign(bureau, number)
    assert signed.signed_by == "王主任"
    for again in (lambda: sign(bureau, number), lambda: answer(bureau, number, "A1")):
        with pytest.raises(Stale):
            again()

    def tamper(desk: Any) -> None:
        row = next(i for i in record.items(desk, record.by_id(desk, number)) if i.code == "A1")
        row.note = "改了"
        desk.session.add(row)

    sheet = lambda desk: views.sheet(desk, record.by_id(desk, number))  # noqa: E731
    assert bureau.workplace.look(sheet)["intact"]
    bureau.workplace.act(tamper)
    assert bureau.workplace.look(sheet)["intact"] is False


def test_what_is_refused(bureau: Bureau) -> None:
    for month in ("2026-13", "2026-04", "3月"):
        with pytest.raises(Invalid):
            start(bureau, month)
    number = start(bureau)["id"]
    with pytest.raises(Stale, match="已经开始"):
        start(bureau)
    for code, verdict in (("Z9", "ok"), ("A1", "maybe")):
        with pytest.raises(Invalid):
            answer(bureau, number, code, verdict)
    with pytest.raises(NotFound):
        answer(bureau, 99, "A1")


def test_the_record_as_papers(bureau: Bureau, tmp_path: Path) -> None:
    opened(bureau)
    opened(bureau, name="下属号", unit="某中心")
    bureau.clock.set(2026, 3, 31)
    number = start(bureau)["id"]
    answer_all(bureau, number)
    sign(bureau, number)

    def export(desk: Any, name: str) -> Path:
        views.export(desk, record.by_id(desk, number), tmp_path / name)
        return tmp_path / name

    paper = words(Document(io.BytesIO(bureau.workplace.look(lambda d: export(d, "a.docx")).read_bytes())))
    assert all(i.words in paper for i in INDICATORS)
    assert all(
        w in paper
        for w in ("共 1 个", "下属号", "开设单位：某中心", "单位分管负责人", "王主任 于 2026-03-31")
    )
    sheet = openpyxl.load_workbook(bureau.workplace.look(lambda d: export(d, "a.xlsx"))).active
    assert sheet is not None
    assert sheet.max_row == 2 + len(INDICATORS)
    with pytest.raises(Invalid):
        bureau.workplace.look(lambda d: export(d, "a.pdf"))
    bureau.workplace.look(lambda d: views.export_year(d, 2026, tmp_path / "y.xlsx"))
    assert len(bureau.workplace.look(lambda d: views.year(d, 2026))) == 1
    assert len(bureau.rows(SelfCheckItem)) == len(INDICATORS)
    assert bureau.workplace.look(register.listed)
