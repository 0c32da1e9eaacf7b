"""A new year's notice, or another closing hour: every open case is counted anew, and what moved is on record.

Source: the State Council's yearly notice; Civil Code art. 203.
"""

from sqlmodel import Session, col, select

from cases import announce, outbox, register
from cases.desk import Desk
from cases.states import OPEN
from cases.tables import CalendarNotice, Case, Meta
from sla.calendar import WorkCalendar, shipped_years
from sla.calendar_check import missing_year, warning
from sla.notice import CalendarYear, parse_year

VERSION, CLOSE = "calendar_version", "office_close"


def calendar(session: Session) -> WorkCalendar:
    """Return the shipped years with the imported notices over them."""
    years = {year.year: year for year in shipped_years()}
    for notice in session.exec(select(CalendarNotice)).all():
        years[notice.year] = parse_year(notice.toml)
    return WorkCalendar(years.values())


def version(session: Session) -> str:
    """Return what changes with every import; running servers compare it."""
    row = session.get(Meta, VERSION)
    return row.value if row else ""


def import_notice(desk: Desk, toml: str) -> CalendarYear:
    """Put a year's notice in force. Raises: CalendarError with one line if it cannot be right.

    The caller recounts with a desk whose calendar holds the new year.
    """
    year = parse_year(toml)
    notice = desk.session.get(CalendarNotice, year.year) or CalendarNotice(
        year=year.year, imported_at=desk.now
    )
    notice.toml, notice.imported_at = toml, desk.now
    desk.session.add(notice)
    _set(desk.session, VERSION, desk.now.isoformat())
    desk.audit("calendar.import", f"year:{year.year}", source=year.source)
    return year


def recount(desk: Desk, cause: str) -> list[str]:
    """Count every open case anew; returns the numbers of those whose date moved. Citizens are told of theirs."""
    moved = []
    rows = desk.session.exec(select(Case).where(col(Case.status).in_(OPEN)).order_by(col(Case.id))).all()
    for case in rows:
        due = desk.deadline(case.clock_from, desk.working_days(case))
        first = case.first_answer_due_at
        if case.urgent_since is not None and case.first_answered_at is None:
            first = register.first_answer_due(desk, case.urgent_since)
        as_it_was = (case.due_on, case.due_at, case.provisional, case.first_answer_due_at)
        if (due.due_on, due.due_at, due.provisional, first) == as_it_was:
            continue
        was, was_provisional = case.due_on, case.provisional
        register.set_due(desk, case, cause, f"{was}→{due.due_on}")
        if due.due_on != was:
            moved.append(case.no)
            word = "（暂定）" if case.provisional else ""
            announce.notice(
                desk, case, f"您反映的事项（编号 {case.no}）的答复时限由 {was} 调整为 {case.due_on}{word}。"
            )
        if due.due_on != was or was_provisional != due.provisional:
            announce.card(desk, case)
    return moved


def warn_if_missing(desk: Desk) -> bool:
    """Tell the supervisors, once a week from 1 December, that a year's notice is not here; and what to do."""
    year = missing_year(desk.today, desk.calendar)
    if year is None:
        return False
    week = desk.today.isocalendar()
    key = f"calendar-missing:{year}:{week.year}-{week.week}"
    announce.supervisors(desk, f"【工作日历】{warning(year)}", key=key, priority=outbox.NORMAL)
    return True


def office_close_changed(desk: Desk, close: str) -> bool:
    """Note the closing hour; returns True if it differs from the one that the open cases were counted with."""
    row = desk.session.get(Meta, CLOSE)
    before = row.value if row else None
    _set(desk.session, CLOSE, close)
    return before is not None and before != close


def _set(session: Session, key: str, value: str) -> None:
    row = session.get(Meta, key) or Meta(key=key)
    row.value = value
    session.add(row)
    session.flush()
