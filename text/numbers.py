"""Mobile, identity and bank numbers, however they are written, and what only looks like one.

An order, a case, a meter or an amount has a number too: the nearest word before it and the word behind it decide.
"""

import re
from collections.abc import Iterator

from text.check_digits import born, checks, luhn
from text.digits import SAID, Group, Run, runs
from text.spelled import spelled

MOBILE, IDENTITY, BANK = "手机号", "身份证号", "银行卡号"
_MOBILE = re.compile(r"(?:(?:00)?86)?0?1[3-9]\d{9}")
_BANK = re.compile(r"[3-69]\d{15,18}")
_ACCOUNT = re.compile(r"[1278]\d{16,18}|[1-9]\d{19,20}|3[47]\d{13}")
_OF_MONEY = re.compile("存折|账号|帐号|账户|银行|卡号|信用卡|运通|对公")
_COUNTRIES = ("86", "0086")
_SHORTEST, _LONGEST, _MOST_GROUPS = 11, 22, 22  # digits and groups of one number
_CALLED_OTHERWISE = re.compile(
    "订单|运单|单号|流水|编号|案号|受理|取件|合同|发票|条码|[编商物]码|商品编|条形码|序列号|户号|表号|设备|信用代码|交易|凭证|档案|学号|工号"
    "|准考证|病历|坐标|经纬度|位置|位于|许可证|执照|证书|备案|税号|文书|文号|转账单|代码|票号|批号|发动机|车架|条款|快递|物流|办件|收件单|收件编|单号|验证码|密码|水表|电表|燃气|工单"
)
_CALLED_NUMBER = re.compile(
    r"电话|手机|联系|致电|拨打|打给|来电|回电|微信|号码|短信|[tT][eE][lL]|身份证|证件|银行卡|信用卡|储蓄卡|借记卡|运通卡?|卡号|工资卡|存折|账号|帐号|账户|收款|我的?号"
    r"|[Pp]hone|[Mm]obile|sfz|[Vv][Xx]|我是|打我|[打拨]\s?:?$"
)
_CALLED_AFTER = re.compile(
    r"[\s,。!)]{0,2}(?:打这个|是我|我的|找我|联系我|打给我|微信同|天天|每天|这个号|这是我|就是我|随时|有空打|骚扰|是?我?的?手机号?|是?我?的?电话号?)"
)
_LISTS = frozenset("、，,；;/")
_BACK = 14  # characters before a number in which it is called something
_CLAUSE, _WORD = re.compile(r"[，,。；;！!？?\n]"), re.compile(r"[\u4e00-\u9fffA-Za-z]")
_AMOUNT = re.compile(r"\s?(?:元(?![宵旦月])|万(?![家科达象福和安])|亿|块钱|平方|平米)")
_SPLITS = {
    MOBILE: {
        (3, 4, 4), (3, 8), (7, 4), (4, 4, 3), (3, 3, 5), (5, 6), (6, 5), (4, 7), (3, 5, 3), (5, 3, 3), (4, 3, 4), (8, 3),
        (3, 6, 2), (9, 2), (10, 1), (2, 9), (1, 3, 3, 4), (1, 10), (2, 3, 3, 3), (3, 3, 3, 2), (3, 2, 2, 2, 2),
        (2, 2, 2, 2, 2, 1), (2, 2, 2, 2, 3), (1, 2, 2, 2, 2, 2),
    },
    BANK: {(6, 10), (6, 11), (6, 12), (6, 13), (8, 8), (4, 15), (4, 12), (12, 4), (16, 3), (4, 8, 7), (4, 8, 4)},
}  # fmt: skip
_ODD = frozenset("*#~_^|\\@&$%★…")  # nothing else is parted by these
_HAN_DIGIT, _PLAIN_DIGIT = re.compile("[〇零一二三四五六七八九壹贰叁肆伍陆柒捌玖]"), re.compile("[0-9]")
_KEYCAP = ("\ufe0f", "\u20e3")
_LETTER_X = re.compile(  # 「大写X」, 「(X)」, 叉, 艾克斯
    r"[\W_丨ー]{0,4}(?:(?:最后|末尾)(?:一位)?是?)?(?:大写|小写|英文|字母){0,2}的? ?"
    r"(?:[Xx×✕✖❌❎╳](?![A-Za-z])|叉(?!车)|[艾埃爱]克[斯丝]|ex(?![A-Za-z]))\)?"
)
_RUNS_INTO = re.compile(  # 「158 0571 99828点以后」: the number ends before the hour
    r"(?<![\d.])(?<!第)1[3-9]\d(?P<gap>[ \-]?)\d{4}(?P=gap)\d{4}"
    r"(?=(?:[1-9]|1\d|2[0-4])(?:点|号楼|[栋幢]|楼|月|日|时)|20[12]\d年)"
)
_MOST_PARTS, _MOST_PARTS_CALLED = 6, 7  # of an identity number; of one that is called a number before


