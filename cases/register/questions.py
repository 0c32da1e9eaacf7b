"""The question that a citizen was asked last: the next words may answer it, and whatever else is said ends it."""

from dataclasses import dataclass
from datetime import datetime

from cases.register.desk import Desk
from cases.register.kinds import QuestionKind as Kind
from cases.register.readonly import Citizen
from cases.register.rows import id_of
from cases.register.tables import CitizenQuestion


@dataclass(frozen=True, slots=True)
class Question:
    """What was asked about a case. `before_id`: the answered one; `entries`, `score`: what is offered, and how sure."""

    kind: Kind
    case_id: int
    until: datetime
    before_id: int | None = None
    entries: tuple[str, ...] = ()
    score: float = 0.0


def put(desk: Desk, citizen: Citizen, question: Question) -> None:
    """Remember the question in place of an earlier one."""
    row = CitizenQuestion(
        citizen_id=id_of(citizen), kind=question.kind, case_id=question.case_id, before_id=question.before_id,
        entries=question.entries, score=question.score, until=question.until,
    )  # fmt: skip
    desk.session.merge(row)


def standing(desk: Desk, citizen: Citizen, kind: Kind) -> Question | None:
    """Return the question of that kind that may still be answered."""
    row = _row(desk, citizen)
    return _read(row) if row is not None and row.kind == kind and desk.now <= row.until else None


def take(desk: Desk, citizen: Citizen) -> Question | None:
    """Return the question, answered or not: it stands no more."""
    row = _row(desk, citizen)
    if row is None:
        return None
    question = _read(row)
    desk.session.delete(row)
    desk.session.flush()
    return question


def _row(desk: Desk, citizen: Citizen) -> CitizenQuestion | None:
    asked_ever = citizen.last_case_id is not None  # what is asked is asked about a case
    return desk.session.get(CitizenQuestion, citizen.id) if asked_ever else None


def _read(row: CitizenQuestion) -> Question:
    return Question(Kind(row.kind), row.case_id, row.until, row.before_id, row.entries, row.score)
