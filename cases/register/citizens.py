"""The citizens' side of the platform's window: whether they follow, what they were sent, what 「继续」 shows."""

from sqlalchemy import update
from sqlmodel import col

from cases.register.desk import Desk
from cases.register.errors import NotFound
from cases.register.tables import Citizen


def find(desk: Desk, citizen_id: int | None) -> Citizen | None:
    return desk.session.get(Citizen, citizen_id) if citizen_id else None


def by_id(desk: Desk, citizen_id: int | None) -> Citizen:
    citizen = find(desk, citizen_id)
    if citizen is None:
        raise NotFound("没有这位来信人。")
    return citizen


def follows(desk: Desk, citizen: Citizen, following: bool) -> None:
    citizen.following = following
    desk.session.add(citizen)


def one_more_sent(desk: Desk, citizen_id: int) -> None:
    """Count a message of the window; by the database, as two senders may count at once."""
    one_more = update(Citizen).where(col(Citizen.id) == citizen_id)
    desk.session.execute(one_more.values(sent_in_window=Citizen.sent_in_window + 1))


def window_used(desk: Desk, citizen_id: int, messages: int) -> None:
    """The platform counts otherwise than we do: believe it until the citizen writes again."""
    citizen = find(desk, citizen_id)
    if citizen is not None:
        citizen.sent_in_window = max(citizen.sent_in_window, messages)
        desk.session.add(citizen)


def keep_pages(desk: Desk, citizen: Citizen, pages: str) -> None:
    """Keep what 「继续」 shows next, sealed; empty: nothing more."""
    citizen.pages_sealed = desk.office.vault.seal(pages) if pages else None
    desk.session.add(citizen)


def pages(desk: Desk, citizen: Citizen) -> str:
    return desk.office.vault.open(citizen.pages_sealed) if citizen.pages_sealed is not None else ""
