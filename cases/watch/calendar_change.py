"""The working calendar in force: the shipped notices and the imported ones, and the warning when one is missing.

Source: the State Council's yearly notice. What a new notice moves is `cases.recount`'s business.
"""

from sqlmodel import Session, select

from cases.register import memo
from cases.register.desk import Desk
from cases.register.tables import CalendarNotice
from cases.sending import announce, outbox
from sla.calendar import WorkCalendar, shipped_years
from sla.calendar_check import missing_year, warning
from sla.notice import CalendarYear, parse_year


def years(session: Session) -> tuple[CalendarYear, ...]:
    """Return the notices in force, oldest first: an imported one takes the place of a shipped one."""
    found = {year.year: year for year in shipped_years()}
    for notice in session.exec(select(CalendarNotice)).all():
        found[notice.year] = parse_year(notice.toml)
    return tuple(found[number] for number in sorted(found))


def calendar(session: Session) -> WorkCalendar:
    """Return the calendar that the notices in force make."""
    return WorkCalendar(years(session))


def version(session: Session) -> str:
    """Return what changes with every import; running servers compare it."""
    return memo.CALENDAR_IMPORTED.of(session)


def import_notice(desk: Desk, toml: str) -> CalendarYear:
    """Put a year's notice in force. Raises: CalendarError with one line if it cannot be right."""
    year = parse_year(toml)
    notice = desk.session.get(CalendarNotice, year.year) or CalendarNotice(
        year=year.year, imported_at=desk.now
    )
    notice.toml, notice.imported_at = toml, desk.now
    desk.session.add(notice)
    memo.CALENDAR_IMPORTED.put(desk.session, desk.now.isoformat())
    desk.session.flush()
    desk.audit("calendar.import", f"year:{year.year}", source=year.source)
    return year


def warn_if_missing(desk: Desk) -> bool:
    """Tell the supervisors, once a week from 1 December, that a year's notice is not here; and what to do."""
    year = missing_year(desk.today, desk.calendar)
    if year is None:
        return False
    week = desk.today.isocalendar()
    key = f"calendar-missing:{year}:{week.year}-{week.week}"
    announce.supervisors(desk, f"【工作日历】{warning(year)}", key=key, priority=outbox.NORMAL)
    return True
