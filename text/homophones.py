"""Numbers in characters that sound like digits: 衣舞扒, 妖吧吧, 么洞拐勾. Written to pass a filter, or heard so by a machine.

Eleven such sounds in a row that make a number's exact shape are no sentence.
"""

import re
from collections.abc import Iterator

from text.check_digits import born, checks
from text.digits import AS_FIGURES

_SOUNDS = {
    "0": "灵铃玲凌邻淋林菱洞领岭另令龄伶聆动冻懂",
    "1": "衣依医伊壹仪宜姨移遗疑椅已以蚁倚义艺忆议亦异易益谊意毅翼妖腰邀要么摇遥药耀夭吆揖",
    "2": "而尔儿耳饵贰洱",
    "3": "散伞山叁杉衫删珊闪善扇", "4": "思斯寺司丝肆似死私饲嗣巳撕",
    "5": "舞武午悟吴屋伍雾捂吾无巫乌污呜梧毋务物误勿晤侮",
    "6": "留流刘柳溜陆瘤", "7": "妻期凄漆柒起气骑拐奇其汽棋旗齐企启岂弃器欺戚怪", "8": "扒吧爸巴把捌霸叭疤芭拔跋坝罢",
    "9": "酒久救旧舅就玖勾沟韭究纠揪臼狗够",
}  # fmt: skip
_DIGITS = {chr(code): digit for code, digit in AS_FIGURES.items() if chr(code) != "两"}
_OF = {sound: digit for digit, sounds in _SOUNDS.items() for sound in sounds}
_ALL = _OF | _DIGITS | {digit: digit for digit in "0123456789"}
_ANY = "".join(_ALL)
_ROW = re.compile(rf"[{_ANY}](?:[ \-,，、.·…]{{0,2}}[{_ANY}]){{10,40}}")
_MOBILE, _IDENTITY = re.compile(r"(?=(1[3-9]\d{9}))"), re.compile(r"(?=([1-6]\d{17}))")
_GOES_ON = frozenset("要就么起救")  # behind proper digits these begin what is said of them
_MOST_BESIDE = 4  # characters of the sentence that happen to sound like digits too
_PROPER = frozenset("0123456789") | frozenset(_DIGITS)


def sounded(text: str) -> Iterator[tuple[str, int, int]]:
    """Yield kind, start and end of each number with at least one character that only sounds like its digit."""
    for row in _ROW.finditer(text):
        places = [at for at in range(row.start(), row.end()) if text[at] in _ALL]
        digits = "".join(_ALL[text[at]] for at in places)
        if all(text[at] in _PROPER for at in places):
            continue  # other rules read these
        if found := _number(text, digits, places):
            yield found


def _number(text: str, digits: str, places: list[int]) -> tuple[str, int, int] | None:
    for kind, shape, size in (("身份证号", _IDENTITY, 18), ("手机号", _MOBILE, 11)):
        if len(places) > size + _MOST_BESIDE:
            continue
        for found in shape.finditer(digits):
            first, last = found.start(), found.start() + size - 1
            if size == 18 and not (born(found[1][6:14]) and checks(found[1])):
                continue
            only_last = all(text[at] in _PROPER for at in places[first:last])
            if not (only_last and text[places[last]] in _GOES_ON) and not _goes_on(text, places, first, last):
                return kind, places[first], places[last] + 1
    return None


def _goes_on(text: str, places: list[int], first: int, last: int) -> bool:
    """Tell whether proper digits on either side make the row longer than the number, as an order's would."""
    before = first > 0 and text[places[first]] in _PROPER and text[places[first - 1]] in _PROPER
    after = last + 1 < len(places) and text[places[last]] in _PROPER and text[places[last + 1]] in _PROPER
    return before or after
