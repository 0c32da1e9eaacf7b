"""The spans during which a case was open and overdue: written when seen, never rewritten, so that reports stay.

Source: the rate of a month counts what was open and overdue at its end, in the department and category of then.
"""

from datetime import datetime

from sqlmodel import col, select

from cases.register import tables
from cases.register.desk import Desk
from cases.register.kinds import Cause
from cases.register.readonly import Case
from cases.register.rows import id_of, row_of
from cases.register.tables import DueChange, Lapse
from sla.standing import overdue_since


def since(case: Case, now: datetime) -> datetime | None:
    """Return since when `case` has been overdue; None while it is in time."""
    return overdue_since(case.overdue_since, case.due_at, now)


def note(desk: Desk, case: Case) -> bool:
    """Note that an open case is overdue, if it is; ask before its date, department or category changes.

    A date that was past already when a change set it makes the case overdue from that moment, not from before.
    """
    case = row_of(tables.Case, case)
    began = since(case, desk.now)
    if began is None or began == case.overdue_since:
        return began is not None
    change = _last_change(desk, case)
    case.overdue_since = began
    by_change = False
    if change is not None and change.cause != Cause.RECEIVED and change.at > began:
        case.overdue_since, by_change = change.at, change.cause == Cause.RECLASSIFIED
    desk.session.add(case)
    desk.session.add(_span(case, case.overdue_since, by_change=by_change, provisional=case.provisional))
    desk.session.flush()
    return True


def end(desk: Desk, case: Case) -> None:
    """The case is closed, or overdue no more."""
    if (span := _open(desk, case)) is not None:
        span.until = desk.now
        desk.session.add(span)


def follow(desk: Desk, case: Case) -> None:
    """From now on an overdue case counts for the department and category that it has now."""
    span = _open(desk, case)
    if span is not None and (span.department_id, span.category) != (case.department_id, case.category):
        end(desk, case)
        desk.session.add(_span(case, desk.now, by_change=span.by_change, provisional=span.provisional))


def forgive(desk: Desk, case: Case, cause: str) -> None:
    """A later date ends an overdue that no lawful deadline stood behind; every other overdue stays.

    That is one against a provisional date, once the notice is out; and one that a change of category brought
    about by setting a date already past, when the category is changed again.
    """
    case = row_of(tables.Case, case)
    span = _open(desk, case)
    if span is None or case.due_at <= desk.now:
        return
    if (cause == Cause.CALENDAR and span.provisional) or (cause == Cause.RECLASSIFIED and span.by_change):
        end(desk, case)
        case.overdue_since = None
        desk.session.add(case)


def _span(case: Case, began: datetime, *, by_change: bool, provisional: bool) -> Lapse:
    return Lapse(
        case_id=id_of(case), since=began, department_id=case.department_id, category=case.category,
        by_change=by_change, provisional=provisional,
    )  # fmt: skip


def _open(desk: Desk, case: Case) -> Lapse | None:
    if case.overdue_since is None:
        return None
    query = select(Lapse).where(Lapse.case_id == case.id, col(Lapse.until).is_(None))
    return desk.session.exec(query.order_by(col(Lapse.id).desc())).first()


def _last_change(desk: Desk, case: Case) -> DueChange | None:
    query = select(DueChange).where(DueChange.case_id == case.id).order_by(col(DueChange.id).desc())
    return desk.session.exec(query.limit(1)).first()
