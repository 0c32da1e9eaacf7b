"""What a question asks for beyond its matter, and whether an entry says it: kinds, kept in rules/told.toml with their reasons."""

from functools import lru_cache

from knowledge_base.base import rules
from knowledge_base.base.entries import Entry
from text.normalise import normalise

_LOOKED_AT = 2_000  # characters of an answer


def kinds() -> tuple[rules.Kind, ...]:
    """Return the kinds shipped with the project, in the order of the file."""
    return rules.kinds("told")


def bare(text: str) -> str:
    """Return `text` as the patterns see it."""
    return normalise(text).replace(" ", "")


@lru_cache(maxsize=2_048)
def asked(question: str) -> tuple[bool, ...]:
    """Return for each kind whether the question asks it."""
    clean = bare(question)
    return tuple(bool(kind.asked.search(clean)) for kind in kinds())


@lru_cache(maxsize=16_384)
def _tells(wordings: tuple[str, ...], answer: str) -> tuple[bool, ...]:
    asks, says = "|".join(map(bare, wordings)), bare(answer)
    return tuple(
        bool(kind.told and kind.told.search(asks)) or bool(kind.said and kind.said.search(says))
        for kind in kinds()
    )


def unsaid(question: str, entry: Entry) -> tuple[bool, ...]:
    """Return for each kind whether the question asks it and the entry says nothing of it."""
    tells = _tells(entry.wordings, entry.answer[:_LOOKED_AT])
    return tuple(mine and not theirs for mine, theirs in zip(asked(question), tells, strict=True))
