"""A self-check as lists, pages and papers show it."""

from pathlib import Path
from typing import Any

from cases.register.desk import Desk
from cases.register.duty_kinds import AccountState, TaskState, Verdict
from cases.register.errors import Malformed
from cases.register.tables.duties import SelfCheck, SelfCheckItem, SelfCheckTask
from duties.accounts import register as accounts
from duties.papers import filling
from duties.papers.workbook import write_table
from duties.selfcheck import record
from duties.selfcheck.indicators import BY_CODE, GROUPS, INDICATORS
from duties.selfcheck.record import VERDICTS
from sla.deadline import due_words


def sheet(desk: Desk, check: SelfCheck) -> dict[str, Any]:
    """Return a month's self-check whole."""
    signed = check.signed_at is not None
    return {
        "id": check.id,
        "month": check.month,
        "account": accounts.by_id(desk, check.account_id).name if check.account_id else None,
        "account_id": check.account_id,
        "started_at": check.started_at,
        "started_by": check.started_by,
        "signed_at": check.signed_at,
        "signed_by": check.signed_by,
        "sha256": check.record_hash,
        "intact": record.record_hash(desk, check) == check.record_hash if signed else None,
        "items": [_item(item) for item in record.items(desk, check)],
        "tasks": [_task(desk, task) for task in record.tasks(desk, check)],
    }


def _item(item: SelfCheckItem) -> dict[str, Any]:
    return {
        "code": item.code,
        "indicator": BY_CODE[item.code].words,
        "clause": BY_CODE[item.code].clause,
        "automatic": bool(item.automatic),
        "automatic_verdict": item.automatic or None,
        "verdict": item.verdict or None,
        "value": item.value,
        "note": item.note,
        "answered_by": item.answered_by,
    }


def _task(desk: Desk, task: SelfCheckTask) -> dict[str, Any]:
    return {
        "code": task.code,
        "due_on": task.due_on,
        "provisional": task.provisional,
        "state": task.state,
        "done_on": task.done_on,
        "overdue": task.state == TaskState.OPEN and desk.today > task.due_on,
        "note": task.note,
    }


def year(desk: Desk, number: int) -> list[dict[str, Any]]:
    """Return a year's checks, one line each."""
    lines = []
    for check in record.of_year(desk, number):
        shown = sheet(desk, check)
        faults = [item["code"] for item in shown["items"] if item["verdict"] == Verdict.FAULT]
        left = [item["code"] for item in shown["items"] if item["verdict"] is None]
        open_ = [task["code"] for task in shown["tasks"] if task["state"] == TaskState.OPEN]
        kept = ("id", "month", "account", "signed_at", "signed_by", "intact")
        lines.append(
            {**{key: shown[key] for key in kept}, "faults": faults, "unanswered": left, "open_tasks": open_}
        )
    return lines


def export(desk: Desk, check: SelfCheck, file: Path, own: Path | None = None) -> None:
    """Write the record as .docx or .xlsx, by the file's ending. Raises: Invalid, OSError."""
    shown = sheet(desk, check)
    if file.suffix.lower() == ".docx":
        file.write_bytes(filling.fill("selfcheck", paper_values(desk, check, shown), own))
    elif file.suffix.lower() == ".xlsx":
        rows = [_row(item, shown) for item in shown["items"]]
        heads = ("序号", "方面", "指标", "依据", "系统判定", "结论", "数据", "情况说明", "整改")
        title = f"{check.month} 政务新媒体自查表（{_signed(desk, check)}）"
        write_table(file, title, heads, rows, (6, 12, 36, 26, 9, 9, 36, 26, 22))
    else:
        raise Malformed(f"{file.name} 应以 .docx 或 .xlsx 结尾。")


def export_year(desk: Desk, number: int, file: Path) -> None:
    """Write the year's table: a line an indicator, a column a month. Raises: Invalid, OSError."""
    if file.suffix.lower() != ".xlsx":
        raise Malformed(f"{file.name} 应以 .xlsx 结尾。")
    checks = record.of_year(desk, number)
    of = [{item.code: item.verdict for item in record.items(desk, check)} for check in checks]
    heads = (
        "序号",
        "指标",
        *(check.month + (f" 账号{check.account_id}" if check.account_id else "") for check in checks),
    )
    rows = [[i.code, i.words, *(VERDICTS[answers.get(i.code, "")] for answers in of)] for i in INDICATORS]
    rows.append(["", "签署人", *(check.signed_by or "未签署" for check in checks)])
    write_table(file, f"{number} 年政务新媒体自查一览", heads, rows, (6, 44, *(11 for _ in checks)))


def paper_values(desk: Desk, check: SelfCheck, shown: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of the paper. Source: Qingdao West Coast 2020 no. 88, annex 2 (一)–(五)."""
    known = [a for a in accounts.listed(desk) if a.state != AccountState.CLOSED]
    if check.account_id:
        known = [a for a in known if a.id == check.account_id]
    unit = known[0].unit if known else ""
    lines = [{"名称": a.name, "类型": a.platform, "单位": a.unit} for a in known]
    return {
        "月份": check.month,
        "单位": unit,
        "本级": [line for line in lines if line["单位"] == unit],
        "下属": [line for line in lines if line["单位"] != unit],
        "指标": [
            dict(
                zip(
                    ("序号", "方面", "指标", "依据", "系统判定", "结论", "数据", "说明", "整改"),
                    _row(i, shown),
                    strict=True,
                )
            )
            | {"说明": "；".join(filter(None, (i["value"], i["note"])))}
            for i in shown["items"]
        ],
        "签署": _signed(desk, check),
    }


def _signed(desk: Desk, check: SelfCheck) -> str:
    if check.signed_at is None:
        return "尚未签署"
    at = check.signed_at.astimezone(desk.office.zone)
    return f"{check.signed_by} 于 {at:%Y-%m-%d %H:%M} 签署，记录指纹 {check.record_hash[:16]}"


def _row(item: dict[str, Any], shown: dict[str, Any]) -> list[str]:
    task = next((t for t in shown["tasks"] if t["code"] == item["code"]), None)
    mend = ""
    if task is not None:
        done = f"已于 {task['done_on']} 整改" if task["done_on"] else "待整改"
        mend = f"{due_words(task['due_on'], task['provisional'])} 前；{done}"
    return [
        item["code"], GROUPS[item["code"][0]], item["indicator"], item["clause"],
        VERDICTS[item["automatic_verdict"]] if item["automatic_verdict"] else "—", VERDICTS[item["verdict"] or ""],
        item["value"], item["note"], mend,
    ]  # fmt: skip
