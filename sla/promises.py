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
_WILL = re.compile(
    r"将(?!军)|会(?!议|员|计|场|展|费)|预计|计划|争取|力争|确保|承诺|保证|拟|届时|我局|我办|我们|我单位|我委|我街道"
)
_NUMBER = r"\d{1,3}|[一二两三四五六七八九十]{1,3}"
_PERIOD = re.compile(
    rf"(?<![第每])({_NUMBER})\s*个?\s*(工作日|自然日|星期|礼拜|月|天|日|周)(?:之)?(?:内|以内)"
)
_DAY = re.compile(
    r"(?:(20\d\d)年)?(\d{1,2})月(?:(\d{1,2})[日号]|底)(?!起|至|到|以来|发布|印发|施行|生效|来信|反映|收到)"
)
_WORD = re.compile(
    r"本周(?:内|五|末)|这周内|下周(?:[一二三四五六日天末]|内)?|本月(?:底|内|末)|下个?月底|月底前|年底前|年内|今年底|明天|明日|后天"
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
        if _WILL.search(sentence) is None:
            continue
        for words, due_on in _dates(sentence, today, calendar):
            if today <= due_on <= today + FARTHEST:
                found.setdefault(due_on, Promised(words, due_on))
    return sorted(found.values(), key=lambda promise: promise.due_on)


def _dates(sentence: str, today: date, calendar: WorkCalendar) -> Iterator[tuple[str, date]]:
    for match in _PERIOD.finditer(sentence):
        yield match[0], _after(_count(match[1]), match[2], today, calendar)
    for match in _DAY.finditer(sentence):
        day = _named(match, today)
        if day is not None:
            yield match[0], day
    for match in _WORD.finditer(sentence):
        yield match[0], _meant(match[0], today)


def _after(count: int, unit: str, today: date, calendar: WorkCalendar) -> date:
    if unit == "工作日":
        return calendar.add(today, max(count, 1))
    if unit == "月":
        return _months_on(today, count)
    return today + timedelta(days=count * (7 if unit in ("周", "星期", "礼拜") else 1))


def _named(match: re.Match[str], today: date) -> date | None:
    """Return the day of `6月30日` or `6月底`; without a year the next one that comes. None for no such day."""
    year, month = int(match[1] or today.year), int(match[2])
    if not 1 <= month <= 12:
        return None
    if match[1] is None and month < today.month - 6:
        year += 1
    day = int(match[3]) if match[3] else monthrange(year, month)[1]
    return date(year, month, day) if 1 <= day <= monthrange(year, month)[1] else None


def _meant(word: str, today: date) -> date:
    monday = today - timedelta(days=today.weekday())
    if word in ("明天", "明日", "后天"):
        return today + timedelta(days=2 if word == "后天" else 1)
    if word.startswith(("本周", "这周")):
        return monday + timedelta(days=4)
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
