"""Reading the pattern files: each pattern has a name, what staff are shown, a reason, and examples that are its tests."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

RULES = Path(__file__).parent


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


@cache
def patterns(file: str) -> tuple[Pattern, ...]:
    """Return the patterns of `rules/<file>.toml`, in order. `{name}` in one stands for `[parts] name`."""
    read = tomllib.loads((RULES / f"{file}.toml").read_text(encoding="utf-8"))
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


def pattern(file: str, name: str) -> Pattern:
    """Return one pattern. Raises: KeyError where `file` has none of that name."""
    for each in patterns(file):
        if each.name == name:
            return each
    raise KeyError(f"{file}.toml: {name}")
