"""Telephones that stand on a desk or ring abroad: area code, extension, a second number that shares the first one's area."""

import re
from collections.abc import Iterator

from text.sieve import Sieve

MOBILE, LANDLINE = "手机号", "固定电话"

_S = r"[\s\-._·/]{0,2}"  # what people put between the digits of a telephone number
_AREA = r"(?:010|02\d|0[3-9]\d\d)"
_BARE_AREA = r"(?:(?<=86)|(?<=86[ \-]))(?:10|2\d|[3-9]\d\d)"  # without its 0, behind the country's number
_COUNTED = r"(?!\s?(?:元|块|万|亿|户|人|名|家|个|件|套|平|米|公里|吨|斤|年|月|日|号|楼|路|点|%|[:：]\d))"
_WITHIN = r"(?:分机|内线)号?[是为:]?\s?"
_EXTENSION = (
    rf"(?:-|#|[\s,(]{{0,2}}(?:[转轉][接到]?\s?(?:{_WITHIN})?|{_WITHIN}|(?:[Ee][Xx][Tt]|[Xx](?=\d))\.?\s?))"
    rf"\d{{1,6}}(?!\d)\)?{_COUNTED}"
)
_LANDLINE = re.compile(
    rf"(?<!\d)(?<!\d-)(?:(?:\+|00)?86{_S}|0)?(?:[(\[]{_AREA}[)\]]|{_AREA}|{_BARE_AREA})(?:{_S}|转|杠|横)[2-8]\d{{2,3}}{_S}\d{{4}}(?!\d)"
    rf"(?:{_EXTENSION})?"
)
_SECOND = re.compile(
    rf"\s?(?:或者?|和|及|以及|还有|[,，、/])\s?(?P<value>[2-8]\d{{2,3}}[ \-]?\d{{4}}(?:{_EXTENSION})?)(?!\d){_COUNTED}"
)
_MOST_SHARING = 4
_LOCAL = re.compile(
    r"(?:电话|座机|固话|热线|号码|联系方式|致电|拨打|传真|家里|宅电|打我?家|[78七八]位数?的?号码?|[打拨](?:这个|一下)?|小灵通|[Tt][Ee][Ll])[是为:.\s]{0,3}"
    r"(?P<value>(?!(?:400|800)|(?:19|20)\d{6}(?!\d))[2-8]\d{2,3}[ \-]?\d{4}(?![\d元份张本册台只支度]))"
)
_IN_TWO = re.compile(r"区号[是:\s]{0,3}(?P<value>0\d{2,3}[^\d\n]{1,8}[2-8]\d{2,3}[ \-]?\d{4})(?!\d)")
_ABROAD = re.compile(
    r"(?:\+|(?<!\d)00)(?:85[23][\- ]?[2-9]\d{3}[\- ]?\d{4}"
    r"|886[\- ]?\(?0?\)?(?:9\d\d[\- ]?\d{3}[\- ]?\d{3}|[2-8][\- ]?\d{3,4}[\- ]?\d{4}))(?!\d)"
    r"|(?:香港|澳门|港)[^\d\n，。]{0,8}(?P<value>[4-9]\d{3}[ \-]?\d{4})(?!\d)"
    r"|(?<![\d\-])(?P<taiwan>09\d\d(?:-\d{3}-\d{3}| \d{3} \d{3}))(?![\d\-])"
)
_COUNTRY = (  # the codes that are given out; China's own numbers have rules of their own
    r"(?!86)(?:1|7|20|27|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[124]|9[0-58]|(?:2[1-69]|3[578]|42|5[09]|6[7-9]|8[0578]|9[679])\d)"
)
_WORLD = re.compile(
    rf"(?<![\dA-Za-z+])\+ ?{_COUNTRY}(?:[ \-.(]{{1,2}}\d(?:[ \-.()]{{0,2}}\d){{6,11}}|\d{{9,11}})(?!\d){_COUNTED}"
    rf"|(?:电话|手机|号码|联系|[Tt]el|[Pp]hone|[Ww]hats[Aa]pp|[Cc]all|[打拨])[^\d\n]{{0,8}}"
    rf"(?P<zeros>00{_COUNTRY}[ \-]?\d(?:[ \-]?\d){{6,11}})(?!\d){_COUNTED}"
)
_OF_A_LAND = re.compile(  # 「尼泊尔号码 977 9841…」: no plus, but a land
    r"(?:尼泊尔|印度|不丹|缅甸|老挝|越南|泰国|巴基斯坦|俄罗斯|蒙古|韩国|日本|美国|国外|境外|海外|[Nn]epal|[Ii]ndia|[Ff]oreign)"
    r"的?(?:号码?|电话|手机号?| ?(?:phone|mobile|number|no\.?|tel)){1,3}[\s:是is]{0,4}"
    rf"(?P<value>{_COUNTRY}[ \-]?\d(?:[ \-]?\d){{7,10}})(?!\d){_COUNTED}"
)
_FILED = re.compile(
    r"(?:档案|案卷|编|文|批|(?<![报答])案|单)号?[\s:是为]{0,2}$"
)  # a file's number may begin like an area's
_PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    (LANDLINE, _LANDLINE), (LANDLINE, _LOCAL), (LANDLINE, _IN_TWO), (MOBILE, _ABROAD), (MOBILE, _WORLD),
    (MOBILE, _OF_A_LAND),
)  # fmt: skip
_TRIED = Sieve([(pattern, kind) for kind, pattern in _PATTERNS])


def telephones(text: str) -> Iterator[tuple[str, int, int]]:
    """Yield kind, start and end of each in a text whose digits are plain."""
    for pattern, kind in _TRIED.left(text):
        for found in pattern.finditer(text):
            if _FILED.search(text, max(0, found.start() - 8), found.start()):
                continue
            yield kind, *found.span(found.lastgroup or 0)
            if pattern in (_LANDLINE, _LOCAL):
                yield from _sharing(text, found.end())


def _sharing(text: str, end: int) -> Iterator[tuple[str, int, int]]:
    for _ in range(_MOST_SHARING):
        found = _SECOND.match(text, end)
        if not found:
            return
        yield LANDLINE, *found.span("value")
        end = found.end()
