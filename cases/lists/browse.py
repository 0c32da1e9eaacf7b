"""Lists for the console: filtered, in pages, and never more than a person may see."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, and_, exists, not_, or_
from sqlmodel import col, func, select

from cases.lists import filters, views, words
from cases.lists.filters import Wanted
from cases.lists.views import CaseLine
from cases.lists.words import hold
from cases.register import audit, readonly, register, tables
from cases.register.desk import Desk
from cases.register.errors import NotFound
from cases.register.permissions import SUPERVISOR, holds, may_see
from cases.register.readonly import Staff
from cases.register.states import (
    OPEN,
)
from cases.register.tables import Audit, Case, KnowledgeEntry, Message, Source
from cases.steps.unsaid import UNSAID
from knowledge_base.base.entries import PUBLISHED

T = TypeVar("T")
PER_PAGE = 50
MOST_OF_THE_TRAIL = 5_000  # rows that are counted and paged through: what lies further back is searched for
LOOKED_BACK = 200_000  # rows in which words are looked for at once
_OF_CASE = "case:"
MOST_PAGES = 100_000  # beyond it a page number is a mistake, and no database should count that far


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page of a list; `number` counts from 1."""

    rows: Sequence[T]
    number: int
    total: int
    per_page: int = PER_PAGE

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.per_page))


def seen(desk: Desk, staff: Staff, no: str) -> readonly.Case:
    """Return a case in sight. One out of sight is as unknown as one that never was. Raises: NotFound."""
    case = register.by_number(desk, no)
    if not may_see(staff, case):
        raise NotFound(f"没有编号为 {no.strip()[:20]} 的事项。")
    return case


def cases(desk: Desk, staff: Staff, wanted: Wanted, number: int = 1) -> Page[CaseLine]:
    """Return a page of the cases in sight that are wanted, in the order that is."""
    where, order = filters.conditions(desk, staff, wanted), filters.order(wanted)
    if wanted.q:
        with words.looked_for(desk.session):
            ids, total = _searched(desk, where, order, max(1, min(number, MOST_PAGES)))
        number = _within(number, total, PER_PAGE)
    else:
        total = count(desk, *where)
        number = _within(number, total, PER_PAGE)
        page = select(Case.id).where(*where).order_by(*order)  # sorted without their fifty columns
        ids = list(desk.session.exec(page.offset((number - 1) * PER_PAGE).limit(PER_PAGE)).all())
    rows = desk.session.exec(select(Case).where(col(Case.id).in_(ids)).order_by(*order)).all()
    return Page([views.line(desk, case) for case in rows], number, total)


def first(
    desk: Desk, most: int, where: Sequence[ColumnElement[bool]], order: Sequence[Any]
) -> Sequence[Case]:
    """Return the first of the cases for which `where` holds; they are sorted without their fifty columns."""
    ids = desk.session.exec(select(Case.id).where(*where).order_by(*order).limit(most)).all()
    return desk.session.exec(select(Case).where(col(Case.id).in_(ids)).order_by(*order)).all()


