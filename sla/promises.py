"""Dates that an answer promises: read out of its text, so that they can be watched like deadlines.

A date counts as promised only in a sentence that speaks of what the office will do; the days that a procedure
takes, the day a rule came into force and dates gone by are no promises.
"""

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from sla.calendar import WorkCalendar

FARTHEST = timedelta(days=3 * 366)  # what lies beyond is no promise that can be watched
_WILL = re.compile(r"将(?!军)|会(?!议|员|计|场|展|费)|预计|计划|争取|力争|确保|承诺|保证|拟|届时")
_WE = re.compile(r"我局|我办|我们|我单位|我委|我街道|我中心|我镇|我区")
_ACTS = re.compile(
    "修[好复缮]|维修|完成|完工|竣工|答[复覆]|回[复覆]|解决|处[理置]|办[结好理妥]|恢复|通[水车电气]|整改|安[排装]|派[人员]|到位|开[工通]"
    "|更换|清[理运除]|拆除|公[布示]|反馈|联系您|上门|给您|为您|退还|发放|到账|建成|投用|整治|核实|落实"
)
# What a procedure takes and what the citizen has to do by a day is no promise of the office.
_PROCEDURE = re.compile("提交|材料|受理|申请|之日|起算|应当|须|需在|请您|请于|请在|您应|您需|法定|规定")
_GONE = re.compile("已|曾|此前|上周|昨[天日]|了$")
_BY = re.compile(r"\s?(?:之前|以前|前|之内|以内|内)")
_NUMBER = r"\d{1,3}|[一二两三四五六七八九十]{1,3}"
_PERIOD = re.compile(
    rf"(?<![第每\d])({_NUMBER}|半)\s?个?\s?(工作日|自然日|小时|星期|礼拜|月|天|日|周)(?:之)?(?:内|以内)"
)
_HAN = r"[一二三四五六七八九十]{1,3}"
_DAY = re.compile(
    rf"(?:(20\d\d)年)?(\d{{1,2}}|(?<![一二三四五六七八九十]){_HAN})月(?:(\d{{1,2}}|{_HAN})[日号]|底)(?!起|至|到|以来|发布|印发|施行|生效|来信|反映|收到)"
)
_ISO = re.compile(r"(?<!\d)(20\d\d)[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)")
_THIS_MONTH = re.compile(r"(本|下)个?月(\d{1,2})[日号]")
_WORD = re.compile(
    r"[本这]周(?:内|[一二三四五六日天末])|下周(?:[一二三四五六日天末]|内)?|(?:(?<=[^上下本这每])|^)(?:周|星期)[一二三四五六日天](?=之?前|以前)"
    r"|本月(?:底|内|末)|下个?月底|月底前|年底前|年内|今年底|今[天日](?:下班)?|今晚|明[天日]|后天"
)
_WEEKDAYS = {word: place for place, word in enumerate("一二三四五六日")} | {"天": 6, "末": 4, "内": 4, "": 4}
_DIGITS = {word: place for place, word in enumerate("〇一二三四五六七八九")} | {"两": 2}


@dataclass(frozen=True, slots=True)
class Promised:
    """`words` as the answer has them; `due_on` is the last day on which the promise is kept in time."""

    words: str
    due_on: date


def promised(text: str, today: date, calendar: WorkCalendar) -> list[Promised]:
    """Return what a text that is released `today` promises, one for each date, the earliest first."""
    found: dict[date, Promised] = {}
    for sentence in re.split(r"[。；;！!？?\n]", text):
        for match, due_on in _dates(sentence, today, calendar):
            if today <= due_on <= today + FARTHEST and _is_promised(sentence, match):
                found.setdefault(due_on, Promised(match[0], due_on))
    return sorted(found.values(), key=lambda promise: promise.due_on)


def gone_by(text: str, today: date, calendar: WorkCalendar) -> list[Promised]:
    """Return what a text says that the office will do by a day which is past already, one for each date."""
    found: dict[date, Promised] = {}
    for sentence in re.split(r"[。；;！!？?\n]", text):
        for match, due_on in _dates(sentence, today, calendar):
            if due_on < today and _WILL.search(_clause(sentence, match)):
                found.setdefault(due_on, Promised(match[0], due_on))
    return sorted(found.values(), key=lambda promise: promise.due_on)


