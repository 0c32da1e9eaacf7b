"""Which messages are commands. Only a message that is one as a whole counts: 「查询社保怎么办」 is a question."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

from bot.wechat.parsing import Push

Name = Literal["query", "add", "rate", "person", "unsolved", "help", "more", "write", "belongs", "text"]


@dataclass(frozen=True, slots=True)
class Command:
    """`no` is empty where the citizen named no case; `rest` keeps the citizen's own characters."""

    name: Name
    no: str = ""
    grade: str = ""  # one of cases.rate.GRADES, or empty
    rest: str = ""


_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\u00ad]")
_D = "[0-9０-９]"
_DASH = r"[\-‐-―−－_＿~—ー一]"
_NO = (
    r"(?:(?:编号|編號|单号|單號|号|號|第|no\.?)\s*[:：]?\s*)?[「『“\"\[【(（#＃]?\s*"
    rf"(?P<no>(?:20|２０){_D}{{6}}\s*{_DASH}*\s*{_D}{{4,8}})\s*号?[」』”\"\]】)）]?"
)
_GAP = r"[\s:：,，、.。;；]*"
_END = r"[\s。.!！?？~～,，、;；:：…」』”\"】\]]*$"
_START = r"^[\s「『“\"【\[/／]*"

_POLITE = r"(?:请|請|我要|我想|帮我|幫我|请帮我)?"
_QUERY = r"(?:查询|查詢|查一下|查一查|查看|查)(?:一下)?"
_WHAT = r"(?:我的)?(?:进度|進度|办理进度|辦理進度|办理情况|辦理情況|事项|事項|结果|結果|留言|编号|編號)?"
_GRADE = (
    r"(?P<grade>(?:非常|十分|很|比较|比較)?不(?:太|够|夠|是很)?满意|(?:非常|十分|很|比较|比較)?不(?:太|够|夠|是很)?滿意"
    r"|(?:基本|比较|比較|还算|還算)(?:满意|滿意)|(?:非常|十分|很)?(?:满意|滿意))"
)
_RATE = r"(?:评价|評價|评分|評分)"
_PERSON = r"(?:转|轉|找|要|接)?(?:人工)(?:服务|服務|客服|办理|辦理|答复|答覆|回复|回覆)?"
_UNSOLVED = (
    r"(?:问题|問題)?(?:还|還|仍|并|並|仍然)?(?:没有|沒有|没|沒|未)(?:能)?(?:解决|解決)"
    r"(?:我的问题|我的問題|问题|問題)?"
)


def _whole(pattern: str) -> re.Pattern[str]:
    return re.compile(_START + pattern + _END, re.IGNORECASE)


_PATTERNS: tuple[tuple[Name, re.Pattern[str]], ...] = (
    ("query", _whole(_POLITE + _QUERY + _WHAT)),
    (
        "query",
        _whole(r"(?:进度|進度|办理进度|辦理進度|进度查询|進度查詢|我的事项|我的事項|我的留言)(?:查询|查詢)?"),
    ),
    ("query", _whole(_POLITE + _QUERY + _WHAT + _GAP + _NO)),
    ("query", _whole(_NO + r"\s*(?:查询|查詢|进度|進度)?")),
    ("rate", _whole(_RATE + _GAP + _NO + _GAP + _GRADE)),
    ("rate", _whole(_NO + _GAP + _GRADE)),
    ("rate", _whole(_RATE + _GAP + _GRADE)),
    ("rate", _whole(_RATE + _GAP + _NO)),
    ("rate", _whole(_RATE)),
    ("rate", _whole(_GRADE)),
    ("person", _whole(_POLITE + _PERSON + _GAP + rf"(?:{_NO})?")),
    ("unsolved", _whole(_UNSOLVED + r"[了呢啊]?" + _GAP + rf"(?:{_NO})?")),
    ("help", _whole(r"(?:帮助|幫助|使用帮助|使用幫助|使用说明|使用說明|怎么用|怎麼用|菜单|菜單|help|[?？])")),
    ("more", _whole(r"(?:继续|繼續|更多|下一页|下一頁|下页|下頁|接着|接著)")),
    ("belongs", _whole(r"(?:是|是的|对|對|嗯|属于|屬於)")),
)
_ADD = re.compile(
    _START + r"(?:补充|補充)(?:说明|說明|内容|內容)?" + _GAP + _NO + _GAP + r"(?P<rest>.*)$", re.S | re.I
)
_ADD_LOOSE = re.compile(
    _START + r"(?:补充|補充)(?:说明|說明|内容|內容)?(?:\s*[:：]\s*|\s+)(?P<rest>.*)$", re.S
)
_ADD_BARE = _whole(r"(?:补充|補充)(?:说明|說明|内容|內容)?")
_RATE_REASON = re.compile(
    _START + _RATE + _GAP + _NO + _GAP + _GRADE + r"(?P<rest>[\s,，。:：;；]+.+)$", re.S
)
_LONGEST = 80  # characters: a longer message is none of the whole-message commands
_MENU_ID = re.compile(r"rate-(\d{8}-\d{4,8})-([123])")
_MENU_KEYS: dict[str, Name] = {"query": "query", "help": "help", "write": "write", "person": "person"}
TEXT_KEY = "text:"  # of a menu line that answers with a text of its own; its name follows
_MENU_GRADES = {"1": "满意", "2": "基本满意", "3": "不满意"}


def command(push: Push) -> Command | None:
    """Return the command that a push is, if it is one: words, a clicked menu entry, or a clicked rating."""
    if push.kind == "event":
        name = _MENU_KEYS.get(push.event_key) if push.event == "click" else None
        if push.event == "click" and push.event_key.startswith(TEXT_KEY):
            return Command("text", rest=push.account.menu_text(push.event_key.removeprefix(TEXT_KEY)))
        return Command(name) if name else None
    if found := _MENU_ID.fullmatch(push.menu_id):
        return Command("rate", found.group(1), _MENU_GRADES[found.group(2)])
    return parse(push.text) if push.kind == "text" else None


def parse(text: str) -> Command | None:
    """Return the command in a text, forgiving in digits, dashes, spaces, punctuation and script."""
    text = _INVISIBLE.sub("", text).strip()
    if found := _ADD.match(text):
        return Command("add", number(found["no"]), rest=found["rest"].strip())
    if found := _RATE_REASON.match(text):
        return Command(
            "rate", number(found["no"]), _grade(found["grade"]), found["rest"].strip(" \n,，。:：;；")
        )
    if found := _ADD_LOOSE.match(text):
        return Command("add", rest=found["rest"].strip())
    if len(text) > _LONGEST:
        return None
    if _ADD_BARE.match(text):
        return Command("add")
    for name, pattern in _PATTERNS:
        if found := pattern.match(text):
            said = found.groupdict()
            return Command(name, number(said.get("no") or ""), _grade(said.get("grade") or ""))
    return None


def number(written: str) -> str:
    """Return `YYYYMMDD-NNNN` of a number as somebody wrote it."""
    digits = "".join(c for c in unicodedata.normalize("NFKC", written) if c.isdigit())
    return f"{digits[:8]}-{digits[8:]}" if digits else ""


def _grade(written: str) -> str:
    if not written:
        return ""
    if written.startswith("不") or "不" in written:
        return "不满意"
    return "基本满意" if re.match("基本|比较|比較|还算|還算", written) else "满意"