def numbers(text: str) -> Iterator[tuple[str, int, int]]:
    """Yield kind, start and end of each number in `text`, whose full-width characters are narrowed already."""
    for run in runs(text):
        yield from _of(text, run)
    for found in _RUNS_INTO.finditer(text):
        if _called(text, found.start()) != "otherwise":
            yield MOBILE, *found.span()
    for digits, start, end in spelled(text):
        if kind := _alone(digits):
            yield kind, start, end


def _of(text: str, run: Run) -> Iterator[tuple[str, int, int]]:
    at = 0
    while at < len(run.groups):
        found = _starting(text, run, at)
        if found is None:
            yield from _side_by_side(text, run.groups[at])
            at += 1
            continue
        kind, last = found
        end = run.groups[last].end
        end = _with_check_letter(text, end) if kind == IDENTITY else end
        yield kind, _with_opening(text, run.groups[at].start, end), _with_keycap(text, end)
        at = last + 1


def _starting(text: str, run: Run, at: int) -> tuple[str, int] | None:
    """Return the kind of the longest number that starts with a group, and its last group; identity goes before bank."""
    found: dict[str, int] = {}
    digits, before = "", _called(text, run.groups[at].start)
    for last in range(at, min(at + _MOST_GROUPS, len(run.groups))):
        digits += run.groups[last].digits
        if len(digits) > _LONGEST:
            break
        if len(digits) < _SHORTEST:
            continue
        groups = run.groups[at : last + 1]
        called = before == "number" or (not before and bool(_CALLED_AFTER.match(text, groups[-1].end)))
        kind = _kind(text, digits, groups, called)
        if kind and _stands(text, run, at, last, kind):
            found[kind] = last
    if found.get(BANK, -1) > found.get(IDENTITY, len(run.groups)):
        found.pop(IDENTITY)  # a card's number may hold a date where a birthday would be
    return next(((kind, found[kind]) for kind in (IDENTITY, BANK, MOBILE) if kind in found), None)


def _kind(text: str, digits: str, groups: tuple[Group, ...], called: bool) -> str:
    """Return what the digits are. What is `called` a number may be parted in any few places."""
    if _sizes(groups) == (8, 8) and groups[-1].before in _LISTS:
        return ""  # two telephones of an office
    parted = (called or _in_two_scripts(text, groups)) and len(groups) <= _MOST_PARTS_CALLED
    end = groups[-1].end
    if (len(digits) == 18 or (len(digits) == 17 and _with_check_letter(text, end) > end)) and born(
        digits[6:14]
    ):
        told = _written(groups) or (called and len(_sizes(groups)) <= 10)
        return IDENTITY if digits[0] != "0" and told else ""
    if len(digits) == 15 and digits[0] != "0" and born("19" + digits[6:12]):
        return IDENTITY if _sizes(groups) in ((15,), (6, 6, 3), (1,) * 15) else ""
    if len(digits) == 20 and born(digits[6:14]) and checks(digits[:18]):
        return IDENTITY if _written(groups) else ""  # of a disabled person: kind and grade stand behind it
    if _BANK.fullmatch(digits) or (
        _ACCOUNT.fullmatch(digits) and _OF_MONEY.search(_before(text, groups[0].start))
    ):
        return BANK if parted or _written(groups, BANK) else ""
    if _MOBILE.fullmatch(digits):
        country = len(groups) > 1 and groups[0].digits in _COUNTRIES
        proper = groups[1:] if country else groups
        usual = _written(proper, MOBILE, sum(len(g.digits) for g in proper) - 11)
        return MOBILE if parted or usual else ""
    return ""


def _in_two_scripts(text: str, groups: tuple[Group, ...]) -> bool:
    """「15833 四四 七七26」 is written so on purpose."""
    written = text[groups[0].start : groups[-1].end]
    both = _HAN_DIGIT.search(written) and _PLAIN_DIGIT.search(written)
    return bool(both) and "\n" not in written and _sizes(groups)[0] > 2


def _written(groups: tuple[Group, ...], kind: str = IDENTITY, extra: int = 0) -> bool:
    """Tell whether groups look like one number: one by one, or a few in a usual split with the same mark between.

    A line's end may stand anywhere; scripts that change within a number part nothing. `extra` digits before the
    number proper (a country's) belong to the first group.
    """
    marks = {group.before for group in groups[1:]} - {"", "\n", SAID}
    if not marks:
        return True
    sizes = _sizes(groups)
    sizes = (sizes[0] - extra, *sizes[1:])
    if set(sizes) == {1}:
        return len(marks) <= 2
    if len(marks) > 1 and not marks <= ({"(", ")", " ", "-"} if ")" in marks else {"(", " "}):
        return False
    if kind == IDENTITY:
        told = checks("".join(group.digits for group in groups)[:18]) and len(groups) <= 10
        return told or (len(sizes) <= _MOST_PARTS and sizes[0] >= 3)
    if len(sizes) <= _MOST_PARTS and (marks <= _ODD if kind == MOBILE else groups[0].digits.startswith("62")):
        return min(sizes) > 1
    even = len(set(sizes[:-1])) == 1 and sizes[0] in (2, 4) and sizes[-1] <= 4
    return sizes in _SPLITS[kind] or (kind == BANK and even)


