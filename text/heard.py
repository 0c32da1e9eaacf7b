"""A text as somebody reads it aloud: numerals as figures, marks' names as marks, letters that stand for digits as digits.

A second reading beside the written one. Each character knows which stretch of the written text it was read from, so
whatever is found in the reading is hidden in the text itself.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from text.digits import AS_FIGURES
from text.normalise import simplified
from text.sieve import meets, needed

_DIGIT_OF = {chr(code): figure for code, figure in AS_FIGURES.items() if chr(code) != "两"}
_HAN = "".join(_DIGIT_OF)
_UNIT = {"十": 10, "拾": 10, "百": 100, "佰": 100, "廿": 20, "卅": 30}
_DOOR = "号楼|号|栋|幢|单元|弄|巷|段|楼|室|层|座|排|组|队|房|门|之|户|间"
_LOOKS = dict(zip("OoDlI|!iZzSsBbGgqЗзб", "00011111225588699336", strict=True))
_LOOK = re.escape("".join(_LOOKS))


@dataclass(frozen=True, slots=True)
class ReadAloud:
    """A reading; character `at` was read from `starts[at]` to `ends[at]` of the written text."""

    text: str
    starts: Sequence[int]
    ends: Sequence[int]

    def span(self, start: int, end: int) -> tuple[int, int]:
        return self.starts[start], self.ends[end - 1]


def heard(written: str) -> ReadAloud:
    """Return the reading of `written`, whose characters are narrowed and visible already."""
    plain = simplified(written)
    plain = plain if len(plain) == len(written) else written
    reading = ReadAloud(plain, range(len(plain)), range(1, len(plain) + 1))
    if _LATIN.search(plain):
        steps = _STEPS
    elif _FIGURE.search(plain):
        steps = _HAN_STEPS
    else:
        return reading
    for pattern, read in steps:
        reading = _rewritten(reading, pattern, read)
    return reading


def _rewritten(heard: ReadAloud, pattern: re.Pattern[str], read: Callable[[re.Match[str]], str]) -> ReadAloud:
    if not (meets(_NEEDED[pattern], heard.text) and pattern.search(heard.text)):
        return heard
    parts: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    last = 0
    for found in pattern.finditer(heard.text):
        said = read(found)
        if said == found[0]:
            continue
        start, end = found.span()
        parts += [heard.text[last:start], said]
        starts += heard.starts[last:start]
        ends += heard.ends[last:start]
        same = len(said) == end - start
        starts += heard.starts[start:end] if same else [heard.starts[start]] * len(said)
        ends += heard.ends[start:end] if same else [heard.ends[end - 1]] * len(said)
        last = end
    if not last:
        return heard
    return ReadAloud(
        "".join(parts) + heard.text[last:],
        (*starts, *heard.starts[last:]),
        (*ends, *heard.ends[last:]),
    )


def _figures(found: re.Match[str]) -> str:
    return "".join(_DIGIT_OF.get(char, char) for char in found[0])


def _numeral(found: re.Match[str]) -> str:
    """「二十二」「七百」「一百零五」 before a door's word, as figures."""
    total, digit = 0, -1
    for char in found[0]:
        if char in _UNIT:
            total += _UNIT[char] * (1 if digit < 0 or char in "廿卅" else digit)
            digit = -1
        else:
            digit = int(_DIGIT_OF[char])
    return str(total + max(digit, 0))


def _repeated(found: re.Match[str]) -> str:
    digit = _DIGIT_OF.get(found["digit"], found["digit"])
    return digit * int("2" if found["times"] in "两俩" else _DIGIT_OF.get(found["times"], found["times"]))


_READ_FIRST = re.compile(r"[0-9]|[OolI|!Ззб][0-9OolI]")
_DIGITS_SHAPE = re.compile(r"(?:0?1[3-9]\d{9}|[1-6]\d{16}[\dXx]|[3-69]\d{15,18}|0\d{9,11})")


def _digits_meant(found: re.Match[str]) -> str:
    """Letters among digits are digits, where most are digits and the whole is a number's shape."""
    written = found[0]
    meant = "".join(_LOOKS.get(char, char) for char in written)
    proper = sum(char.isdecimal() for char in written)
    letters = sum(char in _LOOKS for char in written)
    mostly = 0 < letters * 3 <= proper * 2 and _READ_FIRST.match(written)
    if mostly and _DIGITS_SHAPE.fullmatch(re.sub(r"[ \-]", "", meant)):
        return meant
    return written


def _door_meant(found: re.Match[str]) -> str:
    return "".join(_LOOKS.get(char, char) for char in found[0])


def _joined(found: re.Match[str]) -> str:
    return re.sub(r"[ ,，、.\-]|加上?|和|然后|再", "", found[0])


_SPOKEN = {
    "zero": "0", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8",
    "nine": "9", "ling": "0", "yao": "1", "san": "3", "wu": "5", "liu": "6", "qi": "7", "ba": "8", "jiu": "9",
}  # fmt: skip
_SPOKEN_WORD = re.compile("|".join(_SPOKEN), re.IGNORECASE)
_PLATE_PLACE = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"


