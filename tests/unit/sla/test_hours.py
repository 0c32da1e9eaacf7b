from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest

from sla.calendar import WorkCalendar, shipped_years
from sla.errors import DeadlineError
from sla.hours import (
    QuietHours,
    in_office_hours,
    in_quiet_hours,
    parse_office_close,
    parse_office_hours,
    parse_quiet_hours,
    quiet_until,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-03-09T{text}+08:00")


@pytest.mark.parametrize(
    ("text", "close"), [("24:00", None), ("", None), ("17:30", time(17, 30)), (" 09:00 ", time(9))]
)
def test_office_close(text: str, close: time | None) -> None:
    assert parse_office_close(text) == close


@pytest.mark.parametrize("text", ["25:00", "17", "17:60", "5:00", "00:00", "下午五点", "17:30:00", "１７:30"])
def test_unreadable_office_close(text: str) -> None:
    with pytest.raises(DeadlineError, match="下班时间"):
        parse_office_close(text)


@pytest.mark.parametrize(
    ("text", "quiet"),
    [
        ("20:00-08:00", QuietHours(time(20), time(8))),
        ("12:00 - 14:00", QuietHours(time(12), time(14))),
        ("18:00-24:00", QuietHours(time(18), time(0))),
        ("", None),
    ],
)
def test_quiet_hours(text: str, quiet: QuietHours | None) -> None:
    assert parse_quiet_hours(text) == quiet


@pytest.mark.parametrize("text", ["20:00", "20:00-", "20:00-20:00", "8-20", "20:00-08:00-09:00", "夜里"])
def test_unreadable_quiet_hours(text: str) -> None:
    with pytest.raises(DeadlineError, match="免打扰"):
        parse_quiet_hours(text)


@pytest.mark.parametrize(
    ("hours", "now", "quiet", "ends"),
    [
        ("20:00-08:00", "19:59:59", False, "2026-03-09T19:59:59"),
        ("20:00-08:00", "20:00:00", True, "2026-03-10T08:00:00"),
        ("20:00-08:00", "07:59:59", True, "2026-03-09T08:00:00"),
        ("20:00-08:00", "08:00:00", False, "2026-03-09T08:00:00"),
        ("12:00-14:00", "13:00:00", True, "2026-03-09T14:00:00"),
        ("12:00-14:00", "14:00:00", False, "2026-03-09T14:00:00"),
        ("18:00-24:00", "23:00:00", True, "2026-03-10T00:00:00"),
        ("", "03:00:00", False, "2026-03-09T03:00:00"),
    ],
)
def test_alerts_rest_in_quiet_hours(hours: str, now: str, quiet: bool, ends: str) -> None:
    found = parse_quiet_hours(hours)
    assert in_quiet_hours(at(now), found, SHANGHAI) is quiet
    assert in_quiet_hours(at(now).astimezone(UTC), found, SHANGHAI) is quiet
    assert quiet_until(at(now), found, SHANGHAI) == datetime.fromisoformat(ends + "+08:00")


@pytest.mark.parametrize(
    ("when", "at_work"),
    [
        ("2026-03-02T08:30", True),
        ("2026-03-02T08:29", False),
        ("2026-03-02T17:30", False),
        ("2026-03-07T10:00", False),  # Saturday
        ("2026-02-14T10:00", True),  # a Saturday that is worked
    ],
)
def test_office_hours_are_those_of_working_days(when: str, at_work: bool) -> None:
    now = datetime.fromisoformat(when).replace(tzinfo=SHANGHAI)
    calendar = WorkCalendar(shipped_years())
    assert in_office_hours(now, parse_office_hours("08:30-17:30"), calendar, SHANGHAI) is at_work


@pytest.mark.parametrize("text", ["8-17", "17:30-08:30", "08:30", "08:30-08:30", "25:00-26:00"])
def test_office_hours_that_cannot_be_read_are_refused(text: str) -> None:
    with pytest.raises(DeadlineError):
        parse_office_hours(text)
