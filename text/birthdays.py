"""A whole day of birth, said to be one: its day and month are hidden, its year stays.

Whole, it names a person with little beside it. The year alone decides most of what people ask with it (a pension, a
school, an allowance), so it is left, as de-identification by generalising has it (GB/T 37964). A year or a birthday by
itself names nobody.
"""

import re
from collections.abc import Iterator

_YEAR = r"(?:(?:19|20)\d\d|(?<![\d\-./])\d\d(?=\s?年))"
_MONTH, _DAY = r"(?:1[0-2]|0?[1-9])", r"(?:3[01]|[12]\d|0?[1-9])"
_LUNAR = (
    r"(?:农历|阴历|阳历|公历|旧历)?闰?(?:[正冬腊一二三四五六七八九十]{1,2}|\d{1,2})月"
    r"(?:初|廿|卅)?[一二三四五六七八九十\d]{1,3}[日号]?"
)
_DATE = (
    rf"(?<!\d){_YEAR}(?:\s?年\s?|[\-./·\s、])(?P<day>{_MONTH}(?:\s?月(?:份的?)?\s?|[\-./·\s、]){_DAY}(?!\d)\s?[日号]?|{_LUNAR})"
    rf"|(?<!\d){_YEAR}(?P<eight>(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]))(?!\d)"
)
_MONTHS = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)[a-z]{0,6}\.?"
_ENGLISH = rf"(?P<said>\d{{1,2}}(?:st|nd|rd|th)? (?:of )?{_MONTHS}|{_MONTHS} \d{{1,2}}(?:st|nd|rd|th)?),? (?:19|20)\d\d"
_BORN = (
    r"出生(?:日期|年月日?|时间|于|在|是)?|生[日辰](?!快乐|礼|蛋)|生于|降生|诞生于"
    r"|DOB|dob|(?:[Dd]ate of )?[Bb]irth(?:day)?|[Bb]orn"
)
_BEFORE = rf"(?:{_BORN})[\s:是为在于(,，on]{{0,6}}(?:写的?|填的?|记的?|登记|应该?|该)?(?:是|成|为)?\s?"
_AFTER = (
    r"[)\s,，]{0,2}的?(?:出生(?!率|人口|缺陷|医学|统计|的|[者人及以之前后])|降生|[Bb]orn"
    r"|生(?:[日辰](?!快乐|礼|蛋|派对|聚)|人(?![意口])|的(?![病气意效])|[，,。；;)\s]|$))"
)
_TOLD = (
    re.compile(rf"{_BEFORE}(?:{_DATE}|{_ENGLISH})"),
    re.compile(rf"(?:{_DATE}){_AFTER}"),
    re.compile(
        rf"(?:[我俺咱他她]|本人|孩子|[儿]子|女儿|闺女|娃|[爸妈爷奶]|老[公婆伴]|爱人)(?:们)?(?:就?是|于|在|生于)?\s?(?:{_DATE})(?:出生|生的)"
    ),
)
_CUE = re.compile("生|[Bb]orn|[Bb]irth|DOB|dob")


def birthdays(text: str) -> Iterator[tuple[int, int]]:
    """Yield where the day and month of each day of birth stand, in a text whose numerals of years are figures."""
    if not _CUE.search(text):
        return
    for pattern in _TOLD:
        for found in pattern.finditer(text):
            yield found.span(found.lastgroup or 0)
