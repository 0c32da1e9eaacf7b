"""「并案」: cases of one mass incident are linked to a lead case, answered once, and each citizen gets it.

Every linked case keeps its number, its clock and its own frozen standing (`cases.joint_answer`).
"""

from collections.abc import Sequence

from cases.register import register, tables
from cases.register.desk import Desk
from cases.register.errors import Invalid, NotAllowed, Refusal, Stale
from cases.register.permissions import require_work
from cases.register.readonly import Case, Staff
from cases.register.rows import id_of, row_of
from cases.register.states import Event, State
from cases.sending import announce
from cases.steps import review
from cases.steps.allowed import Action, demand


def link(desk: Desk, staff: Staff, case: Case, lead: Case) -> None:
    """Have `case` answered together with `lead`. Raises: NotAllowed, Invalid, Stale.

    A draft of its own is taken back; approvals of the lead's draft fall, for it now answers one citizen more.
    """
    case = row_of(tables.Case, case)
    register.lock(desk, lead)  # the lead first: the order in which an answer is released
    register.lock(desk, case)
    demand(desk, staff, case, Action.LINK)
    require_work(staff, lead)
    _check(desk, case, lead)
    review.withdraw(desk, case, f"已并入 {lead.no}")
    if case.status == State.IN_REVIEW:
        register.move(desk, case, Event.RETURN, review_since=None)
    case.parent_id, case.unclaimed_since = lead.id, None
    register.look_again(desk, case)
    desk.session.flush()
    desk.audit("case.link", f"case:{case.no}", lead=lead.no)
    desk.audit("case.link", f"case:{lead.no}", linked=case.no)
    if lead.status == State.IN_REVIEW:
        review.withdraw_approval(desk, lead, f"并入了 {case.no}")
    announce.card(desk, case)
    announce.card(desk, lead)


def together(desk: Desk, staff: Staff, cases: Sequence[Case]) -> Case:
    """Have several cases answered as one, the oldest as lead; all or none is linked. Raises as `link`, naming the case."""
    if len(cases) < 2:
        raise Invalid("请至少勾选两件。", "no")
    lead, *others = sorted(cases, key=id_of)
    join(desk, staff, others, lead)
    return lead


def join(desk: Desk, staff: Staff, cases: Sequence[Case], lead: Case) -> None:
    """Have each of the cases answered with `lead`, or none. Raises as `link`, naming the case."""
    for case in cases:
        try:
            link(desk, staff, case, lead)
        except Refusal as refused:
            raise type(refused)(f"{case.no}：{refused}", "no") from None


def unlink(desk: Desk, staff: Staff, case: Case) -> None:
    """「撤销并案」: the case is answered by itself again. Raises: NotAllowed, Invalid, Stale."""
    case = row_of(tables.Case, case)
    lead = register.lead(desk, case)
    if lead is None:
        raise Invalid("本件没有并案。")
    register.lock(desk, lead)
    register.lock(desk, case)
    demand(desk, staff, case, Action.UNLINK)
    case.parent_id = None
    case.unclaimed_since = desk.now if case.status == State.NEW else None
    register.look_again(desk, case)
    desk.session.flush()
    desk.audit("case.unlink", f"case:{case.no}", lead=lead.no)
    desk.audit("case.unlink", f"case:{lead.no}", linked=case.no)
    announce.card(desk, case)
    announce.card(desk, lead)


def _check(desk: Desk, case: Case, lead: Case) -> None:
    if case.id == lead.id:
        raise Invalid("不能并入自己。")
    if lead.parent_id is not None:
        other = register.by_id(desk, lead.parent_id)
        raise Invalid(f"{lead.no} 已并入 {other.no}，请并入 {other.no}。")
    if lead.accusation:
        raise NotAllowed("检举类事项不并案。")
    if not register.is_open(lead):
        raise Stale(f"牵头件 {lead.no} 已办结，不能并入。")
