"""Digits spelled out: yao san ba, one three eight, 一百三十八; and a number told in parts with a sentence between them."""

import re
from collections.abc import Iterator

from text.check_digits import born
from text.digits import AS_FIGURES

_SPELLED = {
    "yao": "1", "yi": "1", "er": "2", "liang": "2", "san": "3", "si": "4", "wu": "5", "liu": "6", "qi": "7", "guai": "7",
    "ba": "8", "jiu": "9", "gou": "9", "ling": "0", "dong": "0", "zero": "0", "oh": "0", "one": "1", "two": "2", "three": "3",
    "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9",
}  # fmt: skip
_WORD = "|".join(sorted(_SPELLED, key=len, reverse=True))
_TIMES = r"(?:double|triple) "
_ROW = re.compile(
    rf"(?<![A-Za-z])(?:(?:{_TIMES})?(?:{_WORD}|[0-9])[ \-,.、]{{0,2}}){{5,19}}(?:{_TIMES})?(?:{_WORD}|[0-9])(?![A-Za-z0-9])",
    re.IGNORECASE,
)
_TOKEN = re.compile(rf"({_TIMES})?({_WORD}|[0-9])", re.IGNORECASE)
_OFTEN = {"": 1, "double ": 2, "triple ": 3}
_LETTERS, _FEWEST_WORDS = re.compile("[A-Za-z]{2}"), 3
_HUNDRED = re.compile(
    r"[一1]百(?P<ten>[三五六七八九])(?:十(?P<one>[一二三四五六七八九])?)?[ \-,，、]?"
    r"(?P<rest>[〇零一二三四五六七八九\d]{4}[ \-,，、]?[〇零一二三四五六七八九\d]{4})(?![〇零一二三四五六七八九十百千万\d])"
)

_NUMERAL = re.compile("[〇零一二三四五六七八九十百千]{1,7}")
_NUMERALS = re.compile(  # 「一百三十八，五十七，六十二，四千零一十九」
    r"[〇零一二三四五六七八九十百千]{1,7}(?:[,，、 ]{1,2}"
    r"[〇零一二三四五六七八九十百千]{1,7}){2,6}(?![〇零一二三四五六七八九十百千万亿元])"
)
_UNITS = re.compile("[十百千]")
_WORTH = {"十": 10, "百": 100, "千": 1000}


def _value(numeral: str) -> int:
    total, digit = 0, 0
    for char in numeral:
        if char in _WORTH:
            total += (digit or 1) * _WORTH[char]
            digit = 0
        else:
            digit = int(char.translate(AS_FIGURES))
    return total + digit


def spelled(text: str) -> Iterator[tuple[str, int, int]]:
    """Yield the digits, start and end of each row that is spelled out."""
    for found in _ROW.finditer(text) if _LETTERS.search(text) else ():
        tokens = _TOKEN.findall(found[0].lower())
        if sum(not token.isdigit() for _, token in tokens) >= _FEWEST_WORDS:
            yield (
                "".join(_SPELLED.get(token, token) * _OFTEN[times] for times, token in tokens),
                *found.span(),
            )
    for found in _NUMERALS.finditer(text) if _UNITS.search(text) else ():
        yield "".join(str(_value(numeral)) for numeral in _NUMERAL.findall(found[0])), *found.span()
    for found in _HUNDRED.finditer(text) if "百" in text else ():
        rest = "".join(char for char in found["rest"].translate(AS_FIGURES) if char.isdigit())
        yield f"1{found['ten']}{found['one'] or 0}".translate(AS_FIGURES) + rest, *found.span()


_UNTIL = r"(?:\d位|[^\d元年月日次个米平条户度分\n]){1,16}"
_LABEL = r"(?:电话|手机|号码|联系|微信)(?:\d位|[^\d\n]){0,12}"
_MOBILE = re.compile(
    rf"{_LABEL}(?P<a>1[3-9]\d)(?:{_UNTIL}(?P<b>\d{{4}}){_UNTIL}(?P<c>\d{{4}})|{_UNTIL}(?P<d>(?!20[0-3]\d[01])\d{{8}}))(?!\d)"
    rf"|{_LABEL}(?P<e>1[3-9]\d{{5}}){_UNTIL}(?P<f>\d{{4}})(?!\d)"
)
_IDENTITY = re.compile(
    r"(?<!\d)(?P<e>[1-68]\d{5})(?!\d)[^\n]{1,20}?(?<!\d)(?P<f>(?:19|20)\d{6})(?!\d)[^\n\d]{0,8}(?:后\d位|最后|末尾|尾)[^\d\n]{0,6}(?P<g>\d{3}[\dXx])(?!\d)"
    r"|(?:身份证|身份号|证件)(?:\d位|[^\d\n]){0,12}(?P<a>\d{6})(?:\d位|[^\d\n]){1,14}"
    r"(?:(?P<b>(?:19|20)\d{6})|(?P<c>(?:19|20)?\d\d年[\d一二三四五六七八九十]{1,2}月[\d一二三四五六七八九十]{1,3}[日号]?))(?:\d位|[^\d\n]){0,14}?(?<![\d])(?P<d>\d{3}[\dXx])(?!\d)"
)


_PIECES = re.compile(r"(?<!\d)(?:\d{8}|\d{6}|\d{3}[\dXx])(?![\dXx])")
_CALLED_IDENTITY = re.compile(r"身份证|身份号|证件|sfz")
_TOLD_AS_PIECE = re.compile("前|后|中间|尾|末|头|生日|出生|再|接|然后|地区|开始")
_REACH, _MOST_APART = 70, 16


def _in_any_order(text: str) -> Iterator[tuple[int, int]]:
    """Yield the pieces of an identity number that is told from its middle: district, day of birth, last four."""
    for called in _CALLED_IDENTITY.finditer(text):
        found = list(_PIECES.finditer(text, called.end(), called.end() + _REACH))[:3]
        ends = (called.end(), *(piece.end() for piece in found))
        gaps = [text[end : piece.start()] for end, piece in zip(ends, found, strict=False)]
        told = sum(bool(_TOLD_AS_PIECE.search(gap)) for gap in gaps) > 1
        near = told and all(len(gap) <= _MOST_APART for gap in gaps)
        sizes = {len(piece[0]): piece[0] for piece in found}
        if near and sorted(sizes) == [4, 6, 8] and born(sizes[8]) and sizes[6][0] in "12345678":
            yield from (piece.span() for piece in found)


def in_parts(text: str) -> Iterator[tuple[str, int, int]]:
    """Yield kind, start and end of each part of a number told with words between, in a text whose digits are plain."""
    for kind, pattern in (("手机号", _MOBILE), ("身份证号", _IDENTITY)):
        for found in pattern.finditer(text):
            yield from ((kind, *found.span(name)) for name, value in found.groupdict().items() if value)
    for start, end in _in_any_order(text):
        yield "身份证号", start, end
