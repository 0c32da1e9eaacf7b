"""Who was urged on, and when: read out of the trail, where 「催办」 stands like every other act."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select

from cases.register.desk import Desk
from cases.register.tables import Audit

NUDGE = "case.nudge"


@dataclass(frozen=True, slots=True)
class Nudged:
    by: str
    at: datetime


def latest(desk: Desk, numbers: Sequence[str]) -> dict[str, Nudged]:
    """Return by number who urged these cases on last."""
    subjects = [f"case:{no}" for no in numbers]
    query = select(Audit.subject, Audit.actor, Audit.at).where(
        Audit.action == NUDGE, col(Audit.subject).in_(subjects)
    )
    rows = desk.session.exec(query.order_by(col(Audit.seq))).all()
    return {subject.removeprefix("case:"): Nudged(by, at) for subject, by, at in rows}
