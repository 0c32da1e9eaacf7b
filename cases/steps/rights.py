"""Who may do something with a case, whatever state it is in."""

from sqlmodel import col, select

from cases.register import drafts, extensions, tables
from cases.register.desk import Desk
from cases.register.errors import NotAllowed
from cases.register.permissions import (
    HANDLER,
    REVIEWER,
    SUPERVISOR,
    co_handles,
    holds,
    may_work,
    require,
    require_handler,
    require_hold,
    require_reviewer,
    require_sight,
    require_work,
)
from cases.register.readonly import Case, Draft, Staff
from cases.register.states import State


def worker(_desk: Desk, staff: Staff, case: Case) -> None:
    require(staff, HANDLER)
    require_work(staff, case)


def holder(_desk: Desk, staff: Staff, case: Case) -> None:
    require_hold(staff, case)


def handler(_desk: Desk, staff: Staff, case: Case) -> None:
    require_handler(staff, case)


def reviewer(desk: Desk, staff: Staff, case: Case) -> None:
    draft = drafts.under_review(desk, case)
    if draft is None:
        require(staff, REVIEWER)
        require_work(staff, case)
        return
    authors, passed = drafts.authors(desk, case), drafts.passed(desk, draft)
    if staff.id in authors:
        others = reviewers(desk, case, draft)
        names = f"：{'、'.join(others[:NAMED])}" if others else "；目前没有这样的同事，请联系管理员"
        raise NotAllowed(f"不能审核自己起草的答复，请由其他审核人办理{names}。")
    require_reviewer(staff, case, authors, passed)
    if _needed(desk, case, draft) == SUPERVISOR and not holds(staff, SUPERVISOR):
        raise NotAllowed("本件带有紧急、敏感或检举标记，须由督办人审核。")


def reviewers(desk: Desk, case: Case, draft: Draft) -> list[str]:
    """Return the names of those who may pass the level that a draft waits for."""
    excluded = drafts.authors(desk, case) | drafts.passed(desk, draft)
    role = _needed(desk, case, draft)
    rows = desk.session.exec(
        select(tables.Staff).where(col(tables.Staff.active).is_(True)).order_by(col(tables.Staff.id))
    ).all()
    return [s.name for s in rows if s.id not in excluded and holds(s, role) and may_work(s, case)]


def _needed(desk: Desk, case: Case, draft: Draft) -> str:
    """Return the role that the next level needs."""
    last = draft.level + 1 == draft.levels
    return SUPERVISOR if last and drafts.supervisor_last(desk, case, draft) else REVIEWER


def consenter(desk: Desk, staff: Staff, case: Case) -> None:
    require(staff, SUPERVISOR)
    require_work(staff, case)
    wish = extensions.latest(desk, case)
    if staff.id in (case.handler_id, wish.asked_by if wish else None):
        raise NotAllowed("不能同意自己的延期申请，请由其他督办人决定。")


def chief(_desk: Desk, staff: Staff, case: Case) -> None:
    require(staff, SUPERVISOR)
    require_work(staff, case)


def urger(desk: Desk, staff: Staff, case: Case) -> None:
    chief(desk, staff, case)
    if case.status == State.CLAIMED and case.handler_id == staff.id:
        raise NotAllowed("本件在您自己手里，不必催办。")


def saviour(_desk: Desk, staff: Staff, case: Case) -> None:
    """Whoever sees the alarm: those who work on the case, and every supervisor."""
    require(staff, HANDLER)
    if not holds(staff, SUPERVISOR):
        require_sight(staff, case)


def assurer(_desk: Desk, staff: Staff, case: Case) -> None:
    """A false alarm is called off by somebody who answers for it, never by a handler alone."""
    require(staff, REVIEWER)
    if not holds(staff, SUPERVISOR):
        require_work(staff, case)


def co_handler(_desk: Desk, staff: Staff, case: Case) -> None:
    require(staff, HANDLER)
    require_sight(staff, case)
    if not co_handles(staff, case):
        raise NotAllowed("只有协办部门可以提交协办意见。")


NAMED = 5  # colleagues named to somebody who may not review: an alert of the chat holds 200 characters
