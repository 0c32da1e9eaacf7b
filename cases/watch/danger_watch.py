"""Alarms that nobody has taken yet are told again, whatever the hour and the day."""

from datetime import datetime

from sqlmodel import col, select

from cases.register import register
from cases.register.desk import Desk
from cases.register.tables import Case, Danger
from cases.steps import danger

BATCH = 100


def repeat(desk: Desk) -> int:
    """Tell again of every danger whose time has come; returns how many. Call it by timer."""
    query = select(Danger).where(col(Danger.next_at) <= desk.now).order_by(col(Danger.next_at)).limit(BATCH)
    rows = desk.session.exec(query.with_for_update(skip_locked=True)).all()
    told = 0
    for row in rows:
        case = desk.session.get_one(Case, row.case_id)
        if register.is_open(case) and row.taken_by is None:
            danger.tell(desk, case, row)
            told += 1
        else:
            row.next_at = None
            desk.session.add(row)
    return told


def plan_anew(desk: Desk, now: datetime) -> None:
    """The clock was set back: nobody waits for a time that lies further off than one interval."""
    late = select(Danger).where(col(Danger.next_at) > now + desk.office.danger_repeat)
    for row in desk.session.exec(late).all():
        row.next_at = now
        desk.session.add(row)
