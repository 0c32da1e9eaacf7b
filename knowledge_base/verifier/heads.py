"""Whose number is asked for: 「伙食费多少」 is not answered by 「保教费每月380元，伙食费另计」."""

import re

from knowledge_base.base.lexicon import built_in
from knowledge_base.base.rules import kinds, pattern
from text.words import words

_VALUES = kinds("values")
_HOW_MUCH, _BEFORE = pattern("wordings", "how_much"), pattern("wordings", "before_how_much")
_CLAUSE = re.compile(r"[，,。；;！!？?…~\n|]+")
_OF_SOMETHING = "费期"
_LOOKED_AT = 60  # characters of a clause of the question


def head(clause: str) -> str | None:
    """Return the noun whose number a clause asks for, if it names one of two characters or more."""
    found = _HOW_MUCH.search(clause[:_LOOKED_AT])
    if found is None:
        return None
    before = words(_BEFORE.sub("", clause[: found.start()]))
    return before[-1] if before and len(before[-1]) > 1 else None


def _ideas(text: str) -> set[str]:
    return {idea for _, idea in built_in().find(text)}


def said_elsewhere(question: str, wordings: str, answer: str) -> str | None:
    """Return an objection if the answer speaks of what is counted, but gives no such value where it does.

    What the wordings name is the entry's own matter; what nobody names may stand there in other words.
    """
    for clause in _CLAUSE.split(question):
        asked = [kind for kind in _VALUES if kind.asked.search(clause)]
        mine = head(clause) if asked else None
        if mine is None or mine in wordings or _ideas(mine) & _ideas(wordings):
            continue
        # 邮寄费: whoever says 邮寄 speaks of it
        stem = mine[:-1] if len(mine) > 2 and mine[-1] in _OF_SOMETHING else mine
        where = [part for part in _CLAUSE.split(answer) if stem in part]
        if where and not any(kind.said and kind.said.search(part) for part in where for kind in asked):
            return f"问的是“{mine}”的数，条目说到它时没有给出"
    return None
