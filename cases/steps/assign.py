"""Third step: who answers for a case: department by topic, claiming, transfer, change of category."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_
from sqlmodel import col, select

from cases.register import lapse, people, register, tables
from cases.register.desk import Desk
from cases.register.errors import Invalid, NotAllowed
from cases.register.kinds import Cause
from cases.register.permissions import HANDLER, SUPERVISOR, holds, may_work, require
from cases.register.readonly import Case, Staff
from cases.register.rows import id_of, row_of
from cases.register.states import CATEGORIES, CATEGORY_NAMES, OPEN, Event, PromiseState
from cases.register.tables import Correction, Message, Promise
from cases.sending import announce, outbox
from cases.steps import review
from cases.steps.allowed import Action, demand
from sla.deadline import due_words


def route(desk: Desk, case: Case) -> None:
    """Give the case to the department that answers for its topic. An accusation goes to none."""
    row_of(tables.Case, case).department_id = department_of(desk, case)


def department_of(desk: Desk, case: Case) -> int | None:
    """Return the department that a case goes to by its topic."""
    department = None if case.accusation else people.department_for(desk, case.topic, case.account)
    return department.id if department else None


def claim(desk: Desk, staff: Staff, case: Case) -> None:
    """Take a case in hand. Of many at once exactly one wins. Raises: NotAllowed, Stale."""
    demand(desk, staff, case, Action.CLAIM)
    register.move(desk, case, Event.CLAIM, handler_id=staff.id, claimed_at=desk.now)
    announce.card(desk, case, priority=outbox.PEOPLE)


def assign(desk: Desk, staff: Staff, case: Case, to: Staff) -> None:
    """「指派」: a supervisor gives a case to a colleague. Raises: NotAllowed, Invalid, Stale."""
    register.lock(desk, case)
    demand(desk, staff, case, Action.ASSIGN)
    if not holds(to, HANDLER) or not may_work(to, case):
        raise Invalid(f"{to.name}不能办理本件，请选择本部门的同事。")
    if case.handler_id == to.id:
        raise Invalid(f"本件已由{to.name}办理。")
    register.move(desk, case, Event.ASSIGN, handler_id=to.id, claimed_at=desk.now)
    desk.audit("case.assign_to", f"case:{case.no}", to=to.name)
    announce.card(desk, case, priority=outbox.PEOPLE)
    due = due_words(case.due_on, case.provisional)
    announce.handler(
        desk,
        case,
        f"{case.no} 由{staff.name}指派给您办理，时限 {due}。",
        key=f"assigned:{case.id}:{desk.now.isoformat()}",
        quiet=False,
    )


def candidates(desk: Desk, case: Case) -> list[Staff]:
    """Return who may be given a case, its own department first."""
    rows = desk.session.exec(
        select(tables.Staff).where(col(tables.Staff.active).is_(True)).order_by(col(tables.Staff.id))
    ).all()
    able = [s for s in rows if holds(s, HANDLER) and may_work(s, case) and s.id != case.handler_id]
    return sorted(able, key=lambda s: s.department_id != case.department_id)


def transfer(desk: Desk, staff: Staff, case: Case, department: str, reason: str = "") -> None:
    """「转办」: another department gets the case; the handler becomes empty, the clock stays."""
    register.lock(desk, case)
    demand(desk, staff, case, Action.TRANSFER)
    target = people.department_named(desk, department)
    if target.id == case.department_id:
        raise Invalid(f"本件已在{target.name}。")
    review.withdraw(desk, case, "已转办")
    lapse.note(desk, case)
    register.move(
        desk,
        case,
        Event.TRANSFER,
        department_id=target.id,
        handler_id=None,
        review_since=None,
        unclaimed_since=desk.now,
    )
    desk.audit("case.transfer", f"case:{case.no}", to=target.name, reason=reason)
    announce.moved_card(desk, case)
    announce.notice(
        desk,
        case,
        f"您反映的事项（编号 {case.no}）已转由{target.name}办理，"
        f"答复时限不变：{due_words(case.due_on, case.provisional)}。",
    )


def reclassify(desk: Desk, staff: Staff, case: Case, category: str) -> None:
    """「改类」: takes effect at once; the due date is counted anew from receipt, a granted extension stays."""
    case = row_of(tables.Case, case)
    register.lock(desk, case)
    demand(desk, staff, case, Action.RECLASSIFY)
    if category not in CATEGORIES:
        raise Invalid("没有这个类别。")
    if category == case.category and not case.needs_review:
        raise Invalid(f"本件已是「{CATEGORY_NAMES[category]}」。")
    before, was = case.category, Dated(case.due_on, due_words(case.due_on, case.provisional))
    lapse.note(desk, case)
    case.category, case.confidence, case.needs_review, case.settled = category, 1.0, False, True
    _learn(desk, staff, case, before)
    change = f"{CATEGORY_NAMES[before]}→{CATEGORY_NAMES[category]}"
    register.set_due(desk, case, Cause.RECLASSIFIED, f"{change}（{staff.name}）")
    desk.audit("case.reclassify", f"case:{case.no}", before=before, after=category)
    announce.card(desk, case, priority=outbox.NORMAL)
    tell_new_date(desk, case, was, f"由{staff.name}改类（{change}）")


@dataclass(frozen=True, slots=True)
class Dated:
    """The date that a case had before a change."""

    due_on: date
    words: str


def tell_new_date(desk: Desk, case: Case, was: Dated, what: str) -> None:
    """Tell the citizen of a date that moved with the category, and the supervisors of one that is later now."""
    due = due_words(case.due_on, case.provisional)
    if case.due_on != was.due_on:
        category = CATEGORY_NAMES[case.category]
        announce.notice(
            desk, case, f"您反映的事项（编号 {case.no}）现按「{category}」办理，答复时限为 {due}。"
        )
    if case.due_on > was.due_on:
        text = f"【改类】{case.no} {what}，时限由 {was.words} 延至 {due}。"
        announce.supervisors(desk, text, key=f"longer:{case.id}:{desk.now.isoformat()}", case=case)


def hand_over(desk: Desk, leaving: Staff, to: Staff) -> list[str]:
    """Give all open cases of a leaving colleague to another, and those with a promise still to be kept.

    The record is one audit row per case.
    """
    require(to, HANDLER)
    if to.id == leaving.id:
        raise Invalid("不能移交给本人。")
    promised = select(Promise.case_id).where(Promise.state == PromiseState.OPEN)
    unfinished = or_(col(tables.Case.status).in_(OPEN), col(tables.Case.id).in_(promised))
    mine = (
        select(tables.Case)
        .where(tables.Case.handler_id == leaving.id, unfinished)
        .order_by(col(tables.Case.id))
    )
    rows = desk.session.exec(mine.with_for_update(key_share=True)).all()
    if any(case.accusation for case in rows) and not holds(to, SUPERVISOR):
        raise NotAllowed("其中有检举类事项，只能移交给督办人。")
    moved = []
    for case in rows:
        case.handler_id = to.id
        desk.session.add(case)
        desk.audit("case.hand_over", f"case:{case.no}", before=leaving.name, after=to.name)
        announce.card(desk, case)
        moved.append(case.no)
    return moved


def _learn(desk: Desk, staff: Staff, case: Case, before: str) -> None:
    first = desk.session.exec(
        select(Message).where(Message.case_id == case.id).order_by(col(Message.id))
    ).first()
    if first is not None and first.kind == "text":
        desk.session.add(
            Correction(
                case_id=id_of(case),
                staff_id=staff.id,
                sealed=first.sealed,
                before=before,
                after=case.category,
                at=desk.now,
            )
        )
