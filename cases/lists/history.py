"""What happened to a case and when: its dates, the days that were counted, its trail."""

import json
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import col, select

from cases.register.desk import Desk
from cases.register.readonly import Case
from cases.register.tables import Audit, DueChange
from sla.deadline import Day, derivation, derivation_on_record


@dataclass(frozen=True, slots=True)
class Moved:
    """One event that set or moved the due date."""

    at: datetime
    cause: str
    working_days: int
    counted_from: datetime
    due_on: date
    provisional: bool
    note: str


@dataclass(frozen=True, slots=True)
class Happening:
    at: datetime
    actor: str
    action: str
    detail: dict[str, object]


def moves(desk: Desk, case: Case) -> list[Moved]:
    rows = desk.session.exec(
        select(DueChange).where(DueChange.case_id == case.id).order_by(col(DueChange.id))
    ).all()
    return [
        Moved(r.at, r.cause, r.working_days, r.counted_from, r.due_on, r.provisional, r.note) for r in rows
    ]


def days(desk: Desk, case: Case) -> list[Day]:
    """Return the day-by-day derivation of the due date, by the calendar that it was counted with."""
    last = desk.session.exec(
        select(DueChange).where(DueChange.case_id == case.id).order_by(col(DueChange.id).desc())
    ).first()
    if last is None or last.named_days is None:
        return derivation(desk.office.today(case.clock_from), desk.working_days(case), desk.calendar)
    named = {date.fromisoformat(day): name for day, name in last.named_days.items()}
    return derivation_on_record(desk.office.today(last.counted_from), last.due_on, named)


def timeline(desk: Desk, case: Case) -> list[Happening]:
    rows = desk.session.exec(
        select(Audit).where(Audit.subject == f"case:{case.no}").order_by(col(Audit.seq))
    ).all()
    return [Happening(r.at, r.actor, r.action, json.loads(r.detail or "{}")) for r in rows]
