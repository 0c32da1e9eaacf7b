"""Open cases are counted anew when the calendar or the closing hour is not the one they were counted by.

The register notes what its dates were counted by. Whoever finds something else in force (an import, a sweep,
a starting server, a program with a newer calendar) counts anew what no longer follows from it, a few cases to
a transaction. Killed in the middle, the next one goes on; what is right already is left alone.

Source: the State Council's yearly notice; Civil Code art. 203.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from hashlib import blake2b

from sqlalchemy import update
from sqlmodel import col, func, select

from cases.register import memo, readonly, register
from cases.register.desk import SYSTEM, Actor, Desk, Workplace
from cases.register.kinds import Cause
from cases.register.rows import id_of
from cases.register.states import OPEN
from cases.register.tables import Case, DueChange
from cases.sending import announce, outbox
from cases.watch import calendar_change
from sla.calendar import WorkCalendar
from sla.deadline import due_words

BATCH = 50  # cases counted anew in one transaction: a push that comes meanwhile waits for no more than these
SHOWN = 30  # numbers that the supervisors' summary lists
_LOOKED_AT = 5_000  # cases compared at a time, without holding anybody up
_FOLLOWED = timedelta(seconds=10)  # after an import: by then no process counts by the old calendar any more

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class _Change:
    """What is in force and not yet what the register's dates were counted by."""

    basis: str
    cause: Cause
    calendar: WorkCalendar
    total: int


def run(workplace: Workplace, actor: Actor = SYSTEM, progress: Progress | None = None) -> list[str]:
    """Count anew every open case whose dates do not follow from what is in force.

    Returns the numbers of those whose day moved; nothing is read but a line of the register when nothing
    changed. Citizens are told of theirs, the supervisors of the whole. `progress`: cases looked at, of all.
    """
    change = workplace.look(_pending)
    if change is None:
        return []
    began = workplace.act(_begin)
    moved: list[str] = []
    after = done = 0
    while page := workplace.look(partial(_page, change=change, after=after)):
        if (
            change.cause == Cause.CALENDAR
        ):  # another working day may be the next one on which something is told
            workplace.act(partial(_look_again, after=after, last=page[-1][0]))
        after, done = page[-1][0], done + len(page)
        stale = [case_id for case_id, stands in page if not stands]
        for start in range(0, len(stale), BATCH):
            ids = stale[start : start + BATCH]
            moved += workplace.act(partial(_count_anew, change=change, ids=ids), actor)
        if progress:
            progress(done, change.total)
    workplace.act(partial(_finish, change=change, began=began))
    return moved


def moved_since(desk: Desk, moment: datetime) -> list[str]:
    """Return the numbers of the cases whose day the calendar has moved since, whoever counted them."""
    return _moved(desk, Cause.CALENDAR, moment)


def _pending(desk: Desk) -> _Change | None:
    years = calendar_change.years(desk.session)
    by_years = blake2b(repr(years).encode(), digest_size=12).hexdigest()
    basis = f"{by_years} {desk.office.office_close or '24:00'}"
    noted = memo.COUNTED_BY.of(desk.session)
    if noted == basis:
        return None
    cause = Cause.OFFICE_CLOSE if noted.partition(" ")[0] == by_years else Cause.CALENDAR
    total = desk.session.exec(select(func.count()).select_from(Case).where(col(Case.status).in_(OPEN))).one()
    return _Change(basis, cause, WorkCalendar(years), total)


def _begin(desk: Desk) -> datetime:
    """Return the moment of this pass, and note the moment of the first one."""
    if memo.RECOUNT_BEGAN.of(desk.session) is None:
        memo.RECOUNT_BEGAN.put(desk.session, desk.now)
    return desk.now


def _page(desk: Desk, change: _Change, after: int) -> Sequence[tuple[int, bool]]:
    """Return (id, whether its dates stand) of the next open cases."""
    desk = _by(desk, change)
    query = select(Case).where(col(Case.id) > after, col(Case.status).in_(OPEN)).order_by(col(Case.id))
    page = []
    for case in desk.session.exec(query.limit(_LOOKED_AT).execution_options(yield_per=500)):
        page.append((id_of(case), _stands(desk, case)))
        desk.session.expunge(case)
    return page


