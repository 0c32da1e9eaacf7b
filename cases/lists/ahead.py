"""The week ahead, for those who supervise: what goes overdue by Friday at the pace of the last four weeks, and who could help.

A person's pace is what they answered in four weeks for each working day. A case in hand has its place among theirs by
date; what waits for review has its place in the one queue of all reviews; what nobody has claimed is answered by nobody.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import and_
from sqlalchemy import case as when
from sqlalchemy import select as columns
from sqlmodel import col, func, select

from cases.lists import browse, filters, today, views
from cases.lists.views import CaseLine
from cases.register import people, readonly, register, tables
from cases.register.desk import Desk
from cases.register.kinds import Ended
from cases.register.permissions import HANDLER, holds
from cases.register.readonly import Staff
from cases.register.rows import id_of
from cases.register.states import OPEN, State
from cases.register.tables import Case, Department, Outcome
from cases.steps import assign
from cases.steps.allowed import Action, refusal
from sla import forecast

WEEKS, SHOWN, MOST = 4, 5, 20_000
CASES, PEOPLE = 3, 3


@dataclass(frozen=True, slots=True)
class MovableCase:
    """A case that a supervisor can move now. `takers`: who may be given it, those with room first."""

    line: CaseLine
    excerpt: str
    why: str
    takers: tuple[tuple[int, str], ...]
    may_nudge: bool


@dataclass(frozen=True, slots=True)
class SlowColleague:
    """A colleague with whom to speak. `pace`: answered in four weeks."""

    id: int
    name: str
    department: str
    overdue: int
    due: int
    pace: int


@dataclass(frozen=True, slots=True)
class Room:
    """A colleague who could take `spare` more by Friday."""

    id: int
    name: str
    spare: int


@dataclass(frozen=True, slots=True)
class Ahead:
    """`paced`: somebody answered something in four weeks, so that there is something to reckon with."""

    friday: date
    paced: bool
    late: int
    late_cases: list[MovableCase]
    room: list[Room]
    stuck: list[MovableCase]
    people: list[SlowColleague]


@dataclass(frozen=True, slots=True)
class _DueCase:
    """An open case that is due by Friday. `queue`: whose it is, None where it waits for review."""

    id: int
    queue: int | None
    new: bool
    due_on: date
    overdue: bool  # once late, then given a later day


def ahead(desk: Desk, me: Staff) -> Ahead:
    end = forecast.friday(desk.today)
    front, waiting, pace = _front(desk), _waiting(desk, end), _pace(desk)
    room = _room(desk, pace, front, waiting, end)
    late = _late(desk, front, waiting, pace) if pace else {}
    seen, first = _seen(desk, me, list(late))
    asks = [_ask(desk, me, row, late[id_of(row)], room) for row in first]
    return Ahead(end, bool(pace), seen, asks, room, _stuck(desk, me, end, room), _people(desk, me, end, pace))


def _front(desk: Desk) -> Counter[int | None]:
    """Return how many stand at the front of each queue because their day is past: counted, for they may be many."""
    query = (
        columns(col(Case.handler_id), col(Case.status), func.count())
        .where(col(Case.status).in_((State.CLAIMED, State.IN_REVIEW)), register.unlinked(), col(Case.due_at) <= desk.now)
        .group_by(col(Case.handler_id), col(Case.status))
    )  # fmt: skip
    front = Counter[int | None]()
    for handler, status, number in desk.session.connection().execute(query).all():
        front[handler if status == State.CLAIMED else None] += number
    return front


def _waiting(desk: Desk, end: date) -> list[_DueCase]:
    """Return what is open and due from now until then, as it is due; what is linked waits with its lead."""
    since = col(Case.overdue_since)
    query = columns(
        col(Case.id), col(Case.handler_id), col(Case.status), col(Case.due_on), and_(since.is_not(None), since <= desk.now)
    ).where(col(Case.status).in_(OPEN), register.unlinked(), col(Case.due_at) > desk.now, col(Case.due_on) <= end)  # fmt: skip
    ordered = query.order_by(col(Case.due_at), col(Case.id)).limit(MOST)
    return [
        _DueCase(i or 0, handler if status == State.CLAIMED else None, status == State.NEW, on, bool(late))
        for i, handler, status, on, late in desk.session.connection().execute(ordered).all()
    ]


def _pace(desk: Desk) -> dict[int, int]:
    """Return by colleague how many answers were released for cases of theirs in the last four weeks."""
    query = (
        select(Case.handler_id, func.count())
        .join(Outcome, col(Outcome.case_id) == col(Case.id))
        .where(col(Outcome.at) >= desk.now - timedelta(weeks=WEEKS), Outcome.kind != Ended.AUTO)
        .where(col(Case.handler_id).is_not(None))
        .group_by(col(Case.handler_id))
    )
    return {handler: number for handler, number in desk.session.exec(query).all() if handler is not None}


def _late(
    desk: Desk, front: Counter[int | None], waiting: Sequence[_DueCase], pace: dict[int, int]
) -> dict[int, str]:
    """Return by case why it will be late; what is late already is not foretold."""
    left = {on: forecast.days_left(desk.today, on, desk.calendar) for on in {one.due_on for one in waiting}}
    days = _days(desk)
    queues: dict[int | None, list[_DueCase]] = defaultdict(list)
    found = {one.id: "无人认领" for one in waiting if one.new and not one.overdue}
    for one in waiting:
        if not one.new:
            queues[one.queue].append(one)
    for handler, queue in queues.items():
        answered = pace.get(handler, 0) if handler is not None else sum(pace.values())
        name = people.staff_name(desk, handler) if handler is not None else "审核"
        ahead_of = front[handler]
        for place in forecast.too_late([left[one.due_on] for one in queue], answered / days, ahead_of):
            one = queue[place]
            if not one.overdue:
                before = f"，前面还有 {ahead_of + place} 件" if ahead_of + place else ""
                found[one.id] = f"{name}近四周办结 {answered} 件{before}"
    return found


def _days(desk: Desk) -> int:
    first = desk.today - timedelta(weeks=WEEKS)
    return max(1, desk.calendar.count(first, desk.today))


def _room(
    desk: Desk, pace: dict[int, int], front: Counter[int | None], waiting: Sequence[_DueCase], end: date
) -> list[Room]:
    left, days = forecast.days_left(desk.today, end, desk.calendar), _days(desk)
    mine = front + Counter(one.queue for one in waiting)
    staff = desk.session.exec(select(tables.Staff).where(col(tables.Staff.id).in_(list(pace)))).all()
    found = [
        Room(id_of(s), s.name, forecast.spare(pace[id_of(s)] / days, left, mine[s.id]))
        for s in staff
        if s.active and holds(s, HANDLER)
    ]
    return sorted((one for one in found if one.spare), key=lambda one: (-one.spare, one.id))


def _seen(desk: Desk, me: Staff, ids: Sequence[int]) -> tuple[int, list[Case]]:
    """Return how many are in this person's hand, and the first of them: danger first, then the earliest due."""
    found: list[tuple[bool, datetime, int]] = []
    for start in range(0, len(ids), 500):
        query = select(Case.urgent, Case.due_at, Case.id).where(
            filters.in_hand(me), col(Case.id).in_(ids[start : start + 500])
        )
        found += [(not urgent, at, i or 0) for urgent, at, i in desk.session.exec(query).all()]
    first = [i for *_, i in sorted(found)[:SHOWN]]
    rows = desk.session.exec(
        select(Case).where(col(Case.id).in_(first)).order_by(*register.gravest_first())
    ).all()
    return len(found), list(rows)


