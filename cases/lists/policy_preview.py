"""Which open cases another policy or another calendar would give another day. Nothing is changed."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select as columns
from sqlmodel import col

from cases.lists import filters
from cases.register.desk import Desk
from cases.register.readonly import Staff
from cases.register.states import CATEGORY_NAMES, OPEN
from cases.register.tables import Case
from sla.calendar import WorkCalendar
from sla.deadline import due_date, due_words, is_provisional, local_date
from sla.policy import Policy


@dataclass(frozen=True, slots=True)
class WouldMove:
    no: str
    category: str
    due: str  # as dates are shown: with 「暂定」 where they are
    would: str


def moved(
    desk: Desk, me: Staff, policy: Policy | None = None, calendar: WorkCalendar | None = None
) -> tuple[list[WouldMove], int]:
    """Return the open cases in sight whose day would be another, what is due first before, and how many were looked at."""
    policy, calendar = policy or desk.office.policy, calendar or desk.calendar
    days: dict[tuple[date, int], date] = {}  # many cases came on the same day
    query = columns(
        col(Case.no),
        col(Case.category),
        col(Case.extended),
        col(Case.clock_from),
        col(Case.due_on),
        col(Case.provisional),
    ).where(filters.in_sight(me), col(Case.status).in_(OPEN))
    rows = desk.session.connection().execute(query.order_by(col(Case.due_at), col(Case.id))).all()
    found = []
    for no, category, extended, clock_from, due_on, provisional in rows:
        counted = local_date(clock_from, desk.office.zone), policy.limit(category, extended)
        if counted not in days:
            days[counted] = due_date(*counted, calendar)
        if days[counted] != due_on:
            would = due_words(days[counted], is_provisional(counted[0], days[counted], calendar))
            found.append(WouldMove(no, CATEGORY_NAMES[category], due_words(due_on, provisional), would))
    return found, len(rows)
