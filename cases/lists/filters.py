"""Which cases a list holds, and in which order: one definition for tiles, lists and pages."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, false, literal_column, not_, or_, true
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from cases.lists import words
from cases.register import cohandlings, register, tables
from cases.register.columns import unsearched
from cases.register.desk import Desk
from cases.register.permissions import ADMIN, REVIEWER, SUPERVISOR, holds
from cases.register.readonly import Staff
from cases.register.states import OPEN, DeliveryState, DraftState, ExtensionState, PromiseState, State
from cases.register.tables import Approval, Case, Delivery, Department, Draft, Extension, Promise

SOON_DAYS = 3
NONE = "（无）"  # a department or a handler that a case has none of

STATUSES = {
    "open": "未办结",
    "mine": "我在办的",
    "my_review": "等我审核的",
    "unclaimed": "无人认领",
    "due_today": "今日到期",
    "soon": "三个工作日内到期",
    "overdue": "逾期",
    "urgent": "紧急（未办结）",
    "sensitive": "敏感（未办结）",
    "new": "待认领",
    "claimed": "办理中",
    "in_review": "审核中",
    "returned": "退回待改",
    "extension": "延期待批",
    "waiting": "待送达",
    "promised": "有承诺待兑现",
    "dissatisfied": "不满意重办",
    "answered": "已答复",
    "auto_answered": "已自动答复",
    "refused": "不予受理",
    "closed": "已办结（全部）",
    "all": "全部",
}
SORTS = {"urgent": "紧急在前", "due": "按时限", "received": "按收到时间"}
_FINISHED = ("closed", "answered", "auto_answered", "refused")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A filter. An empty word wants any; `number` is any part of a number; both dates are included."""

    status: str = "open"
    category: str = ""
    department: str = ""
    number: str = ""
    mine: bool = False
    handler: str = ""
    topic: str = ""
    channel: str = ""
    due_from: date | None = None
    due_to: date | None = None
    q: str = ""
    sort: str = ""
    unread: tuple[str, ...] = field(default=())  # names of dates that could not be read: nothing fits them


Sight = ColumnElement[bool]  # which cases somebody sees: made here, handed on by doors


def in_sight(staff: Staff) -> Sight:
    """Return the condition that `permissions.may_see` states for one case, for a query over many."""
    return _reach(staff, co_handled=True)


def in_hand(staff: Staff) -> ColumnElement[bool]:
    """Return the condition that `permissions.may_work` states for one case, for a query over many."""
    return _reach(staff, co_handled=False)


def _reach(staff: Staff, *, co_handled: bool) -> ColumnElement[bool]:
    if not staff.active:
        return false()
    if staff.role == ADMIN:
        return not_(col(Case.accusation))
    if staff.department_id is None:
        own: ColumnElement[bool] = true()
    else:
        department = unsearched(Case.department_id)
        ways = [
            department.is_(None),
            department == staff.department_id,
            col(Case.handler_id) == staff.id,
        ]
        if co_handled:
            asked = col(Case.id).in_(cohandlings.asked_of(staff.department_id))
            ways.append(and_(asked, not_(col(Case.accusation))))
        own = or_(*ways)
    if holds(staff, SUPERVISOR):
        return or_(own, col(Case.accusation))
    return and_(own, not_(col(Case.accusation)))


def status(desk: Desk, staff: Staff, name: str) -> list[ColumnElement[bool]]:
    """Return the conditions behind a name of `STATUSES`; an unknown one means all."""
    if name == "mine":
        return [col(Case.status).in_(OPEN), col(Case.handler_id) == staff.id]
    if name == "my_review":
        return [to_review(staff)]
    if name == "unclaimed":
        return [col(Case.status) == State.NEW, register.unlinked(), in_hand(staff)]
    return office_wide(desk, name)


def office_wide(desk: Desk, name: str) -> list[ColumnElement[bool]]:
    """Return the conditions behind a name that means the same to everybody: in lists, digest and metrics."""
    if name in _OFFICE_WIDE:
        return _OFFICE_WIDE[name](desk)
    return [col(Case.status) == name] if name in tuple(State) else []


def _opened() -> ColumnElement[bool]:
    return col(Case.status).in_(OPEN)


