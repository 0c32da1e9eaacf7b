"""The audit trail: append-only, each row bound to the one before by a keyed hash.

Source: Anning measures 2021, art. 34 (permissions, logs and audit).
"""

import hashlib
import hmac
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from sqlalchemy import insert, text
from sqlmodel import Session, col, func, select

from cases.register.tables import Audit
from text.normalise import storable

START = "0" * 64
_HEAD = "audit_head"


@dataclass(frozen=True, slots=True)
class Entry:
    at: datetime
    actor: str
    action: str
    subject: str
    detail: str


@dataclass(frozen=True, slots=True)
class Verdict:
    entries: int
    ok: bool
    first_bad: int | None


def detail(**facts: object) -> str:
    return storable(json.dumps(facts, ensure_ascii=False, sort_keys=True, default=str))


def _hash(key: bytes, seq: int, entry: Entry, prev: str) -> str:
    body = json.dumps(
        [
            seq,
            entry.at.astimezone(UTC).isoformat(),
            entry.actor,
            entry.action,
            entry.subject,
            entry.detail,
            prev,
        ],
        ensure_ascii=False,
    )
    return hmac.new(key, body.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()


def append(session: Session, key: bytes, entries: Iterable[Entry]) -> None:
    """Append at the very end of a transaction: the head row is locked from here to the commit."""
    session.flush()
    connection = session.connection()
    row = connection.execute(
        text("UPDATE meta SET value = value WHERE key = :k RETURNING value"), {"k": _HEAD}
    ).one()
    seq, prev = row[0].split(":")
    number = int(seq)
    rows = []
    for entry in entries:
        number += 1
        digest = _hash(key, number, entry, prev)
        rows.append({**asdict(entry), "seq": number, "prev": prev, "hash": digest})
        prev = digest
    if rows:
        connection.execute(insert(Audit), rows)
    connection.execute(
        text("UPDATE meta SET value = :v WHERE key = :k"), {"k": _HEAD, "v": f"{number}:{prev}"}
    )


def verify(session: Session, key: bytes) -> Verdict:
    """Recompute the whole chain; a row altered, inserted, removed or cut off at the end is found.

    The head is read first: rows that others append meanwhile stand after it and are checked as well.
    """
    head = session.connection().execute(text("SELECT value FROM meta WHERE key = :k"), {"k": _HEAD}).scalar()
    total = session.exec(select(func.count()).select_from(Audit)).one()
    prev, count = START, 0
    head_met = head == f"0:{START}"
    rows = session.exec(select(Audit).order_by(col(Audit.seq)).execution_options(yield_per=1000))
    for row in rows:
        entry = Entry(row.at, row.actor, row.action, row.subject, row.detail)
        if row.seq != count + 1 or row.prev != prev or row.hash != _hash(key, row.seq, entry, prev):
            return Verdict(total, ok=False, first_bad=count + 1)
        prev, count = row.hash, row.seq
        head_met = head_met or head == f"{count}:{prev}"
    if not head_met:
        return Verdict(count, ok=False, first_bad=count + 1)
    return Verdict(count, ok=True, first_bad=None)
