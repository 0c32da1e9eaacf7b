"""Advice worth keeping: passed to a department, adopted or declined; the citizen is told in reviewed words.

Source: Anning 2021 art. 30 (「有参考价值的意见建议应及时转送有关业务部门」); MLGK 004—2018 §6.3.3.3; Baoding art. 10.
"""

from datetime import date, datetime, time
from typing import Any

from sqlalchemy import ColumnElement, true
from sqlmodel import col, select

from cases.register import people, tables
from cases.register import register as cases
from cases.register.desk import Desk
from cases.register.duty_kinds import SuggestionState
from cases.register.errors import Invalid, Malformed, NotAllowed, NotFound, Stale
from cases.register.permissions import HANDLER, require, require_work
from cases.register.readonly import Case
from cases.register.rows import id_of
from cases.register.states import DraftState, Purpose
from cases.register.tables import Department, Draft, Message, Staff
from cases.register.tables.duties import Suggestion
from cases.sending import announce, outbox
from cases.steps import draft
from duties.rules import doer, rights
from duties.rules.doer import Doer
from sla.deadline import due_words
from text.normalise import storable

STATES: dict[str, str] = {
    SuggestionState.PASSED: "已转送",
    SuggestionState.ADOPTED: "已采纳",
    SuggestionState.DECLINED: "未采纳",
}


def pass_on(desk: Desk, who: Doer, no: str, department: str, feedback_by: date) -> Suggestion:
    """Pass a citizen's advice to a department that answers until a date. Raises: Invalid, NotAllowed, Stale."""
    case = cases.by_number(desk, no)
    cases.lock(desk, case)
    _require_work(who, case)
    if case.accusation:
        raise NotAllowed("检举类事项由督办人处理，不作为建议转送。")
    target = people.department_named(desk, department)
    if feedback_by < desk.today:
        raise Invalid(f"反馈日期 {feedback_by} 早于今天。", field="feedback_by")
    if (row := _of(desk, case)) is not None:
        raise Stale(f"{case.no} 已作为建议转送（{STATES[row.state]}）。")
    row = Suggestion(
        case_id=id_of(case), department_id=id_of(target), feedback_by=feedback_by,
        provisional=not desk.calendar.is_official(feedback_by.year), passed_at=desk.now,
        passed_by=doer.name_of(desk, who),
    )  # fmt: skip
    desk.session.add(row)
    desk.session.flush()
    desk.audit(
        "suggestion.pass",
        f"case:{case.no}",
        department=target.name,
        due_on=feedback_by,
        provisional=row.provisional,
    )
    due = due_words(feedback_by, row.provisional)
    words = (
        f"【意见建议】{case.no} 转请{target.name}研究，请于 {due} 前反馈是否采纳。\n{_excerpt(desk, case)}"
    )
    announce.tell(desk, f"department:{target.id}", words, key=f"suggestion:{row.id}", case=case)
    return row


def adopt(desk: Desk, who: Doer, no: str, note: str) -> Suggestion:
    """Note the adoption and put the words that tell the citizen up for review; nothing is said before it is passed.

    The words are the colleague's who acts, or of the administrator the handler's. Where there is none yet the
    handlers are asked to write them. Telling anew is for words that were sent back.
    """
    row, case = _open(desk, no)
    _require_work(who, case)
    note = _note(note, "采纳的情况")
    if row.state == SuggestionState.DECLINED:
        raise Stale(f"{case.no} 已登记为未采纳。")
    if row.state == SuggestionState.ADOPTED and told(desk, row) in ("review", "told"):
        raise Stale(f"{case.no} 已登记采纳，告知来信人的文字{TOLD[told(desk, row)]}。")
    writer = who or (desk.session.get(Staff, case.handler_id) if case.handler_id else None)
    if writer is not None and writer.active:
        _require_work(writer, case)
        row.draft_id = draft.put_up(desk, writer, case, note, Purpose.ADOPTION).id
    else:
        words = f"【意见建议】{case.no} 已采纳，本件还没有承办人：请认领后在控制台「意见建议」拟写告知。\n{note[:300]}"
        announce.tell(
            desk, announce.home(case), words, key=f"adopted:{row.id}:{desk.now.isoformat()}", case=case
        )
    _decide(desk, who, row, case, SuggestionState.ADOPTED, note)
    return row


def decline(desk: Desk, who: Doer, no: str, note: str) -> Suggestion:
    """Note with its reason that the advice is not taken up. Raises: NotAllowed; Invalid without one, Stale if decided."""
    row, case = _open(desk, no)
    _require_work(who, case)
    note = _note(note, "不采纳的理由")
    if row.state != SuggestionState.PASSED:
        raise Stale(f"{case.no} 已登记为{STATES[row.state]}。")
    _decide(desk, who, row, case, SuggestionState.DECLINED, note)
    return row


def _require_work(who: Doer, case: Case) -> None:
    """The administrator notes what others decided; a colleague decides on what is theirs to answer."""
    if who is not None:
        require(who, HANDLER)
        rights.require_sight(who, case)
        require_work(who, case)


