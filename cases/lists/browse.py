"""Lists for the console: filtered, in pages, and never more than a person may see."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, and_, false, not_, or_
from sqlmodel import col, func, select

from cases.lists import views
from cases.lists.views import CaseLine
from cases.register import register
from cases.register.desk import Desk
from cases.register.errors import NotFound
from cases.register.permissions import ADMIN, SUPERVISOR, holds, may_see
from cases.register.states import OPEN, DeliveryState, State
from cases.register.tables import Audit, Case, Delivery, KnowledgeEntry, Message, Promise, Staff

T = TypeVar("T")
PER_PAGE = 50
SOON_DAYS = 3
MOST_PAGES = 100_000  # beyond it a page number is a mistake, and no database should count that far

STATUSES = {
    "open": "未办结",
    "due_today": "今日到期",
    "soon": "三个工作日内到期",
    "overdue": "逾期",
    "new": "待认领",
    "claimed": "办理中",
    "in_review": "审核中",
    "waiting": "待送达",
    "promised": "有承诺待兑现",
    "urgent": "紧急（未办结）",
    "answered": "已答复",
    "auto_answered": "已自动答复",
    "refused": "不予受理",
    "closed": "已办结（全部）",
    "all": "全部",
}


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page of a list; `number` counts from 1."""

    rows: list[T]
    number: int
    total: int
    per_page: int = PER_PAGE

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.per_page))


@dataclass(frozen=True, slots=True)
class Wanted:
    """A filter. `department`: None is any, 0 is none; `number` is any part of a number."""

    status: str = "open"
    category: str = ""
    department: int | None = None
    number: str = ""
    mine: bool = False


def in_sight(staff: Staff) -> ColumnElement[bool]:
    """Return the condition that `permissions.may_see` states for one case, for a query over many."""
    if not staff.active:
        return false()
    if staff.role == ADMIN:
        return not_(col(Case.accusation))
    if staff.department_id is None:
        own: ColumnElement[bool] = col(Case.id).is_not(None)
    else:
        own = or_(
            col(Case.department_id).is_(None),
            col(Case.department_id) == staff.department_id,
            col(Case.handler_id) == staff.id,
            and_(col(Case.co_departments).contains(f",{staff.department_id},"), not_(col(Case.accusation))),
        )
    if holds(staff, SUPERVISOR):
        return or_(own, col(Case.accusation))
    return and_(own, not_(col(Case.accusation)))


def seen(desk: Desk, staff: Staff, no: str) -> Case:
    """Return a case in sight. One out of sight is as unknown as one that never was. Raises: NotFound."""
    case = register.by_number(desk.session, no)
    if not may_see(staff, case):
        raise NotFound(f"没有编号为 {no.strip()[:20]} 的事项。")
    return case


def cases(desk: Desk, staff: Staff, wanted: Wanted, number: int = 1) -> Page[CaseLine]:
    """Return a page of the cases in sight, danger first, then the earliest due; closed ones the latest first."""
    where = [in_sight(staff), *_conditions(desk, staff, wanted)]
    total = count(desk, *where)
    order = (
        (col(Case.closed_at).desc(), col(Case.id).desc())
        if wanted.status in ("closed", "answered", "auto_answered", "refused")
        else register.gravest_first()
    )
    number = _within(number, total, PER_PAGE)
    query = select(Case).where(*where).order_by(*order)
    rows = desk.session.exec(query.offset((number - 1) * PER_PAGE).limit(PER_PAGE)).all()
    return Page([views.line(desk.session, case, desk.now) for case in rows], number, total)


def excerpts(desk: Desk, lines: Sequence[CaseLine], length: int = 60) -> dict[str, str]:
    """Return by number how each case begins, masked."""
    firsts = select(func.min(Message.id)).where(Message.case_id == Case.id).correlate(Case).scalar_subquery()
    query = select(Case.no, Message.masked).join(Message, col(Message.id) == firsts)
    rows = desk.session.exec(query.where(col(Case.no).in_([line.no for line in lines]))).all()
    plain = {no: " ".join(text.split()) for no, text in rows}
    return {no: text if len(text) <= length else text[:length] + "…" for no, text in plain.items()}


def count(desk: Desk, *where: ColumnElement[bool]) -> int:
    return desk.session.exec(select(func.count()).select_from(Case).where(*where)).one()


