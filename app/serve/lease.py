"""One process of many does the jobs that only one may do: a lease in the database, taken over when its holder dies."""

import time
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlmodel import col

from app.serve.life import SHOWN_EVERY, Life
from cases.register.rows import hits
from cases.register.store import Store
from cases.register.tables import Lease

LIFE = timedelta(seconds=12)
RENEW_SECONDS = SHOWN_EVERY


class Term:
    """How long this process may be sure that it leads, by the steady clock: one that was stopped wakes up unsure."""

    def __init__(self) -> None:
        self._until = 0.0

    def asking(self) -> float:
        """Return the moment at which the lease is asked for: it counts from then, not from the answer."""
        return time.monotonic()

    def renewed(self, asked: float) -> None:
        self._until = asked + LIFE.total_seconds()

    def sure(self) -> bool:
        return time.monotonic() < self._until


def take(store: Store, name: str, life: Life, now: datetime) -> bool:
    """Take or renew the lease; True while `life` has it. `now` is the real time, never the demo's."""
    life.show()
    with store.write() as session:
        lease = session.get(Lease, name)
        if lease is None:
            session.add(Lease(name=name, holder=life.holder, until=now + LIFE))
            held = True
        else:
            over = lease.until <= now or lease.until > now + LIFE * 4
            if not (lease.holder == life.holder or over or life.gone(session, lease.holder)):
                return False
            found = hits(
                session,
                update(Lease)
                .where(
                    col(Lease.name) == name,
                    col(Lease.holder) == lease.holder,
                    col(Lease.until) == lease.until,
                )
                .values(holder=life.holder, until=now + LIFE),
            )
            held = found == 1
    if held:
        life.lead()
    return held


def give_up(store: Store, name: str, life: Life, now: datetime) -> None:
    """Let the next one have it at once."""
    with store.write() as session:
        session.execute(
            update(Lease)
            .where(col(Lease.name) == name, col(Lease.holder) == life.holder)
            .values(until=now - LIFE)
        )
    life.end()