def _searched(
    desk: Desk, where: Sequence[ColumnElement[bool]], order: Sequence[Any], number: int
) -> tuple[list[int | None], int]:
    """Return the ids of a page, or of the last one before it, and how many there are: words are looked for once."""
    page = select(Case.id, func.count().over()).where(*where).order_by(*order).limit(PER_PAGE)
    rows = desk.session.exec(page.offset((number - 1) * PER_PAGE)).all()
    if not rows and number > 1 and (last := -(-count(desk, *where) // PER_PAGE)):
        rows = desk.session.exec(page.offset((last - 1) * PER_PAGE)).all()
    return [case_id for case_id, _ in rows], rows[0][1] if rows else 0


def tally(desk: Desk, staff: Staff, status: str) -> int:
    """Return how many cases the list of a status holds."""
    return count(desk, *filters.conditions(desk, staff, Wanted(status)))


def excerpts(desk: Desk, lines: Sequence[CaseLine], length: int = 60) -> dict[str, str]:
    """Return by number how each case begins, masked."""
    firsts = select(func.min(Message.id)).where(Message.case_id == Case.id).correlate(Case).scalar_subquery()
    query = select(Case.no, Message.masked).join(Message, col(Message.id) == firsts)
    rows = desk.session.exec(query.where(col(Case.no).in_([line.no for line in lines]))).all()
    plain = {no: " ".join(text.split()) for no, text in rows}
    return {no: text if len(text) <= length else text[:length] + "…" for no, text in plain.items()}


def count(desk: Desk, *where: ColumnElement[bool]) -> int:
    return desk.session.exec(select(func.count()).select_from(Case).where(*where)).one()


def _small() -> tuple[ColumnElement[bool], ...]:
    """Messages without a case, but for those whose citizen was just asked, or of which nothing is kept any more."""
    return (
        col(Message.case_id).is_(None), col(Message.waiting_until).is_(None), col(Message.masked) != UNSAID,
    )  # fmt: skip


def small_talk(desk: Desk, number: int = 1) -> Page[Message]:
    """Return the messages that made no case, newest first."""
    where = _small()
    total = desk.session.exec(select(func.count()).select_from(Message).where(*where)).one()
    number = _within(number, total, PER_PAGE)
    query = select(Message).where(*where).order_by(col(Message.id).desc())
    return Page(
        list(desk.session.exec(query.offset((number - 1) * PER_PAGE).limit(PER_PAGE)).all()), number, total
    )


def small_talk_since(desk: Desk, since: datetime) -> int:
    query = select(func.count()).select_from(Message)
    return desk.session.exec(query.where(*_small(), col(Message.received_at) >= since)).one()


def entries(desk: Desk, state: str = "", words: str = "", number: int = 1) -> Page[readonly.KnowledgeEntry]:
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


def trail(
    desk: Desk, staff: Staff, words: str = "", codes: Sequence[str] = (), number: int = 1, before: int = 0
) -> tuple[Page[readonly.Audit], int]:
    """Return a page of the trail, newest first, of what is in this person's sight, as far as people turn pages.

    `words` stand in the actor, the subject or the facts; `codes` are the actions that the words name. They are looked for
    in so many rows at once, from the one `before` another on; the number that is returned too is where to look on, 0 at
    the end. What happened to a case is found by its number wherever it stands.
    """
    where: list[Any] = []
    top = before or (desk.session.exec(select(func.max(Audit.seq))).one() or 0) + 1
    floor = max(0, top - LOOKED_BACK) if words else 0
    if staff.department_id is not None or not holds(staff, SUPERVISOR):
        of_case = col(Case.no) == func.substr(Audit.subject, len(_OF_CASE) + 1)
        of_none = not_(col(Audit.subject).startswith(_OF_CASE))
        where.append(or_(of_none, exists().where(of_case, filters.in_sight(staff))))
    if words:
        columns = (Audit.actor, Audit.action, Audit.subject, Audit.detail)
        found = [col(column).contains(words, autoescape=True) for column in columns]
        some_words = or_(*found, col(Audit.action).in_(codes))
        stretch = and_(col(Audit.seq) >= floor, col(Audit.seq) < top, some_words)
        where.append(stretch if before else or_(stretch, col(Audit.subject) == f"{_OF_CASE}{words}"))
    some = select(Audit.seq).where(*where).order_by(col(Audit.seq).desc()).limit(MOST_OF_THE_TRAIL)
    total = desk.session.exec(select(func.count()).select_from(some.subquery())).one()
    number = _within(number, total, PER_PAGE)
    query = select(Audit).where(*where).order_by(col(Audit.seq).desc())
    rows = list(desk.session.exec(query.offset((number - 1) * PER_PAGE).limit(PER_PAGE)).all())
    return Page(rows, number, total), floor if floor > 1 else 0


def chain(desk: Desk) -> audit.ChainFound:
    """Recompute the whole chain of the trail."""
    return audit.verify(desk.session, desk.office.vault)


def accusations(desk: Desk, numbers: Sequence[str]) -> set[str]:
    """Return which of these cases are accusations."""
    query = select(Case.no).where(col(Case.no).in_(numbers), col(Case.accusation).is_(True))
    return set(desk.session.exec(query).all())


def _within(number: int, total: int, per_page: int) -> int:
    return max(1, min(number, MOST_PAGES, -(-total // per_page) or 1))


def channels(desk: Desk) -> list[str]:
    """Return the channels that cases come through: the account's two, and the office's other sources."""
    names = desk.session.exec(select(Source.name).order_by(col(Source.id))).all()
    return ["wechat", "comment", *(f"api:{name}" for name in names)]


def to_review(desk: Desk, days: int = 30) -> list[tuple[readonly.KnowledgeEntry, str]]:
    """Return the published entries that somebody has to look at, and why: due, soon, muted, unsourced."""
    until = desk.today + timedelta(days=days)
    wanted = or_(
        col(KnowledgeEntry.review_on) <= until,
        col(KnowledgeEntry.muted) != "",
        col(KnowledgeEntry.source) == "",
    )
    query = select(KnowledgeEntry).where(KnowledgeEntry.status == PUBLISHED, wanted)
    rows = desk.session.exec(
        query.order_by(col(KnowledgeEntry.review_on), col(KnowledgeEntry.id)).limit(500)
    ).all()

    def why(row: readonly.KnowledgeEntry) -> str:
        if row.review_on is not None and row.review_on <= until:
            return "due" if row.review_on <= desk.today else "soon"
        return "muted" if row.muted else "unsourced"

    found = [(row, why(row)) for row in rows]
    return sorted(found, key=lambda one: ("due", "muted", "soon", "unsourced").index(one[1]))


def review_calendar(desk: Desk, months: int = 12) -> list[tuple[str, int]]:
    """Return for the months from this one on how many published entries are due for review; what is past is in the first."""
    first = desk.today.replace(day=1)
    last = date(first.year + (first.month + months - 1) // 12, (first.month + months - 1) % 12 + 1, 1)
    days = desk.session.exec(
        select(col(KnowledgeEntry.review_on)).where(
            KnowledgeEntry.status == PUBLISHED, col(KnowledgeEntry.review_on) < last
        )
    ).all()
    names = [
        f"{first.year + (first.month + n - 1) // 12}-{(first.month + n - 1) % 12 + 1:02d}"
        for n in range(months)
    ]
    counts = dict.fromkeys(names, 0)
    for day in days:
        if day is not None:
            counts[max(f"{day:%Y-%m}", names[0])] += 1
    return list(counts.items())


def listed(
    desk: Desk, status: str, now: datetime, limit: int | None = None, words: str = ""
) -> list[CaseLine]:
    """Return the lines of `open`, `overdue`, `closed` or `all` cases that hold `words`, danger first, then due."""
    query = select(Case)
    if words.strip():
        query = query.where(hold(desk, words))
    if status == "open":
        query = query.where(col(Case.status).in_(OPEN))
    elif status == "overdue":
        query = query.where(col(Case.status).in_(OPEN), register.overdue(now))
    elif status == "closed":
        query = query.where(col(Case.status).not_in(OPEN))
    rows = desk.session.exec(query.order_by(*register.gravest_first()).limit(limit)).all()
    departments = {d.id: d.name for d in desk.departments}
    names = {s.id: s.name for s in desk.session.exec(select(tables.Staff)).all()}
    return [
        CaseLine(
            c.no, c.category, c.status, c.received_at, c.due_on, c.provisional, register.is_overdue(c, now),
            departments.get(c.department_id, ""), names.get(c.handler_id, ""), c.channel, c.topic,
            c.urgent, c.sensitive, c.accusation,
        )
        for c in rows
    ]  # fmt: skip
