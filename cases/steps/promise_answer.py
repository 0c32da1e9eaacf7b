"""What a citizen says when asked whether a promised thing was done: 「没有」 takes the case up again."""

from datetime import timedelta

from sqlmodel import col, select

from cases.register import readonly, register
from cases.register.desk import Desk
from cases.register.readonly import Citizen
from cases.register.states import PromiseState, Purpose, State
from cases.register.tables import Case, Delivery, Promise
from cases.sending import announce, outbox
from cases.steps import promise, reopen
from sla.deadline import due_words

ANSWERABLE = timedelta(days=60)  # so long 「没有」 is taken for the answer


def not_done(desk: Desk, citizen: Citizen) -> readonly.Case | None:
    """「没有」: what the answer promised was not done, and its handler takes the case up again.

    None where the citizen was not asked of late, or what was asked last is something else.
    """
    row = _asked(desk, citizen)
    if row is None:
        return None
    case = register.by_id(desk, row.case_id)
    register.lock(desk, case)
    if case.status != State.ANSWERED:
        return None
    _note(desk, case, row, "not_done")
    reopen.for_its_handler(desk, case, f"承诺「{row.words}」未办到，来信人要求继续办理")
    for other in promise.open_of(desk, case):
        promise.end(desk, other, PromiseState.REPLACED, "来信人表示没有办到，重新办理")
    due = due_words(case.due_on, case.provisional)
    said = f"答复中说的「{row.words}」没有办到"
    text = f"【承诺未办到】{case.no} 的来信人回应：{said}。已重新办理，时限 {due}。"
    announce.supervisors(desk, text, key=f"promise:{row.id}:not-done", case=case)
    announce.handler(
        desk, case, f"{text}请继续办理并重新答复。", key=f"promise:{row.id}:not-done:handler", quiet=False
    )
    announce.card(desk, case, priority=outbox.NORMAL)
    return case


def done(desk: Desk, citizen: Citizen) -> readonly.Case | None:
    """「办好了」: noted with the promise. None where the citizen was not asked."""
    row = _asked(desk, citizen)
    if row is None:
        return None
    case = register.by_id(desk, row.case_id)
    _note(desk, case, row, "done")
    if row.state == PromiseState.OPEN:
        promise.end(desk, row, PromiseState.KEPT, "来信人表示已办好")
    announce.card(desk, case)
    return case


def taken_up(case: readonly.Case) -> str:
    """Return what the citizen reads on 「没有」, whatever the channel."""
    due = due_words(case.due_on, case.provisional)
    return f"很抱歉没有按答复办到。编号 {case.no} 已交原承办人继续办理，新的答复时限 {due}。"


def noted(case: readonly.Case) -> str:
    """Return what the citizen reads on 「办好了」."""
    return f"感谢您的回应：编号 {case.no} 已注明办好。"


def _asked(desk: Desk, citizen: Citizen) -> Promise | None:
    """Return the promise that this citizen was asked about last and has not answered."""
    query = (
        select(Promise)
        .join(Case, col(Case.id) == col(Promise.case_id))
        .where(
            Case.citizen_id == citizen.id, col(Promise.asked_at) > desk.now - ANSWERABLE, Promise.said == ""
        )
        .order_by(col(Promise.asked_at).desc(), col(Promise.id).desc())
    )
    row = desk.session.exec(query).first()
    if row is None:
        return None
    since = select(Delivery.id).where(
        Delivery.citizen_id == citizen.id,
        Delivery.kind == Purpose.QUESTION,
        col(Delivery.created_at) > row.asked_at,
    )
    return row if desk.session.exec(since).first() is None else None


def _note(desk: Desk, case: readonly.Case, row: Promise, said: str) -> None:
    row.said = said
    desk.session.add(row)
    desk.audit("promise.said", f"case:{case.no}", words=row.words, said=said)