def _stuck(desk: Desk, me: Staff, end: date, room: Sequence[Room]) -> list[MovableCase]:
    """Return the cases due until then that a supervisor's word moves: given to somebody, or urged on."""
    where = [filters.in_hand(me), col(Case.status).in_(OPEN), register.unlinked(), col(Case.due_on) <= end]
    where.append(col(Case.urgent).is_(False))  # danger has its own heading
    found: list[MovableCase] = []
    for row in browse.first(desk, 8 * CASES, where, register.gravest_first()):
        ask = _ask(desk, me, row, _blocked(desk, row), room)
        if ask.may_nudge or (row.status == State.NEW and ask.takers):
            found.append(ask)
        if len(found) == CASES:
            break
    return found


def _blocked(desk: Desk, row: readonly.Case) -> str:
    """Return what the case waits for, and since when."""
    since: datetime | None
    if row.status == State.IN_REVIEW:
        word, since = "等候审核", row.review_since
    elif row.status == State.NEW:
        word, since = "无人认领", row.unclaimed_since
    else:
        word, since = "认领后还没有答复", row.claimed_at
    return f"{word} {today.long(desk.now - since)}" if since is not None else word


def _ask(desk: Desk, me: Staff, row: readonly.Case, why: str, room: Sequence[Room]) -> MovableCase:
    line = views.line(desk, row)
    takers: list[tuple[int, str]] = []
    if refusal(desk, me, row, Action.ASSIGN) is None:
        spare = {one.id: one.spare for one in room}
        able = sorted(assign.candidates(desk, row), key=lambda s: -spare.get(id_of(s), 0))
        takers = [(id_of(s), s.name + (f"（余力 {n}）" if (n := spare.get(id_of(s))) else "")) for s in able]
    begins = browse.excerpts(desk, [line], 40).get(row.no, "")
    return MovableCase(line, begins, why, tuple(takers), refusal(desk, me, row, Action.NUDGE) is None)


def _people(desk: Desk, me: Staff, end: date, pace: dict[int, int]) -> list[SlowColleague]:
    """Return who has the most that is overdue, then the most that is due until then."""
    overdue = func.sum(when((register.overdue(desk.now), 1), else_=0))
    query = (
        select(Case.handler_id, overdue, func.count())
        .where(
            filters.in_hand(me), Case.status == State.CLAIMED, register.unlinked(), col(Case.due_on) <= end,
            col(Case.handler_id).is_not(None), col(Case.handler_id) != me.id,
        )
        .group_by(col(Case.handler_id))
    )  # fmt: skip
    rows = sorted(desk.session.exec(query).all(), key=lambda row: (-row[1], -row[2], row[0] or 0))
    found = []
    for handler, late, number in rows[:PEOPLE]:
        staff = desk.session.get(tables.Staff, handler)
        if staff is None:
            continue
        department = desk.session.get(Department, staff.department_id) if staff.department_id else None
        found.append(
            SlowColleague(
                id_of(staff), staff.name, department.name if department else "", int(late), number - int(late),
                pace.get(id_of(staff), 0),
            )
        )  # fmt: skip
    return found
