"""Which other departments have been asked for their opinion on a case."""

from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from cases.register import readonly
from cases.register.desk import Desk
from cases.register.readonly import Case
from cases.register.states import CoHandlingState
from cases.register.tables import CoHandling


def of(desk: Desk, case: Case, department_id: int | None) -> CoHandling | None:
    query = select(CoHandling).where(CoHandling.case_id == case.id, CoHandling.department_id == department_id)
    return desk.session.exec(query).first()


def all_of(desk: Desk, case: Case) -> list[CoHandling]:
    """Return the co-handlings of a case that were not ended, oldest first."""
    query = select(CoHandling).where(CoHandling.case_id == case.id, CoHandling.state != CoHandlingState.ENDED)
    return list(desk.session.exec(query.order_by(col(CoHandling.id))).all())


def asked_of(department_id: int) -> SelectOfScalar[int]:
    """Return the cases that a department was asked to co-handle, for a condition over many."""
    query = select(CoHandling.case_id)
    return query.where(CoHandling.department_id == department_id, CoHandling.state != CoHandlingState.ENDED)


def department(desk: Desk, row: readonly.CoHandling) -> str:
    return next((d.name for d in desk.departments if d.id == row.department_id), "")
