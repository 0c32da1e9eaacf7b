"""What a citizen says of an answer: a rating, 「人工」, 「没解决」; and what staff do with an answered case."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlmodel import col, select

from cases.register import outcomes, readonly, register
from cases.register.desk import Desk
from cases.register.errors import Invalid, NotFound
from cases.register.kinds import Job, Lane
from cases.register.readonly import Citizen
from cases.register.rows import id_of, row_of
from cases.register.states import DeliveryState, Purpose, State
from cases.register.tables import AutoAnswer, Case, Delivery
from cases.sending import announce, outbox, payloads
from cases.steps import automatic, reopen

GRADES = ("满意", "基本满意", "不满意")
_RATED = (State.ANSWERED, State.AUTO_ANSWERED, State.REFUSED)
_ANSWERS = ("answer", "correction", "refusal", "auto")
FRESH = timedelta(days=30)  # an answer so long ago is not meant by words that name no number
_AFTER = timedelta(seconds=3)  # the answer itself should be read first


def own_case(desk: Desk, citizen: Citizen, no: str) -> readonly.Case:
    """Return the citizen's own case; another citizen's is as unknown as one that never was. Raises: NotFound."""
    case = desk.session.exec(select(Case).where(Case.no == no, Case.citizen_id == citizen.id)).first()
    if case is None:
        raise NotFound(f"没有找到您的编号为 {no[:20]} 的事项，请核对编号。发送「查询」可列出您的全部事项。")
    return case


def own_cases(desk: Desk, citizen: Citizen, limit: int = 200) -> list[readonly.Case]:
    query = select(Case).where(Case.citizen_id == citizen.id).order_by(col(Case.id).desc()).limit(limit)
    return list(desk.session.exec(query).all())


def offer(desk: Desk, delivered: Iterable[readonly.Delivery]) -> None:
    """Have a rating offered of answers that reached their citizen; the door sees whether there is room for it."""
    for delivery in delivered:
        if delivery.kind in (Purpose.ANSWER, Purpose.REFUSAL):
            outbox.put(
                desk,
                key=f"{Job.RATING}:{delivery.id}",
                lane=Lane.CITIZEN,
                target=f"citizen:{delivery.citizen_id}",
                kind=Job.RATING,
                now=desk.now,
                priority=outbox.BACKGROUND,
                payload=payloads.OfCase(delivery.case_id),
                not_before=desk.now + _AFTER,
            )


def rate(desk: Desk, case: readonly.Case, grade: str) -> bool:
    """Record a rating; 不满意 reopens once, with a full new clock from today. Returns True if it did.

    Raises: Invalid if the case has no answer yet or the grade is none of `GRADES`.
    """
    case = row_of(Case, case)
    if grade not in GRADES:
        raise Invalid(f"评价请用：{'、'.join(GRADES)}。")
    register.lock(desk, case)
    if case.status not in _RATED:
        raise Invalid(f"编号 {case.no} 尚未答复，答复后再请您评价。")
    case.rating = grade
    desk.session.add(case)
    desk.session.flush()
    outcomes.rate(desk, case, grade)
    desk.audit("case.rate", f"case:{case.no}", grade=grade)
    reopens = grade == "不满意" and not case.reopened
    if reopens and case.status == State.AUTO_ANSWERED:
        automatic.fail(desk, case, "unsolved")
    else:
        _note_outcome(desk, case, grade)
    if not reopens:
        if grade == "不满意":
            _tell_supervisors(desk, case)
        announce.card(desk, case)
        return False
    reopen.anew(desk, case, "来信人不满意，重新办理")
    announce.fresh_card(desk, case, announce.SUPERVISORS)
    return True


def _tell_supervisors(desk: Desk, case: readonly.Case) -> None:
    """Dissatisfied once more: the case is not opened a second time, and a person should know."""
    announce.supervisors(
        desk,
        f"【不满意】{case.no} 的来信人对重新办理后的答复仍不满意，不再自动重办，请督办人过问。",
        key=f"dissatisfied:{case.id}:{desk.now.isoformat()}",
        case=case,
    )


def unsolved(desk: Desk, case: readonly.Case) -> bool:
    """「没解决」 of a colleague's answer: reopened once, like 不满意, without putting a grade in anybody's mouth.

    Returns False if it was reopened before: then what is said is a matter of its own.
    """
    register.lock(desk, case)
    if case.status not in (State.ANSWERED, State.REFUSED) or case.reopened:
        return False
    reopen.anew(desk, case, "来信人表示没有解决，重新办理")
    announce.fresh_card(desk, case, announce.SUPERVISORS)
    return True


def want_person(desk: Desk, citizen: Citizen, why: str, no: str = "") -> readonly.Case:
    """「人工」 or 「没解决」 without or with a number: reopen the latest automatic answer. Raises: NotFound, Invalid."""
    if no:
        case = own_case(desk, citizen, no)
    else:
        query = select(Case).where(Case.citizen_id == citizen.id, Case.status == State.AUTO_ANSWERED)
        found = desk.session.exec(query.order_by(col(Case.released_at).desc(), col(Case.id).desc())).first()
        if found is None:
            raise NotFound("没有需要转人工的自动答复。请直接写下您的问题，每一条都会有人看。")
        case = found
    automatic.reopen(desk, case, why)
    return case


def last_answered(desk: Desk, citizen: Citizen) -> readonly.Case | None:
    """Return the case whose answer reached its citizen last; an answer that still waits for pick-up is unread."""
    query = select(Case).where(Case.citizen_id == citizen.id, col(Case.status).in_(_RATED))
    cases = desk.session.exec(
        query.order_by(col(Case.released_at).desc(), col(Case.id).desc()).limit(50)
    ).all()
    ways = select(Delivery).where(
        col(Delivery.case_id).in_([case.id for case in cases]), col(Delivery.kind).in_(_ANSWERS)
    )
    way = {row.case_id: row for row in desk.session.exec(ways.order_by(col(Delivery.id)))}

    def reached(case: readonly.Case) -> tuple[bool, datetime]:
        row = way.get(id_of(case))
        read = row is None or row.state != DeliveryState.WAITING
        finished = row.finished_at if row is not None and read else None
        return read, finished or case.released_at or case.received_at

    return max(cases, key=reached, default=None)


def automatic_just_read(desk: Desk, citizen: Citizen) -> readonly.Case | None:
    """Return the automatic answer that a citizen read last: 「人工，我行动不便」 is said of it, and of no older one."""
    case = last_answered(desk, citizen)
    if case is None or case.status != State.AUTO_ANSWERED or case.released_at is None:
        return None
    return case if desk.now - case.released_at <= FRESH else None


def _note_outcome(desk: Desk, case: readonly.Case, grade: str) -> None:
    hit = desk.session.exec(select(AutoAnswer).where(AutoAnswer.case_id == case.id)).first()
    if hit is not None:
        if grade == GRADES[0] and hit.outcome != grade and case.status == State.AUTO_ANSWERED:
            automatic.pleased(desk, hit.entry_id)
        hit.outcome = grade
        desk.session.add(hit)