def _clause(sentence: str, match: re.Match[str]) -> str:
    start = max((sentence.rfind(mark, 0, match.start()) for mark in "，,"), default=-1) + 1
    ends = [at for mark in "，," if (at := sentence.find(mark, match.end())) >= 0]
    return sentence[start : min(ends, default=len(sentence))]


def _is_promised(sentence: str, match: re.Match[str]) -> bool:
    """The office says what it will do; or something is to be done by then and nothing speaks of a procedure."""
    clause = _clause(sentence, match)
    if _WILL.search(clause):
        return True
    if _GONE.search(clause.strip()):
        return False
    if _WILL.search(sentence) or _WE.search(sentence):
        return True
    by = match[0].endswith(("内", "前", "底")) or _BY.match(sentence, match.end()) is not None
    return by and _ACTS.search(sentence) is not None and _PROCEDURE.search(sentence) is None


def _dates(sentence: str, today: date, calendar: WorkCalendar) -> Iterator[tuple[re.Match[str], date]]:
    for match in _PERIOD.finditer(sentence):
        yield match, _after(match[1], match[2], today, calendar)
    for match in _DAY.finditer(sentence):
        year = int(match[1]) if match[1] else None
        day = _named(year, _count(match[2]), _count(match[3]) if match[3] else None, today)
        if day is not None:
            yield match, day
    for match in _ISO.finditer(sentence):
        day = _named(int(match[1]), int(match[2]), int(match[3]), today)
        if day is not None:
            yield match, day
    for match in _THIS_MONTH.finditer(sentence):
        month = _months_on(today.replace(day=1), 1 if match[1] == "下" else 0)
        day = _named(month.year, month.month, int(match[2]), today)
        if day is not None:
            yield match, day
    for match in _WORD.finditer(sentence):
        yield match, _meant(match[0], today)


def _after(number: str, unit: str, today: date, calendar: WorkCalendar) -> date:
    if number == "半":
        return today + timedelta(days=15) if unit == "月" else today
    count = _count(number)
    if unit == "小时":
        return today + timedelta(days=-(-count // 24))
    if unit == "工作日":
        return calendar.add(today, max(count, 1))
    if unit == "月":
        return _months_on(today, count)
    return today + timedelta(days=count * (7 if unit in ("周", "星期", "礼拜") else 1))


def _named(year: int | None, month: int, day: int | None, today: date) -> date | None:
    """Return a named day, the month's last without `day`; without a year the next one that comes. None: no such day."""
    if not 1 <= month <= 12:
        return None
    if year is None:
        year = today.year + 1 if month < today.month - 6 else today.year
    last = monthrange(year, month)[1]
    day = last if day is None else day
    return date(year, month, day) if 1 <= day <= last else None


def _meant(word: str, today: date) -> date:
    monday = today - timedelta(days=today.weekday())
    if word in ("明天", "明日", "后天"):
        return today + timedelta(days=2 if word == "后天" else 1)
    if word.startswith("今") and word != "今年底":
        return today
    if word.startswith(("本周", "这周", "周", "星期")):
        return monday + timedelta(days=_WEEKDAYS[word.removeprefix("星期").lstrip("本这周")])
    if word.startswith("下周"):
        return monday + timedelta(days=7 + _WEEKDAYS[word.removeprefix("下周")])
    if word.startswith("下"):
        ahead = _months_on(today.replace(day=1), 1)
        return ahead.replace(day=monthrange(ahead.year, ahead.month)[1])
    if "月" in word:
        return today.replace(day=monthrange(today.year, today.month)[1])
    return today.replace(month=12, day=31)


def _months_on(day: date, months: int) -> date:
    year, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + year, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def _count(word: str) -> int:
    """Read 15, 三 or 十五."""
    if word.isdigit():
        return int(word)
    tens, ten, ones = word.rpartition("十")
    if not ten:
        return _DIGITS.get(word[-1], 0)
    return (_DIGITS.get(tens[-1:], 1) if tens else 1) * 10 + _DIGITS.get(ones[-1:], 0)
