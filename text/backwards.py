"""A number told from its end: 「倒着念是62774433851」."""

import re
from collections.abc import Iterator

from text.check_digits import born, checks, luhn

_SAID = r"(?:从[右后尾]往[左前头]|从[后尾]到[前头]|倒|反|逆)(?:[着过]?来?)?(?:[念读写看打拨序排报输])?"
_TOLD = re.compile(
    rf"(?:{_SAID})[^\d\n]{{0,10}}(?P<after>[\dXx](?:[ \-]?\d){{9,18}})(?!\d)"
    rf"|(?<!\d)(?P<before>[\dXx](?:[ \-]?\d){{9,18}})[^\d\n]{{0,6}}(?:{_SAID})"
)
_CUE = re.compile("[倒反逆从]")


def backwards(text: str) -> Iterator[tuple[str, int, int]]:
    """Yield kind, start and end of each whose digits make a number from the end only."""
    if not _CUE.search(text):
        return
    for found in _TOLD.finditer(text):
        name = found.lastgroup or ""
        if kind := _kind(re.sub(r"[ \-]", "", found[name])[::-1].upper()):
            yield kind, *found.span(name)


def _kind(digits: str) -> str:
    if re.fullmatch(r"1[3-9]\d{9}", digits):
        return "手机号"
    if re.fullmatch(r"0[1-9]\d{8,10}", digits):
        return "固定电话"
    if re.fullmatch(r"[1-8]\d{16}[\dX]", digits) and born(digits[6:14]) and checks(digits):
        return "身份证号"
    return "银行卡号" if re.fullmatch(r"62\d{14,17}", digits) and luhn(digits) else ""
