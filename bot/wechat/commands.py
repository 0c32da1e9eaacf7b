"""Which messages are commands. Only a message that is one as a whole counts: 「查询社保怎么办」 is a question.

Emoji, punctuation, courtesies and particles change no command; recognised speech is read like text.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from bot.wechat import spelling
from bot.wechat.parsing import Push

Name = Literal[
    "query", "add", "rate", "person", "unsolved", "help", "more", "write", "belongs", "not_done", "done",
    "choose", "mistyped", "text",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Command:
    """`no` is empty where the citizen named no case; `rest` keeps the citizen's own characters."""

    name: Name
    no: str = ""
    grade: str = ""  # one of cases.rate.GRADES, the number chosen, or empty
    rest: str = ""


_QUERY = re.compile(
    r"(?:查询|查一下|查一查|查看|查)(?:一下)?(?:我的)?(?:办理)?(?:进度|情况|事项|结果|留言|编号|单号)?"
    r"|(?:办理)?进度(?:查询)?|我的(?:事项|留言)(?:查询)?"
)
_HOW_FAR = re.compile(
    r"(?:现在)?(?:的)?(?:查询|办理进度|进度|结果|情况|怎么样|如何|(?:办|处理|弄|修)(?:得|的)?(?:怎么样|如何|好没有|好没|到哪了|到哪一步)|到哪了|到哪一步)?(?:了)?[吗么嘛呢]?"
)
_RATE = re.compile(r"(?:我要|我)?(?:评价|评分)")
_OF_IT = re.compile(r"我?对")  # 「我对 <编号> 的答复不满意」
_ITS_ANSWER = re.compile(r"(?:这件|这个|的)?(?:事项|答复|回复|处理|办理)?(?:结果|情况)?")
_GRADE = re.compile(
    r"(?:非常|十分|很|比较)?不(?:太|够|是很)?满意|(?:基本|比较|还算)满意|(?:非常|十分|很)?满意"
)
_PERSON = re.compile(
    r"(?:转|找|要|接)?人工(?:服务|客服|办理|答复|回复)?(?:来)?(?:帮我|帮忙|帮助)?(?:处理|办理|办)?(?:一下)?"
)
_COURTEOUS = re.compile(r"(?:我要|我想|请|麻烦|帮我)+")
_UNSOLVED = re.compile(
    r"(?:我的)?(?:问题)?(?:还是|仍然|还|仍|并|根本|都)?(?:没有|没|未)(?:能)?(?:给我|帮我)?(?:得到)?(?:解决|处理好)(?:我的问题|问题)?"
)
_HELP = re.compile(r"帮助|使用(?:帮助|说明)|怎么用|菜单|help")
_MORE = re.compile(r"继续|更多|下一?页|接着")
_BELONGS = re.compile(r"是的?|对|属于")
_NOT_DONE = re.compile(
    r"(?:还是|还|仍|都|也)?(?:没有|没|未)(?:有)?(?:给)?(?:办好|修好|弄好|做好|办成|办完|办|修|做|完成|兑现|落实|做到|动静|人来|好)?"
)
_DONE = re.compile(
    r"(?:已经|已|都)?(?:办好|修好|弄好|做好|办成|办完|办|修|完成|兑现|落实|做到|解决|好)|有|办到"
)
_CHOOSE = re.compile(r"(?:我)?(?:是|选|选择|想问)?第?([123一二三])(?:个|条|项|号)?")
_NONE_OF_THEM = re.compile(r"(?:以上)?(?:都|全)不(?:是|对)|一个都不是")
_ALONE: tuple[tuple[Name, re.Pattern[str]], ...] = (
    ("query", _QUERY), ("rate", _RATE), ("person", _PERSON), ("unsolved", _UNSOLVED), ("help", _HELP),
    ("more", _MORE), ("belongs", _BELONGS), ("not_done", _NOT_DONE), ("done", _DONE),
)  # fmt: skip
_WITH_NUMBER: tuple[tuple[Name, re.Pattern[str]], ...] = (
    ("query", _QUERY), ("rate", _RATE), ("person", _PERSON), ("unsolved", _UNSOLVED),
)  # fmt: skip
_HANDED_OVER: tuple[tuple[Name, re.Pattern[str]], ...] = (
    ("person", _PERSON), ("unsolved", _UNSOLVED), ("not_done", _NOT_DONE),
)  # fmt: skip
_CALLED = re.compile(r"(?:编号|单号|号|第|no)?")
_ADD = re.compile(r"(?:补充|補充)(?:说明|說明|内容|內容)?")
_RATE_WORD = re.compile(r"评价|評價|评分|評分")
_GRADE_WORD = re.compile(
    r"(?:非常|十分|很|比较|比較)?不(?:太|够|夠|是很)?[满滿]意|(?:基本|比较|比較|还算|還算)[满滿]意|(?:非常|十分|很)?[满滿]意"
)
_NOT_A_NUMBER = re.compile(r"[0-9０-９\-‐-―−－_＿]{1,60}(?=\s|$|[,，:：。])")
_NEARLY = re.compile(r"[0-9A-Za-z\-]{8,24}(?![0-9A-Za-z])")
_NEARLY_DIGITS = 8  # of such a word, as in 「2026O302-0001」
_NUMERAL = frozenset("〇零一二两三四五六七八九十百年月日号第编单")
_LONGEST = 80  # characters, white space folded: a longer message is none of the whole-message commands
_LONGEST_RAW = 4_000  # beyond it nobody wrote a command alone, whatever the rest is
_MENU_ID = re.compile(r"rate-(\d{8}-\d{4,8})-([123])")
_MENU_KEYS: dict[str, Name] = {"query": "query", "help": "help", "write": "write", "person": "person"}
TEXT_KEY = "text:"  # of a menu line that answers with a text of its own; its name follows
_MENU_GRADES = {"1": "满意", "2": "基本满意", "3": "不满意"}


