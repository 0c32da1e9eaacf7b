"""Which things a question and an entry name, and whether they are others.

The names are those of rules/lexicon.txt, the wordings around them rules/wordings.toml.
"""

import re
from functools import lru_cache

from knowledge_base.base.lexicon import built_in, lengths_of
from knowledge_base.base.rules import number, pattern

_KEPT = 8_192  # texts of entries whose things are remembered: they are met again with every like question
SHORT = number("short_story")  # characters of a question that comes without a story

_CARRIED = pattern("wordings", "carried")
_NAMED, _KIN = built_in().names, built_in().kin
_LENGTHS = {
    first: tuple(length for length in lengths if length > 1) for first, lengths in lengths_of(_NAMED).items()
}
_CONTRASTS = tuple(
    (re.compile("|".join(sorted(group, key=len, reverse=True))), group) for group in built_in().contrasts
)
_ONLY = {"电子": pattern("wordings", "electronic")}
_RELATIVES = frozenset(("who:孩子", "who:老人", "who:夫妻"))  # for whom people ask, seldom the point of it

# Any other noun that ends like one, by kinds of which one entry seldom treats two.
_KINDS = {
    kind: pattern("wordings", name).pattern
    for kind, name in (
        ("证件", "noun_paper"), ("款项", "noun_money"), ("许可", "noun_permit"), ("地点", "noun_place"),
    )
}  # fmt: skip
_STOP = pattern("wordings", "noun_end")
_NO_NOUN = frozenset(
    "公保认论验签考作求查见准发持领补办换身取出交认缴收消浪免花经自学路话运工旧新误白全退报扣欠房车人"
)
_NOUN = {
    kind: re.compile(rf"([\u4e00-\u9fff]{{0,6}}?)({endings})(?!明|件|实|据|人|金|书|用|标准|费|照|局)")
    for kind, endings in _KINDS.items()
}


@lru_cache(maxsize=_KEPT)
def _things(text: str, skip_carried: bool = False) -> dict[str, str]:
    """Return the things that `text` names, with the wording of each; `skip_carried` leaves out what is only shown."""
    found: dict[str, str] = {}
    start = 0
    while start < len(text):
        for length in _LENGTHS.get(text[start], ()):
            wording = text[start : start + length]
            thing = _NAMED.get(wording)
            if thing:
                if not (skip_carried and _CARRIED.search(text[:start])):
                    found.setdefault(thing, wording)
                start += length - 1
                break
        start += 1
    return found


def _kindred(one: str, other: str) -> bool:
    return one == other or any(one in group and other in group for group in _KIN)


@lru_cache(maxsize=_KEPT)
def _ideas(text: str) -> set[str]:
    return {idea.partition(":")[2] for _, idea in built_in().find(text) if idea.startswith("thing:")}


@lru_cache(maxsize=_KEPT)
def _all_ideas(text: str) -> set[str]:
    return {idea for _, idea in built_in().find(text) if idea.startswith(("thing:", "who:"))}


@lru_cache(maxsize=_KEPT)
def _nouns(text: str, kind: str) -> list[tuple[str, str]]:
    """Return (what tells it from others, its ending) for the nouns of that kind in `text`."""
    found = []
    for match in _NOUN[kind].finditer(text):
        own = match[2] if kind == "地点" else _STOP.sub("", match[1])
        if own and not (len(own) == 1 and own in _NO_NOUN):
            found.append((own, match[2]))
    return found


def another_thing(question: str, wordings: str, answer: str) -> str | None:
    """Return an objection if every known thing the question names is foreign to the entry.

    That an answer names a paper is no excuse: 持身份证 stands in most of them.
    """
    asked = _things(question, skip_carried=True)
    theirs = _things(wordings)
    about = _ideas(wordings) | set(theirs)
    if asked and about and not any(_kindred(one, other) for one in asked for other in about):
        if any(wording[:-1] in wordings for wording in asked.values()):
            return None
        papers = [one for one in asked if one[-1] in "证卡照本" or one not in _things(answer)]
        if len(papers) == len(asked):
            mine = next(iter(asked.values()))
            return f"问的是“{mine}”，条目说的是“{next(iter(theirs.values()), '别的事项')}”"
    return None


def another_noun(question: str, wordings: str, answer: str) -> str | None:
    """The same for nouns that no table holds, by their endings: 证 against 证, 补贴 against 补贴, place against place."""
    everything = wordings + answer
    for kind in _KINDS:
        other = _nouns(wordings, kind)
        if not other:
            continue
        for own, ending in _nouns(question, kind):
            name = own if own == ending else own + ending
            if (
                len(own) < 2
                or name in everything
                or set(_things(name)) & set(_things(wordings))
                or _CARRIED.search(question[: question.find(name)])
            ):
                continue
            if sum(char in wordings for char in own) * 2 < len(own) and not _all_ideas(name) & _all_ideas(
                everything
            ):
                return f"问的是“{name}”，条目说的是“{other[0][1] if kind == '地点' else ''.join(other[0])}”"
    return None


def another_matter(question: str, wordings: str, answer: str) -> str | None:
    """A short question without a story around it: what it names, and the entry nowhere does, is the point of it."""
    if len(question) > SHORT:
        return None
    mine = built_in().find(question)
    spoken = _all_ideas(wordings) | _all_ideas(answer)
    asked = {idea for _, idea in mine}
    for wording, idea in mine:
        if idea.startswith(("thing:", "who:")) and idea not in spoken and idea not in _RELATIVES:
            shared = sum(char in wordings or char in answer for char in wording)
            own = [
                name
                for name, other in built_in().find(wordings)
                if other.startswith(("thing:", "who:")) and other not in asked and name not in question
            ]
            if shared * 2 < len(wording) and own:
                return f"问的是“{wording}”，条目说的是“{own[0]}”"
    return None


def another_of_its_kind(question: str, wordings: str, answer: str) -> str | None:
    """护士 against 医师, 首套 against 二套; and an entry on the 电子社保卡 for who asks for the card.

    An entry whose wordings name none of them is taken to be about those that its answer names.
    """
    for spelling, names in _CONTRASTS:
        mine = {names[each]: each for each in spelling.findall(question)}
        if not mine:
            continue
        told = spelling.findall(answer)
        theirs = {names[each]: each for each in spelling.findall(wordings) or told}
        if theirs and not mine.keys() & {*theirs, *(names[each] for each in told)}:
            return f"问的是“{next(iter(mine.values()))}”，条目说的是“{next(iter(theirs.values()))}”"
    for name, hint in _ONLY.items():
        if (
            name in wordings
            and not hint.search(question)
            and all(name in each for each in wordings.split("|"))
        ):
            return f"条目只说“{name}”，问句没有提到"
    return None
