"""How the channels are: when something last came in, and what of what goes out waits or was given up."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import col, func, select

from cases.lists import browse
from cases.register import channels
from cases.register.desk import Desk
from cases.register.states import OutboxState
from cases.register.tables import Case, Outbox

DAYS = 7
QUIET = timedelta(days=3)  # nothing for so long is worth a look
LATE = timedelta(minutes=10)  # so old a sending waits for something


@dataclass(frozen=True, slots=True)
class Inlet:
    """A channel that cases come through. `quiet`: nothing came for days."""

    name: str
    last_at: datetime | None
    number: int
    quiet: bool


@dataclass(frozen=True, slots=True)
class Outlet:
    """A lane of the outbox. `late`: how many wait longer than they should."""

    lane: str
    waiting: int
    late: int
    failed: int
    error: str


def inlets(desk: Desk) -> list[Inlet]:
    since = desk.now - timedelta(days=DAYS)
    recent = select(Case.channel, func.count(), func.max(Case.registered_at)).where(
        col(Case.registered_at) >= since
    )
    counts = {
        name: (number, at) for name, number, at in desk.session.exec(recent.group_by(Case.channel)).all()
    }
    found = []
    for name in browse.channels(desk):
        number, at = counts.get(name, (0, None))
        if at is None:
            query = select(Case.registered_at).where(Case.channel == name).order_by(col(Case.id).desc())
            at = desk.session.exec(query.limit(1)).first()
        found.append(Inlet(channels.title(name), at, number, at is None or desk.now - at > QUIET))
    return found


def outlets(desk: Desk) -> list[Outlet]:
    query = select(Outbox.lane, Outbox.state, func.count()).where(
        col(Outbox.state).in_((OutboxState.PENDING, OutboxState.FAILED))
    )
    counts = {
        (lane, state): n
        for lane, state, n in desk.session.exec(query.group_by(Outbox.lane, Outbox.state)).all()
    }
    late = select(Outbox.lane, func.count()).where(
        Outbox.state == OutboxState.PENDING, col(Outbox.not_before) <= desk.now - LATE
    )
    waits = dict(desk.session.exec(late.group_by(Outbox.lane)).all())
    found = []
    for lane in sorted({lane for lane, _ in counts}):
        last = (
            select(Outbox.error)
            .where(Outbox.lane == lane, Outbox.state == OutboxState.FAILED)
            .order_by(col(Outbox.id).desc())
        )
        error = desk.session.exec(last.limit(1)).first() or ""
        found.append(
            Outlet(
                lane,
                counts.get((lane, OutboxState.PENDING), 0),
                waits.get(lane, 0),
                counts.get((lane, OutboxState.FAILED), 0),
                error,
            )
        )
    return found
