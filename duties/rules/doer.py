"""Who does a duty: a registered colleague, or the administrator at the command line."""

from sqlmodel import col, select

from cases.register import people, tables
from cases.register.desk import Desk
from cases.register.errors import NotAllowed
from cases.register.readonly import Staff

Doer = Staff | None  # None: the administrator, who is no colleague


def colleague(desk: Desk, who: str) -> Staff:
    """Return the active colleague of this name, user name or number. Raises: NotFound, NotAllowed."""
    staff = people.staff_called(desk, who)
    if not staff.active:
        raise NotAllowed(f"{staff.name}的账号已停用。")
    return staff


def colleagues(desk: Desk) -> list[Staff]:
    """Return everybody who is with the office."""
    return list(
        desk.session.exec(
            select(tables.Staff).where(col(tables.Staff.active).is_(True)).order_by(col(tables.Staff.id))
        ).all()
    )


def name_of(desk: Desk, doer: Doer) -> str:
    """Return how the record names the one who acted."""
    return doer.name if doer is not None else desk.actor.name


def person(doer: Doer, what: str) -> Staff:
    """Raises: NotAllowed for the administrator where a colleague has to act."""
    if doer is None:
        raise NotAllowed(f"{what}须由登记的工作人员办理，请用 --as 指定。")
    return doer
