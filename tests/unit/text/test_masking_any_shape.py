"""A number of every kind in every script of digits, parted by every mark, in every usual split: none is overlooked."""

import random

import pytest

from text.masking import findings

SCRIPTS = {
    "plain": "0123456789", "full width": "０１２３４５６７８９", "Chinese": "零一二三四五六七八九",
    "round nought": "〇一二三四五六七八九",
    "formal": "零壹贰叁肆伍陆柒捌玖", "traditional": "零壹貳參肆伍陸柒捌玖",
    "circled": "⓪①②③④⑤⑥⑦⑧⑨", "black": "⓿❶❷❸❹❺❻❼❽❾",
    "bold": "𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗", "above": "⁰¹²³⁴⁵⁶⁷⁸⁹", "below": "₀₁₂₃₄₅₆₇₈₉",
    "in brackets": "0⑴⑵⑶⑷⑸⑹⑺⑻⑼", "before a stop": "🄀⒈⒉⒊⒋⒌⒍⒎⒏⒐",
    "spoken": "零幺两三四五六七八九", "of soldiers": "洞幺两三四五六拐八勾",
    "Arabic": "٠١٢٣٤٥٦٧٨٩", "twice circled": "0⓵⓶⓷⓸⓹⓺⓻⓼⓽",
    "circled Chinese": "〇㊀㊁㊂㊃㊄㊅㊆㊇㊈", "Thai": "๐๑๒๓๔๕๖๗๘๙", "Mongolian": "᠐᠑᠒᠓᠔᠕᠖᠗᠘᠙",
}  # fmt: skip
KEYCAPS = {"keycaps": "\ufe0f\u20e3", "bare keycaps": "\u20e3"}
MARKS = [
    "", " ", "  ", "-", "－", "—", "——", ".", "。", "·", "•", "/", "\\", "_", "~", "、", "，", ",", ";",
    "：", "|", "*", "×", "=", "+", "#",
    "@", "\n", "\r\n", "\t", "\u3000", "\u200b", "\u00a0", "^", "'", '"',
    "→", "<", "😀", "★", "…", "......", " - ", "（", "[", " 横 ", "杠",
    "点", "ㄧ", "ー", "丨", "➖", "%", "￥", "。 ",
]  # fmt: skip
SPLITS = {
    "手机号": ((3, 4, 4), (3, 8), (7, 4), (3, 3, 5), (4, 4, 3), (5, 6), (2, 2, 2, 2, 3), (1,) * 11),
    "身份证号": ((6, 8, 4), (6, 4, 4, 4), (3, 3, 4, 4, 4), (6, 12), (4, 4, 4, 4, 2), (1,) * 18),
    "银行卡号": ((4, 4, 4, 4, 3), (6, 13), (4, 4, 4, 7), (1,) * 19),
}
LETTERS = {
    "手机号": ("我的电话{}，请回电", "联系我{}谢谢", "有事请打{}，白天都在"),
    "身份证号": ("身份证号{}", "身份证：{}，查社保", "我的身份证是{}。"),
    "银行卡号": ("银行卡号{}", "卡号：{}"),
}
DIGITS = "0123456789"


def number(kind: str, chance: random.Random) -> str:
    def some(count: int) -> str:
        return "".join(chance.choice(DIGITS) for _ in range(count))

    if kind == "手机号":
        return f"1{chance.choice('3456789')}{some(9)}"
    return f"33010619851123{some(3)}{chance.choice('0123456789X')}" if kind == "身份证号" else f"62{some(17)}"


@pytest.mark.parametrize("script", [*SCRIPTS, *KEYCAPS])
@pytest.mark.parametrize("kind", SPLITS)
def test_no_number_shows(kind: str, script: str) -> None:
    chance = random.Random(f"{kind} {script}")
    for mark in MARKS:
        digits, parts, at = number(kind, chance), [], 0
        for size in chance.choice(SPLITS[kind]):
            parts.append(digits[at : at + size])
            at += size
        shapes, cap = SCRIPTS.get(script, DIGITS), KEYCAPS.get(script, "")
        written = mark.join(
            "".join(shapes[int(char)] + cap if char in DIGITS else char for char in part) for part in parts
        )
        text = chance.choice(LETTERS[kind]).format(written)
        start = text.index(written)
        hidden = {place for one in findings(text) for place in range(one.start, one.end)}
        shown = [place for place in range(start, start + len(written)) if text[place].isalnum()]
        assert hidden.issuperset(shown), text
