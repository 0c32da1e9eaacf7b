"""Numbers as people write them: 138/0013/8000, 壹叁捌…, 1️⃣3️⃣8️⃣, over two lines, in halves, O for 0. Runs of digits and groups.

A run is found by one bounded pattern whose parts share no character, so time grows with the text alone.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from text.shapes import INVISIBLE

# the last as soldiers say them
_CHINESE = ("〇零一二三四五六七八九", "幺两壹贰叁肆伍陆柒捌玖", "貳參陸○◯", "洞拐勾")
_CHINESE_DIGITS = dict(zip("".join(_CHINESE), "00123456789" + "12123456789" + "23600" + "079", strict=True))
# In place of themselves, for patterns that know where a number stands.
AS_FIGURES = {ord(char): digit for char, digit in _CHINESE_DIGITS.items()}
_IN_FORM = frozenset("壹贰叁肆伍陆柒捌玖貳參陸")
_LETTERS = {"O": "0", "o": "0", "l": "1", "I": "1"}
_HAN_DIGITS = "".join(_CHINESE_DIGITS)
_TENS = "⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳㉑㉒㉓㉔㉕㉖㉗㉘㉙㉚㉛㉜㉝㉞㉟"  # two digits in one character
_ANY = f"0-9{_HAN_DIGITS}OolI{_TENS}"
_REPEATED = rf"[两二三四五六七八2-8]个[0-9{_HAN_DIGITS}]"  # 「三个零」
_BETWEEN = r"\W_丨杠横点ー减ㄧ"  # any mark, any emoji, and what marks are called
_SAID = (  # what people say between the parts of a number
    r"(?:(?:再?然后|接着|随后|[再在]?中间|[在的]?[后前]面|[后前]边|最后|末尾?|开头的?|打头的?|起头的?|尾号|再接|再|接|后头|前头|末了|后|前)"
    r"(?:[几两三四五六七八2-8]位数?)?(?:数字?)?(?:是|为)?|空格?|[嗯呃啊哦额哎]|那个|加上?|逗号|句号|短横|斜杠|星号|井号)"
)
_GAP = (
    rf"(?>(?:<br ?/?>|&nbsp;|[{_BETWEEN}]){{0,12}}(?:{_SAID}[{_BETWEEN}]{{0,4}}){{0,3}})"  # read one way only
)
_FIRST = rf"(?:{_REPEATED}|(?<![0-9])[0-9]|[{_HAN_DIGITS}{_TENS}]|(?<![A-Za-z])[lI])"
_TOKEN = rf"(?>{_REPEATED}|[{_ANY}])"
_RUN = re.compile(rf"{_FIRST}(?:{_GAP}{_TOKEN}){{3,}}")
_STEP = re.compile(rf"(?P<gap>{_GAP})(?P<token>{_TOKEN})")
_PLAIN_ROW = re.compile(r"[0-9]+(?!个)")  # behind a plain digit it is read as it stands
_NOTHING = re.compile(rf"[{INVISIBLE}]+")
_WORDS = re.compile(_SAID)
SAID = "…"  # parted by words
_SHORTEST = 11
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
    """At least eleven digits with nothing but marks, spaces and words of order between them."""

    groups: tuple[Group, ...]


def runs(text: str) -> Iterator[Run]:
    """Yield the runs of `text`, whose full-width characters and other digit shapes are narrowed already."""
    for found in _RUN.finditer(text):
        groups = tuple(_groups(text, found.start(), found.end()))
        if sum(len(group.digits) for group in groups) >= _SHORTEST:
            yield Run(groups)


def as_digits(written: str) -> str:
    """Return the digits in what somebody wrote, Chinese ones too."""
    return "".join(_CHINESE_DIGITS.get(char, char if char.isdecimal() else "") for char in written)


def _groups(text: str, start: int, end: int) -> Iterator[Group]:
    if text[end - 1] in _CHINESE_DIGITS and text[end : end + 1] in _COUNTS:
        end -= 1  # 「…零零零一直打不通」: that one begins a word
    digits, at, kind, last, before = "", start, -1, start, ""
    while step := _STEP.match(text, last, end):
        written, now = _read(step["token"])
        # 零 is of both scripts
        now = kind if digits and now == _HAN and written[0] == "0" and kind != _PLAIN else now
        parting = _mark(step["gap"])
        if digits and (parting or now != kind):
            yield Group(digits, at, last, before)
            digits = ""
        if not digits:
            at, before, kind = step.start("token"), parting, now
        digits, last = digits + written, step.end()
        if kind == _PLAIN and (more := _PLAIN_ROW.match(text, last, end)):
            digits, last = digits + more[0], more.end()
    yield Group(digits, at, last, before)


def _read(token: str) -> tuple[str, int]:
    if len(token) > 1:  # 「三个零」
        digit, kind = _read(token[-1])
        return digit * int(_read(token[0])[0]), kind
    if "0" <= token <= "9":
        return token, _PLAIN
    if token in _TENS:
        return str(int(unicodedata.numeric(token))), _LETTER
    if token in _CHINESE_DIGITS:
        return _CHINESE_DIGITS[token], _FORMAL if token in _IN_FORM else _HAN
    return _LETTERS[token], _LETTER


def _mark(gap: str) -> str:
    """Return what parts two groups: a mark, a space, a line's end, words, or nothing that can be seen."""
    if not gap:
        return ""
    seen = _NOTHING.sub("", gap)
    if _WORDS.search(seen):
        return SAID
    return seen.strip() or ("\n" if "\n" in seen or "\r" in seen else " " if seen else "")
