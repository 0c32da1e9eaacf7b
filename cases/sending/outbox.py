"""The outbox: a row for whatever is to be sent, written in the transaction of the step that wants it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NotRequired, TypedDict, Unpack
from uuid import uuid4

from sqlalchemy import and_, event, or_, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, select

from cases.register.desk import ALL_LANES, ring
from cases.register.rows import hits
from cases.register.states import OutboxState
from cases.register.tables import Case, Delivery, Outbox
from cases.sending import payloads
from cases.sending.payloads import Payload

PEOPLE, REVIEW, ALERT, NORMAL, CARDS, BACKGROUND = 0, 1, 2, 4, 6, 8  # smaller goes first

FIRST_RETRY = timedelta(seconds=5)
LONGEST_RETRY = timedelta(minutes=15)
ASIDE = " aside "  # between a target and the row that stepped aside from its queue
CUT_OFF = "发送时中断，结果不明：可能重复"


@dataclass(frozen=True, slots=True)
class Retry:
    """What to do after a failed sending: again at `at`, or give up."""

    at: datetime | None


def retry(attempts: int, now: datetime, *, give_up_after: int = 40, wait: timedelta | None = None) -> Retry:
    """Return when to try again after `attempts` failures (1 = the first); `wait` is how long to hold off.

    The first time it is soon in any case: one early call costs little, and most troubles pass at once.
    """
    if attempts >= give_up_after:
        return Retry(None)
    backoff = min(FIRST_RETRY * 2 ** min(attempts - 1, 12), LONGEST_RETRY)
    return Retry(now + (backoff if attempts <= 1 else max(backoff, wait or timedelta())))


class NewRow(TypedDict):
    """What a row is made of; an empty `key` is made up."""

    key: str
    lane: str
    target: str
    kind: str
    now: datetime
    priority: NotRequired[int]
    payload: NotRequired[Payload]
    not_before: NotRequired[datetime | None]


def put(session: Session, **wanted: Unpack[NewRow]) -> None:
    """Add a row unless one with `key` is there: the key keeps a sending from being doubled. Empty: always add."""
    if not holds(session, wanted["key"]):
        session.add(Outbox(**row(**wanted)))


def row(**wanted: Unpack[NewRow]) -> dict[str, Any]:
    """Return the values of a row that is not in the outbox yet."""
    return {
        "key": wanted["key"] or f"{wanted['kind']}:{uuid4().hex}",
        "lane": wanted["lane"],
        "target": wanted["target"],
        "kind": wanted["kind"],
        "payload": wanted["payload"].dump() if "payload" in wanted else {},
        "priority": wanted.get("priority", NORMAL),
        "state": OutboxState.PENDING,
        "not_before": wanted.get("not_before") or wanted["now"],
        "attempts": 0,
        "created_at": wanted["now"],
        "error": "",
    }


def holds(session: Session, key: str) -> bool:
    """Tell whether a row with `key` is there already."""
    return bool(key) and session.exec(select(Outbox.id).where(Outbox.key == key)).first() is not None


def find(session: Session, row_id: int | None) -> Outbox | None:
    return session.get(Outbox, row_id) if row_id is not None else None


def case_number(session: Session, row: Outbox) -> str:
    """Return the number of the case that a row is about, for the log; empty if it is about none."""
    case_id = payloads.case_of(row)
    if case_id is None and (delivery := session.get(Delivery, payloads.delivery_of(row) or 0)):
        case_id = delivery.case_id
    case = session.get(Case, case_id) if case_id is not None else None
    return case.no if case is not None else ""


def once_for(session: Session, row_id: int | None, mark: str) -> bool:
    """Set a mark on a row; False if it bears it, or is gone: what the mark stands for was done."""
    kept = find(session, row_id)
    if kept is None or kept.payload.get(mark):
        return False
    kept.payload = {**kept.payload, mark: True}
    session.add(kept)
    return True


def put_many(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Add rows in one statement, but for those whose key is there."""
    if not rows:
        return
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    session.connection().execute(insert(Outbox).on_conflict_do_nothing(index_elements=["key"]), rows)
    ring(session, *(row["lane"] for row in rows))


def release(session: Session) -> None:
    """Let rows go that were held until everything of their kind was written."""
    session.execute(
        update(Outbox).where(col(Outbox.state) == OutboxState.HELD).values(state=OutboxState.PENDING)
    )
    ring(session, ALL_LANES)


