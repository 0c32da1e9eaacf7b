"""Cases by words: of any letter, draft or answer in them, as they stand masked, or of their number."""

from sqlalchemy import ColumnElement, and_, or_
from sqlmodel import col, select

from cases.register.tables import Case, Draft, Message

MOST = 8  # words that are looked for


def hold(words: str) -> ColumnElement[bool]:
    """Return the condition that a case holds every one of `words`, which white space separates."""
    return and_(*(_holds(word) for word in words.split()[:MOST]))


def _holds(word: str) -> ColumnElement[bool]:
    letters = select(Message.case_id).where(col(Message.masked).contains(word, autoescape=True))
    drafts = select(Draft.case_id).where(col(Draft.masked).contains(word, autoescape=True))
    number = col(Case.no).contains(word, autoescape=True)
    return or_(number, col(Case.id).in_(letters), col(Case.id).in_(drafts))
