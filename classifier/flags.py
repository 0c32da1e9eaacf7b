"""Flags by rule: wordings that alone decide, whatever the model thinks."""

import re

from classifier.reading.cues import PHRASES
from classifier.reading.read import Reading
from classifier.rules.patterns import pattern

PROCEDURES = (
    ("政府信息公开", re.compile(r"政府信息公开|信息公开申请|依申请公开|申请(?:政府)?信息公开|申请公开")),
    ("行政复议", re.compile(r"行政复议|复议申请|申请复议|提(?:起|出)复议")),
    ("12315", re.compile(r"12315|消费者?协会|消协|退一赔[一二三十]|假一赔|三包(?:期|规定)")),
    ("信访", re.compile(r"信访|上访|复查复核")),
)
_MATTERS = frozenset(
    {"wrong", "suffer", "money_back", "plead", "punish", "danger", "self_harm", "threat", "advise", "how"}
)
_MEANINGLESS = re.compile(r"[\W\d_]*", re.UNICODE)

_PLATFORM = pattern("nobody", "platform")
_NOTICE_LENGTH = 60  # characters
_ANY_PROCEDURE = re.compile("公开|复议|12315|消|赔|三包|访|复查")
_CHINESE = re.compile("[\u4e00-\u9fff]")
_THANKS = re.compile("谢|感激|感恩|点赞|辛苦|表扬")
_MERE_COURTESY = re.compile(
    r"(?:不用|谢谢|多谢|感谢|谢|辛苦|好的?|嗯|哦|收到|知道|明白|[了啦啊呀哈哒噢呢吧您你们]|小编|大家|[^\w])+"
)
_FOREIGN_GREETING = re.compile(
    r"(?:hello|hi|hey|ok|okay|test|bye|good|morning|thanks|thank you|lol|[^\w]|\d)+"
)


def procedure(text: str) -> str:
    """Return the formal procedure that `text` (normalised) looks like, or an empty string."""
    if not _ANY_PROCEDURE.search(text):
        return ""
    for name, wording in PROCEDURES:
        if wording.search(text):
            return name
    return ""


def meaningless(text: str) -> bool:
    """Say whether `text` (normalised) holds no letter of any script: emoji, digits, punctuation."""
    return bool(text) and _MEANINGLESS.fullmatch(text) is not None


def platform_notice(text: str) -> bool:
    """Say whether `text` (normalised) is what the platform writes in place of a message that it cannot show."""
    return len(text) <= _NOTICE_LENGTH and _PLATFORM.meets(text)


def mere_courtesy(text: str) -> bool:
    """Say whether `text` (normalised) holds nothing but thanks, assent and the like: it names no deed and no matter."""
    return _MERE_COURTESY.fullmatch(text) is not None


def sounds_like_a_matter(reading: Reading) -> bool:
    """Say whether `reading` names a fault, a request or a danger, thanks somebody, or is in another language."""
    text = reading.text
    if any(len(phrase) > 1 and not _MATTERS.isdisjoint(PHRASES[phrase]) for _, phrase in reading.hits):
        return True
    if _THANKS.search(text) and not mere_courtesy(text):
        return True
    return not _CHINESE.search(text) and not _FOREIGN_GREETING.fullmatch(text)


def foreign(text: str) -> bool:
    """Say whether `text` (normalised) holds no Chinese character: what it says cannot be judged."""
    return not _CHINESE.search(text)
