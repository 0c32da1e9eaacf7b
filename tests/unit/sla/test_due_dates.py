"""Due dates that a lawyer can check with a wall calendar and the three notices in sla/calendars/."""

from datetime import date, timedelta

import chinese_calendar
import pytest

from sla.calendar import WorkCalendar, shipped_years
from sla.deadline import derivation, due_date, is_provisional
from sla.policy import load_policy

CALENDAR = WorkCalendar(shipped_years())

# 类别（表扬 5、咨询建议 10、投诉 20 个工作日）  收到日  是否延期（加 10）  截止日  是否暂定  说明
TABLE = """
praise          2024-01-02  否    2024-01-09  确定  元旦后普通一周
praise          2024-02-02  否    2024-02-08  确定  周五收到，02-04 周日调休上班
praise          2024-02-07  否    2024-02-20  确定  跨 2024 年春节，02-09 除夕当年仍上班
advice_inquiry  2024-02-01  否    2024-02-20  确定  跨春节与两个调休周日
complaint       2024-01-29  否    2024-02-29  确定  20 日跨春节
complaint       2024-01-29  是    2024-03-14  确定  延期后 30 日
praise          2024-02-10  否    2024-02-22  确定  春节当天收到
praise          2024-02-18  否    2024-02-23  确定  调休周日收到，当日不计
praise          2024-04-03  否    2024-04-11  确定  清明前一日，04-07 周日上班
advice_inquiry  2024-04-26  否    2024-05-13  确定  04-28 周日上班，劳动节，05-11 周六上班
complaint       2024-04-15  否    2024-05-14  确定  清明后收到，跨劳动节
praise          2024-06-07  否    2024-06-17  确定  端午节周一
praise          2024-09-13  否    2024-09-23  确定  09-14 周六上班，中秋三天
advice_inquiry  2024-09-13  否    2024-09-29  确定  跨中秋与国庆前调休
complaint       2024-09-13  否    2024-10-17  确定  跨中秋、国庆与三个调休日
complaint       2024-09-13  是    2024-10-31  确定  同上延期
praise          2024-09-30  否    2024-10-12  确定  国庆前最后一日
advice_inquiry  2024-10-01  否    2024-10-18  确定  国庆当天收到
praise          2024-12-25  否    2025-01-02  确定  跨 2025 年元旦
advice_inquiry  2024-12-20  否    2025-01-06  确定  跨年，两年都有通知
complaint       2024-12-31  否    2025-02-05  确定  年末收到，跨元旦与春节
complaint       2024-12-31  是    2025-02-18  确定  年末收到并延期
praise          2025-01-24  否    2025-02-07  确定  周五，01-26 周日上班
praise          2025-01-27  否    2025-02-10  确定  除夕前一日
advice_inquiry  2025-01-20  否    2025-02-08  确定  跨 2025 年春节
complaint       2025-01-10  否    2025-02-13  确定  跨春节与两个调休日
complaint       2025-01-10  是    2025-02-27  确定  跨春节并延期
praise          2025-02-07  否    2025-02-13  确定  02-08 周六上班
praise          2025-04-03  否    2025-04-11  确定  清明三天不调休
advice_inquiry  2025-04-18  否    2025-05-06  确定  04-27 周日上班，跨劳动节
complaint       2025-04-25  否    2025-05-27  确定  跨劳动节
complaint       2025-04-25  是    2025-06-11  确定  同上延期，又跨端午
praise          2025-05-30  否    2025-06-09  确定  端午周一
praise          2025-09-26  否    2025-10-10  确定  周五，09-28 周日上班
praise          2025-09-30  否    2025-10-14  确定  国庆中秋八天
advice_inquiry  2025-09-24  否    2025-10-14  确定  跨国庆中秋，10-11 周六上班
complaint       2025-09-15  否    2025-10-17  确定  跨国庆中秋
complaint       2025-09-15  是    2025-10-31  确定  同上延期
praise          2025-10-11  否    2025-10-17  确定  调休周六收到
advice_inquiry  2025-12-22  否    2026-01-06  确定  跨 2026 年元旦，01-04 周日上班
praise          2025-12-31  否    2026-01-08  确定  年末最后一日
complaint       2025-12-15  否    2026-01-13  确定  跨年 20 日
complaint       2025-12-15  是    2026-01-27  确定  跨年并延期
praise          2026-01-02  否    2026-01-08  确定  元旦假期中收到
advice_inquiry  2026-02-10  否    2026-03-02  确定  跨 2026 年春节九天
praise          2026-02-13  否    2026-02-27  确定  周五，02-14 周六上班
praise          2026-02-14  否    2026-02-28  确定  调休周六收到
complaint       2026-02-02  否    2026-03-06  确定  跨春节，02-14、02-28 上班
complaint       2026-02-02  是    2026-03-20  确定  同上延期
praise          2026-02-17  否    2026-02-28  确定  正月初一收到
advice_inquiry  2026-04-01  否    2026-04-16  确定  跨清明
advice_inquiry  2026-04-28  否    2026-05-14  确定  跨劳动节，05-09 周六上班
complaint       2026-04-20  否    2026-05-20  确定  跨劳动节
praise          2026-06-18  否    2026-06-26  确定  端午前一日
praise          2026-09-18  否    2026-09-24  确定  周五，09-20 周日上班
advice_inquiry  2026-09-21  否    2026-10-12  确定  跨中秋与国庆
complaint       2026-09-16  否    2026-10-20  确定  跨中秋、国庆、两个调休日
complaint       2026-09-16  是    2026-11-03  确定  同上延期
praise          2026-09-30  否    2026-10-13  确定  国庆前最后一日，10-10 周六上班
praise          2026-10-10  否    2026-10-16  确定  调休周六收到
praise          2026-12-24  否    2026-12-31  确定  周四收到，恰在年内到期
praise          2026-12-25  否    2027-01-04  暂定  跨入没有通知的 2027 年
advice_inquiry  2026-12-17  否    2026-12-31  确定  恰在 12-31 到期，不暂定
advice_inquiry  2026-12-18  否    2027-01-04  暂定  元旦后到期，暂定
complaint       2026-12-03  否    2026-12-31  确定  恰在 12-31 到期
complaint       2026-12-03  是    2027-01-15  暂定  延期后进入 2027 年，暂定
complaint       2026-12-31  否    2027-01-29  暂定  次日起即在 2027 年
praise          2027-02-04  否    2027-02-15  暂定  除夕周五，春节落在周末不补
advice_inquiry  2027-04-02  否    2027-04-19  暂定  清明周一
complaint       2027-04-20  否    2027-05-18  暂定  劳动节落在周末，不调休
praise          2027-06-08  否    2027-06-16  暂定  端午周三
praise          2027-09-14  否    2027-09-22  暂定  中秋周三
advice_inquiry  2027-09-30  否    2027-10-15  暂定  国庆周五，10-02、10-03 为周末
complaint       2027-09-06  是    2027-10-20  暂定  跨中秋与国庆并延期
"""
ROWS = [tuple(line.split()) for line in TABLE.strip().splitlines()]


