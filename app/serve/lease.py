"""One process of many does the jobs that only one may do: a lease in the database, taken over when its holder dies.

On PostgreSQL a lock of the database's own says who may have it, and the row carries what a lock cannot: a number that
grows with every holder, held by each of the leader's transactions, so that who was followed writes nothing more.
"""

import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlmodel import Session, col, select

from app.serve.life import SHOWN_EVERY, SILENT, Life, sends_beside
from cases.register.rows import hits
from cases.register.store import Store
from cases.register.tables import Lease
from cases.register.troubles import Superseded

LIFE = timedelta(seconds=SILENT)
RENEW_SECONDS = SHOWN_EVERY


@dataclass(frozen=True, slots=True)
class Term:
    """What an attempt to lead came to: the number of the term, 0 if another leads; whether one may send beside them."""

    number: int = 0
    beside: bool = False


class Leadership:
    """What this process may be sure of, by the steady clock: one that was stopped wakes up unsure."""

    def __init__(self, name: str, life: Life) -> None:
        self._name, self._life = name, life
        self._taken, self._until = Term(), 0.0

    @property
    def holder(self) -> str:
        return self._life.holder

    def asking(self) -> float:
        """Return the moment at which the lease is asked for: it counts from then, not from the answer."""
        return time.monotonic()

    def renewed(self, asked: float, taken: Term) -> None:
        self._taken, self._until = taken, asked + LIFE.total_seconds()

    def leads(self) -> bool:
        return self._taken.number > 0 and time.monotonic() < self._until

    def sure(self) -> bool:
        """Tell whether this process may send what it takes."""
        return (self._taken.number > 0 or self._taken.beside) and time.monotonic() < self._until

    def gone(self, session: Session, holder: str) -> bool:
        """Tell whether what `holder` took, and this process has not in hand, is nobody's."""
        return holder == self.holder or self._life.gone(session, holder)

    def fence(self, session: Session) -> None:
        """Hold the term until the transaction ends. Raises: Superseded if another leads by now."""
        query = select(Lease.number).where(
            Lease.name == self._name, Lease.holder == self.holder, Lease.number == self._taken.number
        )
        if session.exec(query.with_for_update(read=True)).first() is None:
            raise Superseded


def take(store: Store, name: str, life: Life, now: datetime) -> Term:
    """Take or renew the lease. `now` is the real time, never the demo's."""
    life.show()
    if not life.may_lead():
        with store.read() as session:
            holder = session.exec(select(Lease.holder).where(Lease.name == name)).first()
        return Term(beside=sends_beside(holder or ""))
    with store.write() as session:
        lease = session.get(Lease, name)
        if lease is None:
            session.add(Lease(name=name, holder=life.holder, until=now + LIFE, number=1))
            taken = Term(1)
        else:
            over = lease.until <= now or lease.until > now + LIFE * 4
            if not (lease.holder == life.holder or over or life.over(session, lease.holder)):
                return Term()
            number = lease.number + (lease.holder != life.holder)
            found = hits(
                session,
                update(Lease)
                .where(
                    col(Lease.name) == name,
                    col(Lease.holder) == lease.holder,
                    col(Lease.until) == lease.until,
                )
                .values(holder=life.holder, until=now + LIFE, number=number),
            )
            taken = Term(number if found == 1 else 0)
    if taken.number:
        life.lead()
    return taken


def give_up(store: Store, name: str, life: Life, now: datetime) -> None:
    """Let the next one have it at once."""
    with store.write() as session:
        session.execute(
            update(Lease)
            .where(col(Lease.name) == name, col(Lease.holder) == life.holder)
            .values(until=now - LIFE)
        )
    life.end()
