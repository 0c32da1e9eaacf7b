"""What speaks against an automatic answer: the question names another thing, or asks for something else.

The verifier weighs an entry against its rivals; where there are none it lets a shared word (丢了, 补办) pass. What is
objected to here is still found and suggested; only nobody is answered with it unseen.
"""

from functools import lru_cache

from knowledge_base.base.entries import Entry
from knowledge_base.verifier.asks import another_ask
from knowledge_base.verifier.heads import said_elsewhere
from knowledge_base.verifier.things import another_matter, another_noun, another_of_its_kind, another_thing
from knowledge_base.verifier.years import another_year
from text.normalise import normalise

_LOOKED_AT, _OF_ANSWER = 300, 2_000  # characters: a long story names more things than it asks about


@lru_cache(maxsize=8_192)
def _clean(text: str) -> str:
    return normalise(text).replace(" ", "")


def objection(query: str, entry: Entry) -> str | None:
    """Return what speaks against answering `query` with `entry` unseen, in Chinese; None if nothing does."""
    question = _clean(query[:_LOOKED_AT])
    if not question:
        return None
    wordings, answer = "|".join(map(_clean, entry.wordings)), _clean(entry.answer[:_OF_ANSWER])
    return (
        another_thing(question, wordings, answer)
        or another_noun(question, wordings, answer)
        or another_matter(question, wordings, answer)
        or another_of_its_kind(question, wordings, answer)
        or another_ask(question, wordings, answer)
        or said_elsewhere(question, wordings, answer)
        or another_year(question, wordings, answer)
    )
