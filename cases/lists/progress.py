"""What has been done on a case and when, in the plain words that its citizen reads. No colleague is named."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select

from cases.register import readonly
from cases.register.desk import Desk
from cases.register.readonly import Case
from cases.register.states import Purpose
from cases.register.tables import Audit, Department

_WORDS = {
    "case.open": "已收到",
    "case.addition": "已收到补充",
    "case.claim": "正在起草",
    "draft.submit": "审核中",
    "draft.return": "正在起草",
    "case.auto_answer": "已自动答复",
    "case.reopen": "重新办理",
    "case.resume": "继续办理",
    "case.close": "已办结",
}
_RELEASED = {
    Purpose.ANSWER: "已答复",
    Purpose.QUESTION: "已请您补充说明",
    Purpose.REFUSAL: "不予受理",
    Purpose.CORRECTION: "答复已更正",
}
_BY_EVENT = {
    **dict.fromkeys(("case.answer", "case.lead_answer"), _RELEASED[Purpose.ANSWER]),
    **dict.fromkeys(("case.refuse", "case.lead_refuse"), _RELEASED[Purpose.REFUSAL]),
    "case.ask": _RELEASED[Purpose.QUESTION],
}
_ACTIONS = (*_WORDS, *_BY_EVENT, "case.transfer", "extension.decide", "reply.release")


@dataclass(frozen=True, slots=True)
class ProgressStep:
    at: datetime
    what: str


def of(desk: Desk, case: Case) -> list[ProgressStep]:
    """Return the steps of a case, oldest first; the same step twice in a row is one."""
    rows = desk.session.exec(
        select(Audit)
        .where(Audit.subject == f"case:{case.no}", col(Audit.action).in_(_ACTIONS))
        .order_by(col(Audit.seq))
    ).all()
    steps: list[ProgressStep] = []
    purpose, department = Purpose.ANSWER, _first_department(desk, case, rows)
    for row in rows:
        facts = json.loads(row.detail or "{}")
        if row.action == "draft.submit":
            purpose = Purpose(facts.get("purpose", purpose))
        for what in _said(row.action, facts, purpose, department):
            if not steps or steps[-1].what != what:
                steps.append(ProgressStep(row.at, what))
    return steps


def _said(action: str, facts: dict[str, object], purpose: Purpose, department: str) -> list[str]:
    if action == "case.open":
        return [_WORDS[action], *([f"已转{department}"] if department else [])]
    if action == "case.transfer":  # the move itself is on record as well, without the department's name
        return [f"已转{facts['to']}"] if facts.get("to") else []
    if action == "extension.decide":
        return ["已延期"] if facts.get("granted") else []
    if action == "reply.release":  # of a correction alone: what else is released moves the case
        return [_RELEASED[purpose]] if purpose is Purpose.CORRECTION else []
    return [_BY_EVENT[action] if action in _BY_EVENT else _WORDS[action]]


def _first_department(desk: Desk, case: Case, rows: Sequence[readonly.Audit]) -> str:
    """Return the department that a case was given to when it was opened, as the trail has it."""
    opened = next((row for row in rows if row.action == "case.open"), None)
    facts = json.loads(opened.detail or "{}") if opened is not None else {}
    if "department" in facts or any(row.action == "case.transfer" for row in rows):
        return str(facts.get("department") or "")
    department = desk.session.get(Department, case.department_id) if case.department_id else None
    return department.name if department else ""
