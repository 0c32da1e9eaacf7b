"""What is released to a source, in an order that nothing can slip into afterwards."""

from sqlalchemy import update
from sqlmodel import Session, col, select

from cases.register import sources
from cases.register.desk import Desk
from cases.register.readonly import Case
from cases.register.states import DeliveryState
from cases.register.tables import Delivery, Source


def number(desk: Desk, case: Case, delivery: Delivery) -> Source | None:
    """Give a delivery its place among its source's released texts; None if the case came by another way.

    The source's row is held until the transaction ends: a later number is never seen before an earlier one.
    """
    source = sources.of_channel(desk, case.channel)
    if source is None:
        return None
    one_more = update(Source).where(col(Source.id) == source.id).values(last_seq=Source.last_seq + 1)
    delivery.source_id = source.id
    delivery.source_seq = desk.session.execute(one_more.returning(col(Source.last_seq))).scalar_one()
    return source


def failing(session: Session) -> dict[str, tuple[int, str]]:
    """Return the sources whose callback did not take what was released: how many texts, and why at last."""
    query = (
        select(Source.name, Delivery.error)
        .where(Delivery.source_id == Source.id, Delivery.state == DeliveryState.PENDING, Delivery.error != "")
        .order_by(col(Delivery.id))
    )
    found: dict[str, tuple[int, str]] = {}
    for name, why in session.exec(query).all():
        found[name] = (found.get(name, (0, ""))[0] + 1, why)
    return found
