"""「催办」: a supervisor urges on whoever a case waits for; nothing else about it changes."""

from sqlmodel import col, select

from cases.register import drafts, nudges, register, tables
from cases.register.desk import Desk
from cases.register.errors import Invalid
from cases.register.permissions import SUPERVISOR, require
from cases.register.readonly import Case, Staff
from cases.register.states import OPEN, State
from cases.sending import announce
from cases.steps.allowed import Action, demand, refusal
from cases.steps.rights import NAMED, reviewers
from sla import forecast
from sla.deadline import due_words

MOST = 20  # cases named in one message


def case(desk: Desk, staff: Staff, one: Case) -> str:
    """Urge on whoever the case waits for; returns who that is. Raises: NotAllowed, Invalid, Stale."""
    demand(desk, staff, one, Action.NUDGE)
    who, wish = _waits_for(desk, one)
    text = f"【催办】{staff.name}催办 {one.no}（{_due(one)}）：{wish}"
    _note(desk, one)
    announce.tell(
        desk,
        announce.home(one),
        announce.addressed(desk, one, text) if one.status == State.CLAIMED else text,
        key=f"nudge:{one.id}:{desk.today}",
        case=one,
        while_open=True,
    )
    return who


def person(desk: Desk, staff: Staff, to: Staff) -> list[str]:
    """Urge a colleague on with all that is overdue or due by Friday; returns the numbers. Raises: NotAllowed, Invalid."""
    require(staff, SUPERVISOR)
    query = select(tables.Case).where(tables.Case.handler_id == to.id, col(tables.Case.status).in_(OPEN))
    end = forecast.friday(desk.today)
    waiting = [
        row
        for row in desk.session.exec(query.order_by(*register.gravest_first())).all()
        if row.status == State.CLAIMED
        and (row.due_on <= end or register.is_overdue(row, desk.now))
        and refusal(desk, staff, row, Action.NUDGE) is None
    ][:MOST]
    if not waiting:
        raise Invalid(f"{to.name}没有逾期或周五前到期、今天还没有催办过的事项。")
    for one in waiting:
        _note(desk, one)
    for home in dict.fromkeys(announce.home(one) for one in waiting):
        named = "；".join(f"{one.no}（{_due(one)}）" for one in waiting if announce.home(one) == home)
        text = f"{to.name}：【催办】{staff.name}催办：{named}。请尽快起草答复，有困难请说明。"
        announce.tell(desk, home, text, key=f"nudge:{to.id}:{home}:{desk.now.isoformat()}")
    return [one.no for one in waiting]


def _waits_for(desk: Desk, one: Case) -> tuple[str, str]:
    """Return who a case waits for, and what they are asked to do."""
    under_review = drafts.under_review(desk, one)
    if under_review is not None:
        able = reviewers(desk, one, under_review)
        names = "、".join(able[:NAMED]) or "审核人"
        return names, f"草稿在等候审核，请{names}办理。"
    if one.status == State.CLAIMED:
        return "承办人", "请尽快起草答复，有困难请说明。"
    return "本部门", "还没有人认领，请尽快认领。"


def _due(one: Case) -> str:
    return f"时限 {due_words(one.due_on, one.provisional)}"


def _note(desk: Desk, one: Case) -> None:
    desk.audit(nudges.NUDGE, f"case:{one.no}")
