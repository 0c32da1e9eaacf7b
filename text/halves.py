"""A number told in pieces that are called pieces: 前半截…后半截, 先是…再是…后边跟着, first half … other half.

Both words must be there and the digits must make one exact shape, so a piece may end a sentence or a message's line.
"""

import re
from collections.abc import Iterator
from itertools import chain

from text.check_digits import born, luhn

_UNIT = (
    r"(?!\s?(?:元|块|万|亿|户|人|名|家|个|件|套|平|米|公里|吨|斤|年|月|日|号楼|栋|楼|路|点|天|次|岁|度|%|\d))"
)
_COUNT = r"[几\d一二三四五六七八九十]{1,2}[个位](?:数字?)?"
_FIRST = (
    rf"先(?:是|报|说|发|给|来)|前(?:半[截段部边]|[一1]半|面几位|几位|\d{{1,2}}位|十位|面是|面的是)|[上头]半[截段]|头一半|头{_COUNT}"
    r"|第一[截段半]|一半是?|[Ff]irst (?:half|part|three|four|five|six|seven|eight)|[Ff]irst (?=\d)|[Hh]alf (?=\d)"
)
_NEXT = (
    r"再是?|然后是?|接着是?|后[半一边面头][截段半]?|下半[截段]?|另一?半|(?:还有|剩下?)的?(?:一半|半[截段])?|第[二三][截段半]|其余|余下|末尾"
    rf"|[后尾末]巴?{_COUNT}|(?:[Ss]till|[Oo]ther|[Ss]econd|[Ll]ast) (?:half|part)"
    r"|(?:[Tt]he )?[Ll]ast (?:three|four|five|six|eight)|[Tt]he rest|[Tt]hen (?=\d)"
)
_WORDS = r"[^\dA-Za-z\n。!?！？]{0,6}"
_PAUSE = r"[\s,，。;；、/.!…]{0,3}"
_PIECE = rf"(?:\d|(?<=\d)[ \-](?=\d)){{2,19}}+{_UNIT}"
_TOLD = re.compile(
    rf"(?P<all>(?:{_FIRST}){_WORDS}(?: is| are)?\s?(?P<a>[A-Za-z]{{1,2}}|{_PIECE})(?:号码?)?{_PAUSE}"
    rf"(?:{_NEXT}){_WORDS}(?: ?(?:is|are) )?\s?(?P<b>{_PIECE}[Xx]?)"
    rf"(?:{_PAUSE}(?:{_NEXT}){_WORDS}(?:is )?\s?(?P<c>{_PIECE}[Xx]?))?)"
)
_TAIL = rf"(?:最?[后末]|尾)(?:面|尾|号|巴|半[截段]|{_COUNT})?"
_HEAD = rf"(?:前|开头|打头|起头|头)(?:面|半[截段]|{_COUNT})?"
_TAIL_FIRST = re.compile(  # 「尾号7726，前面是1583344」
    rf"(?P<all>{_TAIL}{_WORDS}(?P<b>{_PIECE}[Xx]?)(?:号码?)?{_PAUSE}{_HEAD}{_WORDS}(?P<a>{_PIECE}))"
)
_OTHER = re.compile(
    "订单|单号|编号|案号|合同|发票|文号|档案|工号|验证码|密码|办件|受理|表号|户号|快递|余额|金额|预算"
)
_PASSPORT = re.compile("护照|通行证|[Pp]assport|PASSPORT")
_BACK = 14


def halves(text: str) -> Iterator[tuple[str, int, int]]:
    """Yield kind, start and end of each, its words among it."""
    for found in chain(_TOLD.finditer(text), _TAIL_FIRST.finditer(text)):
        around = text[max(0, found.start() - _BACK) : found.end() + _BACK]
        pieces = found.groupdict()
        written = "".join(pieces.get(name) or "" for name in "abc")
        kind = _kind(re.sub(r"[ \-]", "", written), around)
        if kind and not _OTHER.search(around):
            yield kind, *found.span("all")


def _kind(written: str, around: str) -> str:
    if re.fullmatch(r"1[3-9]\d{9}", written):
        return "手机号"
    if re.fullmatch(r"0[1-9]\d{8,10}", written):
        return "固定电话"
    if re.fullmatch(r"[1-6]\d{16}[\dXx]", written) and born(written[6:14]):
        return "身份证号"
    if re.fullmatch(r"[A-Za-z]{1,2}\d{7,8}", written) and _PASSPORT.search(around):
        return "出入境证件号"
    if re.fullmatch(r"[3-6]\d{15,18}", written) and (written.startswith("62") or luhn(written)):
        return "银行卡号"
    return ""
