"""The columns of an exchanged file, in English and Chinese, and what may stand in a row."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from knowledge_base.base.entries import CANDIDATE, PUBLISHED, RETIRED, Entry
from text.normalise import normalise, pasted

COLUMNS = {
    "id": "编号", "question": "问题", "aliases": "其他问法", "answer": "答案", "department": "部门", "topic": "主题",
    "source": "来源", "effective_on": "生效日期", "review_on": "复核日期", "owner": "责任人", "status": "状态",
    "version": "版本",
}  # fmt: skip
_OTHER_NAMES = {
    "序号": "id", "标准问题": "question", "标准问": "question", "问": "question", "提问": "question", "咨询问题": "question",
    "相似问": "aliases", "相似问法": "aliases", "别名": "aliases", "答": "answer", "回答": "answer", "答复": "answer",
    "标准答案": "answer", "答复内容": "answer", "科室": "department", "责任部门": "department", "分类": "topic", "类别": "topic",
    "依据": "source", "政策依据": "source", "有效期至": "review_on",
}  # fmt: skip
_NAMES = {**{name: name for name in COLUMNS}, **{zh: name for name, zh in COLUMNS.items()}, **_OTHER_NAMES}
_STATUSES = {
    "": PUBLISHED, "published": PUBLISHED, "已发布": PUBLISHED, "发布": PUBLISHED, "启用": PUBLISHED,
    "candidate": CANDIDATE, "候选": CANDIDATE, "待审": CANDIDATE, "待发布": CANDIDATE,
    "retired": RETIRED, "停用": RETIRED, "已停用": RETIRED, "退役": RETIRED, "废止": RETIRED,
}  # fmt: skip
_LIMITS = {"id": 100, "question": 1_000, "answer": 20_000, "source": 1_000}  # characters; others 200
_MOST_ALIASES, _LONGEST_ALIAS = 200, 1_000
_SPLIT = re.compile(r"(?<!\\)((?:\\\\)*)[;；]")
_ESCAPED = re.compile(r"\\([\\;；])")
# Year, month and day with marks between, or eight digits; a time after it is left out. Never a part of a date.
_DATE = re.compile(
    r"^(?:(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?|(\d{4})(\d{2})(\d{2}))"
    r"(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?$"
)
_VERSION = re.compile(r"0{0,20}[1-9][0-9]{0,8}")  # no database holds the largest
_SEPARATE = re.compile(r"[\s*＊:：]+|[（(][^（()）]{0,60}[）)]")


@dataclass(frozen=True, slots=True)
class UnreadableCell:
    """Stands for a cell that cannot be read; `reason` in Chinese."""

    reason: str


def known_column(name: str) -> str | None:
    """Return our name of a column, None if it means nothing to us."""
    return _NAMES.get(_SEPARATE.sub("", normalise(name)))


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return pasted(str(value)).strip()


def _aliases(value: object) -> tuple[str, ...]:
    if isinstance(value, list | tuple):
        parts = [_text(part) for part in value]
    else:
        marked = _SPLIT.sub("\\1\x01", _text(value))
        parts = [_ESCAPED.sub(r"\1", part).strip() for part in marked.split("\x01")]
    return tuple(dict.fromkeys(filter(None, parts)))


def _day(value: object, column: str) -> date | str | None:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    text = _text(value)
    if not text:
        return None
    found = _DATE.match(text)
    try:
        return (
            date(*(int(part) for part in found.groups() if part))
            if found
            else f"{COLUMNS[column]}「{text[:20]}」不是完整的日期；请写成 2026-01-31"
        )
    except ValueError:
        return f"{COLUMNS[column]}「{text[:20]}」没有这一天；请写成 2026-01-31"


def _complaint(texts: Mapping[str, str], aliases: tuple[str, ...]) -> str | None:
    for column in ("question", "answer"):
        if not texts[column]:
            return f"{COLUMNS[column]}为空；问题和答案都必须填写"
    for column, text in texts.items():
        limit = _LIMITS.get(column, 200)
        if len(text) > limit:
            return f"{COLUMNS[column]}有 {len(text)} 字，超过 {limit} 字；请缩短或拆成几条"
    if len(aliases) > _MOST_ALIASES or any(len(alias) > _LONGEST_ALIAS for alias in aliases):
        return f"其他问法最多 {_MOST_ALIASES} 条，每条最多 {_LONGEST_ALIAS} 字；请精简"
    if texts["status"].lower() not in _STATUSES:
        return f"状态「{texts['status'][:20]}」不认识；请写 已发布、候选 或 停用（published、candidate、retired）"
    if texts["version"] and not _VERSION.fullmatch(texts["version"]):
        return f"版本「{texts['version'][:20]}」应是正整数"
    return None


def as_entry(content: Mapping[str, object]) -> Entry | str:
    """Return the entry in a row (without id if it has none), or in Chinese why there is none in it."""
    values = {known: value for name, value in content.items() if (known := known_column(str(name)))}
    for column, value in values.items():
        if isinstance(value, UnreadableCell):
            return f"{COLUMNS[column]}{value.reason}"
        parts = value if isinstance(value, list) and column == "aliases" else [value]
        if any(isinstance(part, dict | list) for part in parts):
            return f"{COLUMNS[column]}应是文字，不能是 JSON 对象或列表"
    names = [name for name in COLUMNS if name not in ("aliases", "effective_on", "review_on")]
    texts = {name: _text(values.get(name)) for name in names}
    aliases = _aliases(values.get("aliases"))
    if complaint := _complaint(texts, aliases):
        return complaint
    days: dict[str, date | None] = {}
    for column in ("effective_on", "review_on"):
        day = _day(values.get(column), column)
        if isinstance(day, str):
            return day
        days[column] = day
    plain = {name: texts[name] for name in names if name not in ("status", "version")}
    return Entry(
        **plain, aliases=aliases, effective_on=days["effective_on"], review_on=days["review_on"],
        status=_STATUSES[texts["status"].lower()], version=int(texts["version"] or 1),
    )  # fmt: skip


def as_cells(entry: Entry, *, lists: bool = False) -> dict[str, object]:
    """Return the row of an entry by our column names; aliases in one cell unless `lists`."""
    escaped = (re.sub(r"([\\;；])", r"\\\1", alias) for alias in entry.aliases)
    return {
        "id": entry.id,
        "question": entry.question,
        "aliases": list(entry.aliases) if lists else "；".join(escaped),
        "answer": entry.answer,
        "department": entry.department,
        "topic": entry.topic,
        "source": entry.source,
        "effective_on": entry.effective_on.isoformat() if entry.effective_on else "",
        "review_on": entry.review_on.isoformat() if entry.review_on else "",
        "owner": entry.owner,
        "status": entry.status,
        "version": entry.version if lists else str(entry.version),
    }
