"""What a question asks for and an entry tells of: something to be done (补办, 注销 …) or a fact (费用, 电话 …).

The wordings are rules/deeds.toml and rules/facts.toml: how an entry's wordings may say, ever so loosely, that they are about
a deed (`told`), how strictly a question asks for it (`asked`), and by what an answer seems to give a fact (`said`).
"""

import re

from knowledge_base.base.rules import Kind, kinds, pattern
from knowledge_base.verifier.things import SHORT

_DEEDS, _FACTS = kinds("deeds"), kinds("facts")
_OPPOSITE = tuple(
    (pattern("wordings", one), pattern("wordings", other))
    for one, other in (("move_out", "move_in"), ("marry", "divorce"), ("set_up", "wind_up"))
)
_START = pattern("wordings", "start")
_AFTER = frozenset(kind.name for kind in _DEEDS if kind.after)
# Deeds that an entry may treat among other things: 退出或续租, 怎么还款和展期.
_ASIDE = {
    kind.name: re.compile(
        rf"[、,，和与或及].{{0,{kind.aside}}}(?:{kind.asked.pattern})|(?:{kind.asked.pattern})[、,，和与或及]"
    )
    for kind in _DEEDS
    if kind.aside
}


def _asked(some: tuple[Kind, ...], text: str) -> list[str]:
    return [kind.name for kind in some if kind.asked.search(text)]


def _deeds_told(text: str) -> list[str]:
    return [kind.name for kind in _DEEDS if kind.told and kind.told.search(text)]


def _facts_told(text: str) -> list[str]:
    return [kind.name for kind in _FACTS if kind.asked.search(text) or (kind.said and kind.said.search(text))]


def another_ask(question: str, wordings: str, answer: str) -> str | None:
    """Return an objection if what is asked for is nowhere told of, or if all wordings ask for what nobody asked."""
    deeds = _asked(_DEEDS, question)
    told = {*_deeds_told(wordings), *_asked(_DEEDS, answer)}
    if deeds and not told & set(deeds):
        return f"问的是{'、'.join(deeds)}，条目没有说到"
    for one, other in _OPPOSITE:
        for mine, theirs in ((one, other), (other, one)):
            asked, told_of = mine.search(question), theirs.search(wordings)
            if asked and told_of and not theirs.search(question) and not mine.search(wordings):
                return f"问的是“{asked[0]}”，条目说的是“{told_of[0]}”"
    each_asks = [set(_asked(_DEEDS, wording)) for wording in wordings.split("|")]
    entry_deeds = [
        deed
        for deed in _asked(_DEEDS, wordings)
        if deed in _AFTER
        and all(deed in asks for asks in each_asks)
        and not (deed in _ASIDE and _ASIDE[deed].search(wordings))
    ]
    plain = not deeds and (len(question) <= SHORT or _START.search(question))
    if entry_deeds and plain and not set(entry_deeds) & set(_deeds_told(question)):
        return f"条目说的是{'、'.join(entry_deeds)}，问句没有提到"
    facts = _asked(_FACTS, question) if "余额" not in deeds else []
    if facts and not {*_asked(_FACTS, wordings), *_facts_told(answer)} & set(facts):
        return f"问的是{'、'.join(facts)}，条目没有说到"
    return None
