"""Suggested answers from the knowledge base, and the names by which buttons call them."""

import hashlib
from collections.abc import Callable, Sequence

from bot.handler_chat.cards.cards import SuggestedEntry
from cases.knowledge import learn
from cases.register.desk import Desk
from cases.steps.suggest import FROM, MOST, wording
from knowledge_base.answering.answerer import Match
from knowledge_base.base.entries import PUBLISHED

LEAST_SCORE = 0.1  # of an entry that `/kb` lists
_LONGEST_TOKEN = 40
_LOOKED_AT = 5
Suggest = Callable[[str, int, str | None], Sequence[Match]]  # question, how many, account (None: whole base)


def suggestions(
    suggest: Suggest, text: str, account: str | None = None, least: float = LEAST_SCORE
) -> list[SuggestedEntry]:
    """Return up to three published entries that may answer `text`, best first. Waits for the knowledge base.

    Only those that may answer in `account`; None: of the whole base.
    """
    found = [
        match
        for match in suggest(text, _LOOKED_AT, account)
        if match.entry.status == PUBLISHED and match.score >= least
    ]
    return [
        SuggestedEntry(token(m.entry.id), m.entry.question, m.entry.answer, m.score, m.entry.source)
        for m in found[:MOST]
    ]


def for_card(suggest: Suggest, text: str, account: str | None = None) -> list[SuggestedEntry]:
    """Return those that are likely enough to stand on a case's card."""
    return suggestions(suggest, wording(text), account, FROM)


def token(entry_id: str) -> str:
    """Return a name for an entry that fits a button: its id, or for a long or foreign one its hash."""
    if entry_id.isascii() and len(entry_id) <= _LONGEST_TOKEN and ":" not in entry_id and entry_id[0] != "~":
        return entry_id
    return "~" + hashlib.sha256(entry_id.encode()).hexdigest()[:16]


def named(desk: Desk, name: str) -> str | None:
    """Return the id of the entry behind a button; None where a hash names none that is published."""
    if not name.startswith("~"):
        return name
    return next((entry_id for entry_id in learn.published_ids(desk) if token(entry_id) == name), None)