def due(session: Session, lane: str, now: datetime, limit: int = 50) -> list[Outbox]:
    """Return the rows of `lane` that may go out now, gravest first.

    A target of which a row is in hand, or was put off after a failure, waits: its rows go in order.
    """
    put_off = and_(
        col(Outbox.state) == OutboxState.PENDING, col(Outbox.not_before) > now, col(Outbox.attempts) > 0
    )
    held = select(Outbox.target).where(
        Outbox.lane == lane, or_(col(Outbox.state) == OutboxState.SENDING, put_off)
    )
    rows = session.exec(
        select(Outbox)
        .where(
            Outbox.state == OutboxState.PENDING,
            Outbox.lane == lane,
            col(Outbox.not_before) <= now,
            col(Outbox.target).not_in(held),
        )
        .order_by(col(Outbox.priority), col(Outbox.id))
        .limit(limit)
    ).all()
    return list(rows)


def pending(session: Session, lane: str) -> list[Outbox]:
    """Return the rows of `lane` that nobody has in hand, whenever they are due, oldest first."""
    query = select(Outbox).where(Outbox.lane == lane, Outbox.state == OutboxState.PENDING)
    return list(session.exec(query.order_by(col(Outbox.id))).all())


def claim(session: Session, row_id: int) -> bool:
    """Take a pending row for sending; False if somebody else has it."""
    return _move(
        session, row_id, OutboxState.PENDING, state=OutboxState.SENDING, attempts=Outbox.attempts + 1
    )


def done(session: Session, row_id: int, now: datetime) -> bool:
    return _move(session, row_id, OutboxState.SENDING, state=OutboxState.DONE, done_at=now, error="")


def failed(
    session: Session,
    row: Outbox,
    now: datetime,
    error: str,
    *,
    wait: timedelta | None = None,
    aside: bool = False,
) -> bool:
    """Record a failure; returns True when the row is given up for good.

    `aside`: the row becomes a target of its own, so that it holds back no other.
    """
    assert row.id is not None  # noqa: S101 - a row that was read has an id
    again = retry(row.attempts, now, wait=wait)
    if again.at is None:
        _move(session, row.id, OutboxState.SENDING, state=OutboxState.FAILED, done_at=now, error=error[:500])
        return True
    target = f"{row.target.partition(ASIDE)[0]}{ASIDE}{row.id}" if aside else row.target
    _move(
        session,
        row.id,
        OutboxState.SENDING,
        state=OutboxState.PENDING,
        not_before=again.at,
        error=error[:500],
        target=target,
    )
    return False


def drop(session: Session, row_id: int, now: datetime, why: str) -> None:
    _move(session, row_id, OutboxState.SENDING, state=OutboxState.DROPPED, done_at=now, error=why[:500])


def revive(session: Session, row_id: int, now: datetime) -> bool:
    """Make a row that was given up due again; False if it is not given up."""
    ring(session, ALL_LANES)
    afresh = {"state": OutboxState.PENDING, "attempts": 0, "not_before": now, "done_at": None}
    return any(
        _move(session, row_id, before, **afresh) for before in (OutboxState.FAILED, OutboxState.DROPPED)
    )


def orphans(session: Session, lane: str, in_hand: Collection[int]) -> list[int]:
    """Return the rows of `lane` that are said to be under way but that nobody has in hand.

    Asked by the one worker of the lane: its claim was committed and the answer to it lost, say.
    """
    under_way = session.exec(
        select(Outbox.id).where(Outbox.lane == lane, Outbox.state == OutboxState.SENDING)
    ).all()
    return [row_id for row_id in under_way if row_id is not None and row_id not in in_hand]


def take_back(session: Session, ids: Collection[int], now: datetime) -> int:
    """Make rows that were cut off due again."""
    return hits(
        session,
        update(Outbox)
        .where(col(Outbox.id).in_(ids), col(Outbox.state) == OutboxState.SENDING)
        .values(state=OutboxState.PENDING, not_before=now, error=CUT_OFF),
    )


def take_over(session: Session, now: datetime) -> int:
    """Make everything that an earlier worker had in hand, or put off, due again: called by a new worker."""
    found = hits(
        session,
        update(Outbox)
        .where(col(Outbox.state) == OutboxState.SENDING)
        .values(state=OutboxState.PENDING, not_before=now, error=CUT_OFF),
    )
    session.execute(
        update(Outbox)
        .where(
            col(Outbox.state) == OutboxState.PENDING, col(Outbox.not_before) > now, col(Outbox.attempts) > 0
        )
        .values(not_before=now)
    )
    return found


@event.listens_for(Session, "after_flush")
def _written(session: Session, _context: Any) -> None:
    """Have the lanes looked at whose rows were written or changed."""
    for target in (*session.new, *session.dirty):
        if isinstance(target, Outbox):
            ring(session, target.lane)


def _move(session: Session, row_id: int, before: str, **values: Any) -> bool:
    found = hits(
        session, update(Outbox).where(col(Outbox.id) == row_id, col(Outbox.state) == before).values(**values)
    )
    return found == 1
