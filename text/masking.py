"""Personal data in a text: where it stands, and the text without it.

Case numbers, dates, amounts and service numbers (12xxx, 95xxx, 96xxx, 400, 110) match no rule here.
Every pattern has bounded repetition, so time grows with the length of the text and nothing else.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from text.home_address import homes
from text.person_names import names

MOBILE, LANDLINE, IDENTITY, BANK, EMAIL = "手机号", "固定电话", "身份证号", "银行卡号", "邮箱"
HOME, BUILDING, PLATE, QQ, WECHAT, NAME = "住址", "楼栋", "车牌号", "QQ号", "微信号", "姓名"
# What makes a public reply impossible (a building alone, or an office's telephone, does not).
REFUSED_IN_PUBLIC = frozenset({MOBILE, IDENTITY, BANK, HOME})

_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}  # full width to half width, one to one
_WIDE |= dict.fromkeys((0x3000, 0xA0, 0x2002, 0x2003, 0x2009), 0x20)
_WIDE |= dict.fromkeys((0x2010, 0x2011, 0x2012, 0x2013, 0x2014, 0x2015, 0x2212), 0x2D)
_INVISIBLE = "\u200b-\u200f\u2060-\u2064\ufeff\u00ad"
_S = rf"[ \t\-._·{_INVISIBLE}]{{0,2}}"  # what people put between digits
_G = rf"[ \-{_INVISIBLE}]{{1,2}}"  # and between groups of digits
_COUNTRY = rf"(?:(?:\+|00)?86{_S}|0)?"
_DATE = r"(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"

_MOBILES = re.compile(r"(?<!\d)(?:1[3-9]\d{9}){2,3}(?!\d)")
_MOBILE = re.compile(rf"(?<!\d){_COUNTRY}1{_S}[3-9](?:{_S}\d){{9}}(?!\d|\s?[元万亿])")
_MOBILE_WORDS = re.compile(
    r"[一幺][ \-]?[三四五六七八九](?:[ \-]?[〇零一幺二两三四五六七八九]){9}(?![〇零一幺二三四五六七八九])"
)
_IDENTITY = re.compile(
    rf"(?<!\d)[1-9]\d{{5}}{_S}(?:19|20)\d\d{_S}{_DATE}{_S}\d{{3}}{_S}[\dXx](?!\d)"
    rf"|(?<!\d)\d{{17}}[Xx]|(?<!\d)[1-9]\d{{7}}{_DATE}\d{{3}}(?!\d)"
)
_BANK = re.compile(
    rf"(?<!\d)\d{{16,19}}(?!\d|\s?[元万亿])|(?<!\d)[3-69]\d{{3}}(?:{_G}\d{{4}}){{3}}(?:{_G}\d{{1,3}})?(?!\d)"
    rf"|(?<!\d)[3-69]\d{{5}}{_G}\d{{10,13}}(?!\d)"
)
_AREA = r"(?:010|02\d|0[3-9]\d\d)"
_LANDLINE = re.compile(
    rf"(?<!\d)(?<!\d-){_COUNTRY}(?:\({_AREA}\)|{_AREA}){_S}[2-8]\d{{2,3}}{_S}\d{{4}}(?!\d)"
    r"(?:(?:-|转)\d{1,6}(?!\d))?"
)
_LOCAL = re.compile(
    r"(?:电话|座机|固话|热线|号码|联系方式|致电|拨打|[Tt][Ee][Ll])[是为:.\s]{0,3}"
    r"(?P<value>(?!(?:400|800)|(?:19|20)\d{6}(?!\d))[2-8]\d{2,3}[ \-]?\d{4}(?!\d))"
)
_EMAIL = re.compile(
    r"(?<![A-Za-z0-9._%+\-])[A-Za-z0-9._%+\-]++@[A-Za-z0-9\-]{1,63}(?:\.[A-Za-z0-9\-]{1,63}){1,4}", re.ASCII
)
_PLATE = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使领] ?[A-Za-z][ ·•.\-]?"
    r"(?=[A-Za-z]{0,5}\d)[A-HJ-NP-Za-hj-np-z0-9]{4,5}[A-HJ-NP-Za-hj-np-z0-9挂学警港澳领](?![A-Za-z0-9])"
)
_QQ = re.compile(r"(?:[Qq]{2}|扣扣)(?:号码?|群)?[\s:是为]{0,3}(?P<value>[1-9]\d{4,10})(?!\d)")
_WECHAT = re.compile(
    r"(?:微信|薇信|[Vv]信|[Ww]e[Cc]hat|[Vv][Xx]|[Ww][Xx])(?:号码?|账号|ID|id)?[\s:是为]{0,3}"
    r"(?P<value>[A-Za-z](?=[A-Za-z]{0,18}[\d_\-])[A-Za-z0-9_\-]{5,19})(?![A-Za-z0-9_\-])"
)
_PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    (IDENTITY, _IDENTITY), (BANK, _BANK), (MOBILE, _MOBILES), (MOBILE, _MOBILE), (MOBILE, _MOBILE_WORDS),
    (LANDLINE, _LANDLINE), (LANDLINE, _LOCAL), (EMAIL, _EMAIL), (PLATE, _PLATE), (QQ, _QQ), (WECHAT, _WECHAT),
)  # fmt: skip
_OTHER_NUMBER = re.compile(r"(?:订单|运单|快递|流水|单号|编号|案号|受理)[^，。,\d]{0,6}$")
_GROUPS = re.compile(r"\d+")
_NOT_DIGIT = re.compile(r"\D")
_NOISE = re.compile(rf"[\s\-._·{_INVISIBLE}]")


@dataclass(frozen=True, slots=True)
class Finding:
    """Personal data at `text[start:end]` of the text that was searched; `kind` in Chinese."""

    kind: str
    start: int
    end: int
    text: str


def findings(text: str, allowed: Collection[str] = ()) -> list[Finding]:
    """Return the personal data in `text`, in order, not overlapping. Never raises.

    `allowed` are the office's own numbers and addresses: a number written with or without area code, spaces
    or dashes is the same number.
    """
    plain = text.translate(_WIDE)
    keep = _Allowed(allowed)
    found = sorted(_candidates(plain), key=lambda item: (item[1], -item[2]))
    result: list[Finding] = []
    end_of_last = 0
    for kind, start, end in found:
        if start >= end_of_last and not keep(plain[start:end]):
            result.append(Finding(kind, start, end, text[start:end]))
            end_of_last = end
    return result


def mask(text: str, allowed: Collection[str] = ()) -> str:
    """Return `text` with its personal data replaced by its kind: 〔手机号〕. Twice is the same as once."""
    while found := findings(text, allowed):
        parts, last = [], 0
        for finding in found:
            parts += [text[last : finding.start], f"〔{finding.kind}〕"]
            last = finding.end
        text = "".join(parts) + text[last:]
    return text


def _candidates(plain: str) -> Iterator[tuple[str, int, int]]:
    for kind, pattern in _PATTERNS:
        for found in pattern.finditer(plain):
            start, end = found.span("value") if "value" in pattern.groupindex else found.span()
            if pattern is _MOBILE and not _looks_written(plain[start:end]):
                continue
            if pattern is _BANK and _OTHER_NUMBER.search(plain, max(0, start - 8), start):
                continue
            yield kind, start, end
    yield from homes(plain)
    for start, end in names(plain):
        yield NAME, start, end


def _looks_written(number: str) -> bool:
    """Eleven digits in a few groups, or one by one, are a number; in many uneven groups they are a list."""
    groups = _GROUPS.findall(number)
    return len(groups) <= 5 or all(len(group) == 1 for group in groups)


class _Allowed:
    """Whether a finding is one of the office's own numbers or addresses."""

    def __init__(self, allowed: Collection[str]) -> None:
        texts = [item.translate(_WIDE) for item in allowed if item.strip()]
        self._texts = [_NOISE.sub("", item).lower() for item in texts]
        self._numbers = [digits for item in texts if len(digits := _NOT_DIGIT.sub("", item)) >= 5]

    def __call__(self, found: str) -> bool:
        if not self._texts:
            return False
        text, digits = _NOISE.sub("", found).lower(), _NOT_DIGIT.sub("", found)
        if any(text in item for item in self._texts):
            return True
        return len(digits) >= 7 and any(_same_number(digits, number) for number in self._numbers)


def _same_number(found: str, own: str) -> bool:
    shorter, longer = sorted((found, own), key=len)
    return len(shorter) >= 7 and longer.endswith(shorter)
