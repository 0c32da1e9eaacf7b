"""Hours of the day: when a due day ends and when alerts rest."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sla.calendar import WorkCalendar
from sla.errors import DeadlineError

_CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)", re.ASCII)


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From `start` up to, not including, `end`; over midnight when `end` is the smaller."""

    start: time
    end: time


@dataclass(frozen=True, slots=True)
class OfficeHours:
    """On working days from `start` up to, not including, `end`: somebody sits at a desk."""

    start: time
    end: time


DAYTIME = OfficeHours(time(8, 30), time(17, 30))


def _clock(text: str) -> time | None:
    found = _CLOCK.fullmatch(text.strip())
    return time(int(found[1]), int(found[2])) if found else None


def parse_office_close(text: str) -> time | None:
    """Read 「17:30」; 「24:00」 and the empty text are None, the end of the day. Raises: DeadlineError."""
    if text.strip() in ("", "24:00"):
        return None
    close = _clock(text)
    if close is None or close == time.min:
        raise DeadlineError(f"下班时间「{text[:30]}」读不懂，请写成 17:30 或 24:00")
    return close


def parse_quiet_hours(text: str) -> QuietHours | None:
    """Read 「20:00-08:00」; the empty text is None: alerts never rest. Raises: DeadlineError."""
    if not text.strip():
        return None
    first, dash, last = text.partition("-")
    start, end = _clock(first), _clock("00:00" if last.strip() == "24:00" else last)
    if not dash or start is None or end is None or start == end:
        raise DeadlineError(f"免打扰时段「{text[:30]}」读不懂，请写成 20:00-08:00")
    return QuietHours(start, end)


def parse_office_hours(text: str) -> OfficeHours:
    """Read 「08:30-17:30」; the empty text is that, too. Raises: DeadlineError."""
    if not text.strip():
        return DAYTIME
    first, dash, last = text.partition("-")
    start, end = _clock(first), time.max if last.strip() == "24:00" else _clock(last)
    if not dash or start is None or end is None or start >= end:
        raise DeadlineError(f"办公时间「{text[:30]}」读不懂，请写成 08:30-17:30")
    return OfficeHours(start, end)


def in_office_hours(now: datetime, hours: OfficeHours, calendar: WorkCalendar, zone: ZoneInfo) -> bool:
    """Tell whether the office is at work at `now`: within its hours of a working day."""
    local = now.astimezone(zone)
    return calendar.is_workday(local.date()) and hours.start <= local.time() < hours.end


def in_quiet_hours(now: datetime, quiet: QuietHours | None, zone: ZoneInfo) -> bool:
    """Tell whether alerts other than urgent ones rest at `now`."""
    if quiet is None:
        return False
    clock = now.astimezone(zone).time()
    if quiet.start < quiet.end:
        return quiet.start <= clock < quiet.end
    return clock >= quiet.start or clock < quiet.end


def quiet_until(now: datetime, quiet: QuietHours | None, zone: ZoneInfo) -> datetime:
    """Return the UTC instant from which alerts may go out: `now` itself outside quiet hours."""
    if quiet is None or not in_quiet_hours(now, quiet, zone):
        return now.astimezone(UTC)
    local = now.astimezone(zone)
    day = local.date() if local.time() < quiet.end else local.date() + timedelta(days=1)
    return datetime.combine(day, quiet.end, tzinfo=zone).astimezone(UTC)
