"""The time limits, read from policy.toml where the clause stands beside each number."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from sla.errors import PolicyError

_FILE = Path(__file__).with_name("policy.toml")
CATEGORIES = ("praise", "advice_inquiry", "complaint")


@dataclass(frozen=True, slots=True)
class Policy:
    """Units: working days unless the name says otherwise."""

    praise: int
    advice_inquiry: int
    complaint: int
    extension: int
    urgent_first_answer: int
    remind_half_time: bool
    remind_days_before: tuple[int, ...]  # largest first
    review_waiting: int
    unclaimed_offer_again_hours: int
    unclaimed_to_head: int
    escalate_head_from: int
    escalate_leader_from: int

    def limit(self, category: str, extended: bool = False) -> int:
        """Return the working days in which a reply to `category` is due.

        Raises: PolicyError if the category is unknown.
        Source: MLGK 004—2018 §6.3.3.4.
        """
        limits = {"praise": self.praise, "advice_inquiry": self.advice_inquiry, "complaint": self.complaint}
        if category not in limits:
            raise PolicyError(f"未知的类别「{category}」：应为 {'、'.join(CATEGORIES)} 之一")
        return limits[category] + (self.extension if extended else 0)


@lru_cache(maxsize=1)
def load_policy() -> Policy:
    """Read the shipped policy, once per process."""
    return parse_policy(_FILE.read_text(encoding="utf-8"))


def parse_policy(toml: str) -> Policy:
    """Read a policy text. Raises: PolicyError naming the first key that is missing or out of range."""
    try:
        data = tomllib.loads(toml)
    except tomllib.TOMLDecodeError as error:
        raise PolicyError(f"时限文件不是正确的 TOML 格式：{error}") from error
    policy = Policy(
        praise=_number(data, "answer", "praise"),
        advice_inquiry=_number(data, "answer", "advice_inquiry"),
        complaint=_number(data, "answer", "complaint"),
        extension=_number(data, "answer", "extension"),
        urgent_first_answer=_number(data, "urgent", "first_answer"),
        remind_half_time=_flag(data, "remind", "half_time"),
        remind_days_before=_numbers(data, "remind", "days_before"),
        review_waiting=_number(data, "remind", "review_waiting"),
        unclaimed_offer_again_hours=_number(data, "unclaimed", "offer_again_hours"),
        unclaimed_to_head=_number(data, "unclaimed", "to_head_days"),
        escalate_head_from=_number(data, "escalation", "head_from"),
        escalate_leader_from=_number(data, "escalation", "leader_from"),
    )
    if policy.escalate_head_from > policy.escalate_leader_from:
        raise PolicyError("时限文件 [escalation] 部门负责人不应晚于分管领导")
    return policy


def _value(data: Mapping[str, Any], table: str, key: str) -> object:
    section = data.get(table)
    if not isinstance(section, dict) or key not in section:
        raise PolicyError(f"时限文件缺少 [{table}] {key}")
    return section[key]


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 250


def _number(data: Mapping[str, Any], table: str, key: str) -> int:
    value = _value(data, table, key)
    if isinstance(value, int) and _is_count(value):
        return value
    raise PolicyError(f"时限文件 [{table}] {key} 应为 1 至 250 的整数")


def _flag(data: Mapping[str, Any], table: str, key: str) -> bool:
    value = _value(data, table, key)
    if isinstance(value, bool):
        return value
    raise PolicyError(f"时限文件 [{table}] {key} 应为 true 或 false")


def _numbers(data: Mapping[str, Any], table: str, key: str) -> tuple[int, ...]:
    value = _value(data, table, key)
    if not isinstance(value, list) or not all(_is_count(item) for item in value):
        raise PolicyError(f"时限文件 [{table}] {key} 应为 1 至 250 的整数列表")
    return tuple(sorted(set(value), reverse=True))
