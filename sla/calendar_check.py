"""`python -m sla.calendar_check`: exit 1 when a year's notice is missing that is needed now."""

import sys
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sla.calendar import WorkCalendar, shipped_years


def missing_year(today: date, calendar: WorkCalendar) -> int | None:
    """Return the year whose notice should be here by `today`: this year, and from 1 December the next."""
    if not calendar.is_official(today.year):
        return today.year
    if today.month == 12 and not calendar.is_official(today.year + 1):
        return today.year + 1
    return None


def warning(year: int) -> str:
    """Return the line that says what is missing, what it means and what to do."""
    return (
        f"缺少 {year} 年放假安排：{year} 年的日期只能暂定。请按国务院办公厅的通知写成 {year}.toml"
        f"（格式见 sla/calendars/），执行 huiyin calendar import {year}.toml，"
        "并把文件放进 sla/calendars/"
    )


def main(today: date) -> int:
    """Print the state of the shipped calendar; return the exit code."""
    calendar = WorkCalendar(shipped_years())
    year = missing_year(today, calendar)
    if year is not None:
        sys.stderr.write(warning(year) + "\n")
        return 1
    sys.stdout.write(f"工作日历齐备：{calendar.years[0].year}–{calendar.years[-1].year} 年\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(datetime.now(ZoneInfo("Asia/Shanghai")).date()))
