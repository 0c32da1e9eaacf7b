"""The morning digest: how things stand, for the supervisors, on working days between eight and ten or not at all."""

from datetime import datetime, time

from sqlalchemy import ColumnElement
from sqlmodel import col, func, select

from cases.knowledge import upkeep
from cases.lists import browse
from cases.register import people, register
from cases.register.desk import Desk
from cases.register.states import OPEN, DeliveryState
from cases.register.tables import Case, Delivery
from cases.sending import announce, outbox
from sla.hours import in_quiet_hours

SHOWN = 30  # numbers that are listed of each kind
HOURS = (8, 10)  # never sent late: a machine that slept past ten sends none


def tell(desk: Desk) -> bool:
    """Tell the supervisors how things stand; once a day. Owners of entries are told of review days beside it.

    Returns True when it was put up. One that could not be sent in its hours is dropped when its turn comes.
    """
    key = f"digest:{desk.today}"
    if not is_time(desk) or outbox.holds(desk.session, key):
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
    open_, today = col(Case.status).in_(OPEN), desk.today
    in_time = register.in_time(desk.now)
    later = [col(Case.due_on) > today, col(Case.due_on) <= desk.calendar.add(today, 3)]
    waiting = select(func.count()).select_from(Delivery)
    waiting = waiting.where(Delivery.state == DeliveryState.WAITING, Delivery.kind != "notice")
    small = browse.small_talk_since(desk, _at(desk, HOURS[0], 1))
    return [
        f"【晨报】{today}",
        f"今日到期 {_numbers(desk, open_, in_time, col(Case.due_on) == today)}",
        f"三个工作日内到期 {_numbers(desk, open_, in_time, *later)}",
        f"逾期未办结 {_count(desk, open_, register.overdue(desk.now))} 件",
        f"待送达 {desk.session.exec(waiting).one()} 件；未立件消息（上次晨报以来）{small} 条；"
        f"敏感 {_count(desk, open_, col(Case.sensitive).is_(True))} 件",
        *_by_head(desk, [open_, in_time, col(Case.due_on) == today], [open_, in_time, *later]),
    ]


def _by_head(desk: Desk, today: list[ColumnElement[bool]], soon: list[ColumnElement[bool]]) -> list[str]:
    """Return a line for each department's supervisors: what is theirs to look after."""
    lines = []
    for department in people.departments(desk.session):
        names = "、".join(staff.name for staff in people.heads(desk.session, department.id))
        if names:
            own = col(Case.department_id) == department.id
            late = _count(desk, col(Case.status).in_(OPEN), register.overdue(desk.now), own)
            lines.append(
                f"{names}（{department.name}）：今日到期 {_count(desk, *today, own)} 件，"
                f"三个工作日内 {_count(desk, *soon, own)} 件，逾期 {late} 件"
            )
    return lines


def _numbers(desk: Desk, *where: ColumnElement[bool]) -> str:
    """Return how many cases there are, and the first of their numbers."""
    total = _count(desk, *where)
    shown = desk.session.exec(select(Case.no).where(*where).order_by(col(Case.due_on)).limit(SHOWN)).all()
    more = "等" if total > len(shown) else ""
    return f"{total} 件：{'、'.join(shown) or '无'}{more}"


def _count(desk: Desk, *where: ColumnElement[bool]) -> int:
    return desk.session.exec(select(func.count()).select_from(Case).where(*where)).one()