def status(desk: Desk, name: str) -> list[ColumnElement[bool]]:
    """Return the conditions behind a name of `STATUSES`; an unknown one means all."""
    opened = col(Case.status).in_(OPEN)
    today = desk.today
    waiting = select(Delivery.case_id).where(
        Delivery.state == DeliveryState.WAITING, Delivery.kind != "notice"
    )
    named: dict[str, list[ColumnElement[bool]]] = {
        "open": [opened],
        "due_today": [opened, col(Case.due_on) == today, register.in_time(desk.now)],
        "soon": [
            opened,
            register.in_time(desk.now),
            col(Case.due_on) > today,
            col(Case.due_on) <= desk.calendar.add(today, SOON_DAYS),
        ],
        "overdue": [opened, register.overdue(desk.now)],
        "waiting": [col(Case.id).in_(waiting)],
        "promised": [col(Case.id).in_(select(Promise.case_id).where(Promise.state == "open"))],
        "urgent": [opened, col(Case.urgent).is_(True)],
        "closed": [not_(opened)],
    }
    if name in named:
        return named[name]
    return [col(Case.status) == name] if name in tuple(State) else []


def small_talk(desk: Desk, number: int = 1) -> Page[Message]:
    """Return the messages without a case, newest first, but for those whose citizen was just asked."""
    where = (col(Message.case_id).is_(None), col(Message.waiting_until).is_(None))
    total = desk.session.exec(select(func.count()).select_from(Message).where(*where)).one()
    number = _within(number, total, PER_PAGE)
    query = select(Message).where(*where).order_by(col(Message.id).desc())
    return Page(
        list(desk.session.exec(query.offset((number - 1) * PER_PAGE).limit(PER_PAGE)).all()), number, total
    )


def small_talk_since(desk: Desk, since: datetime) -> int:
    query = select(func.count()).select_from(Message)
    return desk.session.exec(
        query.where(
            col(Message.case_id).is_(None),
            col(Message.waiting_until).is_(None),
            col(Message.received_at) >= since,
        )
    ).one()


def entries(desk: Desk, state: str = "", words: str = "", number: int = 1) -> Page[KnowledgeEntry]:
    """Return a page of knowledge entries, the latest changed first; `words` stand in question or answer."""
    where: list[Any] = [KnowledgeEntry.status == state] if state else []
    if words:
        found = [
            col(c).contains(words, autoescape=True) for c in (KnowledgeEntry.question, KnowledgeEntry.answer)
        ]
        where.append(or_(*found, col(KnowledgeEntry.id) == words))
    total = desk.session.exec(select(func.count()).select_from(KnowledgeEntry).where(*where)).one()
    number = _within(number, total, PER_PAGE)
    query = select(KnowledgeEntry).where(*where).order_by(col(KnowledgeEntry.change_seq).desc())
    return Page(
        list(desk.session.exec(query.offset((number - 1) * PER_PAGE).limit(PER_PAGE)).all()), number, total
    )


def trail(desk: Desk, words: str = "", number: int = 1) -> Page[Audit]:
    """Return a page of the audit trail, newest first; `words` in the actor, the action or the subject."""
    where = []
    if words:
        columns = (Audit.actor, Audit.action, Audit.subject)
        where.append(or_(*(col(column).contains(words, autoescape=True) for column in columns)))
    total = desk.session.exec(select(func.count()).select_from(Audit).where(*where)).one()
    number = _within(number, total, PER_PAGE)
    query = select(Audit).where(*where).order_by(col(Audit.seq).desc())
    return Page(
        list(desk.session.exec(query.offset((number - 1) * PER_PAGE).limit(PER_PAGE)).all()), number, total
    )


def _within(number: int, total: int, per_page: int) -> int:
    return max(1, min(number, MOST_PAGES, -(-total // per_page) or 1))


def _conditions(desk: Desk, staff: Staff, wanted: Wanted) -> list[ColumnElement[bool]]:
    where = status(desk, wanted.status)
    if wanted.category:
        where.append(col(Case.category) == wanted.category)
    if wanted.department is not None:
        where.append(
            col(Case.department_id) == wanted.department
            if wanted.department
            else col(Case.department_id).is_(None)
        )
    if wanted.number:
        where.append(col(Case.no).contains(wanted.number, autoescape=True))
    if wanted.mine:
        where.append(col(Case.handler_id) == staff.id)
    return where
