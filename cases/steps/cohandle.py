"""「协办」: another department sees the case on a card of its own and adds an opinion that stays inside the office.

The clock, the draft and the answer stay with the department that has the case.
"""

from cases.register import cohandlings, people, readonly, register
from cases.register.desk import Desk
from cases.register.errors import Invalid, Stale
from cases.register.permissions import require_hold
from cases.register.readonly import Case, Staff
from cases.register.rows import id_of
from cases.register.states import CoHandlingState
from cases.register.tables import CoHandling
from cases.sending import announce
from cases.steps.allowed import Action, demand
from text.masking import mask
from text.normalise import storable

LONGEST = 4000


def ask(desk: Desk, staff: Staff, case: Case, department: str, note: str = "") -> readonly.CoHandling:
    """Ask a second department for its opinion. Raises: NotAllowed, Invalid, Stale."""
    register.lock(desk, case)
    demand(desk, staff, case, Action.COHANDLE)
    target = people.department_named(desk, department)
    if target.id == case.department_id:
        raise Invalid(f"本件就由{target.name}主办。")
    row = cohandlings.of(desk, case, target.id)
    if row is not None and row.state != CoHandlingState.ENDED:
        raise Invalid(f"已请{target.name}协办。")
    row = row or CoHandling(case_id=id_of(case), department_id=id_of(target), asked_by=id_of(staff))
    row.state, row.asked_by, row.asked_at, row.note = (
        CoHandlingState.ASKED,
        id_of(staff),
        desk.now,
        _masked(desk, note)[:500],
    )
    desk.session.add(row)
    desk.session.flush()
    desk.session.expire(case, ["co_handlings"])
    desk.audit("cohandling.ask", f"case:{case.no}", to=target.name, reason=row.note)
    announce.co_card(desk, case, row.department_id)
    announce.card(desk, case)
    return row


def give(desk: Desk, staff: Staff, case: Case, text: str) -> readonly.CoHandling:
    """Put the co-handling department's opinion down; a later one takes its place. Raises: NotAllowed, Stale, Invalid."""
    register.lock(desk, case)
    row = may_give(desk, staff, case)
    text = storable(text).strip()
    if not text:
        raise Invalid("请写明协办意见。")
    if len(text) > LONGEST:
        raise Invalid(f"协办意见超过 {LONGEST} 字。")
    row.state, row.given_by, row.given_at = CoHandlingState.GIVEN, staff.id, desk.now
    row.opinion_sealed, row.masked = desk.office.vault.seal(text), _masked(desk, text)
    desk.session.add(row)
    desk.session.flush()
    name = cohandlings.department(desk, row)
    desk.audit("cohandling.give", f"case:{case.no}", department=name)
    announce.handler(
        desk,
        case,
        f"{case.no} 收到{name}的协办意见（{staff.name}）：{row.masked[:1000]}",
        key=f"opinion:{row.id}:{desk.now.isoformat()}",
        quiet=False,
    )
    announce.card(desk, case)
    return row


def may_give(desk: Desk, staff: Staff, case: Case) -> CoHandling:
    """Return the row that this person's opinion belongs to. Raises: NotAllowed, Stale."""
    demand(desk, staff, case, Action.OPINION)
    row = cohandlings.of(desk, case, staff.department_id)
    if row is None or row.state == CoHandlingState.ENDED:
        raise Stale("协办已结束。")
    return row


def end(desk: Desk, staff: Staff, case: Case, department_name: str) -> None:
    """「撤销协办」: the department no longer sees the case. Raises: NotAllowed, Invalid."""
    register.lock(desk, case)
    require_hold(staff, case)
    target = people.department_named(desk, department_name)
    row = cohandlings.of(desk, case, target.id)
    if row is None or row.state == CoHandlingState.ENDED:
        raise Invalid(f"{target.name}没有协办本件。")
    row.state = CoHandlingState.ENDED
    desk.session.add(row)
    desk.session.flush()
    desk.session.expire(case, ["co_handlings"])
    desk.audit("cohandling.end", f"case:{case.no}", department=target.name)
    announce.card(desk, case)


def _masked(desk: Desk, text: str) -> str:
    return mask(storable(text).strip(), desk.own_numbers)
