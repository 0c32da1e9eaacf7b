"""The watch: one sweep over the cases whose time has come, each milestone told once.

A milestone told is a unique row (case, milestone, day), written in the same transaction as the outbox row
that tells it: killed at any moment, nothing is lost and nothing doubled.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from cases.register import drafts, lapse, readonly, register
from cases.register.desk import Desk
from cases.register.rows import id_of
from cases.register.tables import Case, FiredMilestone
from cases.sending import outbox
from cases.watch.alerts import Alerts
from sla.milestones import Milestone as Reached
from sla.milestones import milestones, next_sweep_at, to_fire

BATCH = 50  # cases of one transaction: a push that comes meanwhile waits for no more than these


@dataclass(frozen=True, slots=True)
class Swept:
    looked_at: int
    told: int


def sweep(desk: Desk, limit: int = BATCH) -> Swept:
    """Look at up to `limit` cases whose `next_look_at` has come. Call again while `looked_at` equals `limit`.

    What was found in all of them goes out with the last: each chat reads one message.
    """
    cases = desk.session.exec(due(desk.now, limit).with_for_update(key_share=True, skip_locked=True)).all()
    swept = _tell(desk, cases) if cases else Swept(0, 0)
    if swept.looked_at < limit:
        outbox.release(desk)
    return swept


def _tell(desk: Desk, cases: Sequence[Case]) -> Swept:
    on_record = _on_record(desk, cases)
    alerts = Alerts(desk, cases)
    fresh: list[dict[str, Any]] = []
    told = 0
    for case in cases:
        fired = _look(desk, case, on_record.get(id_of(case), []), alerts)
        told += bool(fired.told)
        fresh += [
            {"case_id": case.id, "name": reached.name, "day": reached.day, "at": desk.now}
            for reached in fired.record
        ]
    if fresh:
        desk.session.connection().execute(insert(FiredMilestone), fresh)
    outbox.put_many(desk, alerts.rows)
    return Swept(len(cases), told)


def due(now: datetime, limit: int) -> SelectOfScalar[Case]:
    """Return the query for the cases whose time has come. It reads `ix_cases_look` and no other rows."""
    return select(Case).where(col(Case.next_look_at) <= now).order_by(col(Case.next_look_at)).limit(limit)


@dataclass(frozen=True, slots=True)
class _Looked:
    told: int
    record: Sequence[Reached]


def _look(desk: Desk, case: Case, recorded: list[Reached], alerts: Alerts) -> _Looked:
    desk.session.add(case)
    is_open = register.is_open(case)
    if not is_open and drafts.under_review(desk, case) is None:
        case.next_look_at = case.review_since = None
        return _Looked(0, ())
    office = desk.office
    if is_open:
        lapse.note(desk, case)
    clock = register.clock(desk, case)
    reached = milestones(clock, desk.now, desk.calendar, office.policy, office.zone)
    fired = to_fire(reached, recorded, desk.today)
    for firing in fired.firings:
        alerts.tell(case, firing)
    case.next_look_at = next_sweep_at(clock, desk.now, desk.calendar, office.policy, office.zone)
    return _Looked(len(fired.firings), fired.record)


def _on_record(desk: Desk, cases: Sequence[readonly.Case]) -> dict[int, list[Reached]]:
    found: dict[int, list[Reached]] = {}
    ids = [case.id for case in cases]
    for row in desk.session.exec(select(FiredMilestone).where(col(FiredMilestone.case_id).in_(ids))):
        found.setdefault(row.case_id, []).append(Reached(row.name, row.day))
    return found
