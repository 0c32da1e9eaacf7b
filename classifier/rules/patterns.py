"""The patterns beside this file, one by one or all of a file."""

from pathlib import Path

from text import rule_files
from text.rule_files import Pattern

RULES = Path(__file__).parent

__all__ = ["RULES", "Pattern", "pattern", "patterns"]


def patterns(file: str) -> tuple[Pattern, ...]:
    """Return the patterns of `rules/<file>.toml`, in order."""
    return rule_files.patterns(RULES / f"{file}.toml")


def pattern(file: str, name: str) -> Pattern:
    """Return one pattern. Raises: KeyError where `file` has none of that name."""
    return rule_files.pattern(RULES / f"{file}.toml", name)
