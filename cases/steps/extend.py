"""「延期」: once per case, reasoned, before the due day ends, consented to by another person, told to the citizen.

Source: MLGK 004—2018 §6.3.3.4 (especially complex: 10 working days more).
"""

from sqlalchemy import update
from sqlmodel import col

from cases.register import readonly, register, tables
from cases.register.desk import Desk
from cases.register.errors import Invalid, Stale
from cases.register.kinds import Cause
from cases.register.readonly import Case, Staff
from cases.register.rows import hits, id_of, row_of
from cases.register.states import ExtensionState
from cases.register.tables import Extension
from cases.sending import announce, outbox
from cases.steps.allowed import Action, demand
from sla.deadline import Deadline, due_words
from text.normalise import storable


def ask(desk: Desk, staff: Staff, case: Case, reason: str) -> readonly.Extension:
    register.lock(desk, case)
    demand(desk, staff, case, Action.EXTEND)
    reason = storable(reason)
    if not reason.strip():
        raise Invalid("请写明延期理由。")
    extension = Extension(
        case_id=id_of(case),
        asked_by=id_of(staff),
        reason=desk.masked(reason.strip()[:1000]),
        asked_at=desk.now,
    )
    desk.session.add(extension)
    desk.session.flush()
    desk.audit("extension.ask", f"case:{case.no}", extension=extension.id, reason=extension.reason)
    announce.extension_card(desk, extension)
    announce.card(desk, case, priority=outbox.NORMAL)
    return extension


def decide(desk: Desk, staff: Staff, extension: readonly.Extension, consent: bool) -> Case:
    """「同意延期」 or 「不同意」, by a supervisor who did not ask. Raises: NotAllowed, Stale, Invalid."""
    case = register.by_id(desk, extension.case_id)
    register.lock(desk, case)
    demand(desk, staff, case, Action.DECIDE)
    if consent and not register.is_open(case):
        raise Stale("本件已办结，无需延期。")
    if consent and case.urgent:
        raise Invalid("紧急事项不能延期，请立即处置。")
    if consent and register.is_overdue(case, desk.now):
        raise Invalid("本件已过截止时间，不能再延期。")
    found = hits(
        desk.session,
        update(Extension)
        .where(col(Extension.id) == extension.id, col(Extension.state) == ExtensionState.ASKED)
        .values(
            state=ExtensionState.GRANTED if consent else ExtensionState.REFUSED,
            decided_by=staff.id,
            decided_at=desk.now,
        ),
    )
    if found != 1:
        raise Stale("这份延期申请已经处理过了。")
    desk.session.refresh(extension)
    desk.audit("extension.decide", f"case:{case.no}", extension=extension.id, granted=consent)
    told = f"已同意，新时限 {_grant(desk, case, extension)}" if consent else "未获同意"
    announce.handler(
        desk,
        case,
        f"{case.no} 的延期申请{told}（{staff.name}）。",
        key=f"extension-decided:{extension.id}",
        quiet=False,
    )
    announce.card(desk, case, priority=outbox.NORMAL)
    return case


def _grant(desk: Desk, case: Case, extension: readonly.Extension) -> str:
    """Move the due date, tell the citizen, and return the new date in words."""
    row_of(tables.Case, case).extended = True
    register.set_due(desk, case, Cause.EXTENDED, extension.reason)
    due = due_words(case.due_on, case.provisional)
    words = f"您反映的事项（编号 {case.no}）情况复杂，经批准延长办理时限，新的答复时限为 {due}。"
    announce.notice(desk, case, words)
    return due


def new_date(desk: Desk, case: Case) -> Deadline:
    """Return what an extension would make of the due date, counted by the category as it stands now."""
    policy = desk.office.policy
    return desk.deadline(case.clock_from, policy.limit(case.category) + policy.extension)


def lapse(desk: Desk, case: Case) -> None:
    """The case is answered: a wish that nobody decided has lost its clock."""
    desk.session.execute(
        update(Extension)
        .where(col(Extension.case_id) == case.id, col(Extension.state) == ExtensionState.ASKED)
        .values(state=ExtensionState.LAPSED, decided_at=desk.now)
    )
