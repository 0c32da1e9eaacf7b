"""A source fetches what was released to it; asking with a later cursor is its word that it has the earlier texts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement
from sqlmodel import col, func, select

from cases.register import readonly, register
from cases.register.desk import Desk, Workplace
from cases.register.errors import Invalid
from cases.register.states import DeliveryState
from cases.register.tables import Citizen, Delivery, Source
from cases.steps import reply

MOST = 500  # texts in one answer
_OWED = (DeliveryState.WAITING, DeliveryState.PENDING)


@dataclass(frozen=True, slots=True)
class Released:
    """One released text as its source reads it."""

    cursor: str
    no: str
    user: str
    kind: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class CollectedPage:
    answers: Sequence[Released]
    next: str


def collect(workplace: Workplace, source_id: int, after: str, limit: int) -> CollectedPage:
    """Return what comes after a cursor (empty: from the first), and record that what came before it has arrived.

    Raises: Invalid for a cursor that was never given out: it would claim what did not happen.
    """
    seen = int(after or 0)
    page = workplace.look(lambda desk: _page(desk, source_id, seen, limit))
    if workplace.look(lambda desk: _changes(desk, source_id, seen, int(page.next or 0))):
        workplace.act(lambda desk: _note(desk, source_id, seen, int(page.next or 0)))
    return page


def released(desk: Desk, delivery: readonly.Delivery) -> Released:
    vault = desk.office.vault
    citizen = desk.session.get_one(Citizen, delivery.citizen_id)
    return Released(
        cursor=str(delivery.source_seq),
        no=register.by_id(desk, delivery.case_id).no,
        user=vault.open(citizen.openid_sealed),
        kind=delivery.kind,
        text=vault.open(delivery.text_sealed),
        at=delivery.created_at,
    )


def _page(desk: Desk, source_id: int, seen: int, limit: int) -> CollectedPage:
    if seen > desk.session.get_one(Source, source_id).given_seq:
        raise Invalid("游标无效：请使用上一次返回的 next，首次不填。")
    rows = desk.session.exec(
        select(Delivery)
        .where(
            Delivery.source_id == source_id,
            col(Delivery.source_seq) > seen,
            Delivery.state != DeliveryState.FAILED,  # given up for good: its words are kept no more
        )
        .order_by(col(Delivery.source_seq))
        .limit(limit)
    ).all()
    answers = [released(desk, row) for row in rows]
    return CollectedPage(answers, answers[-1].cursor if answers else str(seen))


def _owed(source_id: int, seen: int) -> tuple[ColumnElement[bool], ...]:
    return (
        col(Delivery.source_id) == source_id,
        col(Delivery.source_seq) <= seen,
        col(Delivery.state).in_(_OWED),
    )


def _changes(desk: Desk, source_id: int, seen: int, given: int) -> bool:
    """Most polls find nothing new: they should cost no transaction that writes."""
    if given > desk.session.get_one(Source, source_id).given_seq:
        return True
    query = select(func.count()).select_from(Delivery).where(*_owed(source_id, seen))
    return bool(desk.session.exec(query).one())


def _note(desk: Desk, source_id: int, seen: int, given: int) -> None:
    source = desk.session.get_one(Source, source_id, with_for_update={"key_share": True})
    source.given_seq = max(source.given_seq, given)
    desk.session.add(source)
    query = select(Delivery).where(*_owed(source_id, seen)).order_by(col(Delivery.source_seq))
    for delivery in desk.session.exec(query).all():
        reply.delivered(desk, delivery, DeliveryState.HANDED_OVER, "api")
