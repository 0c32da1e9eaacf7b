"""How many cases are open, and how many of them overdue, by what they are about and who has them."""

from typing import Any

from sqlalchemy import case as when
from sqlmodel import col, func, select

from cases.lists import filters
from cases.lists.statistics import NO_DEPARTMENT
from cases.register import register
from cases.register.desk import Desk
from cases.register.readonly import Staff
from cases.register.states import CATEGORIES, OPEN
from cases.register.tables import Case

Count = tuple[str, int, int]  # name, open, of them overdue


def by_category(desk: Desk, me: Staff) -> list[Count]:
    counts = _counts(desk, me, Case.category)
    return [(name, *counts.get(name, (0, 0))) for name in CATEGORIES]


def by_department(desk: Desk, me: Staff) -> list[Count]:
    """Return the departments that have open cases in this person's sight, the busiest first."""
    names = {department.id: department.name for department in desk.departments}
    counts = _counts(desk, me, Case.department_id)
    rows = [(names.get(key, NO_DEPARTMENT), *number) for key, number in counts.items()]
    return sorted(rows, key=lambda row: -row[1])


def _counts(desk: Desk, me: Staff, column: Any) -> dict[Any, tuple[int, int]]:
    late = func.sum(when((register.overdue(desk.now), 1), else_=0))
    query = select(column, func.count(), late).where(filters.in_sight(me), col(Case.status).in_(OPEN))
    return {key: (number, int(many)) for key, number, many in desk.session.exec(query.group_by(column)).all()}
