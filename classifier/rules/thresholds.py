"""The lines from which on something is so, each with the measurement that set it (thresholds.toml)."""

import tomllib
from functools import cache
from pathlib import Path

_FILE = Path(__file__).parent / "thresholds.toml"


@cache
def thresholds() -> dict[str, float]:
    """Return name → value."""
    rows = tomllib.loads(_FILE.read_text(encoding="utf-8"))["threshold"]
    return {row["name"]: float(row["value"]) for row in rows}
