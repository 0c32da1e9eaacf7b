"""Every pattern meets its examples and nothing that it says it is unlike."""

import pytest

from classifier.rules.patterns import RULES, Pattern, patterns
from text.normalise import normalise

EVERY = [pattern for path in sorted(RULES.glob("*.toml")) for pattern in patterns(path.stem)]


@pytest.mark.parametrize("pattern", EVERY, ids=lambda pattern: pattern.name)
def test_a_pattern_does_as_its_examples_say(pattern: Pattern) -> None:
    assert pattern.reason and pattern.examples
    assert [text for text in pattern.examples if not pattern.meets(normalise(text))] == []
    assert [text for text in pattern.unlike if pattern.meets(normalise(text))] == []
