"""The outbox: a row for whatever is to be sent, written in the transaction of the step that wants it."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NotRequired, TypedDict, Unpack
from uuid import uuid4

from sqlalchemy import and_, event, or_, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, func, select
from sqlmodel.sql.expression import SelectOfScalar

from cases.register import bulk, readonly
from cases.register.desk import ALL_LANES, Desk, ring
from cases.register.kinds import Lane
from cases.register.rows import hits, id_of, table_of
from cases.register.states import OutboxState
from cases.register.tables import Case, Delivery, Outbox
from cases.sending import payloads
from cases.sending.payloads import Payload

PEOPLE, REVIEW, ALERT, NORMAL, CARDS, BACKGROUND = 0, 1, 2, 4, 6, 8  # smaller goes first

_TABLE = table_of(Outbox)
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


def put(desk: Desk, **wanted: Unpack[NewRow]) -> None:
    """Add a row unless one with `key` is there: the key keeps a sending from being doubled. Empty: always add."""
    if not holds(desk, wanted["key"]):
        desk.session.add(Outbox(**row(**wanted)))


def put_all(desk: Desk, rows: Sequence[Mapping[str, Any]]) -> None:
    """Add rows, made by `row`, of which none can be there already."""
    bulk.insert(desk.session, _TABLE, rows)
    ring(desk.session, *{each["lane"] for each in rows})


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
        "holder": "",
    }


def holds(desk: Desk, key: str) -> bool:
    """Tell whether a row with `key` is there already."""
    return bool(key) and desk.session.exec(select(Outbox.id).where(Outbox.key == key)).first() is not None


def find(desk: Desk, row_id: int | None) -> readonly.Outbox | None:
    return desk.session.get(Outbox, row_id) if row_id is not None else None


def case_number(desk: Desk, row: readonly.Outbox) -> str:
    """Return the number of the case that a row is about, for the log; empty if it is about none."""
    case_id = payloads.case_of(row)
    if case_id is None and (delivery := desk.session.get(Delivery, payloads.delivery_of(row) or 0)):
        case_id = delivery.case_id
    case = desk.session.get(Case, case_id) if case_id is not None else None
    return case.no if case is not None else ""


def once_for(desk: Desk, row_id: int | None, mark: str) -> bool:
    """Set a mark on a row; False if it bears it, or is gone: what the mark stands for was done."""
    kept = desk.session.get(Outbox, row_id) if row_id is not None else None
    if kept is None or kept.payload.get(mark):
        return False
    kept.payload = {**kept.payload, mark: True}
    desk.session.add(kept)
    return True


def put_many(desk: Desk, rows: Sequence[dict[str, Any]]) -> None:
    """Add rows in one statement, but for those whose key is there."""
    if not rows:
        return
    insert = postgresql.insert if desk.session.get_bind().dialect.name == "postgresql" else sqlite.insert
    desk.session.connection().execute(insert(Outbox).on_conflict_do_nothing(index_elements=["key"]), rows)
    ring(desk.session, *(row["lane"] for row in rows))


def release(desk: Desk) -> None:
    """Let rows go that were held until everything of their kind was written."""
    desk.session.execute(
        update(Outbox).where(col(Outbox.state) == OutboxState.HELD).values(state=OutboxState.PENDING)
    )
    ring(desk.session, ALL_LANES)


def due(desk: Desk, lane: str, limit: int = 50) -> list[Outbox]:
    """Return the rows of `lane` that may go out now, gravest first: of each target the oldest alone.

    A target of which a row is in hand, or was put off after a failure, waits: its rows go in order.
    """
    return list(desk.session.exec(_heads(lane, desk.now, limit)).all())


def take(desk: Desk, lane: str, limit: int, holder: str) -> list[Outbox]:
    """Take what is due for `holder`. Several processes may ask at once: what another is taking is passed over.

    A row behind one that another is just taking is not its target's oldest, so the order holds over all of them.
    """
    rows = list(desk.session.exec(_heads(lane, desk.now, limit).with_for_update(skip_locked=True)).all())
    desk.session.execute(
        update(Outbox)
        .where(col(Outbox.id).in_([row.id for row in rows]))
        .values(state=OutboxState.SENDING, attempts=Outbox.attempts + 1, holder=holder),
        execution_options={"synchronize_session": False},
    )
    return rows


def _heads(lane: str, now: datetime, limit: int) -> SelectOfScalar[Outbox]:
    in_lane = and_(col(Outbox.lane) == lane, col(Outbox.state) == OutboxState.PENDING)
    put_off = and_(in_lane, col(Outbox.not_before) > now, col(Outbox.attempts) > 0)
    under_way = and_(col(Outbox.lane) == lane, col(Outbox.state) == OutboxState.SENDING)
    oldest = select(func.min(Outbox.id)).where(in_lane, col(Outbox.not_before) <= now).group_by(Outbox.target)
    return (
        select(Outbox)
        .where(
            in_lane,
            col(Outbox.not_before) <= now,
            col(Outbox.id).in_(oldest),
            col(Outbox.target).not_in(select(Outbox.target).where(or_(under_way, put_off))),
        )
        .order_by(col(Outbox.priority), col(Outbox.id))
        .limit(limit)
    )


def pending(desk: Desk, lane: str) -> list[readonly.Outbox]:
    """Return the rows of `lane` that nobody has in hand, whenever they are due, oldest first."""
    query = select(Outbox).where(Outbox.lane == lane, Outbox.state == OutboxState.PENDING)
    return list(desk.session.exec(query.order_by(col(Outbox.id))).all())


def claim(desk: Desk, row_id: int) -> bool:
    """Take one pending row; False if somebody else has it."""
    return _move(desk, row_id, OutboxState.PENDING, state=OutboxState.SENDING, attempts=Outbox.attempts + 1)


def let_go(desk: Desk, row_id: int, holder: str) -> None:
    """Give a row back that was taken and not begun, unless another has it by now."""
    _move(desk, row_id, OutboxState.SENDING, holder, state=OutboxState.PENDING, attempts=Outbox.attempts - 1)


def done(desk: Desk, row_id: int) -> bool:
    """Note that the platform took it: true whoever says so."""
    return _move(desk, row_id, OutboxState.SENDING, state=OutboxState.DONE, done_at=desk.now, error="")


def failed(
    desk: Desk,
    row: readonly.Outbox,
    error: str,
    *,
    wait: timedelta | None = None,
    aside: bool = False,
    holder: str = "",
) -> bool:
    """Record a failure; returns True when the row is given up for good.

    `aside`: the row becomes a target of its own, so that it holds back no other.
    `holder`: who had it in hand; if it was taken from them meanwhile, what became of theirs is no matter.
    """
    row_id = id_of(row)
    again = retry(row.attempts, desk.now, wait=wait)
    if again.at is None:
        given_up: dict[str, Any] = {"state": OutboxState.FAILED, "done_at": desk.now, "error": error[:500]}
        _move(desk, row_id, OutboxState.SENDING, holder, **given_up)
        return True
    target = f"{row.target.partition(ASIDE)[0]}{ASIDE}{row.id}" if aside else row.target
    put_off: dict[str, Any] = {
        "state": OutboxState.PENDING,
        "not_before": again.at,
        "error": error[:500],
        "target": target,
    }
    _move(desk, row_id, OutboxState.SENDING, holder, **put_off)
    return False


def drop(desk: Desk, row_id: int, why: str, *, holder: str = "") -> None:
    given_up: dict[str, Any] = {"state": OutboxState.DROPPED, "done_at": desk.now, "error": why[:500]}
    _move(desk, row_id, OutboxState.SENDING, holder, **given_up)


def revive(desk: Desk, row_id: int) -> bool:
    """Make a row that was given up due again; False if it is not given up."""
    ring(desk.session, ALL_LANES)
    afresh: dict[str, Any] = {
        "state": OutboxState.PENDING,
        "attempts": 0,
        "not_before": desk.now,
        "done_at": None,
    }
    return any(_move(desk, row_id, before, **afresh) for before in (OutboxState.FAILED, OutboxState.DROPPED))


def orphans(
    desk: Desk, lane: str, in_hand: Collection[int], gone: Callable[[str], bool] = lambda _holder: True
) -> list[int]:
    """Return the rows of `lane` that are said to be under way but that nobody has in hand.

    `in_hand`: what the asking process has. `gone`: whether what a holder took may be taken back, if not in hand here.
    """
    under_way = desk.session.exec(
        select(Outbox.id, Outbox.holder).where(Outbox.lane == lane, Outbox.state == OutboxState.SENDING)
    ).all()
    free = {
        holder: gone(holder) for holder in {holder for row_id, holder in under_way if row_id not in in_hand}
    }
    return [
        row_id
        for row_id, holder in under_way
        if row_id is not None and row_id not in in_hand and free[holder]
    ]


def take_back(desk: Desk, ids: Collection[int]) -> int:
    """Make rows that were cut off due again."""
    return hits(
        desk.session,
        update(Outbox)
        .where(col(Outbox.id).in_(ids), col(Outbox.state) == OutboxState.SENDING)
        .values(state=OutboxState.PENDING, not_before=desk.now, error=CUT_OFF),
    )


def take_over(desk: Desk, lanes: Collection[str] = tuple(Lane)) -> int:
    """Make what was put off due again, and what an earlier worker of `lanes` had in hand: called by a new leader."""
    found = hits(
        desk.session,
        update(Outbox)
        .where(col(Outbox.lane).in_(lanes), col(Outbox.state) == OutboxState.SENDING)
        .values(state=OutboxState.PENDING, not_before=desk.now, error=CUT_OFF),
    )
    desk.session.execute(
        update(Outbox)
        .where(
            col(Outbox.state) == OutboxState.PENDING,
            col(Outbox.not_before) > desk.now,
            col(Outbox.attempts) > 0,
        )
        .values(not_before=desk.now)
    )
    return found


@event.listens_for(Session, "after_flush")
def _written(session: Session, _context: Any) -> None:
    """Have the lanes looked at whose rows were written or changed."""
    for target in (*session.new, *session.dirty):
        if isinstance(target, Outbox):
            ring(session, target.lane)


def _move(desk: Desk, row_id: int, before: str, holder: str | None = None, **values: Any) -> bool:
    where = [col(Outbox.id) == row_id, col(Outbox.state) == before]
    if holder is not None:
        where.append(col(Outbox.holder) == holder)
    return hits(desk.session, update(Outbox).where(*where).values(**values)) == 1
