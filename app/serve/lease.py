"""One process of many does the jobs that only one may do: a lease in the database, taken over when its holder dies."""

import os
import socket
import uuid
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlmodel import col

from cases.register.store import Store
from cases.register.tables import Lease

LIFE = timedelta(seconds=15)
RENEW_SECONDS = 4.0


def holder_name() -> str:
    """Name this process so that another one on the same machine can see whether it still lives."""
    return f"{socket.gethostname()}/{os.getpid()}/{uuid.uuid4().hex[:8]}"


def take(store: Store, name: str, holder: str, now: datetime) -> bool:
    """Take or renew the lease; True while `holder` has it. `now` is the real time, never the demo's."""
    with store.write() as session:
        lease = session.get(Lease, name)
        if lease is None:
            session.add(Lease(name=name, holder=holder, until=now + LIFE))
            return True
        free = (
            lease.holder == holder
            or lease.until <= now
            or _dead(lease.holder)
            or lease.until > now + LIFE * 4
        )
        if not free:
            return False
        result = session.execute(
            update(Lease)
            .where(
                col(Lease.name) == name, col(Lease.holder) == lease.holder, col(Lease.until) == lease.until
            )
            .values(holder=holder, until=now + LIFE)
        )
        return int(getattr(result, "rowcount", 0)) == 1


def give_up(store: Store, name: str, holder: str, now: datetime) -> None:
    """Let the next one have it at once."""
    with store.write() as session:
        session.execute(
            update(Lease).where(col(Lease.name) == name, col(Lease.holder) == holder).values(until=now - LIFE)
        )


def _dead(holder: str) -> bool:
    host, _, rest = holder.partition("/")
    pid = rest.partition("/")[0]
    if host != socket.gethostname() or not pid.isdigit():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return int(pid) == os.getpid()
