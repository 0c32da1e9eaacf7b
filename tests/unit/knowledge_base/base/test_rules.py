"""Every rule meets its examples and nothing that it says it is unlike; every number says what set it."""

import tomllib

import pytest

from knowledge_base.base.rules import RULES, Kind, kinds, number, pattern
from text import rule_files
from text.normalise import normalise

KINDS = [kind for file in ("told", "deeds", "facts", "values") for kind in kinds(file)]
PATTERNS = [each for file in ("wordings", "timely") for each in rule_files.patterns(RULES / f"{file}.toml")]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_a_kind_of_asking_knows_its_examples(kind: Kind) -> None:
    assert kind.why and kind.examples and kind.others
    assert [text for text in kind.examples if not kind.asked.search(normalise(text))] == []
    assert [text for text in kind.others if kind.asked.search(normalise(text))] == []
    answers = kind.told if kind.told and not kind.said else kind.said
    assert answers is not None
    assert [text for text in kind.shows if not answers.search(normalise(text))] == []


@pytest.mark.parametrize("each", PATTERNS, ids=lambda each: each.name)
def test_a_pattern_does_as_its_examples_say(each: rule_files.Pattern) -> None:
    assert each.reason and each.examples and each.unlike
    assert [text for text in each.examples if not each.meets(normalise(text))] == []
    assert [text for text in each.unlike if each.meets(normalise(text))] == []


def test_every_file_of_rules_is_read_here() -> None:
    read = {"told", "deeds", "facts", "values", "wordings", "timely", "thresholds"}
    assert {path.stem for path in RULES.glob("*.toml")} == read


def test_every_number_says_what_set_it() -> None:
    rows = tomllib.loads((RULES / "thresholds.toml").read_text(encoding="utf-8"))["threshold"]
    assert all(row["data"] and row["date"] and row["command"] and row["why"] for row in rows)
    assert len({row["name"] for row in rows}) == len(rows)


def test_what_no_file_holds_is_named() -> None:
    with pytest.raises(KeyError, match=r"wordings\.toml: nothing"):
        pattern("wordings", "nothing")
    with pytest.raises(KeyError):
        number("nothing")
