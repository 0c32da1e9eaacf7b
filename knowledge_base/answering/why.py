"""Why an entry was found, in the words of the question: which of them it has, and which it has not."""

from dataclasses import dataclass

from knowledge_base.base.entries import Entry
from text.normalise import normalise
from text.words import words


@dataclass(frozen=True, slots=True)
class Why:
    covered: tuple[str, ...]
    missing: tuple[str, ...]


def why(asked: str, entry: Entry) -> Why:
    known = set(words(normalise(" ".join((entry.question, entry.answer, *entry.aliases)))))
    said = [word for word in dict.fromkeys(words(normalise(asked))) if len(word) > 1]
    return Why(tuple(w for w in said if w in known), tuple(w for w in said if w not in known))
