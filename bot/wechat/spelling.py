"""How people spell a command: case numbers, gaps, brackets, courtesies. Every step costs one look at each character.

Nothing here repeats a pattern over text of any length: white space is skipped by hand, and what is matched is bounded.
"""

import re
import unicodedata
from dataclasses import dataclass

from text.normalise import simplified

INVISIBLE = re.compile(
    "[\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\u20e3\ufeff\u00ad\u2800\u3164\u115f\u1160\uffa0]"
)
_D = "[0-9０-９]"
_BETWEEN = r"[\s\-‐-―−－_＿~—ー一]{0,8}"  # between a number's date and its count
NUMBER = re.compile(rf"(?<!{_D})(?:20|２０){_D}{{6}}{_BETWEEN}{_D}{{4,8}}(?!{_D})")
_CALLED = re.compile(r"编号|編號|单号|單號|号|號|第|[nN][oO]\.?|＃|#")
_GAP = frozenset(":：,，、.。;；-—")
_OPENING, _CLOSING = frozenset("「『“\"'‘【[(（<《＜/／"), frozenset("」』”\"'’】])）>》＞")
_ENDING = frozenset('.。!！?？~～,，、;；:：…」』”"】])）')
_COURTEOUS = ("请帮我", "请问", "你好", "您好", "麻烦", "帮我", "我要", "我想", "请", "嗯", "哦")
_AFTERWARDS = ("谢谢你们", "谢谢您", "谢谢你", "谢谢", "多谢", "麻烦了", "辛苦了", "拜托了")
_PARTICLES = "了啊呀吧哦呢啦哈嘛哒呗噢喔哟哎唉耶"


@dataclass(frozen=True, slots=True)
class Found:
    """A case number as somebody wrote it (empty: none), and where the text goes on behind it."""

    no: str
    end: int


def skip(text: str, at: int, characters: frozenset[str]) -> int:
    """Return the place behind white space and `characters`."""
    while at < len(text) and (text[at].isspace() or text[at] in characters):
        at += 1
    return at


def behind_opening(text: str) -> int:
    return skip(text, 0, _OPENING)


def behind_gap(text: str, at: int) -> int:
    return skip(text, at, _GAP)


def number_at(text: str, at: int) -> Found:
    """Return the number that stands at `at`, with what people put before and around it."""
    if called := _CALLED.match(text, at):
        at = behind_gap(text, called.end())
    found = NUMBER.match(text, skip(text, at, _OPENING))
    if found is None:
        return Found("", at)
    end = found.end() + text.startswith(("号", "號"), found.end())
    while end < len(text) and text[end] in _CLOSING:
        end += 1
    return Found(number(found[0]), end)


def number(written: str) -> str:
    """Return `YYYYMMDD-NNNN` of a number as somebody wrote it."""
    digits = "".join(c for c in unicodedata.normalize("NFKC", written) if c.isdecimal())
    return f"{digits[:8]}-{digits[8:]}" if digits else ""


def trimmed(text: str) -> str:
    """Return what somebody says behind a command, without the gap before it."""
    return text[behind_gap(text, 0) :].strip()


def letters(text: str) -> str:
    """Return the letters and digits alone, in one spelling: emoji, punctuation and spaces say nothing in a command."""
    return "".join(c for c in simplified(unicodedata.normalize("NFKC", text)).lower() if c.isalnum())


def bare(key: str) -> str:
    """Return `key` (of `letters`) without courtesies before it and thanks or particles behind it."""
    for _ in range(3):
        key = next((key.removeprefix(word) for word in _COURTEOUS if key.startswith(word)), key)
        key = next((key.removesuffix(word) for word in _AFTERWARDS if key.endswith(word)), key)
    return key.rstrip(_PARTICLES)


def says_nothing(text: str) -> bool:
    """Tell whether what follows a command is only punctuation, emoji, thanks or a particle."""
    return not bare(letters(text[:80])) and not letters(text[80:])
