"""How each answer stood at its release, frozen for the reports.

Source: MLGK 004—2018 §6.3.3.4; a later reopening, change of category or rating of another answer alters nothing.
"""

from sqlmodel import col, select

from cases.register.desk import Desk
from cases.register.kinds import Ended
from cases.register.readonly import Case
from cases.register.rows import id_of
from cases.register.tables import Outcome


def freeze(desk: Desk, case: Case, kind: str, *, on_time: bool) -> None:
    """Record a released answer or refusal, or an automatic answer."""
    started = desk.office.today(case.clock_from)
    outcome = Outcome(
        case_id=id_of(case),
        kind=kind,
        at=desk.now,
        category=case.category,
        department_id=case.department_id,
        channel=case.channel,
        due_on=case.due_on,
        on_time=on_time,
        working_days=max(0, desk.calendar.count(started, desk.today)),
    )
    desk.session.add(outcome)


def rate(desk: Desk, case: Case, grade: str) -> None:
    """Put a rating on the answer that it is about: the latest."""
    outcome = _latest(desk, case)
    if outcome is not None:
        outcome.rating = grade
        desk.session.add(outcome)


def withdraw(desk: Desk, case: Case) -> None:
    """An automatic answer did not help: it counts no longer as an answer, its rating stays."""
    outcome = _latest(desk, case)
    if outcome is not None and outcome.kind == Ended.AUTO:
        outcome.withdrawn, outcome.withdrawn_at = True, desk.now
        desk.session.add(outcome)


def _latest(desk: Desk, case: Case) -> Outcome | None:
    query = select(Outcome).where(Outcome.case_id == case.id).order_by(col(Outcome.id).desc())
    return desk.session.exec(query).first()
