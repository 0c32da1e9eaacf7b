"""A number whose parts stand in a sentence: 「前三位139，中间是7074，后面四位2268」. Parts are put together and tried.

What holds it to numbers: a word that calls it one, parts that make exactly one shape, and no unit behind any of them.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from text.check_digits import born, checks, luhn

_PART = re.compile(r"\d+")
_LONGEST_GAP, _MOST_PARTS, _MOST_IN_TEXT, _FEWEST = 16, 9, 200, 11
_REMARK = re.compile(r"(?:[位段截组个]|年(?:的?那))")  # 「后4位」 says how many and is no part
_COUNTS = re.compile(
    r"\s?(?:元|块(?!板)|毛|年|月|日(?!常)|号楼|[栋幢]|楼|层|米|公里|人|户|度|点|分钟|小时|天|次|[个名辆件张套所排床]|岁|%|平|万|千|吨|斤|条|款|期|路|线|届|倍|[:：]\d)"
)
_GLUE = re.compile(
    r"前|中间|后|末|尾|接|再|然后|剩|跟|连着|[第一二三两]段|[段截位]|开头|打头|起头|头|嗯|呃|额|那个|空|横|杠|逗号|最|and|then|plus|dash"
)
_OTHER = re.compile(
    r"订单|单号|编号|案号|合同|发票|文号|档案|学号|工号|验证码|密码|办件|受理|表号|户号|热线|[。!?！？;；]"
)
_SENTENCE = re.compile("[。;!?！？；]")
_LONE = re.compile("[\u4e00-\u9fff]{1,2}")  # 「136我9707爱4821」: written to be read by people alone
_TELEPHONE = re.compile(
    r"电话|手机|号码|联系|[打拨回]|[Cc]all|[Pp]hone|[Tt]el|[Cc]ell|[Mm]obile|[Nn]umber|微信|[Vv][Xx]|[Ww][Xx]|我的?号"
)
_SAID_OF_IT = re.compile(
    r"[\s,，。)）」”]{0,3}(?:[对嗯好][\s,，]?)?(?:打这个|是我|我的|这是我|就这个号|这个号)"
)
_IDENTITY = re.compile(r"身份|证件|证号|sfz|SFZ|公民号|ID\b")
_ACCOUNT = re.compile(r"卡|账|帐|存折|银行|工资")


def assembled(text: str) -> Iterator[tuple[str, int, int]]:
    """Yield kind, start and end of each number of at least two parts, with the words between them."""
    parts = list(islice(_PART.finditer(text), _MOST_IN_TEXT))
    parts = [part for part in parts if not (len(part[0]) < 3 and _REMARK.match(text, part.end()))]
    if sum(len(part[0]) for part in parts) < _FEWEST:
        return
    at = 0
    while at < len(parts):
        found = _from(text, parts, at)
        if found is None:
            at += 1
            continue
        kind, last, end = found
        yield kind, parts[at].start(), end
        at = last + 1


def _from(text: str, parts: Sequence[re.Match[str]], at: int) -> tuple[str, int, int] | None:
    digits, gaps = parts[at][0], ""
    if at and parts[at].start() - parts[at - 1].end() <= 1 and text[parts[at - 1].end()] in ".:":
        return None
    for last in range(at + 1, min(at + _MOST_PARTS, len(parts))):
        gap = text[parts[last - 1].end() : parts[last].start()]
        if len(gap) > _LONGEST_GAP or _COUNTS.match(gap) or _OTHER.search(gap):
            return None
        gaps += gap + "\x00"
        digits += parts[last][0]
        if len(digits) > 19:
            return None
        end = parts[last].end()
        sizes = tuple(len(part[0]) for part in parts[at : last + 1])
        around = _SENTENCE.split(text[max(0, parts[at].start() - 20) : parts[at].start()])[-1]
        kind, end = _kind(text, digits, gaps, around, end, sizes)
        if kind and not _COUNTS.match(text, end) and not _OTHER.search(around[-10:]):
            return kind, last, end
    return None


def _kind(
    text: str, digits: str, gaps: str, around: str, end: int, sizes: tuple[int, ...]
) -> tuple[str, int]:
    told = bool(_GLUE.search(gaps))
    behind = text[end : end + 10]
    parted = [gap for gap in gaps.split("\x00") if gap]
    near = bool(_TELEPHONE.search(around[-14:]) or _SAID_OF_IT.match(behind)) and all(
        len(gap) <= 6 for gap in parted
    )
    lone = sizes == (3, 4, 4) and all(_LONE.fullmatch(gap) for gap in gaps.split("\x00") if gap)
    if len(digits) == 11 and re.match("1[3-9]", digits) and (told or lone or near):
        between = [gap for gap in gaps.split("\x00") if gap]
        threefold = sizes == (3, 4, 4) and all(_GLUE.search(gap) for gap in between)
        return ("手机号" if threefold or lone or _TELEPHONE.search(around + gaps + behind) else ""), end
    if told and sizes in ((4, 7), (4, 8), (3, 8)) and re.match("0[1-9]", digits):
        return "固定电话", end
    if len(digits) == 17 and text[end : end + 1] in ("X", "x"):
        digits, end = digits + "X", end + 1
    if len(digits) == 18 and digits[0] in "12345678" and born(digits[6:14]):
        named = bool(_IDENTITY.search(text)) or told
        usual = checks(digits) or sizes[:2] == (6, 8)
        return ("身份证号" if named and usual else ""), end
    if (
        16 <= len(digits) <= 19
        and digits.isdecimal()
        and luhn(digits)
        and digits[0] in "3456"
        and min(sizes[:-1]) > 2
    ):
        return ("银行卡号" if _ACCOUNT.search(around + gaps) else ""), end
    return "", end
