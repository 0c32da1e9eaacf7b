"""The audit trail: append-only, each row bound to the one before by a keyed hash, its head keyed and anchored outside.

Source: Anning measures 2021, art. 34 (permissions, logs and audit).
"""

import base64
import hmac
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, text
from sqlmodel import Session, col, func, select

from cases.register import bulk, memo, straight
from cases.register.in_turn import TakenInTurn
from cases.register.rows import table_of
from cases.register.tables import Audit, Meta
from cases.register.vault import Key, Vault, WrongKey
from text.normalise import storable

_BATCH = 1000  # rows between two steps of a progress
START = "0" * 64
_HEAD, _KEYS, _UNKEYED = "audit_head", "audit_keys", "audit_head_unkeyed"
_HOLD = TakenInTurn("UPDATE meta SET value = value WHERE key = :k RETURNING value")
_BROKEN = "broken"  # stands for a head's own hash once it was found altered, and stays


@dataclass(frozen=True, slots=True)
class TrailEntry:
    at: datetime
    actor: str
    action: str
    subject: str
    detail: str


@dataclass(frozen=True, slots=True)
class ChainFound:
    entries: int
    ok: bool
    first_bad: int | None


@dataclass(frozen=True, slots=True)
class TrailHead:
    """The last row's number and hash, the head's own keyed hash, and which key made it."""

    seq: int
    hash: str
    own: str = ""
    key: str = ""

    @classmethod
    def read(cls, written: str) -> "TrailHead":
        seq, last, own, key = [*written.split(":"), "", ""][:4]
        return cls(int(seq), last, own, key)

    def written(self) -> str:
        return f"{self.seq}:{self.hash}:{self.own}:{self.key}"


@dataclass(frozen=True, slots=True)
class Anchor:
    """What was noted outside the database: that many rows there were, and so the last one ended."""

    seq: int
    hash: str


_FACTS = json.JSONEncoder(ensure_ascii=False, sort_keys=True, default=str)  # one, not one for each row
_BODY = json.JSONEncoder(ensure_ascii=False)


def detail(**facts: object) -> str:
    return storable(_FACTS.encode(facts))


def _hash(key: bytes, seq: int, entry: TrailEntry, prev: str) -> str:
    at = entry.at.astimezone(UTC).isoformat()
    body = _BODY.encode([seq, at, entry.actor, entry.action, entry.subject, entry.detail, prev])
    return hmac.digest(key, body.encode("utf-8", "surrogatepass"), "sha256").hex()


def _plain(entry: TrailEntry) -> dict[str, object]:
    return {name: getattr(entry, name) for name in TrailEntry.__slots__}


def _own(key: bytes, seq: int, last: str) -> str:
    return hmac.digest(key, f"head:{seq}:{last}".encode(), "sha256").hex()


def _key(vault: Vault, fingerprint: str) -> Key:
    """Return the key that a head names. Raises: WrongKey if it is none of ours."""
    if not fingerprint:
        return vault.key
    found = next((key for key in vault.keys if key.fingerprint == fingerprint), None)
    if found is None:
        raise WrongKey("操作记录是用另一把密钥写的")
    return found


def append(
    session: Session, vault: Vault, entries: Iterable[TrailEntry], *, key: Key | None = None
) -> TrailHead:
    """Append at the very end of a transaction: the head row is locked from here to the commit.

    `key`: from now on the trail is written with this one. Raises: WrongKey.
    """
    session.flush()
    connection = session.connection()
    ((written, *_),) = straight.rows(connection, _HOLD.on(connection), {"k": _HEAD})
    head = TrailHead.read(written)
    writer = key or _key(vault, head.key)
    sound = _is_sound(session, vault, head)
    number, prev, rows = head.seq, head.hash, []
    for entry in entries:
        number += 1
        digest = _hash(writer.audit, number, entry, prev)
        rows.append({**_plain(entry), "seq": number, "prev": prev, "hash": digest})
        prev = digest
    own = _own(writer.audit, number, prev) if sound else _BROKEN
    head = TrailHead(number, prev, own, writer.fingerprint)
    put = bulk.Then("UPDATE meta SET value = %s WHERE key = %s", (head.written(), _HEAD))
    bulk.insert_all(session, [bulk.NewRows(table_of(Audit), rows)], put)
    return head


