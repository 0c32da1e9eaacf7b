"""Which open cases another policy would give another day. Nothing is changed."""

from dataclasses import dataclass
from datetime import date

from sqlmodel import col, select

from cases.lists import filters
from cases.register.desk import Desk
from cases.register.states import CATEGORY_NAMES, OPEN
from cases.register.tables import Case, Staff
from sla.policy import Policy


@dataclass(frozen=True, slots=True)
class Moved:
    no: str
    category: str
    due_on: date
    would: date


def moved(desk: Desk, me: Staff, policy: Policy) -> tuple[list[Moved], int]:
    """Return the open cases in sight whose day would be another, what is due first before, and how many were looked at."""
    query = select(Case).where(filters.in_sight(me), col(Case.status).in_(OPEN))
    rows = desk.session.exec(query.order_by(col(Case.due_at), col(Case.id))).all()
    days = ((case, policy.limit(case.category, case.extended)) for case in rows)
    would = [(case, desk.deadline(case.clock_from, limit).due_on) for case, limit in days]
    return [
        Moved(case.no, CATEGORY_NAMES[case.category], case.due_on, day)
        for case, day in would
        if day != case.due_on
    ], len(rows)
