"""The standards' numbers, read from policy.toml where the clause stands beside each."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from cases.register.duty_kinds import StandardCode, Weight
from cases.register.errors import Invalid, Malformed

_FILE = Path(__file__).parent.parent / "policy.toml"


@dataclass(frozen=True, slots=True)
class Standard:
    """What one standard asks. Units: working days, but `*_gap_days` in calendar days."""

    code: str
    name: str
    filing_days: int
    notice_days: int
    post_gap_days: int
    original_gap_days: int
    posts_every_workday: bool
    one_account: bool  # for a unit on one platform, where no reason is given for another


@dataclass(frozen=True, slots=True)
class DutyPolicy:
    standards: Mapping[str, Standard]
    mend_days: int
    handover_days: int
    evidence_years: int
    levels: Mapping[str, int]  # weight → reviews

    def standard(self, code: str) -> Standard:
        """Raises: Invalid for a standard that is not known."""
        if code not in self.standards:
            raise Malformed(f"没有「{code}」这个标准，可用：{'、'.join(self.standards)}。", field="standard")
        return self.standards[code]


@lru_cache(maxsize=1)
def load() -> DutyPolicy:
    """Read the shipped policy, once per process."""
    return parse(_FILE.read_text(encoding="utf-8"))


def parse(toml: str) -> DutyPolicy:
    """Raises: Invalid naming the first key that is missing or no number of days."""
    try:
        data = tomllib.loads(toml)
    except tomllib.TOMLDecodeError as error:
        raise Invalid(f"policy.toml 不是正确的 TOML 格式：{error}") from None
    standards: dict[str, Standard] = {code: _standard(data, code) for code in StandardCode}
    return DutyPolicy(
        standards=standards,
        mend_days=_days(data, "selfcheck", "mend_days"),
        handover_days=_days(data, "handover", "days"),
        evidence_years=_days(data, "evidence", "years"),
        levels={weight: _days(data, "releases", weight) for weight in Weight},
    )


def _standard(data: Mapping[str, Any], code: str) -> Standard:
    numbers = {
        name: _days(data, code, name)
        for name in ("filing_days", "notice_days", "post_gap_days", "original_gap_days")
    }
    return Standard(
        code=code,
        name=str(_value(data, code, "name")),
        posts_every_workday=_value(data, code, "posts_every_workday") is True,
        one_account=_value(data, code, "one_account") is True,
        **numbers,
    )


def _value(data: Mapping[str, Any], table: str, key: str) -> object:
    section = data.get(table)
    if not isinstance(section, dict) or key not in section:
        raise Invalid(f"policy.toml 缺少 [{table}] {key}。")
    return section[key]


def _days(data: Mapping[str, Any], table: str, key: str) -> int:
    value = _value(data, table, key)
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 250:
        raise Invalid(f"policy.toml [{table}] {key} 应为 1 至 250 的整数。")
    return value
