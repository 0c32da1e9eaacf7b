"""The days that a sentence of an answer names: by date, by a span from today, by week, month, quarter or holiday."""

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from sla.calendar import WorkCalendar

_NUMBER = r"\d{1,3}|[一二两三四五六七八九十]{1,3}"
_PERIOD = re.compile(
    rf"(?<![第每\d])({_NUMBER}|半)\s?个?\s?(工作日|自然日|小时|星期|礼拜|年|月|天|日|周)(?:之)?(内|以内|左右|后)"
)
_THIRD = r"[上中下]旬|初|中(?!旬)|底|末"
_HAN = r"[一二三四五六七八九十]{1,3}"
_DAY = re.compile(
    rf"(?:(20\d\d|今|明|去|前)年)?(\d{{1,2}}|(?<![一二三四五六七八九十]){_HAN})月(?:份)?"
    rf"(?:(\d{{1,2}}|{_HAN})[日号](?:(?:至|到|[-—~～]{{1,2}})(\d{{1,2}}|{_HAN})[日号])?|({_THIRD}))"
    r"(?!起|至|到(?!场|现|位|岗|您|小区)|以来|发布|印发|施行|生效|来信|反映|收到)"
)
_ISO = re.compile(r"(?<!\d)(20\d\d)[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)")
_THIS_MONTH = re.compile(
    rf"(本|下|(?<![\d一二三四五六七八九十年个上每])(?=月[底末]))个?月(?:(\d{{1,2}})[日号]|({_THIRD}|内))"
)
_WORD = re.compile(
    r"[本这]周(?:内|[一二三四五六日天末])|下周(?:[一二三四五六日天末初]|内)?|(?:(?<=[^上下本这每])|^)(?:周|星期)[一二三四五六日天](?=之?前|以前)"
    r"|今[天日](?:下班)?|今晚|明[天日]|后天"
)
_YEAR_END = re.compile(
    r"(?:(20\d\d|今|明|去|前)年年?|(?<![\d一二三四五六七八九十两几今明去前往每历上当年])年)[底末内]"
)
_PART = re.compile(r"(20\d\d|今|明|去)?年?(上半年|下半年|第?[一二三四1-4]季度)(?:末|底)?")
_HOLIDAY = re.compile(
    r"(?<![过自二三第])(元旦|春节|清明节?|五一|劳动节|端午节?|中秋节?|十一|国庆节?)(?=长?假?期?(?:之?前|以前))"
)
_NAMED = {"五一": "劳动", "十一": "国庆"}
_ENDS = {"上": 10, "初": 10, "中": 20}  # of a month's thirds; the others end with it
_WEEKDAYS = {word: place for place, word in enumerate("一二三四五六日")} | {
    "天": 6,
    "末": 4,
    "内": 4,
    "初": 2,
    "": 4,
}
_DIGITS = {word: place for place, word in enumerate("〇一二三四五六七八九")} | {"两": 2}
_QUARTERS = dict(zip("一二三四1234", (1, 2, 3, 4, 1, 2, 3, 4), strict=True))


class Manner(StrEnum):
    """How a day is named: as a day or the end of a span of the calendar, or counted from today."""

    NAMED = "named"
    COUNTED = "counted"
    ABOUT = "about"  # 三天左右, 三天后, 上半年: of what is past just as well


@dataclass(frozen=True, slots=True)
class NamedDay:
    """A day at `start:end` of its sentence. `guessed`: no year stands there, and the one meant is the next."""

    start: int
    end: int
    words: str
    on: date
    manner: Manner = Manner.NAMED
    guessed: bool = False


def named_days(sentence: str, today: date, calendar: WorkCalendar) -> Iterator[NamedDay]:
    """Yield the days that are named; words of a day that there is not are left out."""
    for match in _PERIOD.finditer(sentence):
        manner = Manner.COUNTED if "内" in match[3] else Manner.ABOUT
        yield _found(match, _after(match[1], match[2], today, calendar), manner)
    for match in _DAY.finditer(sentence):
        year = _year(match[1], today)
        last = match[4] or match[3]
        day = _named(year, _count(match[2]), _count(last) if last else _end(match[5]), today)
        if day is not None:
            yield _found(match, day, guessed=year is None and day.year > today.year)
    for match in _ISO.finditer(sentence):
        if (day := _named(int(match[1]), int(match[2]), int(match[3]), today)) is not None:
            yield _found(match, day)
    for match in _THIS_MONTH.finditer(sentence):
        month = _months_on(today.replace(day=1), 1 if match[1] == "下" else 0)
        wanted = int(match[2]) if match[2] else _end(match[3])
        if (day := _named(month.year, month.month, wanted, today)) is not None:
            yield _found(match, day)
    for match in _WORD.finditer(sentence):
        yield _found(match, _meant(match[0], today))
    for match in _YEAR_END.finditer(sentence):
        yield _found(match, date(_year(match[1], today) or today.year, 12, 31))
    for match in _PART.finditer(sentence):
        year = _year(match[1], today)
        on = _part_of_year(year or today.year, match[2])
        yield _found(
            match, _part_of_year(on.year + 1, match[2]) if on < today and not year else on, Manner.ABOUT
        )
    for match in _HOLIDAY.finditer(sentence):
        if (day := _before_holiday(match[1], today, calendar)) is not None:
            yield _found(match, day)


def _found(
    match: re.Match[str], on: date, manner: Manner = Manner.NAMED, *, guessed: bool = False
) -> NamedDay:
    return NamedDay(match.start(), match.end(), match[0], on, manner, guessed)


def _year(word: str | None, today: date) -> int | None:
    """Return the year that a word names; None if it names none."""
    if word is None:
        return None
    return int(word) if word.isdigit() else today.year + {"今": 0, "明": 1, "去": -1, "前": -2}[word]


def _after(number: str, unit: str, today: date, calendar: WorkCalendar) -> date:
    if number == "半":
        return today + timedelta(days={"月": 15, "年": 183}.get(unit, 0))
    count = _count(number)
    if unit == "小时":
        return today + timedelta(days=-(-count // 24))
    if unit == "工作日":
        return calendar.add(today, max(count, 1))
    if unit in ("月", "年"):
        return _months_on(today, count if unit == "月" else 12 * count)
    return today + timedelta(days=count * (7 if unit in ("周", "星期", "礼拜") else 1))


def _end(part: str) -> int | None:
    """Return the last day of a third of a month; None: the month's last."""
    return _ENDS.get(part[0])


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
    if word.startswith("今"):
        return today
    if word.startswith(("本周", "这周", "周", "星期")):
        return monday + timedelta(days=_WEEKDAYS[word.removeprefix("星期").lstrip("本这周")])
    return monday + timedelta(days=7 + _WEEKDAYS[word.removeprefix("下周")])


def _part_of_year(year: int, part: str) -> date:
    month = {"上": 6, "下": 12}.get(part[0]) or 3 * _QUARTERS[part.removeprefix("第")[0]]
    return date(year, month, monthrange(year, month)[1])


def _before_holiday(name: str, today: date, calendar: WorkCalendar) -> date | None:
    """Return the day before the next holiday of this name begins."""
    wanted = _NAMED.get(name, name.removesuffix("节"))
    coming = calendar.named_days(today, today + timedelta(days=366))
    return next((day - timedelta(days=1) for day in sorted(coming) if wanted in coming[day]), None)


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