def test_the_table_is_long_enough_and_has_no_row_twice() -> None:
    assert len(ROWS) >= 60
    assert len({row[:3] for row in ROWS}) == len(ROWS)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: "-".join(row[:3]))
def test_due_date_of_the_table(row: tuple[str, ...]) -> None:
    category, received_text, extended, due_text, certainty = row[:5]
    received, due = date.fromisoformat(received_text), date.fromisoformat(due_text)
    limit = load_policy().limit(category, extended=extended == "是")
    assert due_date(received, limit, CALENDAR) == due
    assert is_provisional(received, due, CALENDAR) == (certainty == "暂定")


@pytest.mark.parametrize("row", ROWS, ids=lambda row: "-".join(row[:3]))
def test_derivation_ends_on_the_due_day_with_the_full_count(row: tuple[str, ...]) -> None:
    category, received_text, extended, due_text, _ = row[:5]
    limit = load_policy().limit(category, extended=extended == "是")
    days = derivation(date.fromisoformat(received_text), limit, CALENDAR)
    assert (days[0].date.isoformat(), days[0].counts, days[0].reason, days[0].n) == (
        received_text,
        False,
        "收到当日不计",
        0,
    )
    assert (days[-1].date.isoformat(), days[-1].counts, days[-1].n) == (due_text, True, limit)
    assert [day.date for day in days] == [days[0].date + timedelta(n) for n in range(len(days))]
    assert sum(day.counts for day in days) == limit


def test_every_day_of_2024_to_2026_agrees_with_chinese_calendar() -> None:
    day = date(2024, 1, 1)
    while day.year < 2027:
        assert CALENDAR.is_workday(day) == chinese_calendar.is_workday(day), day
        day += timedelta(1)


def test_the_first_case_over_spring_festival_day_by_day() -> None:
    days = derivation(date(2026, 2, 12), 3, CALENDAR)
    told = [(f"{day.date:%m-%d}", day.counts, day.reason, day.n) for day in days]
    assert told == [
        ("02-12", False, "收到当日不计", 0),
        ("02-13", True, "工作日", 1),
        ("02-14", True, "调休上班", 2),
        *[(f"02-{number}", False, "春节", 2) for number in range(15, 24)],
        ("02-24", True, "工作日", 3),
    ]
