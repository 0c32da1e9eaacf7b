"""What else names a person: accounts of chats, numbers of papers and cards, plates, telephones abroad, half an identity.

Each rule wants a word before the value, or a shape that nothing else has.
"""

import re
from collections.abc import Iterator

EMAIL, PASSPORT, CARD, PLATE, QQ, WECHAT = "邮箱", "出入境证件号", "证件号", "车牌号", "QQ号", "微信号"

_IS = r"[\s:是为叫]{0,3}"
_NUMBER = r"(?:号码?|账号|帐号|ID|id)?"
_AT = r"(?:@|\s?(?:@|\(at\)|\[at\]|#|艾特|圈[Aa]?|\bat\b)\s?(?=[A-Za-z0-9\-]{1,20}\s?(?:\.|点|dot)\s?(?:com|cn|net|org)\b))"
_EMAIL = re.compile(
    rf"(?<![A-Za-z0-9._%+\-])[A-Za-z0-9._%+\-]++{_AT}[A-Za-z0-9\-]{{1,63}}"
    r"(?:(?:\.|\s?(?:点|dot)\s?)[A-Za-z0-9\-]{1,63}){1,4}",
    re.ASCII,
)
_PROVINCES = (
    "北京|天津|上海|重庆|河北|河南|云南|辽宁|黑龙江|湖南|安徽|山东|新疆|江苏|浙江|江西|湖北|广西|甘肃|山西|内蒙古?|陕西|吉林|福建|贵州|广东|青海"
    "|西藏|四川|宁夏|海南|[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使领]"
)
_PLATE_CHAR = "A-HJ-NP-Za-hj-np-z0-9"
_PART = r"[ ·•.\-:]{0,2}"
_PLATE = re.compile(
    rf"(?:{_PROVINCES}) ?[A-Za-z]{_PART}(?=(?:[A-Za-z] ?){{0,5}}\d)"
    rf"(?:[{_PLATE_CHAR}]{{4,5}}|(?:[{_PLATE_CHAR}] ){{4,5}})[{_PLATE_CHAR}挂学警港澳领](?![A-Za-z0-9])"
)
_PLATE_ALONE = re.compile(
    rf"(?:车牌|牌照|车号)(?:号码?)?{_IS}(?P<value>[A-Z]{_PART}(?=[A-Z]{{0,5}}\d)[{_PLATE_CHAR}]{{5,6}})(?![A-Za-z0-9])"
)
_QQ = re.compile(
    rf"(?:[Qq]\s?[Qq]|扣扣|抠抠|企鹅|球球|(?:我的?|加)[Qq]|(?<![A-Za-z])[Qq](?=号))(?:号码?|群)?{_IS}"
    r"(?P<value>[1-9]\d(?:[ \-]?\d){3,9}(?!\d)|[一二三四五六七八九零〇幺]{6,11})"
)
_CHAT = (
    r"微信|薇信|[Vv][信❤]|[Ww]e[Cc]hat|[Ww]eixin|[Vv][Xx]|[Ww][Xx]|微[❤♥💗]|绿泡泡"
    r"|(?:威信|维信|徽信|卫星)(?=号|:)|[+加][Vv]"
)
_WECHAT = re.compile(
    rf"(?:{_CHAT})\ufe0f?{_NUMBER}{_IS}"
    r"(?P<value>[A-Za-z](?=[A-Za-z]{0,18}[\d_\-])[A-Za-z0-9_\-]{5,19})(?![A-Za-z0-9_\-])"
)
_WECHAT_NAMED = re.compile(  # letters or digits alone: only where they are said to be the number
    rf"(?:{_CHAT})\ufe0f?(?:(?:号码?|账号|帐号|ID|id){_IS}|:\s?)(?P<value>[A-Za-z]{{6,20}}|[1-9]\d{{4,10}})(?![A-Za-z0-9_\-])"
)
_WXID = re.compile(r"wxid_[A-Za-z0-9]{6,24}")
_TRAVEL = re.compile(
    rf"(?:护照|通行证|台胞证|回乡证|[Pp]assport)(?:\s?[Nn]o)?(?:号码?)?\.?{_IS}"
    r"(?P<value>[A-Za-z]{1,2} ?\d(?: ?\d){6,9}|\d{8,10})(?![A-Za-z0-9])"
)
_NOT_DATE = r"(?!(?:19|20)\d\d[\-./年 ])"
_CARD = re.compile(
    r"(?:居住证|驾驶证|驾照|军官证|士兵证|警官证|残疾证|社保卡|医保卡?|公积金|市民卡|老年卡|学籍|准驾|存折)(?:档案)?"
    rf"(?:(?:编号|号码|账号|帐号|账户|卡号|证号|号){_IS}|:\s?|(?=[\s]?[A-Za-z]\d))"
    rf"(?P<value>{_NOT_DATE}[A-Za-z]{{0,2}}\d[\dA-Za-z \-]{{4,20}}[\dA-Za-z])"
)
_SOLDIER = re.compile(r"(?:军官|士兵|文职|警官)证[号:是为\s]{0,3}(?P<value>[\u4e00-\u9fff]字第\s?\d{6,8}号?)")
_HALF_IDENTITY = re.compile(
    rf"身份证(?:号码?)?的?(?:[后末]|尾号)[一二三四五六七八\d]?位?(?:数字?)?{_IS}(?P<value>\d{{3,7}}[Xx]|\d{{4,8}})(?![\dA-Za-z])"
)
_RULES: tuple[tuple[str, re.Pattern[str]], ...] = (
    (EMAIL, _EMAIL), (PLATE, _PLATE), (PLATE, _PLATE_ALONE), (QQ, _QQ), (WECHAT, _WECHAT), (WECHAT, _WECHAT_NAMED),
    (WECHAT, _WXID), (PASSPORT, _TRAVEL), (CARD, _CARD), (CARD, _SOLDIER), (CARD, _HALF_IDENTITY),
)  # fmt: skip


def papers(text: str) -> Iterator[tuple[str, int, int]]:
    """Yield kind, start and end of each. `text` has its digits and letters in half width."""
    for kind, pattern in _RULES:
        for found in pattern.finditer(text):
            start, end = found.span("value") if "value" in pattern.groupindex else found.span()
            yield kind, start, end
