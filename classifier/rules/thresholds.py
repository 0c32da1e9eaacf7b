"""The lines from which on something is so, each with the measurement that set it (thresholds.toml)."""

from classifier.rules.patterns import RULES
from text.rule_files import numbers

_FILE = RULES / "thresholds.toml"


def thresholds() -> dict[str, float]:
    """Return name → value of the lines that are kept with a model."""
    return {name: each.value for name, each in numbers(_FILE, "threshold").items()}


def number(name: str) -> float:
    """Return a number of the rules and of the fit, which changes without a new model or makes one."""
    return numbers(_FILE, "number")[name].value
