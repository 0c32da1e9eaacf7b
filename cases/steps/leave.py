"""A colleague leaves: what was in their hands goes back to everybody at once, and the head hears of it."""

from collections.abc import Sequence

from sqlmodel import col, select

from cases.register import lapse, people, register
from cases.register.desk import Desk
from cases.register.readonly import Staff
from cases.register.states import OPEN, Event, PromiseState
from cases.register.tables import Case, Danger, Promise
from cases.sending import announce
from cases.steps import danger, review

SHOWN = 30  # numbers in one message


def disable(desk: Desk, staff_id: int) -> tuple[Staff, list[str]]:
    """Take a person's access away; returns the numbers of the cases that are free again."""
    leaving = people.disable_staff(desk, staff_id)
    return leaving, release(desk, leaving)


def release(desk: Desk, leaving: Staff) -> list[str]:
    """Free every open case of a person who is gone. A draft under review is taken back; its text stays on record."""
    mine = (
        select(Case).where(Case.handler_id == leaving.id, col(Case.status).in_(OPEN)).order_by(col(Case.id))
    )
    rows = desk.session.exec(mine.with_for_update(key_share=True)).all()
    for case in rows:
        review.withdraw(desk, case, f"{leaving.name}已离岗")
        lapse.note(desk, case)
        free = {"handler_id": None, "review_since": None, "unclaimed_since": desk.now}
        register.move(desk, case, Event.RELEASE, **free)
        announce.fresh_card(desk, case, beside=True)
    danger.let_go(desk, leaving, _in_their_care(desk, leaving))
    owed = _promised(desk, leaving)
    for department_id in dict.fromkeys(case.department_id for case in (*rows, *owed)):
        _tell_head(
            desk,
            leaving,
            department_id,
            [case.no for case in rows if case.department_id == department_id],
            [case.no for case in owed if case.department_id == department_id],
        )
    return [case.no for case in rows]


def _in_their_care(desk: Desk, leaving: Staff) -> Sequence[Case]:
    query = (
        select(Case).join(Danger, col(Danger.case_id) == col(Case.id)).where(Danger.taken_by == leaving.id)
    )
    return desk.session.exec(query.order_by(col(Case.id))).all()


def _promised(desk: Desk, leaving: Staff) -> Sequence[Case]:
    """Return the answered cases of which a promise is still to be kept."""
    open_promises = select(Promise.case_id).where(Promise.state == PromiseState.OPEN)
    query = select(Case).where(Case.handler_id == leaving.id, col(Case.id).in_(open_promises))
    return desk.session.exec(query.order_by(col(Case.id))).all()


def _tell_head(
    desk: Desk, leaving: Staff, department_id: int | None, freed: list[str], owed: list[str]
) -> None:
    heads = [s for s in people.heads(desk, department_id) if s.id != leaving.id]
    heads = heads or [s for s in people.heads(desk, None) if s.id != leaving.id]
    names = "、".join(head.name for head in heads) or "督办人"
    said = [f"【退回待认领】{leaving.name}已停用。"]
    if freed:
        said.append(f"在办 {len(freed)} 件退回待认领：{_listed(freed)}。")
    if owed:
        said.append(f"答复中有承诺待兑现 {len(owed)} 件：{_listed(owed)}。")
    key = f"left:{leaving.id}:{department_id}:{desk.now.isoformat()}"
    announce.supervisors(desk, "".join([*said, f"请{names}安排。"]), key=key)


def _listed(numbers: list[str]) -> str:
    return "、".join(numbers[:SHOWN]) + ("等" if len(numbers) > SHOWN else "")
