"""Holes that somebody meant to fill: 【请填写日期】, XX, ____, {{name}}. Pure; every pattern is bounded.

Round brackets hold ordinary words far more often than holes（请提前预约、电话：12345）: there only a bare
word counts. A bracketed word that begins a line and has words behind it is a heading:【联系电话】12345.
"""

import re

_NOUN = r"(?:[路街镇村桥站][口道]?名称?|小区名称?|名称|内容|数量|结果|姓名|日期|时间|地点|地址|电话|金额|单位|部门|编号|原因)"
_WHICH = r"(?:具体|办理|办结|完成|联系|来信人|市民|您的)?"
_BLANK = r"[ \t\u3000_＿xX×*＊?？.…]{0,12}"
_OPEN, _CLOSE = r"[【\[{｛<＜〔［]", r"[】\]}｝>＞〕］]"
_INSIDE = r"[^【】\[\]{}｛｝<>＜＞〔〕［］\n]"
_PATTERNS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{_OPEN}\s?(?:填写?(?:{_WHICH}{_NOUN})?|(?:请|在此|此处)(?:填写?|补充|插入|输入){_INSIDE}{{0,12}})\s?{_CLOSE}",
        rf"{_OPEN}\s?(?:待[填补定确核]|此处|某某?){_INSIDE}{{0,8}}{_CLOSE}",
        rf"{_OPEN}{_BLANK}{_CLOSE}",
        rf"{_OPEN}\s?(?:{_WHICH}姓名)\s?{_CLOSE}",
        rf"(?<=[^\n]){_OPEN}\s?{_WHICH}{_NOUN}\s?{_CLOSE}|^{_OPEN}\s?{_WHICH}{_NOUN}\s?{_CLOSE}\s?$",
        rf"[（(《]\s?(?:请?填写?|请填写{_NOUN}|待[填补]充?写?|某某|{_NOUN}|{_BLANK})\s?[）)》]",
        r"\{\{[^}\n]{0,20}\}\}?",
        r"[{｛][^{}｛｝\n]{0,20}[\u4e00-\u9fff][^{}｛｝\n]{0,20}[}｝]",
        r"(?<![A-Za-z0-9xXＸｘ×])[xXＸｘ×]{2,}(?![A-Za-z0-9xXＸｘ×])|[○△□◯]{2,}|(?<![*＊])[*＊]{2,12}(?=[路街年月日号元局])",
        r"某某(?=[年月日局单路街区镇村乡县市部小科处公站桥河园])|(?<![\u4e00-\u9fff])某某|(?<=[在由到向请与和为于至从找系的是给])某某",
        r"某[年月]某[月日]",
        r"(?<![A-Za-z])[xXＸｘ×]{1,4}\s?[年月日号元]",
        r"_{3,}|＿{2,}|……年|\b(?:TBD|TODO)\b|此处填写",
    )
)


def hole(text: str) -> str:
    """Return the first unfilled placeholder of `text` as it is written there; empty when there is none."""
    for pattern in _PATTERNS:
        if found := pattern.search(text):
            return found.group(0)
    return ""
