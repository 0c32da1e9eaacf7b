"""Reading files of rules that people review: each pattern has a name, a reason, and examples that are its tests."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Pattern:
    """One pattern of a file. `examples` are texts that it meets, `unlike` texts that it must not meet."""

    name: str
    shown: str
    reason: str
    regex: re.Pattern[str]
    whole: bool
    examples: tuple[str, ...]
    unlike: tuple[str, ...]

    def meets(self, text: str) -> bool:
        """Say whether `text` (normalised) holds it, or is it where it asks for a whole text."""
        found = self.regex.fullmatch(text) if self.whole else self.regex.search(text)
        return found is not None


@dataclass(frozen=True, slots=True)
class Number:
    """A number on which a judgement turns, and the measurement that set it."""

    name: str
    value: float
    data: str
    date: str
    command: str
    why: str


@cache
def patterns(path: Path) -> tuple[Pattern, ...]:
    """Return the patterns of a file, in order. `{name}` in one stands for `[parts] name`."""
    read = tomllib.loads(path.read_text(encoding="utf-8"))
    parts = {f"{{{name}}}": part for name, part in read.get("parts", {}).items()}
    return tuple(
        Pattern(
            row["name"],
            row.get("shown", ""),
            row["reason"],
            re.compile(_filled("|".join(row["any"]), parts)),
            bool(row.get("whole")),
            tuple(row["examples"]),
            tuple(row.get("unlike", ())),
        )
        for row in read["pattern"]
    )


def _filled(pattern: str, parts: dict[str, str]) -> str:
    for name, part in parts.items():
        pattern = pattern.replace(name, part)
    return pattern


def pattern(path: Path, name: str) -> Pattern:
    """Return one pattern. Raises: KeyError where the file has none of that name."""
    for each in patterns(path):
        if each.name == name:
            return each
    raise KeyError(f"{path.name}: {name}")


@cache
def numbers(path: Path, table: str) -> dict[str, Number]:
    """Return name → number of one table of a file. Raises: KeyError for a row that does not say what set it."""
    rows = tomllib.loads(path.read_text(encoding="utf-8"))[table]
    return {
        row["name"]: Number(
            row["name"], float(row["value"]), row["data"], str(row["date"]), row["command"], row["why"]
        )
        for row in rows
    }