def command(push: Push) -> Command | None:
    """Return the command that a push is, if it is one: words, typed or spoken, a clicked menu entry or rating."""
    if push.kind == "event":
        name = _MENU_KEYS.get(push.event_key) if push.event == "click" else None
        if push.event == "click" and push.event_key.startswith(TEXT_KEY):
            return Command("text", rest=push.account.menu_text(push.event_key.removeprefix(TEXT_KEY)))
        return Command(name) if name else None
    if found := _MENU_ID.fullmatch(push.menu_id):
        return Command("rate", found.group(1), _MENU_GRADES[found.group(2)])
    return parse(push.text) if push.kind == "text" or (push.kind == "voice" and push.heard) else None


@lru_cache(maxsize=256)  # a push is asked before it is judged and again when it is taken
def parse(text: str) -> Command | None:
    """Return the command in a text, forgiving in digits, dashes, spaces, punctuation, script and courtesies."""
    text = spelling.INVISIBLE.sub("", text).strip()
    at = spelling.behind_opening(text)
    if found := _ADD.match(text, at):
        return _add(text, found.end())
    if said := _rated(text, at) or _wanted(text, at):
        return said
    folded = " ".join(text.split()) if len(text) <= _LONGEST_RAW else ""
    if not folded or len(folded) > _LONGEST:
        return None
    if set(folded) <= {"?", "？"}:
        return Command("help")
    return _whole(folded)


def _add(text: str, at: int) -> Command | None:
    """「补充 编号 内容」; without a number the words go to the case written of last."""
    start = spelling.behind_gap(text, at)
    found = spelling.number_at(text, start)
    if found.no:
        return Command("add", found.no, rest=spelling.trimmed(text[found.end :]))
    rest = text[start:].strip()
    if spelling.says_nothing(rest):
        return Command("add")
    if start == at and not rest[:1].isdigit():
        return None  # 「补充医疗保险怎么交」
    wrong = _NOT_A_NUMBER.match(text, found.end) or _NEARLY.match(text, found.end)
    if wrong and (wrong.re is _NOT_A_NUMBER or sum(map(str.isdigit, wrong[0])) >= _NEARLY_DIGITS):
        return Command("mistyped", rest=spelling.trimmed(text[wrong.end() :]))
    return Command("add", rest=rest) if start > at else None


def _rated(text: str, at: int) -> Command | None:
    """A rating with what the citizen says of it; None where it is none, or nothing but a rating."""
    word = _RATE_WORD.match(text, at)
    start = spelling.behind_gap(text, word.end() if word else at)
    found = spelling.number_at(text, start)
    place = spelling.behind_gap(text, found.end) if found.no else start
    grade = _GRADE_WORD.match(text, place)
    if grade is None:
        rest = spelling.trimmed(text[place:])
        wanted = bool(word and found.no and rest and not spelling.says_nothing(rest))
        return Command("rate", found.no, rest=rest) if wanted else None
    said = text[grade.end() :]
    if said.startswith("度") or spelling.says_nothing(said):
        return None
    told, apart = _grade(grade[0]), not said[0].isalnum()
    if not found.no and (behind := spelling.number_at(said, spelling.behind_gap(said, 0))).no:
        rest = spelling.trimmed(said[behind.end :])  # the grade first: 「不满意 <编号>」
        return Command("rate", behind.no, told, "" if spelling.says_nothing(rest) else rest)
    if found.no or (apart and (word or told == "不满意")):
        return Command("rate", found.no, told, spelling.trimmed(said.lstrip("!！~～。. ")))
    return None


