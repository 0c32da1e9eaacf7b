"""An access token of a platform, shared by all processes: kept sealed, fetched by one of them at a time."""

from datetime import timedelta

from sqlalchemy import update
from sqlmodel import col

from cases.register.desk import Desk
from cases.register.rows import hits
from cases.register.tables import ApiToken, Lease

FETCHING = timedelta(seconds=15)  # a fetch takes no longer: whoever waits so long fetches anew


def fresh(desk: Desk, name: str) -> str | None:
    """Return the token while it is good."""
    row = desk.session.get(ApiToken, name)
    return desk.office.vault.open(row.sealed) if row is not None and desk.now < row.expires_at else None


def may_fetch(desk: Desk, name: str, refused: str = "") -> bool:
    """Take the right to fetch; False while another process has it, or has just fetched a better token."""
    if fresh(desk, name) not in (None, refused):
        return False
    lease = desk.session.get(Lease, _lease(name))
    if lease is None:
        desk.session.add(Lease(name=_lease(name), holder="fetching", until=desk.now + FETCHING))
        desk.session.flush()
        return True
    if desk.now < lease.until <= desk.now + FETCHING:
        return False
    found = hits(
        desk.session,
        update(Lease)
        .where(col(Lease.name) == lease.name, col(Lease.until) == lease.until)
        .values(until=desk.now + FETCHING),
    )
    return found == 1


def keep(desk: Desk, name: str, token: str, life: timedelta) -> None:
    """Keep a fetched token and give the right to fetch back."""
    sealed, expires_at = desk.office.vault.seal(token), desk.now + life
    row = desk.session.get(ApiToken, name)
    if row is None:
        desk.session.add(ApiToken(name=name, sealed=sealed, expires_at=expires_at))
    else:
        row.sealed, row.expires_at = sealed, expires_at
        desk.session.add(row)
    give_back(desk, name)


def give_back(desk: Desk, name: str) -> None:
    over = desk.now - FETCHING
    desk.session.execute(update(Lease).where(col(Lease.name) == _lease(name)).values(until=over))


def _lease(name: str) -> str:
    return f"token:{name}"
