"""Signals of danger, threat, misconduct and advertising: patterns that span a few words (rules/signals.toml).

Each is a feature that the models weigh, and a reason that staff are shown. Texts are normalised.
"""

from classifier.rules.patterns import patterns
from text.sieve import Sieve

NAMES = {each.name: each.shown for each in patterns("signals")}
SIGNALS = {each.name: each.regex for each in patterns("signals")}
_TRIED = Sieve([(regex, name) for name, regex in SIGNALS.items()])


def signals(text: str) -> list[str]:
    """Return the names of the signals that `text` (normalised) shows."""
    return [name for regex, name in _TRIED.left(text) if regex.search(text)]
