"""Which open cases another policy or another calendar would give another day. Nothing is changed."""

from dataclasses import dataclass
from datetime import date

from sqlmodel import col, select

from cases.lists import filters
from cases.register.desk import Desk
from cases.register.readonly import Staff
from cases.register.states import CATEGORY_NAMES, OPEN
from cases.register.tables import Case
from sla.calendar import WorkCalendar
from sla.deadline import deadline
from sla.policy import Policy


@dataclass(frozen=True, slots=True)
class WouldMove:
    no: str
    category: str
    due_on: date
    would: date


def moved(
    desk: Desk, me: Staff, policy: Policy | None = None, calendar: WorkCalendar | None = None
) -> tuple[list[WouldMove], int]:
    """Return the open cases in sight whose day would be another, what is due first before, and how many were looked at."""
    policy, calendar = policy or desk.office.policy, calendar or desk.calendar
    query = select(Case).where(filters.in_sight(me), col(Case.status).in_(OPEN))
    rows = desk.session.exec(query.order_by(col(Case.due_at), col(Case.id))).all()
    found = []
    for case in rows:
        limit = policy.limit(case.category, case.extended)
        day = deadline(case.clock_from, limit, calendar, desk.office.zone, desk.office.office_close).due_on
        if day != case.due_on:
            found.append(WouldMove(case.no, CATEGORY_NAMES[case.category], case.due_on, day))
    return found, len(rows)