def _is_sound(session: Session, vault: Vault, head: TrailHead) -> bool:
    """A head without a hash of its own is that of an earlier version, once: the migration noted that it was there."""
    if head.own:
        return hmac.compare_digest(head.own, _own(_key(vault, head.key).audit, head.seq, head.hash))
    connection = session.connection()
    return bool(
        connection.execute(text("DELETE FROM meta WHERE key = :k RETURNING key"), {"k": _UNKEYED}).first()
    )


def head(session: Session) -> TrailHead:
    """Return the head as it stands."""
    value = session.connection().execute(text("SELECT value FROM meta WHERE key = :k"), {"k": _HEAD}).scalar()
    return TrailHead.read(str(value))


def turn_to(session: Session, vault: Vault, entry: TrailEntry, key: Key) -> None:
    """Write the trail with another key from the next row on, which says so; the earlier key is kept sealed for checks.

    Whoever has the earlier key can alter nothing: the next row's hash, of the new key, covers the last of the old.
    """
    before = head(session)
    keys = _earlier(session)
    if before.key != key.fingerprint:
        secret = base64.b64encode(vault.seal_bytes(_key(vault, before.key).audit, f"{_KEYS}:{before.seq}"))
        keys.append({"upto": before.seq, "key": secret.decode()})
        memo.AUDIT_KEYS.put(session, keys)
    append(session, vault, [entry], key=key)


def reseal_keys(session: Session, vault: Vault) -> None:
    """Seal the keys of earlier parts of the trail under the present key."""
    kept = _earlier(session)
    for each in kept:
        at = f"{_KEYS}:{each['upto']}"
        opened = vault.open_bytes(base64.b64decode(str(each["key"])), at)
        each["key"] = base64.b64encode(vault.seal_bytes(opened, at)).decode()
    if kept:
        memo.AUDIT_KEYS.put(session, kept)


def _earlier(session: Session) -> list[dict[str, object]]:
    found: list[dict[str, object]] = memo.AUDIT_KEYS.of(session) or []
    return found


def note_unkeyed(connection: Connection) -> None:
    """Note once that the head of a register of the first version has no hash of its own yet."""
    head_without = "SELECT :k, '1' FROM meta WHERE key = :head AND value NOT LIKE '%:%:%'"
    connection.execute(
        text(f"INSERT INTO meta (key, value) {head_without} ON CONFLICT DO NOTHING"),
        {"k": _UNKEYED, "head": _HEAD},
    )


def _parts(session: Session, vault: Vault) -> list[tuple[int, bytes]]:
    """Return up to which row each earlier key holds, and the key."""
    earlier = [(int(str(each["upto"])), base64.b64decode(str(each["key"]))) for each in _earlier(session)]
    return [(upto, vault.open_bytes(sealed, f"{_KEYS}:{upto}")) for upto, sealed in earlier]


def verify(
    session: Session,
    vault: Vault,
    anchors: Sequence[Anchor] = (),
    progress: Callable[[int, int], None] = lambda done, of: None,
) -> ChainFound:
    """Recompute the whole chain; a row altered, inserted, removed or cut off at the end is found.

    The head is read first: rows that others append meanwhile stand after it and are checked as well.
    `anchors` were noted outside: a trail that was set back to an earlier state as a whole is found by them.
    """
    top = head(session)
    total = session.exec(select(func.count()).select_from(Audit)).one()
    unkeyed = session.get(Meta, _UNKEYED) is not None
    parts = _parts(session, vault)
    try:
        present = _key(vault, top.key).audit
    except WrongKey:
        return ChainFound(total, ok=False, first_bad=1)
    noted = {anchor.seq: anchor.hash for anchor in anchors}
    prev, count = START, 0
    met = top.seq == 0 and top.hash == START
    rows = session.exec(select(Audit).order_by(col(Audit.seq)).execution_options(yield_per=_BATCH))
    for row in rows:
        while parts and row.seq > parts[0][0]:
            parts.pop(0)
        key = parts[0][1] if parts else present
        entry = TrailEntry(row.at, row.actor, row.action, row.subject, row.detail)
        good = row.seq == count + 1 and row.prev == prev and row.hash == _hash(key, row.seq, entry, prev)
        if not good or not row.hash.startswith(noted.get(row.seq, "")):
            return ChainFound(total, ok=False, first_bad=count + 1)
        prev, count = row.hash, row.seq
        if not count % _BATCH:
            progress(count, total)
        met = met or (top.seq, top.hash) == (count, prev)
    own = top.own == _own(present, top.seq, top.hash) if top.own else unkeyed
    if not met or not own or max(noted, default=0) > count:
        return ChainFound(count, ok=False, first_bad=count + 1)
    return ChainFound(count, ok=True, first_bad=None)
