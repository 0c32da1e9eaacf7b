"""Every pattern meets its examples and nothing that it says it is unlike."""

import tomllib

import pytest

from classifier.model import storage
from classifier.rules.patterns import RULES, Pattern, patterns
from classifier.rules.thresholds import thresholds
from classifier.triage import BUILT
from text.normalise import normalise

EVERY = [
    pattern
    for path in sorted(RULES.glob("*.toml"))
    if path.stem != "thresholds"
    for pattern in patterns(path.stem)
]


@pytest.mark.parametrize("pattern", EVERY, ids=lambda pattern: pattern.name)
def test_a_pattern_does_as_its_examples_say(pattern: Pattern) -> None:
    assert pattern.reason and pattern.examples
    assert [text for text in pattern.examples if not pattern.meets(normalise(text))] == []
    assert [text for text in pattern.unlike if pattern.meets(normalise(text))] == []


def test_every_threshold_says_what_set_it() -> None:
    rows = tomllib.loads((RULES / "thresholds.toml").read_text(encoding="utf-8"))["threshold"]
    assert all(row["data"] and row["date"] and row["command"] and row["why"] for row in rows)
    assert storage.load(BUILT).thresholds == thresholds(), "run: make models"
