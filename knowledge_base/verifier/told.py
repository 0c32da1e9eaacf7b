"""What a question asks for beyond its matter, and whether an entry says it: kinds, kept in told.toml with their reasons."""

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from knowledge_base.base.entries import Entry
from text.normalise import normalise

_FILE = Path(__file__).parent.parent / "rules" / "told.toml"
_LOOKED_AT = 2_000  # characters of an answer


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of asking. `asked` is looked for in a question, `told` in wordings, `said` in an answer."""

    name: str
    why: str
    asked: re.Pattern[str]
    told: re.Pattern[str]
    said: re.Pattern[str]
    examples: tuple[str, ...]
    others: tuple[str, ...]


@lru_cache(maxsize=1)
def kinds() -> tuple[Kind, ...]:
    """Return the kinds shipped with the project, in the order of the file."""
    table = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    return tuple(
        Kind(
            name,
            row["why"],
            re.compile(row["asked"]),
            re.compile(row["told"]),
            re.compile(row["said"]),
            tuple(row["examples"]),
            tuple(row["others"]),
        )
        for name, row in table.items()
    )


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
    return tuple(bool(kind.told.search(asks) or kind.said.search(says)) for kind in kinds())


def unsaid(question: str, entry: Entry) -> tuple[bool, ...]:
    """Return for each kind whether the question asks it and the entry says nothing of it."""
    tells = _tells(entry.wordings, entry.answer[:_LOOKED_AT])
    return tuple(mine and not theirs for mine, theirs in zip(asked(question), tells, strict=True))
