"""Working days as the State Council's yearly notices make them, make-up workdays (调休) included."""

from array import array
from collections.abc import Iterable
from datetime import date
from itertools import accumulate, compress
from pathlib import Path

from sla.errors import CalendarError
from sla.notice import FIRST_YEAR, LAST_YEAR, CalendarYear, Holiday, doubts, parse_year
from sla.statutory import statutory_days

__all__ = [
    "CalendarError",
    "CalendarYear",
    "Holiday",
    "WorkCalendar",
    "doubts",
    "parse_year",
    "shipped_years",
]

_FOLDER = Path(__file__).parent / "calendars"
_FIRST = date(FIRST_YEAR, 1, 1).toordinal()  # a Monday, on which the weekly pattern below relies
_DAYS = date(LAST_YEAR, 12, 31).toordinal() - _FIRST + 1
_WEEK = bytes((1, 1, 1, 1, 1, 0, 0))
WEEKEND, WORKDAY, MAKE_UP = "周末", "工作日", "调休上班"


def shipped_years() -> tuple[CalendarYear, ...]:
    """Return the reviewed notices that come with the program, oldest first."""
    return tuple(parse_year(path.read_text(encoding="utf-8")) for path in sorted(_FOLDER.glob("*.toml")))


class WorkCalendar:
    """Immutable; a changed calendar is a new one (`with_year`).

    Every question is answered from an index built once (a few milliseconds), whatever the span. A year
    without a notice is provisional: Monday to Friday less the days off that the law names, no shifts, no
    make-up days. Every method raises CalendarError for a date before 2024 or after 2100.
    """

    __slots__ = ("_names", "_official", "_open", "_until", "_workdays", "_years")

    def __init__(self, years: Iterable[CalendarYear]) -> None:
        """Build the index; of two entries for a year the later counts (an import replaces ours)."""
        self._years = {year.year: year for year in sorted(years, key=lambda year: year.year)}
        self._official = frozenset(self._years)
        self._names = _day_names(self._years)
        flags = bytearray((_WEEK * (_DAYS // 7 + 1))[:_DAYS])
        for ordinal, name in self._names.items():
            flags[ordinal - _FIRST] = name == MAKE_UP
        self._open = bytes(flags)
        # workdays from the first day up to and including this one
        self._until = array("i", accumulate(flags))
        self._workdays = array("i", compress(range(_FIRST, _FIRST + _DAYS), flags))

    @property
    def years(self) -> tuple[CalendarYear, ...]:
        """The official years, oldest first."""
        return tuple(self._years.values())

    def with_year(self, year: CalendarYear) -> "WorkCalendar":
        """Return a calendar in which `year` is official, replacing an earlier notice for it."""
        return WorkCalendar([*self._years.values(), year])

    def is_official(self, year: int) -> bool:
        """Tell whether a notice for `year` is known; without one its dates are provisional."""
        return year in self._official

    def is_workday(self, day: date) -> bool:
        """Tell whether the office works on `day`."""
        return self._open[_index(day)] == 1

    def reason(self, day: date) -> str:
        """Return in Chinese why `day` counts or does not: 「国庆节」「周末」「调休上班」「工作日」."""
        index = _index(day)
        named = self._names.get(index + _FIRST)
        return named or (WORKDAY if self._open[index] else WEEKEND)

    def named_days(self, after: date, until: date) -> dict[date, str]:
        """Return the holidays and make-up workdays after `after` and not later than `until`, with their names."""
        first, last = _index(after) + 1, _index(until)
        found = range(first + _FIRST, last + _FIRST + 1)
        return {date.fromordinal(day): self._names[day] for day in found if day in self._names}

    def add(self, day: date, n: int) -> date:
        """Return the n-th working day after `day`, before it if `n` is negative; `day` itself if 0."""
        index = _index(day)
        if n == 0:
            return day
        place = self._until[index] + n - 1 if n > 0 else self._until[index] - self._open[index] + n
        if not 0 <= place < len(self._workdays):
            raise CalendarError(f"日期超出日历范围（{FIRST_YEAR}–{LAST_YEAR} 年）")
        return date.fromordinal(self._workdays[place])

    def count(self, after: date, until: date) -> int:
        """Return how many working days lie after `after` and not later than `until`; negative if reversed."""
        return self._until[_index(until)] - self._until[_index(after)]


def _index(day: date) -> int:
    index = day.toordinal() - _FIRST
    if 0 <= index < _DAYS:
        return index
    if index < 0:
        raise CalendarError(f"日期 {day} 早于 {FIRST_YEAR}-01-01，没有可用的工作日历")
    raise CalendarError(f"日期 {day} 晚于 {LAST_YEAR} 年，没有可用的工作日历")


def _day_names(official: dict[int, CalendarYear]) -> dict[int, str]:
    names: dict[int, str] = {}
    for number in range(FIRST_YEAR, LAST_YEAR + 1):
        year = official.get(number)
        if year is None:
            names |= {day.toordinal(): name for day, name in statutory_days(number).items()}
            continue
        for holiday in year.holidays:
            names |= {day.toordinal(): holiday.name for day in holiday.days()}
        names |= {day.toordinal(): MAKE_UP for day in year.workdays}
    return {ordinal: name for ordinal, name in names.items() if ordinal >= _FIRST}
