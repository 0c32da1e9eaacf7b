"""Ideas behind wordings: 丢了, 遗失 and 补领 are one thing to do. Kept in rules/lexicon.txt, which the office may edit."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from knowledge_base.base.rules import RULES
from text.normalise import normalise

KINDS = ("ask", "do", "thing", "who", "where", "chat")
NAME, KIN, CONTRAST = "name", "kin", "contrast"  # kinds of lines that objections alone look at


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Wordings and the ideas (`kind:name`) they stand for.

    `names`: wordings of papers, rights and sums that an entry on another does not answer for; `kin`: names of which the one may
    stand for the other; `contrasts`: of these an entry that names one does not answer for another;
    a group maps each spelling to its name.
    """

    ideas: dict[str, tuple[str, ...]]
    lengths: dict[str, tuple[int, ...]]  # of the wordings that begin with a character, longest first
    names: dict[str, str]
    kin: tuple[frozenset[str], ...]
    contrasts: tuple[dict[str, str], ...]

    def find(self, text: str) -> list[tuple[str, str]]:
        """Return (wording, idea) for the longest wordings from left to right. Normalise `text` first."""
        found: list[tuple[str, str]] = []
        start = 0
        while start < len(text):
            for length in self.lengths.get(text[start], ()):
                wording = text[start : start + length]
                ideas = self.ideas.get(wording)
                if ideas:
                    found.extend((wording, idea) for idea in ideas)
                    start += length - 1
                    break
            start += 1
        return found


def parse(content: str) -> Lexicon:
    """Return the lexicon written in `content`. Raises: ValueError naming the line that is malformed."""
    ideas: dict[str, tuple[str, ...]] = {}
    names: dict[str, str] = {}
    groups: dict[str, list[tuple[str, ...]]] = {KIN: [], CONTRAST: []}
    for number, line in enumerate(content.split("\n"), 1):
        if not line.strip() or line.startswith("#"):
            continue
        head, colon, wordings = line.partition(":")
        kind, _, name = head.partition(" ")
        if not colon or kind not in (*KINDS, NAME, *groups) or not name:
            raise ValueError(f"词表第 {number} 行应写作「类别 名称: 说法 说法」")
        listed = tuple(dict.fromkeys(normalise(wordings).split()))
        if kind in groups:
            groups[kind].append(listed)
            continue
        if kind == NAME:
            names |= dict.fromkeys(listed, name)
            continue
        for wording in listed:
            idea = f"{kind}:{name}"
            if idea not in ideas.get(wording, ()):
                ideas[wording] = (*ideas.get(wording, ()), idea)
    return Lexicon(
        ideas, lengths_of(ideas), names, tuple(map(frozenset, groups[KIN])),
        tuple(map(_spellings, groups[CONTRAST])),
    )  # fmt: skip


def lengths_of(wordings: Iterable[str]) -> dict[str, tuple[int, ...]]:
    """Return for each first character how long wordings are that begin with it, longest first: all that need be looked up."""
    found: dict[str, set[int]] = {}
    for wording in wordings:
        found.setdefault(wording[0], set()).add(len(wording))
    return {first: tuple(sorted(lengths, reverse=True)) for first, lengths in found.items()}


def _spellings(group: tuple[str, ...]) -> dict[str, str]:
    """Return each spelling of 「首套/第一套 二套/第二套」 with the first one of its kind."""
    return {spelling: each.partition("/")[0] for each in group for spelling in each.split("/")}


@lru_cache(maxsize=1)
def built_in() -> Lexicon:
    """Return the lexicon shipped with the project."""
    return parse((RULES / "lexicon.txt").read_text(encoding="utf-8"))
