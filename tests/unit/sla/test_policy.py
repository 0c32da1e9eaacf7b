from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest

import sla.policy
from sla.errors import PolicyError
from sla.policy import load_policy, parse_policy

SHIPPED = (Path(sla.policy.__file__).parent / "policy.toml").read_text(encoding="utf-8")


def test_the_numbers_are_those_of_the_measure() -> None:
    policy = load_policy()
    assert (policy.praise, policy.advice_inquiry, policy.complaint, policy.extension) == (5, 10, 20, 10)
    assert policy.urgent_first_answer == 1
    assert (policy.remind_half_time, policy.remind_days_before, policy.review_waiting) == (True, (3, 1), 1)


@pytest.mark.parametrize(
    ("category", "extended", "limit"),
    [
        ("praise", False, 5),
        ("praise", True, 15),
        ("advice_inquiry", False, 10),
        ("advice_inquiry", True, 20),
        ("complaint", False, 20),
        ("complaint", True, 30),
    ],
)
def test_limit(category: str, extended: bool, limit: int) -> None:
    assert load_policy().limit(category, extended=extended) == limit


def test_every_number_has_its_clause_or_says_that_it_has_none() -> None:
    section = ""
    for line in SHIPPED.splitlines():
        if line.startswith("["):
            section = line
        elif "=" in line and not line.startswith("#"):
            assert "§" in line + section, line


def test_a_policy_cannot_be_changed_in_passing() -> None:
    with pytest.raises(FrozenInstanceError):
        load_policy().praise = 50  # type: ignore[misc]


@pytest.mark.parametrize("category", ["", "Praise", "投诉", "other"])
def test_an_unknown_category_is_refused(category: str) -> None:
    with pytest.raises(PolicyError, match="未知的类别"):
        load_policy().limit(category)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("praise = 5", "", r"缺少 \[answer\] praise"),
        ("praise = 5", "praise = 0", "praise 应为 1 至 250"),
        ("praise = 5", "praise = 5.0", "praise 应为 1 至 250"),
        ("praise = 5", "praise = true", "praise 应为 1 至 250"),
        ("[urgent]", "[hasty]", r"缺少 \[urgent\]"),
        ("half_time = true", "half_time = 1", "true 或 false"),
        ("days_before = [3, 1]", "days_before = 3", "整数列表"),
        ("days_before = [3, 1]", "days_before = [3, 0]", "整数列表"),
        ("leader_from = 3", "leader_from = 1", "不应晚于分管领导"),
        ("[answer]", "[answer", "TOML"),
    ],
)
def test_a_wrong_policy_is_refused(old: str, new: str, says: str) -> None:
    assert old in SHIPPED
    with pytest.raises(PolicyError, match=says):
        parse_policy(SHIPPED.replace(old, new, 1))
