"""Personal data in a text: where it stands, and the text without it.

Case numbers, dates (but a whole day of birth), amounts and service numbers (12xxx, 95xxx, 96xxx, 400, 110) match no rule here.
Every pattern has bounded repetition, so time grows with the length of the text and nothing else.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import chain

from text.accounts import EMAIL, NETWORK, QQ, WECHAT
from text.announced import announced
from text.assembled import assembled
from text.backwards import backwards
from text.birthdays import birthdays
from text.digits import AS_FIGURES, as_digits
from text.far_home import far_homes
from text.halves import halves
from text.heard import ReadAloud, heard
from text.home_address import homes
from text.homophones import sounded
from text.lived_in import lived_in
from text.named_codes import named_codes
from text.named_persons import named_persons
from text.numbers import BANK, IDENTITY, MOBILE, numbers
from text.office_lines import is_office_line
from text.papers import CARD, PASSPORT, papers
from text.pasted_rows import pasted_rows
from text.person_names import names
from text.plates import PLATE
from text.public_places import is_public
from text.shapes import INVISIBLE, narrow, seen
from text.spans import apart, meet, with_spoken
from text.spelled import in_parts
from text.telephones import LANDLINE, telephones

__all__ = [
    "BANK", "BIRTHDAY", "BUILDING", "CARD", "EMAIL", "HOME", "IDENTITY", "LANDLINE", "MOBILE", "NAME", "NETWORK",
    "PASSPORT", "PLATE", "QQ", "REFUSED_IN_PUBLIC", "WECHAT", "PersonalData", "findings", "mask",
]  # fmt: skip

HOME, BUILDING, NAME, BIRTHDAY = "住址", "楼栋", "姓名", "生日"
# What makes a public reply impossible (a building alone, or an office's telephone, does not).
REFUSED_IN_PUBLIC = frozenset({MOBILE, IDENTITY, BANK, HOME, PASSPORT})

_Place = tuple[str, int, int]

# of a door's number
_FORMAL = dict(zip(map(ord, "零壹贰叁肆伍陆柒捌玖拾"), "〇一二三四五六七八九十", strict=True))
_TELLING = re.compile(r"[A-Za-z@]|\d\W{0,3}\d\W{0,3}\d")  # what every number, account and paper has
_NOISE = re.compile(rf"[\s\-._·{INVISIBLE}]")


@dataclass(frozen=True, slots=True)
class PersonalData:
    """Personal data at `text[start:end]` of the text that was searched; `kind` in Chinese."""

    kind: str
    start: int
    end: int
    text: str


def findings(text: str, allowed: Collection[str] = ()) -> list[PersonalData]:
    """Return the personal data in `text`, in order, not overlapping. Never raises.

    `allowed` are the office's own numbers and addresses: a number written with or without area code, spaces
    or dashes is the same number.
    """
    plain = narrow(text)
    keep = _Allowed(allowed)
    shown, places = seen(plain)
    reading = heard(shown)
    own: list[_Place] = []
    known: list[_Place] = []
    for found in _personal(plain, _candidates(plain, shown, places, reading)):
        (own if keep(plain[found[1] : found[2]]) else known).append(found)
    spoken = [
        found
        for found in _personal(plain, _spoken_of(places, reading))
        if not keep(plain[found[1] : found[2]]) and not any(meet(found, other) for other in own)
    ]
    united = with_spoken(plain, apart(known), spoken)
    return [PersonalData(kind, start, end, text[start:end]) for kind, start, end in united]


def mask(text: str, allowed: Collection[str] = ()) -> str:
    """Return `text` with its personal data replaced by its kind: 〔手机号〕. Twice is the same as once."""
    while found := findings(text, allowed):
        parts, last = [], 0
        for finding in found:
            parts += [text[last : finding.start], f"〔{finding.kind}〕"]
            last = finding.end
        text = "".join(parts) + text[last:]
    return text


def _personal(plain: str, found: Iterator[_Place]) -> Iterator[_Place]:
    for kind, start, end in found:
        if kind == LANDLINE:
            public = is_office_line(plain, start, end)
        else:
            public = kind in (HOME, BUILDING) and is_public(plain, start, end, kind == HOME)
        if not public:
            yield kind, start, end


def _candidates(plain: str, shown: str, places: list[int], reading: ReadAloud) -> Iterator[_Place]:
    yield from numbers(plain)
    for kind, start, end in chain(_in_what_is_seen(shown), _in_what_is_heard(shown, reading)):
        yield kind, places[start], places[end]


def _spoken_of(places: list[int], reading: ReadAloud) -> Iterator[_Place]:
    """Yield what no rule need know the shape of."""
    text = reading.text
    for kind, start, end in chain(announced(text), named_codes(text), lived_in(text)):
        first, last = reading.span(start, end)
        yield kind, places[first], places[last]


def _in_what_is_seen(shown: str) -> Iterator[tuple[str, int, int]]:
    figures = shown.translate(AS_FIGURES)
    if _TELLING.search(figures):
        yield from telephones(figures)
        yield from in_parts(figures)
        yield from papers(figures, shown)
    yield from homes(shown.translate(_FORMAL))
    for start, end in chain(names(shown), named_persons(shown)):
        yield NAME, start, end


def _in_what_is_heard(shown: str, reading: ReadAloud) -> Iterator[tuple[str, int, int]]:
    """Yield what the reading of a text shows beside its writing. Places are those of `shown`."""
    yield from pasted_rows(shown)
    if reading.text != shown:
        for kind, start, end in chain(numbers(reading.text), _in_what_is_seen(reading.text)):
            if kind != NAME:
                yield kind, *reading.span(start, end)
    for kind, start, end in chain(
        assembled(reading.text), halves(reading.text), sounded(reading.text), backwards(reading.text)
    ):
        yield kind, *reading.span(start, end)
    for start, end in far_homes(reading.text):
        yield HOME, *reading.span(start, end)
    for start, end in birthdays(reading.text):
        yield BIRTHDAY, *reading.span(start, end)


class _Allowed:
    """Whether a finding is one of the office's own numbers or addresses."""

    def __init__(self, allowed: Collection[str]) -> None:
        texts = [narrow(item) for item in allowed if item.strip()]
        self._texts = [_NOISE.sub("", item).lower() for item in texts]
        self._numbers = [digits for item in texts if len(digits := as_digits(item)) >= 5]

    def __call__(self, found: str) -> bool:
        if not self._texts:
            return False
        text, digits = _NOISE.sub("", found).lower(), as_digits(found)
        if any(text in item for item in self._texts):
            return True
        return len(digits) >= 7 and any(_same_number(digits, number) for number in self._numbers)


def _same_number(found: str, own: str) -> bool:
    shorter, longer = sorted((found, own), key=len)
    return len(shorter) >= 7 and longer.endswith(shorter)
