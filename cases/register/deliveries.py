"""Deliveries as the register keeps them: what is on its way to a citizen, and what stands there already."""

from datetime import datetime

from sqlmodel import col, select

from cases.register import readonly
from cases.register.desk import Desk
from cases.register.errors import NotFound
from cases.register.kinds import Sent
from cases.register.readonly import Citizen
from cases.register.rows import row_of
from cases.register.states import DeliveryState, Purpose
from cases.register.tables import Delivery

MAY_BE_TWICE = "上一次发送没有得到平台的回答：可能重复"


def find(desk: Desk, delivery_id: int | None) -> readonly.Delivery | None:
    return desk.session.get(Delivery, delivery_id) if delivery_id else None


def by_id(desk: Desk, delivery_id: int | None) -> readonly.Delivery:
    delivery = find(desk, delivery_id)
    if delivery is None:
        raise NotFound("没有这条送达记录。")
    return delivery


def told_by_platform(desk: Desk, citizen: Citizen, platform_id: str) -> readonly.Delivery | None:
    """Return this citizen's delivery that the platform calls by `platform_id`."""
    query = select(Delivery).where(Delivery.citizen_id == citizen.id, Delivery.platform_id == platform_id)
    return desk.session.exec(query).first()


def answer_pending(desk: Desk, citizen: Citizen) -> bool:
    """Tell whether something weightier than a notice is on its way to this citizen."""
    waiting = select(Delivery.id).where(
        Delivery.citizen_id == citizen.id,
        Delivery.state == DeliveryState.PENDING,
        Delivery.kind != Sent.NOTICE,
    )
    return desk.session.exec(waiting).first() is not None


def question_since(desk: Desk, citizen: Citizen, since: datetime) -> readonly.Delivery | None:
    """Return the last question of ours that reached this citizen after `since`."""
    query = select(Delivery).where(
        Delivery.citizen_id == citizen.id,
        Delivery.kind == Purpose.QUESTION,
        col(Delivery.state).in_((DeliveryState.SENT, DeliveryState.HANDED_OVER)),
        col(Delivery.finished_at) > since,
    )
    return desk.session.exec(query.order_by(col(Delivery.id).desc())).first()


def posted(desk: Desk, case_id: int | None) -> bool:
    """Tell whether a reply of ours stands under the comment of a case."""
    query = select(Delivery.id).where(Delivery.case_id == case_id, Delivery.state == DeliveryState.POSTED)
    return desk.session.exec(query).first() is not None


def tried(desk: Desk, delivery_id: int, why: str, attempts: int) -> None:
    """Note a sending that failed and will be tried again."""
    delivery = row_of(Delivery, by_id(desk, delivery_id))
    delivery.attempts, delivery.error = attempts, said_of(delivery, why)
    desk.session.add(delivery)


def doubt(desk: Desk, delivery_id: int) -> None:
    """It is sent again though the platform may have taken it before: the record says so from now on."""
    delivery = row_of(Delivery, by_id(desk, delivery_id))
    delivery.error = MAY_BE_TWICE
    desk.session.add(delivery)


def said_of(delivery: readonly.Delivery, why: str) -> str:
    """Return what the record says of a try: a doubt that was there once stays, whatever comes after."""
    if MAY_BE_TWICE not in delivery.error or MAY_BE_TWICE in why:
        return why[:500]
    return f"{MAY_BE_TWICE}；{why}"[:500] if why else MAY_BE_TWICE
