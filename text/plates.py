"""Number plates: private, electric, of trailers, schools, police, embassies, the army, and those that are only lent."""

import re

PLATE = "车牌号"
_PROVINCES = (
    "北京|天津|上海|重庆|河北|河南|云南|辽宁|黑龙江|湖南|安徽|山东|新疆|江苏|浙江|江西|湖北|广西|甘肃|山西|内蒙古?|陕西|吉林|福建|贵州|广东|青海"
    "|西藏|四川|宁夏|海南|[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使领]"
)
_CHAR = "A-HJ-NP-Za-hj-np-z0-9"
_PART = r"(?:[ ·•.\-:_/)\]】(【\[]{0,2}|[,，、](?!12345)|杠|点|[后然][面后]是?)"
_GAP = r"[ ·•.\-]?"
_END = r"(?![A-Za-z0-9])"
_SPECIAL = "挂学警港澳领使试超临"
_FIGURE = r"(?=(?:[A-Za-z][ ·•.\-]?){0,5}\d)"
_ORDINARY = (
    rf"(?:{_PROVINCES})[)\]】]?[ ·\-]?临?[A-Za-z]{_PART}(?:{_FIGURE}(?:[{_CHAR}]{_GAP}){{3,5}}[{_SPECIAL}]"
    rf"|{_FIGURE}[{_CHAR}](?:{_GAP}[{_CHAR}]){{4,5}}临?{_END})"
)
_PLAIN = re.compile(rf"[（(【\[]?{_ORDINARY}")
_LENT = re.compile(rf"(?:{_PROVINCES})临[A-Za-z]?{_GAP}\d{{4,6}}{_END}")
_EMBASSY = re.compile(
    r"使[ ·•.]?[0-3]\d\d[ ·•.]?\d{3}(?![\d元人万名家户平个米])|(?<!\d)[0-3]\d\d[ ·•.]\d{3} ?使(?![用其得])"
    r"|领[A-Za-z]?[ ·•.]?\d{4,6}(?![\d元人万名家户平个米积分块钱补奖])"
)
_POLICE = re.compile(rf"(?<![A-Za-z])[Ww][Jj][ ·•.\-]?(?:{_PROVINCES}|\d\d)[ ·•.\-]?\d{{4}}[{_CHAR}]?{_END}")
_ARMY = re.compile(rf"(?<![东南西北中])[南北东西中空海军济沈兰成广][A-Z][ ·•.\-]?\d{{5}}{_END}")
_LABEL = r"(?:车牌|牌照|车号|号牌|绿牌|蓝牌|黄牌|牌号)(?:号码?)?"
_ALONE = re.compile(
    rf"{_LABEL}[\s:是为]{{0,3}}(?P<value>[A-Z]{_PART}(?=[A-Z]{{0,5}}\d)[{_CHAR}]{{5,6}}"
    rf"|\d{{3,5}}[A-HJ-NP-Z]{{1,2}}|[\u4e00-\u9fff]{{0,3}} ?(?:[A-Z]\d{{5,6}}|\d{{6,7}})){_END}"
)
_LETTER = r"[A-Za-z][ ]?"
_TAIL = rf"(?=(?:[A-Za-z][ ]?){{0,2}}(?:\d[ ]?){{3}})(?:[{_CHAR}][ ]?){{4,5}}[{_CHAR}]{_END}"
_DESCRIBED = re.compile(  # 「青 F 拉萨的拉的首字母 L 4402」, 「藏字头 D 80162」
    rf"(?:{_PROVINCES})(?:字头|[打开]头)的?[ ,，]?{_LETTER}{_TAIL}"
    rf"|(?:{_PROVINCES})[ ,，]?{_LETTER}[,，(]?[\u4e00-\u9fff]{{1,10}}字母[是)]? ?{_TAIL}"
    rf"|(?:{_PROVINCES})[A-Za-z]的(?=\d{{0,5}}[A-Za-z]){_TAIL}"
)
PLATES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (PLATE, pattern) for pattern in (_PLAIN, _DESCRIBED, _LENT, _EMBASSY, _POLICE, _ARMY, _ALONE)
)