TOLD = {"none": "还没有拟写", "review": "正在审核", "back": "被退回或撤回，请重拟", "told": "已审核发出"}


def told(desk: Desk, row: Suggestion) -> str:
    """Return how far the words to the citizen are: none, review, back or told."""
    words = desk.session.get(Draft, row.draft_id) if row.draft_id else None
    if words is None:
        return "none"
    return {DraftState.REVIEW: "review", DraftState.APPROVED: "told"}.get(DraftState(words.state), "back")


def shown(desk: Desk, row: Suggestion) -> dict[str, Any]:
    session = desk.session
    case, department = (
        session.get_one(tables.Case, row.case_id),
        session.get_one(Department, row.department_id),
    )
    return {
        "no": case.no,
        "department": department.name,
        "feedback_by": row.feedback_by,
        "provisional": row.provisional,
        "overdue": row.state == SuggestionState.PASSED and desk.today > row.feedback_by,
        "state": row.state,
        "note": row.note,
        "told": told(desk, row) if row.state == SuggestionState.ADOPTED else None,
        "draft": row.draft_id,
        "writer": _writer(desk, row),
        "passed_at": row.passed_at,
        "passed_by": row.passed_by,
        "decided_at": row.decided_at,
        "decided_by": row.decided_by,
    }


def _writer(desk: Desk, row: Suggestion) -> str | None:
    """Return in whose name the words to the citizen stand; None where nobody has written any."""
    words = desk.session.get(Draft, row.draft_id) if row.draft_id else None
    author = desk.session.get(Staff, words.author_id) if words is not None else None
    return author.name if author is not None else None


def listed(desk: Desk) -> list[Suggestion]:
    return list(desk.session.exec(select(Suggestion).order_by(col(Suggestion.id))).all())


def passed_within(
    desk: Desk, start: datetime, end: datetime, sight: ColumnElement[bool] | None = None
) -> list[dict[str, Any]]:
    """Return the advice passed on from `start` to before `end`, of the cases for which `sight` holds."""
    query = select(Suggestion).join(tables.Case, col(tables.Case.id) == col(Suggestion.case_id))
    query = query.where(
        col(Suggestion.passed_at) >= start,
        col(Suggestion.passed_at) < end,
        sight if sight is not None else true(),
    )
    return [shown(desk, row) for row in desk.session.exec(query.order_by(col(Suggestion.id))).all()]


def quarter_words(desk: Desk) -> str:
    """Return the digest of the quarter before today's; empty where there was nothing."""
    first_month = (desk.today.month - 1) // 3 * 3 + 1
    end = datetime.combine(date(desk.today.year, first_month, 1), time(), tzinfo=desk.office.zone)
    year, month = (end.year, first_month - 3) if first_month > 3 else (end.year - 1, 10)
    start = datetime.combine(date(year, month, 1), time(), tzinfo=desk.office.zone)
    rows = [row for row in listed(desk) if start <= row.passed_at < end]
    if not rows:
        return ""
    counts = {state: sum(row.state == state for row in rows) for state in STATES}
    lines = [
        f"【意见建议季报】{year} 年第 {(month + 2) // 3} 季度转送 {len(rows)} 件：采纳 {counts['adopted']} 件，"
        f"未采纳 {counts['declined']} 件，待反馈 {counts['passed']} 件。"
    ]
    for row in rows:
        if row.state == SuggestionState.ADOPTED:
            line = shown(desk, row)
            lines.append(f"{line['no']}（{line['department']}）：{row.note[:60]}")
    return "\n".join(lines)


def _of(desk: Desk, case: Case) -> Suggestion | None:
    return desk.session.exec(select(Suggestion).where(Suggestion.case_id == case.id)).first()


def _open(desk: Desk, no: str) -> tuple[Suggestion, Case]:
    case = cases.by_number(desk, no)
    cases.lock(desk, case)
    row = _of(desk, case)
    if row is None:
        raise NotFound(f"{case.no} 还没有作为建议转送，请先 suggestion pass。")
    desk.session.refresh(row, with_for_update=True)
    return row, case


def _note(note: str, what: str) -> str:
    note = storable(note).strip()[:2000]
    if not note:
        raise Malformed(f"请写明{what}。", field="text")
    return note


def _decide(desk: Desk, who: Doer, row: Suggestion, case: Case, state: str, note: str) -> None:
    row.state, row.note = state, note
    row.decided_at, row.decided_by = desk.now, doer.name_of(desk, who)
    desk.session.add(row)
    desk.audit(f"suggestion.{state}", f"case:{case.no}", note=note, draft=row.draft_id)
    words = f"【意见建议】{case.no} {STATES[state]}：{note[:300]}"
    announce.supervisors(
        desk, words, key=f"suggestion-{state}:{row.id}:{row.draft_id}", case=case, priority=outbox.NORMAL
    )


def _excerpt(desk: Desk, case: Case) -> str:
    query = select(Message.masked).where(Message.case_id == case.id).order_by(col(Message.id))
    return (desk.session.exec(query).first() or "")[:500]