def _sizes(groups: tuple[Group, ...]) -> tuple[int, ...]:
    """Return how many digits stand together; scripts that change within a number part nothing."""
    sizes: list[int] = []
    for group in groups:
        if sizes and not group.before:
            sizes[-1] += len(group.digits)
        else:
            sizes.append(len(group.digits))
    return tuple(sizes)


def _stands(text: str, run: Run, at: int, last: int, kind: str) -> bool:
    """Tell whether what is around a number lets it be one."""
    groups = run.groups
    if text[groups[at].start - 2 : groups[at].start] == "0.":
        return False  # a share, written out
    called = _called(text, groups[at].start, groups[last].end)
    if called == "otherwise":  # a permit's number may hold a date where a birthday would be
        written = "".join(group.digits for group in groups[at : last + 1])
        return kind == IDENTITY and (len(written) != 18 or checks(written))
    if called == "number":
        return True
    if kind == BANK and not _card("".join(group.digits for group in groups[at : last + 1])):
        return False
    by_twos = set(_sizes(groups[at:last])) == {2}
    if kind == MOBILE and by_twos and text[groups[at].start - 1 : groups[at].start].isalpha():
        return False  # 「湿度13 14 15 16 17 8」: readings, one after the other
    if kind != IDENTITY and _AMOUNT.match(text, groups[last].end):
        return False
    inner = {group.before for group in groups[at + 1 : last + 1]} - {"", " ", "\n"}
    goes_on = last + 1 < len(groups) and groups[last + 1].before in inner
    return not goes_on and not (at > 0 and groups[at].before in inner)


def _called(text: str, start: int, end: int = 0) -> str:
    """Return what the nearest word before a number calls it, or the first behind it: "number", "otherwise", or nothing."""
    before = _before(text, start)
    # 「收不到验证码，绑的是177…」: what another clause speaks of is not what this one calls its number
    ends = [mark.end() for mark in _CLAUSE.finditer(before) if _WORD.search(before, mark.end())]
    own = ends[-1] if ends else 0
    other = max((found.end() for found in _CALLED_OTHERWISE.finditer(before, own)), default=0)
    number = max((found.end() for found in _CALLED_NUMBER.finditer(before)), default=0)
    if other == number:
        return "number" if end and _CALLED_AFTER.match(text, end) else ""
    return "otherwise" if other > number else "number"


def _before(text: str, start: int) -> str:
    return text[max(0, start - _BACK) : start]


def _card(digits: str) -> bool:
    """Tell whether digits that nothing calls a card's look like one: of UnionPay, or with the right last digit (Luhn)."""
    return digits.startswith("62") or luhn(digits)


def _side_by_side(text: str, group: Group) -> Iterator[tuple[str, int, int]]:
    """Two or three mobile numbers without anything between them."""
    width = group.end - group.start
    if width != len(group.digits) or _called(text, group.start) == "otherwise":
        return
    if width == 29:
        for cut in (11, 18):
            parts = sorted((group.digits[:cut], group.digits[cut:]), key=len)
            if _MOBILE.fullmatch(parts[0]) and len(parts[1]) == 18 and checks(parts[1]):
                yield IDENTITY, group.start, group.end
        return
    if width == 36 and all(
        born(group.digits[at : at + 8]) and group.digits[at - 6] in "1234568" for at in (6, 24)
    ):
        yield IDENTITY, group.start, group.end
    if width not in (22, 33):
        return
    if all(_MOBILE.fullmatch(group.digits[at : at + 11]) for at in range(0, width, 11)):
        yield MOBILE, group.start, group.end


def _alone(digits: str) -> str:
    """Return what digits are that were spelled out in letters."""
    if _MOBILE.fullmatch(digits):
        return MOBILE
    if len(digits) == 18 and born(digits[6:14]):
        return IDENTITY
    return BANK if _BANK.fullmatch(digits) else ""


def _with_check_letter(text: str, end: int) -> int:
    """Return the end of an identity number with its last X, spaces before it included."""
    found = _LETTER_X.match(text, end)
    return found.end() if found else end


def _with_keycap(text: str, end: int) -> int:
    while text[end : end + 1] in _KEYCAP:
        end += 1
    return end


def _with_opening(text: str, start: int, end: int) -> int:
    """Take in the plus of a country's number and the bracket that closes within the number."""
    start -= text[start - 1 : start] == "+"
    return start - (text[start - 1 : start] == "(" and ")" in text[start:end])