def _wanted(text: str, at: int) -> Command | None:
    """「人工」, 「没解决」 or 「没有」 with what the citizen says of it, set apart; None if it is none of them, or alone."""
    if courteous := _COURTEOUS.match(text, at):
        at = courteous.end()
    for name, pattern in _HANDED_OVER:
        word = pattern.match(text, at)
        if word is None:
            continue
        found = spelling.number_at(text, spelling.behind_gap(text, word.end()))
        end = found.end if found.no else word.end()
        rest = spelling.trimmed(text[end:].lstrip("!！~～。.？? "))
        if _NOT_A_NUMBER.match(rest) or spelling.says_nothing(rest):
            continue
        # 「没有 自来水三天了」 is no 「没有」: a space is apart enough only behind what can mean nothing else
        if not text[end].isalnum() and not (name == "not_done" and text[end].isspace()):
            return Command(name, found.no, rest=rest)
    return None


def _whole(folded: str) -> Command | None:
    if written := spelling.NUMBER.search(folded):
        return _about(written, folded)
    key = spelling.letters(folded)
    for said in (key, spelling.bare(key)):
        for name, pattern in _ALONE:
            if pattern.fullmatch(said):
                return Command(name)
    said = spelling.bare(key)
    if found := _CHOOSE.fullmatch(said):
        return Command("choose", grade=str("123一二三".index(found[1]) % 3 + 1))
    if _NONE_OF_THEM.fullmatch(said):
        return Command("choose")
    if found := _RATE.match(said) or _GRADE.match(said):
        grade = said[found.end() :] if _RATE.fullmatch(found[0]) else found[0]
        if _GRADE.fullmatch(grade) and said.endswith(grade):
            return Command("rate", grade=_grade(grade))
    return Command("mistyped") if _mistyped(folded, said) else None


def _about(written: re.Match[str], folded: str) -> Command | None:
    """A command with a number: what stands before it and behind it says which."""
    no = spelling.number(written[0])
    before = spelling.bare(spelling.letters(folded[: written.start()]))
    behind = spelling.letters(folded[written.end() :]).removeprefix("号")
    after = spelling.bare(behind)
    for called in ("编号", "单号", "号", "第", "no"):
        before = before.removesuffix(called)
    if grade := _graded(before, after):
        return Command("rate", no, grade)
    if (not before or _QUERY.fullmatch(before)) and (_HOW_FAR.fullmatch(after) or _HOW_FAR.fullmatch(behind)):
        return Command("query", no)
    if _QUERY.fullmatch(before) and not spelling.letters(spelling.NUMBER.sub("", folded[written.end() :])):
        return Command("query")  # several at once: the list says of each how far it is
    if before and after:
        return None
    known = (*_WITH_NUMBER, ("help", _HELP))
    return next((Command(name, no) for name, pattern in known if pattern.fullmatch(before or after)), None)


def _graded(before: str, after: str) -> str:
    """The grade in 「评价 <编号> 满意」, 「<编号> 满意」 and 「我对 <编号> 的答复不满意」; empty where there is none."""
    if _OF_IT.fullmatch(before) and (spoken := _ITS_ANSWER.match(after)):
        before, after = "", after[spoken.end() :]
    return _grade(after) if _GRADE.fullmatch(after) and (not before or _RATE.fullmatch(before)) else ""


def _mistyped(folded: str, said: str) -> bool:
    """Tell whether a command is followed by what is no number of a case: 「查询 123」, 「评价 abc 满意」."""
    for _name, pattern in _WITH_NUMBER:
        found = pattern.match(said)
        if found is None or not found[0]:
            continue
        rest = said[found.end() :]
        rest = _CALLED.sub("", rest, count=1)
        if grade := _GRADE.search(rest):
            rest = rest[: grade.start()]
        if rest and all(c.isascii() or c in _NUMERAL for c in rest):
            return any(c.isdigit() or c in _NUMERAL for c in rest) or f"{found[0]} " in folded
    return False


def _grade(written: str) -> str:
    if "不" in written:
        return "不满意"
    return "基本满意" if re.match("基本|比较|比較|还算|還算", written) else "满意"