# each is made when it is asked for: all of them take longer than most of the questions
_OFFICE_WIDE: dict[str, Callable[[Desk], list[ColumnElement[bool]]]] = {
    "open": lambda desk: [_opened()],
    "due_today": lambda desk: [_opened(), col(Case.due_on) == desk.today, register.in_time(desk.now)],
    "soon": lambda desk: [
        _opened(),
        register.in_time(desk.now),
        col(Case.due_on) <= desk.calendar.add(desk.today, SOON_DAYS),
    ],
    "overdue": lambda desk: [_opened(), register.overdue(desk.now)],
    "waiting": lambda desk: [
        col(Case.id).in_(select(Delivery.case_id).where(Delivery.state == DeliveryState.WAITING))
    ],
    "promised": lambda desk: [
        col(Case.id).in_(select(Promise.case_id).where(Promise.state == PromiseState.OPEN))
    ],
    "urgent": lambda desk: [_opened(), col(Case.urgent).is_(True)],
    "sensitive": lambda desk: [_opened(), or_(col(Case.sensitive).is_(True), col(Case.accusation).is_(True))],
    "returned": lambda desk: [col(Case.status) == State.CLAIMED, _newest_draft_returned()],
    "extension": lambda desk: [_opened(), _extension_asked()],
    "dissatisfied": lambda desk: [
        _opened(),
        col(Case.reopened) > literal_column("0"),
        col(Case.rating) == "不满意",
    ],
    "closed": lambda desk: [col(Case.status).in_([state for state in State if state not in OPEN])],
}


def to_review(staff: Staff) -> ColumnElement[bool]:
    """Return the condition for cases whose draft under review this person may pass or send back.

    What `steps.allowed` says of one case, for a query over many.
    """
    if not holds(staff, REVIEWER):
        return false()
    draft, other, linked = aliased(Draft), aliased(Draft), aliased(Case)
    wrote = exists().where(col(other.case_id) == Case.id, col(other.author_id) == staff.id)
    passed = exists().where(
        col(Approval.draft_id) == draft.id,
        col(Approval.round) == draft.round,
        col(Approval.reviewer_id) == staff.id,
    )
    waits: list[Any] = [col(draft.state) == DraftState.REVIEW, not_(passed)]
    if not holds(staff, SUPERVISOR):
        flagged = or_(col(linked.urgent), col(linked.sensitive), col(linked.accusation))
        together = or_(col(linked.id) == draft.case_id, col(linked.parent_id) == draft.case_id)
        grave = exists().where(together, flagged).correlate_except(linked)
        waits.append(
            not_(
                and_(
                    col(draft.level) + 1 == col(draft.levels),
                    or_(col(draft.supervisor_last).is_(True), grave),
                )
            )
        )
    return and_(in_hand(staff), not_(wrote), col(Case.id).in_(select(draft.case_id).where(*waits)))


def conditions(desk: Desk, staff: Staff, wanted: Wanted) -> list[ColumnElement[bool]]:
    where = [in_sight(staff), *status(desk, staff, wanted.status)]
    for column, value in (
        (Case.category, wanted.category), (Case.topic, wanted.topic), (Case.channel, wanted.channel),
    ):  # fmt: skip
        if value:
            where.append(col(column) == value)
    if wanted.department:
        where.append(_named(Case.department_id, Department, wanted.department))
    if wanted.handler:
        where.append(_named(Case.handler_id, tables.Staff, wanted.handler))
    if wanted.number:
        where.append(col(Case.no).contains(wanted.number, autoescape=True))
    if wanted.mine:
        where.append(col(Case.handler_id) == staff.id)
    if wanted.due_from:
        where.append(col(Case.due_on) >= wanted.due_from)
    if wanted.due_to:
        where.append(col(Case.due_on) <= wanted.due_to)
    if wanted.q:
        where.append(words.hold(desk, wanted.q))
    if wanted.unread:
        where.append(false())
    return where


def order(wanted: Wanted) -> tuple[Any, ...]:
    """Return the order of a list: the urgent first, then the earliest due; what is finished, the latest first."""
    if wanted.sort == "received":
        return col(Case.received_at).desc(), col(Case.id).desc()
    if wanted.sort == "due":
        return col(Case.due_at), col(Case.id)
    if wanted.sort not in SORTS and wanted.status in _FINISHED:
        return col(Case.closed_at).desc(), col(Case.id).desc()
    return register.gravest_first()


def _named(column: Any, table: type[Department] | type[tables.Staff], name: str) -> ColumnElement[bool]:
    if name == NONE:
        return col(column).is_(None)
    return col(column).in_(select(table.id).where(table.name == name))


def _newest_draft_returned() -> ColumnElement[bool]:
    draft, later = aliased(Draft), aliased(Draft)
    newer = exists().where(col(later.case_id) == draft.case_id, col(later.id) > draft.id)
    return exists().where(col(draft.case_id) == Case.id, col(draft.state) == DraftState.RETURNED, not_(newer))


def _extension_asked() -> ColumnElement[bool]:
    return exists().where(col(Extension.case_id) == Case.id, col(Extension.state) == ExtensionState.ASKED)
