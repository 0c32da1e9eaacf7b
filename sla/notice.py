"""A year's holiday notice as a file: reading it and refusing what cannot be one."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

from sla.errors import CalendarError
from sla.statutory import MOVING_FESTIVALS, is_complete, statutory_days

FIRST_YEAR, LAST_YEAR = 2024, 2100
_LONGEST_HOLIDAY = 15  # days; the longest so far had nine, so more is a slip of the pen


@dataclass(frozen=True, slots=True)
class Holiday:
    """Days off in a row, both ends included."""

    name: str
    first: date
    last: date

    def days(self) -> tuple[date, ...]:
        """Return every day of the holiday, weekends included."""
        return tuple(self.first + timedelta(n) for n in range((self.last - self.first).days + 1))


@dataclass(frozen=True, slots=True)
class CalendarYear:
    """What the State Council's notice says about one year.

    元旦 may begin, and its make-up workday lie, in the last days of the December before: the notices for
    2012, 2019 and 2023 did so.
    """

    year: int
    source: str
    holidays: tuple[Holiday, ...]
    workdays: tuple[date, ...]


def parse_year(toml: str) -> CalendarYear:
    """Read `year`, `source`, `workdays = [dates]` and `[[holiday]] name from to`.

    Raises: CalendarError with one line if the text is no TOML, a key is missing, days overlap or lie outside
    the year, a make-up workday is no weekend day, or a day off named by law is not covered.
    """
    try:
        data = tomllib.loads(toml.removeprefix("\ufeff"))
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise CalendarError(f"日历文件不是正确的 TOML 格式：{' '.join(str(error).split())}") from error
    year = _year(data)
    source = data.get("source")
    if not isinstance(source, str) or not source.strip():
        raise CalendarError("日历文件缺少 source：请写明国务院办公厅放假通知的文号")
    tables = data.get("holiday")
    if not isinstance(tables, list) or not tables or not all(isinstance(table, dict) for table in tables):
        raise CalendarError("日历文件缺少 [[holiday]]：请逐个写明节日的 name、from、to")
    holidays = sorted((_holiday(table) for table in tables), key=lambda holiday: holiday.first)
    parsed = CalendarYear(year, source.strip(), tuple(holidays), _workdays(data, tables[-1]))
    _check_holidays(parsed)
    _check_workdays(parsed)
    _check_complete(parsed)
    return parsed


def doubts(year: CalendarYear) -> tuple[str, ...]:
    """Return what a person should look at again although the file is accepted.

    By law a holiday on a weekend is made up for, so weekdays off = statutory days + make-up workdays; every
    notice since 2024 satisfies this. Nothing is said for years beyond the reviewed table of moving festivals.
    """
    if not is_complete(year.year):
        return ()
    days_off = sum(day.weekday() < 5 for holiday in year.holidays for day in holiday.days())
    expected = len(statutory_days(year.year)) + len(year.workdays)
    if days_off == expected:
        return ()
    return (f"请核对：放假的周一至周五共 {days_off} 天，而法定假日加调休上班日应为 {expected} 天",)


def _year(data: Mapping[str, Any]) -> int:
    year = data.get("year")
    if not isinstance(year, int) or isinstance(year, bool):
        raise CalendarError("日历文件缺少 year：请写明年份，例如 year = 2027")
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise CalendarError(f"日历年份 {year} 不在 {FIRST_YEAR}–{LAST_YEAR} 之间")
    return year


def _date(value: object, where: str) -> date:
    if isinstance(value, str):
        try:
            return date.fromisoformat(value.strip())
        except ValueError as error:
            raise CalendarError(f"{where} 的日期「{value}」读不懂，请写成 2027-02-05") from error
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    raise CalendarError(f"{where} 缺少日期或写法不对，请写成 2027-02-05")


def _holiday(table: Mapping[str, Any]) -> Holiday:
    name = table.get("name")
    if not isinstance(name, str) or not name.strip():
        raise CalendarError("有一个 [[holiday]] 缺少 name（节日名称）")
    first, last = _date(table.get("from"), f"「{name}」from"), _date(table.get("to"), f"「{name}」to")
    if last < first:
        raise CalendarError(f"「{name}」的结束日 {last} 早于开始日 {first}")
    if (last - first).days >= _LONGEST_HOLIDAY:
        raise CalendarError(f"「{name}」{first} 至 {last} 超过 {_LONGEST_HOLIDAY} 天，请核对")
    return Holiday(name.strip(), first, last)


def _workdays(data: Mapping[str, Any], last_table: Mapping[str, Any]) -> tuple[date, ...]:
    # In TOML a key written below the last [[holiday]] belongs to it; whoever does so means the year.
    listed = data.get("workdays", last_table.get("workdays"))
    if not isinstance(listed, list):
        raise CalendarError("日历文件缺少 workdays：请列出调休上班日，没有则写 workdays = []")
    return tuple(sorted(_date(value, "workdays") for value in listed))


def _check_holidays(year: CalendarYear) -> None:
    for before, after in pairwise(year.holidays):
        if after.first <= before.last:
            raise CalendarError(f"「{before.name}」与「{after.name}」的日期重叠：{after.first}")
    new_year = date(year.year, 1, 1)
    for holiday in year.holidays:
        starts_early = holiday.first >= new_year - timedelta(3) and holiday.last >= new_year
        if (holiday.first < new_year and not starts_early) or holiday.last.year > year.year:
            raise CalendarError(f"「{holiday.name}」{holiday.first} 至 {holiday.last} 不在 {year.year} 年内")


def _check_workdays(year: CalendarYear) -> None:
    off = {day: holiday.name for holiday in year.holidays for day in holiday.days()}
    earliest = date(year.year, 1, 1) - timedelta(7)
    for number, day in enumerate(year.workdays):
        if day in year.workdays[:number]:
            raise CalendarError(f"调休上班日 {day} 写了两次")
        if not earliest <= day <= date(year.year, 12, 31):
            raise CalendarError(f"调休上班日 {day} 不在 {year.year} 年内")
        if day in off:
            raise CalendarError(f"调休上班日 {day} 落在「{off[day]}」假期之内")
        if day.weekday() < 5:
            raise CalendarError(f"调休上班日 {day} 不是周六或周日，本来就上班，请核对")


def _check_complete(year: CalendarYear) -> None:
    off = {day for holiday in year.holidays for day in holiday.days()}
    for day, name in sorted(statutory_days(year.year).items()):
        if day not in off:
            raise CalendarError(f"缺少法定节假日：{day}（{name}）没有列入任何 [[holiday]]")
    if is_complete(year.year):
        return
    for festival in MOVING_FESTIVALS:
        if not any(festival.removesuffix("节") in holiday.name for holiday in year.holidays):
            raise CalendarError(f"缺少法定节假日：{festival}没有列入任何 [[holiday]]")
