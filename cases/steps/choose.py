"""The short list: what a citizen may have meant is offered by number. The choice answers; silence changes nothing.

The case is there from the first message on with its own receipt; its card waits for the choice no longer than the
merge window, after which it is a case like any other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlmodel import col, select

from cases.knowledge import learn
from cases.register import questions, register
from cases.register.desk import Desk
from cases.register.kinds import QuestionKind as Kind
from cases.register.questions import Question
from cases.register.readonly import Case, Citizen
from cases.register.rows import id_of
from cases.register.states import State
from cases.register.tables import KnowledgeEntry, Message
from cases.sending import announce
from cases.steps import automatic
from knowledge_base.base.entries import Entry, can_answer

if TYPE_CHECKING:  # the models are heavy: a command that needs none should not load them
    from knowledge_base.answering.answerer import Match


@dataclass(frozen=True, slots=True)
class Chosen:
    """The case and the entry that now answers it; None where it was stopped since it was offered."""

    case: Case
    entry: Entry | None


def offer(desk: Desk, citizen: Citizen, case: Case, match: Match) -> tuple[str, ...]:
    """Return the questions to choose from, and remember them; none where nobody would wait for the choice."""
    until = desk.now + desk.office.merge_window
    offered = [entry for entry in match.choices if automatic.may_be_given(desk, entry)]
    if until <= desk.now or not offered:
        return ()
    entries = tuple(entry.id for entry in offered)
    asked = Question(Kind.CHOOSE, id_of(case), until, entries=entries, score=match.score)
    questions.put(desk, citizen, asked)
    desk.audit("case.offer", f"case:{case.no}", entries=[entry.id for entry in offered])
    announce.first_card(desk, case, after=until)
    return tuple(entry.question for entry in offered)


def choose(desk: Desk, citizen: Citizen, number: int) -> Chosen | None:
    """Answer with the entry of that number. None if nothing was offered, it is too late, or a colleague has the case."""
    kept = questions.standing(desk, citizen, Kind.CHOOSE)
    if kept is None or not 1 <= number <= len(kept.entries):
        return None
    case = register.by_id(desk, kept.case_id)
    register.lock(desk, case)
    if case.status != State.NEW:
        return None
    questions.take(desk, citizen)
    row = desk.session.get(KnowledgeEntry, kept.entries[number - 1])
    entry = learn.as_entry(row) if row is not None and not row.muted else None
    if entry is None or not can_answer(entry, desk.today):
        announce.card(desk, case)
        return Chosen(case, None)
    first = desk.session.exec(
        select(Message).where(Message.case_id == case.id).order_by(col(Message.id))
    ).first()
    automatic.answer(desk, case, entry, kept.score, first.masked if first else "", chosen=True)
    announce.no_card(desk, case)
    return Chosen(case, entry)


def decline(desk: Desk, citizen: Citizen) -> Case | None:
    """「人工」, 「都不是」: the case is an ordinary one at once. None if nothing is offered."""
    kept = questions.standing(desk, citizen, Kind.CHOOSE)
    if kept is None:
        return None
    case = register.by_id(desk, kept.case_id)
    questions.take(desk, citizen)
    desk.audit("case.choice_declined", f"case:{case.no}")
    announce.card(desk, case)
    return case
