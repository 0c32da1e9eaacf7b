"""Which other departments have been asked for their opinion on a case."""

from sqlmodel import Session, col, select

from cases.register import people
from cases.register.tables import Case, CoHandling

ASKED, GIVEN, ENDED = "asked", "given", "ended"


def of(session: Session, case: Case, department_id: int | None) -> CoHandling | None:
    query = select(CoHandling).where(CoHandling.case_id == case.id, CoHandling.department_id == department_id)
    return session.exec(query).first()


def all_of(session: Session, case: Case) -> list[CoHandling]:
    """Return the co-handlings of a case that were not ended, oldest first."""
    query = select(CoHandling).where(CoHandling.case_id == case.id, CoHandling.state != ENDED)
    return list(session.exec(query.order_by(col(CoHandling.id))).all())


def department(session: Session, row: CoHandling) -> str:
    return next((d.name for d in people.departments(session) if d.id == row.department_id), "")
