"""Ideas behind wordings: 丢了, 遗失 and 补领 are one thing to do. Kept in concepts.txt, which the office may edit."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from text.normalise import normalise

KINDS = ("ask", "do", "thing", "who", "where", "chat")
_FILE = Path(__file__).parent.parent / "rules" / "concepts.txt"


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Wordings and the ideas (`kind:name`) they stand for."""

    ideas: dict[str, tuple[str, ...]]
    longest: int

    def find(self, text: str) -> list[tuple[str, str]]:
        """Return (wording, idea) for the longest wordings from left to right. Normalise `text` first."""
        found: list[tuple[str, str]] = []
        start = 0
        while start < len(text):
            for length in range(min(self.longest, len(text) - start), 0, -1):
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
    for number, line in enumerate(content.split("\n"), 1):
        if not line.strip() or line.startswith("#"):
            continue
        head, colon, wordings = line.partition(":")
        kind, _, name = head.partition(" ")
        if not colon or kind not in KINDS or not name:
            raise ValueError(f"概念表第 {number} 行应写作「类别 名称: 说法 说法」")
        for wording in dict.fromkeys(normalise(wordings).split()):
            idea = f"{kind}:{name}"
            if idea not in ideas.get(wording, ()):
                ideas[wording] = (*ideas.get(wording, ()), idea)
    return Lexicon(ideas, max(map(len, ideas), default=0))


@lru_cache(maxsize=1)
def built_in() -> Lexicon:
    """Return the lexicon shipped with the project."""
    return parse(_FILE.read_text(encoding="utf-8"))
