"""What a drafted text says for certain and no source says: numbers, dates, telephone numbers, names of documents."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

DOCUMENT, TELEPHONE, DATE, NUMBER = "文件", "电话", "日期", "数字"
NOWHERE, LETTER_ONLY = "没有出处", "只见于来信，未经核实"

_CN = "〇零一二三四五六七八九十百千万亿两"
_TO_HALF = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {
    0x3000: 0x20,
    0x2014: 0x2D,
    0x2013: 0x2D,
}
_DIGITS = dict(zip("〇零一二两三四五六七八九", (0, 0, 1, 2, 2, 3, 4, 5, 6, 7, 8, 9), strict=True))
_UNITS = {"十": 10, "百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000}
_PATTERNS = (
    (DOCUMENT, re.compile(r"《[^《》]{1,80}》")),
    (DOCUMENT, re.compile(r"[\u4e00-\u9fff]{1,12}[〔\[(【]\d{4}[〕\])】]\s?第?\d{1,5}号")),
    (TELEPHONE, re.compile(r"(?<![\d-])(?:\d{3,4}-\d{6,8}(?:-\d{1,6})?|400-?\d{3}-?\d{4}|1[3-9]\d{9})(?!\d)")),
    # Without a year only 月 makes a date: 3.5 元 and 3-5 个工作日 are none.
    (DATE, re.compile(r"(?<!\d)\d{4}\s?[年/.-]\s?\d{1,2}\s?[月/.-]\s?\d{1,2}(?:\s?[日号])?(?!\d)")),
    (DATE, re.compile(r"(?<!\d)\d{1,2}\s?月\s?\d{1,2}(?:\s?[日号])?(?!\d)")),
    (DATE, re.compile(r"(?<!\d)(?:\d{4}\s?年(?:\s?\d{1,2}\s?月)?|\d{1,2}\s?月(?!内))")),
    (NUMBER, re.compile(r"\d+(?:[.,:]\d+)*(?:\s?[%万亿])?")),
    (NUMBER, re.compile(rf"[{_CN}]{{1,12}}(?=个?(?:工作日|自然日|日|天|周|月|年|元|块|人|次|倍|成|楼|层|号))")),
)  # fmt: skip
_WRITTEN = re.compile(r"(\d+(?:\.\d+)?)([%万亿])?")
_LEAD = re.compile(r"^[\u4e00-\u9fff]{0,12}?(?:依据|根据|按照|依照|遵照)(?=[\u4e00-\u9fff]{1,12}[〔\[(【])")


@dataclass(frozen=True, slots=True)
class Mark:
    """A part of a draft that a person has to check. `why`: `NOWHERE` or `LETTER_ONLY`."""

    words: str
    kind: str
    why: str


def unsupported(draft: str, sources: Iterable[str], letter: str) -> list[Mark]:
    """Return what stands in `draft` and in none of the sources, in order, each once.

    What only the letter says is a claim of its writer: it is marked as such.
    """
    known, claimed = _said("\n".join(sources)), _said(letter)
    marks: dict[str, Mark] = {}
    for _, words, kind in sorted(_found(draft), key=lambda found: found[0]):
        key = _key(words, kind)
        if key not in known:
            why = LETTER_ONLY if key in claimed else NOWHERE
            marks.setdefault(f"{kind}{key}", Mark(words, kind, why))
    return list(marks.values())


def _said(text: str) -> set[str]:
    said: set[str] = set()
    for _, words, kind in _found(text):
        said.add(_key(words, kind))
        if kind == DATE:
            said.update(_implied(re.findall(r"\d+", words)))
    return said


def _implied(numbers: list[str]) -> Iterator[str]:
    """A date also says its month and day, its month, and its year; never 5 元 or 3 天."""
    if len(numbers[0]) == 4:
        year, *numbers = numbers
        yield from (year, _key(year, DATE), *(_key(f"{year}-{month}", DATE) for month in numbers[:1]))
    if numbers:
        yield from (_key("-".join(numbers), DATE), _key(numbers[0], DATE))


def _found(text: str) -> list[tuple[int, str, str]]:
    """Return what the patterns find, the first kind that takes a place keeping it."""
    text = text.translate(_TO_HALF)
    taken = bytearray(len(text))
    found = []
    for kind, pattern in _PATTERNS:
        for match in pattern.finditer(text):
            start, end = match.span()
            if not any(taken[start:end]):
                taken[start:end] = b"\x01" * (end - start)
                found.append((start, _LEAD.sub("", match.group().strip()), kind))
    return found


def _key(words: str, kind: str) -> str:
    """Return how a thing is compared: dates and numbers by value, names without spaces."""
    if kind == DATE:
        return "date:" + "-".join(str(int(number)) for number in re.findall(r"\d+", words))
    if kind == NUMBER:
        return _value(words)
    return re.sub(r"[\s-]", "", words)


def _value(words: str) -> str:
    """Return the value as one spelling: 1,200.50 and 1200.5, 12 万 and 120000, 二〇二六 and 2026 are the same."""
    words = words.replace(",", "").replace(" ", "")
    if words[0] in _CN:
        return _spoken(words)
    found = _WRITTEN.fullmatch(words)
    if not found:  # a time of day, or a number of a clause
        return words.lstrip("0") or "0"
    value = f"{Decimal(found[1]) * _UNITS.get(found[2] or '', 1):f}"
    value = value.rstrip("0").rstrip(".") if "." in value else value
    return value + ("%" if found[2] == "%" else "")


def _spoken(words: str) -> str:
    if len(words) > 1 and all(character in _DIGITS for character in words):  # said digit by digit: 二〇二六
        return "".join(str(_DIGITS[character]) for character in words).lstrip("0") or "0"
    total = section = digit = 0
    for character in words:
        if character in _DIGITS:
            digit = _DIGITS[character]
            continue
        unit = _UNITS[character]
        if unit >= 10_000:
            total, section, digit = (total + section + digit) * unit, 0, 0
        else:
            section, digit = section + (digit or 1) * unit, 0
    return str(total + section + digit)
