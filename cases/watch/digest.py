"""The morning digest: how things stand, for the supervisors, on working days between eight and ten or not at all."""

from datetime import datetime, time

from sqlalchemy import ColumnElement
from sqlmodel import col, select

from cases.knowledge import upkeep
from cases.lists import browse, filters
from cases.register import people, register
from cases.register.desk import Desk
from cases.register.tables import Case
from cases.sending import announce, outbox
from sla.hours import in_quiet_hours

SHOWN = 30  # numbers that are listed of each kind
HOURS = (8, 10)  # never sent late: a machine that slept past ten sends none


def tell(desk: Desk) -> bool:
    """Tell the supervisors how things stand; once a day. Owners of entries are told of review days beside it.

    Returns True when it was put up. One that could not be sent in its hours is dropped when its turn comes.
    """
    key = f"digest:{desk.today}"
    if not is_time(desk) or outbox.holds(desk, key):
        return False
    end = _at(desk, HOURS[1])
    announce.supervisors(
        desk, "\n".join(_standing(desk)), key=key, priority=outbox.NORMAL, not_after=end.isoformat()
    )
    upkeep.remind(desk)
    return True


def is_time(desk: Desk) -> bool:
    """Tell whether a digest may go: in its hours of a working day, unless alerts rest longer."""
    if not _in_hours(desk) or not desk.office.chat_on or not desk.calendar.is_workday(desk.today):
        return False
    return not in_quiet_hours(desk.now, desk.office.quiet, desk.office.zone)


def _in_hours(desk: Desk) -> bool:
    return HOURS[0] <= desk.now.astimezone(desk.office.zone).hour < HOURS[1]


def _at(desk: Desk, hour: int, days_back: int = 0) -> datetime:
    """Return an hour of today, or of the working day so many before."""
    day = desk.calendar.add(desk.today, -days_back)
    return datetime.combine(day, time(hour), tzinfo=desk.office.zone)


def _standing(desk: Desk) -> list[str]:
    """Every number is that of the list with this name."""
    small = browse.small_talk_since(desk, _at(desk, HOURS[0], 1))
    return [
        f"【晨报】{desk.today}",
        f"今日到期 {_numbers(desk, 'due_today')}",
        f"三个工作日内到期 {_numbers(desk, 'soon')}",
        f"逾期未办结 {_count(desk, 'overdue')} 件；紧急 {_count(desk, 'urgent')} 件；待认领 {_count(desk, 'new')} 件",
        f"待送达 {_count(desk, 'waiting')} 件；未立件消息（上次晨报以来）{small} 条；"
        f"敏感 {_count(desk, 'open', col(Case.sensitive).is_(True))} 件",
        *_by_head(desk),
    ]


def _by_head(desk: Desk) -> list[str]:
    """Return a line for each department's supervisors: what is theirs to look after."""
    lines = []
    for department in desk.departments:
        names = "、".join(staff.name for staff in people.heads(desk, department.id))
        if names:
            own = col(Case.department_id) == department.id
            today, soon, late = (_count(desk, name, own) for name in ("due_today", "soon", "overdue"))
            lines.append(
                f"{names}（{department.name}）：今日到期 {today} 件，三个工作日内 {soon} 件，逾期 {late} 件"
            )
    return lines


def _numbers(desk: Desk, name: str) -> str:
    """Return how many cases a list holds, and the first of their numbers."""
    total, where = _count(desk, name), filters.office_wide(desk, name)
    query = select(Case.no).where(*where).order_by(*register.gravest_first()).limit(SHOWN)
    shown = desk.session.exec(query).all()
    more = "等" if total > len(shown) else ""
    return f"{total} 件：{'、'.join(shown) or '无'}{more}"


def _count(desk: Desk, name: str, *also: ColumnElement[bool]) -> int:
    return browse.count(desk, *filters.office_wide(desk, name), *also)
