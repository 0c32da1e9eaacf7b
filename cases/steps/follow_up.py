"""A citizen who writes again soon after an answer: the message is a case of its own, and they say what it belongs to.

The new case keeps its own receipt and clock whatever the citizen says: nothing is lost by not answering.
"""

from datetime import timedelta

from sqlmodel import col, select

from cases.register import questions, readonly, register
from cases.register.desk import Desk
from cases.register.kinds import QuestionKind as Kind
from cases.register.questions import Question
from cases.register.readonly import Citizen
from cases.register.rows import id_of, row_of
from cases.register.states import State
from cases.register.tables import Case
from cases.sending import announce

RECENT = timedelta(days=7)


def ask(desk: Desk, citizen: Citizen, case: readonly.Case) -> readonly.Case | None:
    """Return the recently answered case that a new one may belong to, and remember that it was asked."""
    query = select(Case).where(
        Case.citizen_id == citizen.id,
        Case.id != case.id,
        Case.account == case.account,
        Case.channel == case.channel,
        col(Case.status).in_((State.ANSWERED, State.REFUSED)),
        col(Case.released_at) >= desk.now - RECENT,
    )
    before = desk.session.exec(query.order_by(col(Case.released_at).desc(), col(Case.id).desc())).first()
    if before is not None:
        until = desk.now + desk.office.merge_window
        questions.put(desk, citizen, Question(Kind.BELONGS, id_of(case), until, before_id=before.id))
    return before


def belongs(desk: Desk, citizen: Citizen) -> tuple[readonly.Case, readonly.Case] | None:
    """「是」: mark the new case as belonging to the earlier one. None if nothing was asked, or too long ago."""
    asked = questions.standing(desk, citizen, Kind.BELONGS)
    if asked is None:
        return None
    questions.take(desk, citizen)
    case, before = (
        register.by_id(desk, asked.case_id),
        register.by_id(desk, asked.before_id),
    )
    attach(desk, case, before)
    return case, before


def attach(desk: Desk, case: readonly.Case, before: readonly.Case) -> None:
    """Note that a case goes on from an answered one, and let the same department have it."""
    case = row_of(Case, case)
    case.reasons = (*case.reasons, f"来信人说明：接续 {before.no}")
    if case.status == State.NEW and before.department_id and not case.accusation:
        case.department_id = before.department_id
    desk.session.add(case)
    desk.audit("case.belongs", f"case:{case.no}", to=before.no)
    announce.card(desk, case)
