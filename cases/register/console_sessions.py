"""Where colleagues are signed in: one row for each session, so that one can be ended and the others go on."""

from datetime import datetime, timedelta

from sqlalchemy import delete, update
from sqlmodel import col, select

from cases.register import readonly
from cases.register.desk import Desk
from cases.register.errors import NotFound
from cases.register.readonly import Staff
from cases.register.rows import id_of
from cases.register.tables import ConsoleSession

LONGEST = timedelta(hours=12)


def begin(desk: Desk, staff: Staff, key: str, now: datetime, address: str, agent: str) -> None:
    old = (col(ConsoleSession.staff_id) == staff.id, col(ConsoleSession.born_at) < now - LONGEST)
    desk.session.execute(delete(ConsoleSession).where(*old))
    desk.session.add(
        ConsoleSession(
            key=key, staff_id=id_of(staff), born_at=now, seen_at=now, address=address[:60], agent=agent[:200]
        )
    )


def lives(desk: Desk, staff: Staff, key: str) -> bool:
    session = desk.session.get(ConsoleSession, key)
    return session is not None and session.staff_id == staff.id


def seen(desk: Desk, key: str, now: datetime) -> None:
    mine = col(ConsoleSession.key) == key
    desk.session.execute(update(ConsoleSession).where(mine).values(seen_at=now))


def of(desk: Desk, staff: Staff, since: datetime) -> list[readonly.ConsoleSession]:
    """Return where this person is signed in and was seen after `since`, the latest seen first."""
    query = select(ConsoleSession).where(
        ConsoleSession.staff_id == staff.id, col(ConsoleSession.seen_at) > since
    )
    return list(desk.session.exec(query.order_by(col(ConsoleSession.seen_at).desc())).all())


def end(desk: Desk, staff: Staff, key: str) -> None:
    """Sign this person out of one place. Raises: NotFound."""
    session = desk.session.get(ConsoleSession, key)
    if session is None or session.staff_id != staff.id:
        raise NotFound("没有这个登录，或已经退出。")
    desk.session.delete(session)
    desk.audit("staff.sign_out", f"staff:{staff.id}")
