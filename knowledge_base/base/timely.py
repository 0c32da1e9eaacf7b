"""Until when an answer can be true by its own words, and whether it speaks of one person alone.

Source: MLGK 004—2018 §6.3.2.2 (what time has overtaken is replaced).
"""

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from knowledge_base.base.rules import number, pattern
from text.normalise import normalise

PASSING = timedelta(days=number("passing_days"))  # 暂停, 目前: a state that nobody knows the end of
YEARLY = timedelta(days=number("yearly_days"))  # what says nothing of time is looked at once a year

_SENTENCE = re.compile(r"[^。；;！!\n]+")
_YEAR = r"(?:(20\d\d)年|(明年|今年|本年))"
_DAY = re.compile(
    rf"{_YEAR}?[^\d]{{0,8}}?(\d{{1,2}})月(\d{{1,2}})[日号]?(?:(?:至|到|-|—|~)(?:(\d{{1,2}})月)?(\d{{1,2}})[日号])?"
)
_NAMED_YEAR = re.compile(rf"{_YEAR}")
_SINCE, _EVERY, _PRICED = (pattern("timely", name) for name in ("since", "every", "priced"))
_WEEK = re.compile(r"(本周|这周|下周)([一二三四五六日天])?")
_PASSING, _ONE_PERSON = (pattern("timely", name) for name in ("passing", "one_person"))


@dataclass(frozen=True, slots=True)
class Expiry:
    """The last day on which an answer may be given by itself, and what in it says so."""

    on: date
    words: str


def expiry(answer: str, today: date) -> Expiry | None:
    """Return until when the words of `answer`, read today, can be true; None if they speak of no time."""
    found = sorted(_ends(normalise(answer), today), key=lambda each: each.on)
    dated = [each for each in found if each.on >= today]
    return dated[0] if dated else (found[-1] if found else None)


def of_one_person(answer: str) -> str | None:
    """Return the words by which an answer speaks of one person's own case, which nobody else can be told."""
    found = _ONE_PERSON.search(answer)
    return found[0] if found else None


def _ends(text: str, today: date) -> Iterator[Expiry]:
    for match in _SENTENCE.finditer(text):
        sentence = match[0]
        if not _EVERY.search(sentence):
            dated = list(_days(sentence, today))
            if dated:  # of a period its end
                yield max(dated, key=lambda each: each.on)
            if not dated and (year := _PRICED.search(sentence)) and (number := _year(year[0], today)):
                yield Expiry(date(number, 12, 31), year[0][:20])
        if week := _WEEK.search(sentence):
            yield Expiry(_weekday(week, today), week[0])
        if "本月" in sentence:
            yield Expiry(today.replace(day=calendar.monthrange(today.year, today.month)[1]), "本月")
        if passing := _PASSING.search(sentence):
            yield Expiry(today + PASSING, passing[0])


def _days(sentence: str, today: date) -> Iterator[Expiry]:
    """Yield the ends of periods and the last days that a sentence names with their year.

    A day without a year is of the year named before it; in 12月20日至明年1月5日 the first is of none that is known.
    """
    found = [(match, _year(match[0], today)) for match in _DAY.finditer(sentence)]
    said = None if any(year for _, year in found) else _year(sentence, today)
    for match, own in found:
        if own is not None:
            said = own
        if _SINCE.match(sentence[match.end() :]):
            continue
        begun, month, day = int(match[3]), int(match[5] or match[3]), int(match[6] or match[4])
        if said is None or not 1 <= month <= 12 or not 1 <= day <= 31:
            continue
        year = said + (month < begun)  # 12月1日至1月10日 ends in the next year
        yield Expiry(date(year, month, min(day, calendar.monthrange(year, month)[1])), match[0])


def _year(words: str, today: date) -> int | None:
    found = _NAMED_YEAR.search(words)
    if found is None:
        return None
    return int(found[1]) if found[1] else today.year + (found[2] == "明年")


def _weekday(week: re.Match[str], today: date) -> date:
    place = "一二三四五六日天".index(week[2]) if week[2] else 6
    monday = today - timedelta(days=today.weekday()) + timedelta(days=7 * (week[1] == "下周"))
    return monday + timedelta(days=min(place, 6))
