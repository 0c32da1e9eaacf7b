"""Flags by rule: wordings that alone decide, whatever the model thinks."""

import re
from dataclasses import dataclass

PROCEDURES = (
    ("政府信息公开", re.compile(r"政府信息公开|信息公开申请|依申请公开|申请(?:政府)?信息公开|申请公开")),
    ("行政复议", re.compile(r"行政复议|复议申请|申请复议|提(?:起|出)复议")),
    ("12315", re.compile(r"12315|消费者?协会|消协|退一赔[一二三十]|假一赔|三包(?:期|规定)")),
    ("信访", re.compile(r"信访|上访|复查复核")),
)
_MEANINGLESS = re.compile(r"[\W\d_]*", re.UNICODE)


@dataclass(frozen=True, slots=True)
class Rule:
    flag: str
    pattern: re.Pattern[str]


def procedure(text: str) -> str:
    """Return the formal procedure that `text` (normalised) looks like, or an empty string."""
    for name, pattern in PROCEDURES:
        if pattern.search(text):
            return name
    return ""


def meaningless(text: str) -> bool:
    """Say whether `text` (normalised) holds no letter of any script: emoji, digits, punctuation."""
    return bool(text) and _MEANINGLESS.fullmatch(text) is not None
