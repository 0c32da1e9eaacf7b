"""What people review, in `knowledge_base/rules/`: patterns, kinds of asking, and the numbers that judgements turn on."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from text import rule_files

RULES = Path(__file__).parent.parent / "rules"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of asking. `asked` is looked for in a question, `told` in wordings, `said` in an answer.

    `aside`: how many characters after 和, 或 an entry may treat it among other things; `after`: nobody asks it who
    applies for the first time. Questions of `examples` ask it, those of `others` do not, texts of `shows` say it.
    """

    name: str
    why: str
    asked: re.Pattern[str]
    told: re.Pattern[str] | None
    said: re.Pattern[str] | None
    aside: int
    after: bool
    examples: tuple[str, ...]
    others: tuple[str, ...]
    shows: tuple[str, ...]


@cache
def kinds(file: str) -> tuple[Kind, ...]:
    """Return the kinds of `rules/<file>.toml`, in order."""
    table = tomllib.loads((RULES / f"{file}.toml").read_text(encoding="utf-8"))
    return tuple(
        Kind(
            name,
            row["why"],
            re.compile(row["asked"]),
            re.compile(row["told"]) if "told" in row else None,
            re.compile(row["said"]) if "said" in row else None,
            row.get("aside", 0),
            bool(row.get("after")),
            tuple(row["examples"]),
            tuple(row["others"]),
            tuple(row.get("shows", ())),
        )
        for name, row in table.items()
    )


def pattern(file: str, name: str) -> re.Pattern[str]:
    """Return one pattern of `rules/<file>.toml`. Raises: KeyError where it has none of that name."""
    return rule_files.pattern(RULES / f"{file}.toml", name).regex


def number(name: str) -> float:
    """Return a number of `rules/thresholds.toml`. Raises: KeyError where it has none of that name."""
    return rule_files.numbers(RULES / "thresholds.toml", "threshold")[name].value
