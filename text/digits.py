"""Numbers as people write them: 138/0013/8000, 壹叁捌…, 1️⃣3️⃣8️⃣, over two lines, O for 0. Runs of digits and their groups.

A run is found by one bounded pattern whose parts share no character, so time grows with the text alone.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

INVISIBLE = "\u200b-\u200f\u2060-\u2064\ufe0f\u20e3\ufeff\u00ad"
_CHINESE = "〇零一二三四五六七八九", "幺两壹贰叁肆伍陆柒捌玖", "貳參陸○◯"
_CHINESE_DIGITS = dict(zip("".join(_CHINESE), "00123456789" + "12123456789" + "23600", strict=True))
_IN_FORM = frozenset("壹贰叁肆伍陆柒捌玖貳參陸")
_OTHER_DIGITS = {
    chr(code): str(unicodedata.digit(chr(code)))
    for code in (
        *range(0x2460, 0x2469),
        *range(0x2474, 0x247D),
        *range(0x2488, 0x2491),  # in brackets, before a full stop
        0x24EA,
        *range(0x2776, 0x277F),
        *range(0x2780, 0x2789),
        *range(0x278A, 0x2793),
        *range(0x1D7CE, 0x1D800),
        *range(0x1FBF0, 0x1FBFA),  # circled, bold, of a display
        0xB9,
        0xB2,
        0xB3,
        0x2070,
        *range(0x2074, 0x207A),
        *range(0x2080, 0x208A),  # above and below the line
        *range(0x660, 0x66A),
        *range(0x6F0, 0x6FA),  # of other scripts
    )
}
_LETTERS = {"O": "0", "o": "0", "l": "1", "I": "1"}
# Digits of other shapes in place of themselves: every pattern may read them. Chinese ones are words first.
SHAPES = {ord(char): digit for char, digit in _OTHER_DIGITS.items()}
_ANY = "0-9" + "".join(_CHINESE_DIGITS) + "Ool"
_BETWEEN = r"\W_丨杠横点"  # any mark, any emoji, and what marks are called
_FIRST = rf"(?:(?<![0-9])[0-9]|[{''.join(_CHINESE_DIGITS)}]|(?<![A-Za-z])l)"
_RUN = re.compile(rf"{_FIRST}(?:[{_BETWEEN}]{{0,5}}[{_ANY}]){{10,}}")
_NOTHING = re.compile(rf"[{INVISIBLE}]+")
_PLAIN, _HAN, _FORMAL, _LETTER = range(4)
_COUNTS = frozenset("直般样个定些再共起下次年月周早晚旦点会天十百千位号栋楼单室岁人口户家条层")


@dataclass(frozen=True, slots=True)
class Group:
    """Digits that stand together; `before` is what parts them from the group before, without spaces around a mark."""

    digits: str
    start: int
    end: int
    before: str


@dataclass(frozen=True, slots=True)
class Run:
    """At least eleven digits with nothing but marks and spaces between them."""

    groups: tuple[Group, ...]


def runs(text: str) -> Iterator[Run]:
    """Yield the runs of `text`, whose full-width characters and other digit shapes are narrowed already."""
    for found in _RUN.finditer(text):
        yield Run(tuple(_groups(text, found.start(), found.end())))


def as_digits(written: str) -> str:
    """Return the digits in what somebody wrote, Chinese ones too."""
    return "".join(_CHINESE_DIGITS.get(char, char if char.isdecimal() else "") for char in written)


def _groups(text: str, start: int, end: int) -> Iterator[Group]:
    digits, at, kind, gap, last = "", start, -1, "", start
    before = ""
    if text[end - 1] in _CHINESE_DIGITS and text[end : end + 1] in _COUNTS:
        end -= 1  # 「…零零零一直打不通」: that one begins a word
    for place in range(start, end):
        char = text[place]
        digit, now = _read(char)
        if not digit:
            gap += char
            continue
        parting = _mark(gap)
        joined = digits and not parting and now == kind
        if digits and not joined:
            yield Group(digits, at, last, before)
            digits = ""
        if not digits:
            at, before, kind = place, parting, now
        digits, gap, last = digits + digit, "", place + 1
    yield Group(digits, at, last, before)


def _read(char: str) -> tuple[str, int]:
    if "0" <= char <= "9":
        return char, _PLAIN
    if char in _CHINESE_DIGITS:
        return _CHINESE_DIGITS[char], _FORMAL if char in _IN_FORM else _HAN
    return _LETTERS.get(char, ""), _LETTER


def _mark(gap: str) -> str:
    """Return what parts two groups: a mark, a space, a line's end, or nothing that can be seen."""
    seen = _NOTHING.sub("", gap)
    return seen.strip() or ("\n" if "\n" in seen or "\r" in seen else " " if seen else "")
