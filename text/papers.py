"""What else names a person: numbers of papers and cards, plates, accounts of chats, half an identity.

Each rule wants a word before the value, or a shape that nothing else has. Accounts and plates have files of their own.
"""

import re
from collections.abc import Iterator

from text.accounts import ACCOUNTS, QQ, QQ_SAID
from text.copula import IS as _SAID
from text.plates import PLATES
from text.sieve import Sieve

PASSPORT, CARD = "出入境证件号", "证件号"

_IS = r"[\s:是为叫(]{0,3}"
_WORDS = r"[^\dA-Za-z。!?;；！？\n，,、]{0,6}?"
_NOT_DAY = r"(?!(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])(?!\d))"
_TRAVEL = re.compile(
    r"(?:护照|通行证|台胞证|回乡证|入台证|港澳证|大通证|[Pp]assport|PASSPORT)(?:\s?(?:[Nn]o|NO|[Nn]umber|NUMBER))?"
    rf"(?:(?:{_WORDS}|(?:号码?|编号|证号)?{_SAID})(?P<value>[A-Za-z]{{1,2}}[ \-.]?\d(?:[ \-.]?\d){{6,9}})"
    rf"|(?:的?号码?|编号|证号)?\.?{_SAID}(?P<figures>{_NOT_DAY}(?:\d{{4}} ?\d{{4}}(?:\d\d)?|\d(?:[ \-]\d){{7,8}})))"
    r"(?![A-Za-z0-9])"
)
_TRAVELLER = re.compile(
    r"(?<![A-Za-z0-9])(?<![A-Za-z0-9]-)[A-Za-z](?:[ \-]?[A-Za-z])?(?:\d{7,8}|[ \-]\d(?:[ \-]\d){6,7})(?![A-Za-z0-9])(?!-\d)"
)
_TRAVELS = re.compile("护照|通行证|台胞证|回乡证|港澳证|大通证|[Pp]assport|PASSPORT")
_OF_HONG_KONG = re.compile(
    r"(?<![A-Za-z0-9])[A-Za-z]{1,2} ?\d{6} ?\([\dAa]\)|(?<!\d)[1578] ?\d{6} ?\(\d\)"
    r"|(?:香港|澳门|港澳|[Hh][Kk][Ii][Dd])[^\dA-Za-z。，,\n]{0,8}(?P<value>[A-Za-z]{1,2}\d{6}[\dAa]|[1578]\d{7})(?![\dA-Za-z])"
)
_OF_TAIWAN = re.compile(
    r"(?:台湾|臺湾|身份证|身分证|统一编号|居留证)[^\dA-Za-z。，,\n]{0,8}(?P<value>[A-Z][1289A-D]\d{8})(?![\dA-Za-z])"
)
_RESIDENT = re.compile(
    r"(?:居留|永居|身份证|证件|外国人|[Pp][Rr] [Cc]ard|[Pp]ermanent [Rr]esiden\w+)"
    r"[^\dA-Za-z。，,\n]{0,8}(?P<value>[A-Z]{3} ?\d{12})(?![\dA-Za-z])"
)
_NOT_DATE = r"(?!(?:19|20)\d\d[\-./年 ])"
_CARD = re.compile(
    r"(?:居住证|居留证|永居证|永久居留证?|绿卡|外国人工作许可证?|驾驶证|驾照|行驶证|从业资格证?|健康证|军官证|士官证|海员证|船员证|烈属证|特困证|五保证|生育服务?证|准生证|士兵证|警官证|残疾人?证|社会保[障险](?:卡|号)?|社保(?:卡|个人|电脑)?|个人电脑|医保卡?|(?:养老|医疗|失业|工伤|生育)保险(?=(?:个人)?(?:编号|号|账号|卡号))|新农合(?:医疗)?证?|合作医疗证?|医疗证|公积金|市民卡|老年[卡证]|优待证|学籍|准驾"
    r"|存折|户口(?:[本簿]|(?=号码))|出生(?:医学)?证明?|结婚证|离婚证|独生子女证|低保证|退役军人证|退休证|证件)(?:档案)?"
    rf"(?:(?:编号|个人编号|号码|账号|帐号|账户|卡号|证号|字号|号){_SAID}|:\s?|\s?(?=[A-Za-z]\d|\d{{9}}|\d\d-\d{{9}}))"
    rf"(?P<value>{_NOT_DATE}{_NOT_DAY}[A-Za-z]{{0,2}}\d[\dA-Za-z \-]{{4,20}}[\dA-Za-z])"
)
_SOLDIER = re.compile(r"(?:军官|士兵|文职|警官)证[号:是为\s]{0,3}(?P<value>[\u4e00-\u9fff]字第\s?\d{6,8}号?)")
_LAST = r"(?:的?(?:最?[后末]|尾号?)[\d几两]?位?(?:数字?)?)"
_BEGINS = r"(?:的?(?:前|开头)[\d几两]?位?(?:数字?)?)"  # six digits name a county and nobody in it
_HALF_IDENTITY = re.compile(
    r"(?:身份证|证件)[^\d\n]{0,14}(?P<born>[1-6]\d{5}(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01]))(?!\d)|"
    # the last four alone name nobody: official lists show them
    rf"(?:身份证|证件|身份号|sfz)(?:号码?)?(?:{_LAST}{_IS}(?P<value>\d{{4,7}}[Xx]|\d{{5,8}})"
    rf"|{_BEGINS}{_IS}(?P<begun>\d{{7,17}}))(?![\dA-Za-z年])"
)
_RULES: tuple[tuple[str, re.Pattern[str]], ...] = (
    *ACCOUNTS, (PASSPORT, _TRAVEL), (CARD, _OF_HONG_KONG), (CARD, _OF_TAIWAN), (CARD, _RESIDENT),
    (CARD, _CARD), (CARD, _SOLDIER), (CARD, _HALF_IDENTITY),
)  # fmt: skip
_TRIED = Sieve([(pattern, kind) for kind, pattern in _RULES])
_PLATES_TRIED = Sieve([(pattern, kind) for kind, pattern in PLATES])


def papers(text: str, written: str) -> Iterator[tuple[str, int, int]]:
    """Yield kind, start and end of each. `text` is what was `written` with plain digits for Chinese ones."""
    for pattern, kind in _TRIED.left(text):
        for found in pattern.finditer(text):
            yield kind, *found.span(found.lastgroup or 0)
    for found in QQ_SAID.finditer(written):
        yield QQ, *found.span("value")
    for found in _TRAVELLER.finditer(text):
        if _TRAVELS.search(text, max(0, found.start() - 30), found.end() + 12):
            yield PASSPORT, *found.span()
    for pattern, kind in _PLATES_TRIED.left(text):
        for found in pattern.finditer(text):
            start, end = found.span(found.lastgroup or 0)
            # 「赣A50397一汽」: a single Chinese digit at the end begins a word.
            yield (
                kind,
                start,
                end
                - (
                    text[start : end - 1] == written[start : end - 1]
                    and written[end - 1] in "一二三四五六七八九"
                ),
            )
