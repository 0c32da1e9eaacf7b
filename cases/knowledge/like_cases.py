"""Answers that were sent to cases like one: what a colleague wrote before, and how its citizen took it."""

from dataclasses import dataclass
from functools import lru_cache

from sqlmodel import col, select

from cases.register import readonly
from cases.register.desk import Desk
from cases.register.states import DraftState, Purpose, State
from cases.register.tables import Case, Draft, Message
from text.normalise import normalise
from text.words import words

_LOOKED_THROUGH = 300  # latest answers of the same kind and matter
_READ = 1_000  # characters of a letter
_NEAR = 0.5  # share of the letter's words that a case must have to be suggested
_GRADES = ("满意", "基本满意", "")  # best first; who was not satisfied recommends nothing


@dataclass(frozen=True, slots=True)
class Like:
    """A case and its answer, masked. `shared`: how many words of the letter its own letter has."""

    no: str
    answer: str
    rating: str
    shared: int


def like(desk: Desk, case: readonly.Case, letter: str) -> list[Like]:
    """Return the sent answers to the cases most like this one, by shared words, of the same kind and matter."""
    query = (
        select(Case.no, Case.id, Case.rating, Draft.masked)
        .where(
            Draft.case_id == Case.id, Draft.purpose == Purpose.ANSWER, Draft.state == DraftState.APPROVED,
            Case.category == case.category, Case.status == State.ANSWERED, Case.id != case.id,
            Case.topic == case.topic, col(Case.accusation).is_(False), col(Case.sensitive).is_(False),
        )
        .order_by(col(Draft.id).desc())
        .limit(_LOOKED_THROUGH)
    )  # fmt: skip
    answers = {case_id: (no, text, rating) for no, case_id, rating, text in desk.session.exec(query).all()}
    asked = bag(letter)
    letters = select(Message.case_id, Message.masked).where(col(Message.case_id).in_(answers))
    shared: dict[int, int] = {}
    for case_id, text in desk.session.exec(letters).all():
        if case_id is not None:
            shared[case_id] = max(shared.get(case_id, 0), len(asked & bag(text)))
    best = sorted((case_id for case_id, n in shared.items() if n > 1), key=lambda i: (-shared[i], -i))
    return [Like(*answers[case_id], shared[case_id]) for case_id in best]


def best_rated(desk: Desk, case: readonly.Case, letter: str) -> Like | None:
    """Return the answer to a like case that its citizen liked best; of equals the most alike. None where none is near."""
    least = _NEAR * len(bag(letter))
    near = [one for one in like(desk, case, letter) if one.shared >= max(2, least) and one.rating in _GRADES]
    return min(near, key=lambda one: (_GRADES.index(one.rating), -one.shared), default=None)


@lru_cache(maxsize=2_048)
def bag(text: str) -> frozenset[str]:
    """Return the words of a text that are longer than one character; letters are read again at each look at a case."""
    return frozenset(word for word in words(normalise(text[:_READ])) if len(word) > 1)