def _spoken(found: re.Match[str]) -> str:
    meant = _SPOKEN_WORD.sub(lambda word: _SPOKEN[word[0].lower()], found[0])
    return meant if meant.isdecimal() and len(meant) >= 11 else found[0]


def _plate(found: re.Match[str]) -> str:
    joined = re.sub(r"[\s点杠横·.\-]|字母", "", found[0])
    return joined if 6 <= len(joined) <= 7 and any(char.isdecimal() for char in joined) else found[0]


_Step = tuple[str, Callable[[re.Match[str]], str]]
_WRITTEN: tuple[_Step, ...] = (
    (rf"(?<![{_HAN}十百千万])[{_HAN}]{{0,2}}[百佰十拾廿卅][{_HAN}十拾]{{0,3}}(?=\s?(?:{_DOOR}))", _numeral),
    (rf"(?<![{_HAN}十百千万第])[{_HAN}](?=排\s?\S{{1,4}}[号户]|[栋幢弄巷]|单元|号楼)", _figures),
    (rf"(?<=[弄巷号栋幢座楼层元之路街道段排组队社])[{_HAN}](?=\s?(?:{_DOOR}))", _figures),
    (rf"(?<=[A-Za-z0-9@_.\-])[{_HAN}]+(?=[A-Za-z0-9@_.\-])", _figures),
    (rf"(?P<times>[两俩三四五六七八2-8])个(?P<digit>[0-9{_HAN}])(?![\d个百千万元月年人号])", _repeated),
    (rf"[{_HAN}]{{2,}}(?![十百千万])|(?<=[A-Za-z0-9])[{_HAN}]{{1,}}(?=[艾爱埃][特忒]|@)", _figures),
    (r"(?<=[A-Za-z0-9])\s?(?:下划线|underscore)\s?(?=[A-Za-z0-9])", lambda _: "_"),
    (r"(?<=[A-Za-z0-9])\s?(?:减号|横杠|中划线|短横线?|dash)\s?(?=[A-Za-z0-9])", lambda _: "-"),
    (r"(?<=[A-Za-z0-9])\s?(?:[(\[{<【]?\s?(?:dot|DOT|点儿?)\s?[)\]}>】]?|[·。．])\s?(?=[A-Za-z]{2,})", lambda _: "."),
    (r"(?<=[A-Za-z0-9]) (?:at|AT|At) (?=[A-Za-z0-9\-]{2,20}\.[A-Za-z])", lambda _: "@"),
    (r"(?<=[A-Za-z])加上?(?=\d)", lambda _: ""),
    (r"(?<![A-Za-z0-9])[A-Za-z0-9]*(?<=[0-9])[A-Za-z]{2,5}[A-Za-z0-9]*", _spoken),
    (r"(?<=[Vv信Xx薇微])\s?[➡→👉☞⇒>＝]+\s?(?=[A-Za-z0-9])", lambda _: ":"),
    (rf"(?<=[{_PLATE_PLACE}])\s?[A-Za-z]\s?(?:点|杠|横|[·.\-])?\s?(?:[A-Za-z0-9]\s?){{4,5}}[A-Za-z0-9](?![A-Za-z0-9])", _plate),
    (r"(?<=86)\s?\(0\)\s?", lambda _: " "),
    (r"(?:大写|小写)的?(?:字母)?\s?(?P<letter>[A-Za-z])", lambda found: found["letter"]),
    (r"字母(?=\s?[A-Za-z])", lambda _: ""),
    (r"(?<=@)[A-Za-z0-9]{1,3} [A-Za-z0-9]{1,4}(?=\.(?:com|cn|net))", _joined),
    (r"(?<![A-Za-z0-9])[A-Za-z](?:(?: |加上?|、|-)[A-Za-z](?![A-Za-z])){1,12}", _joined),
    (rf"(?<![A-Za-z0-9])[0-9{_LOOK}](?:[ \-]{{0,2}}[0-9{_LOOK}]){{9,20}}(?:[ \-]?[Xx])?(?![A-Za-z0-9])", _digits_meant),
    (r"(?<![A-Za-z0-9])(?=[OolI]{0,3}\d)[0-9OolI]{2,4}(?=\s?(?:号|栋|幢|室|单元))", _door_meant),
    (r"(?<=[栋幢元层楼])\s?(?=[OolI]{0,3}\d)[0-9OolI]{3,4}(?![A-Za-z0-9])", _door_meant),
)  # fmt: skip
_LATIN, _FIGURE = re.compile("[A-Za-z|!Ззб]|86"), re.compile(f"[{_HAN}百佰十拾廿卅]")
_STEPS = tuple((re.compile(pattern), read) for pattern, read in _WRITTEN)
_HAN_STEPS = tuple(step for step, (pattern, _) in zip(_STEPS, _WRITTEN, strict=True) if _HAN in pattern)
_NEEDED = {pattern: needed(pattern) for pattern, _ in _STEPS}