def _count_anew(desk: Desk, change: _Change, ids: Sequence[int]) -> list[str]:
    desk = _by(desk, change)
    moved = []
    for case in desk.session.exec(select(Case).where(col(Case.id).in_(ids)).order_by(col(Case.id))).all():
        register.lock(desk, case)
        if not register.is_open(case) or _stands(desk, case):
            continue
        was, was_provisional = case.due_on, case.provisional
        now_due = desk.deadline(case.clock_from, desk.working_days(case)).due_on
        note = f"{was}→{now_due}" if now_due != was else ""
        if change.cause == Cause.OFFICE_CLOSE:
            close = desk.office.office_close
            note = f"到期时刻改为当日 {close:%H:%M}" if close else "到期时刻改为当日 24:00"
        register.set_due(desk, case, change.cause, note)
        if now_due != was:
            moved.append(case.no)
            _tell_citizen(desk, case, change.cause, due_words(was, was_provisional))
        if (case.due_on, case.provisional) != (was, was_provisional):
            announce.card(desk, case, priority=outbox.BACKGROUND)
    return moved


def _look_again(desk: Desk, after: int, last: int) -> None:
    span = (col(Case.id) > after, col(Case.id) <= last, col(Case.next_look_at) > desk.now)
    desk.session.execute(update(Case).where(*span).values(next_look_at=desk.now))


def _stands(desk: Desk, case: readonly.Case) -> bool:
    """Tell whether the dates of an open case are those that a count would bring now."""
    due = desk.deadline(case.clock_from, desk.working_days(case))
    first = case.first_answer_due_at
    if case.urgent_since is not None and case.first_answered_at is None:
        first = register.first_answer_due(desk, case.urgent_since)
    counted = (due.due_on, due.due_at, due.provisional, first)
    return counted == (case.due_on, case.due_at, case.provisional, case.first_answer_due_at)


def _tell_citizen(desk: Desk, case: readonly.Case, cause: str, was: str) -> None:
    why = "因国家放假安排公布或调整，" if cause == Cause.CALENDAR else ""
    now_due = due_words(case.due_on, case.provisional)
    announce.notice(desk, case, f"{why}您反映的事项（编号 {case.no}）的答复时限由 {was} 调整为 {now_due}。")


def _finish(desk: Desk, change: _Change, began: datetime) -> None:
    """Note what the dates are counted by now.

    A server needs a moment to follow an import; a pass that began before may have missed a case which such a
    server opened by the old calendar. Then nothing is noted, and the next sweep makes another pass.
    """
    imported = calendar_change.version(desk.session)
    if imported and timedelta() <= began - datetime.fromisoformat(imported) < _FOLLOWED:
        return
    first_ever = not memo.COUNTED_BY.of(desk.session)
    since = memo.RECOUNT_BEGAN.of(desk.session) or began
    memo.COUNTED_BY.put(desk.session, change.basis)
    memo.RECOUNT_BEGAN.put(desk.session, None)
    if not first_ever:
        _tell_supervisors(desk, change, since)


def _tell_supervisors(desk: Desk, change: _Change, since: datetime) -> None:
    """The summary is drawn from the history, so that it is whole although a pass was cut off."""
    history = (DueChange.cause == change.cause, col(DueChange.at) >= since)
    counted = desk.session.exec(select(func.count(func.distinct(DueChange.case_id))).where(*history)).one()
    moved = _moved(desk, change.cause, since)
    what = "工作日历已更新" if change.cause == Cause.CALENDAR else "下班时刻已调整"
    told = f"{len(moved)} 件时限日期有变动，公众号来信人已逐一告知" if moved else "没有时限日期变动"
    numbers = f"：{'、'.join(moved[:SHOWN])}{'等' if len(moved) > SHOWN else ''}" if moved else ""
    announce.supervisors(
        desk,
        f"【时限重算】{what}：重新计算未办结事项 {counted} 件，{told}{numbers}。",
        key=f"recounted:{change.basis}:{since.isoformat()}",
        priority=outbox.NORMAL,
    )


def _moved(desk: Desk, cause: str, since: datetime) -> list[str]:
    moves = select(Case.no).join(DueChange, col(DueChange.case_id) == col(Case.id)).distinct()
    moves = moves.where(
        DueChange.cause == cause, col(DueChange.at) >= since, DueChange.was_due_on != DueChange.due_on
    )
    return list(desk.session.exec(moves.order_by(Case.no)).all())


def _by(desk: Desk, change: _Change) -> Desk:
    """Return the same desk counting by the calendar that was read, though this process may not follow it yet."""
    return replace(desk, office=replace(desk.office, calendar=lambda: change.calendar))
