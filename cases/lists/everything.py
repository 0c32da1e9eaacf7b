"""The whole register in the order in which it happened: letters, and what reached their citizens. For the simulator."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select

from cases.register.desk import Desk
from cases.register.kinds import Sent
from cases.register.rows import id_of
from cases.register.states import DeliveryState
from cases.register.tables import Case, Citizen, Delivery, Message

_ARRIVED = (DeliveryState.SENT, DeliveryState.HANDED_OVER)


@dataclass(frozen=True, slots=True)
class Exchanged:
    """A text between a citizen and the office. `case_no` and `automatic` are those of a letter's case."""

    openid: str
    text: str
    at: datetime
    case_no: str = ""
    automatic: bool = False


@dataclass(frozen=True, slots=True)
class Window:
    """What the platform knows of a citizen, and how many answers wait for their next message."""

    openid: str
    following: bool
    wrote_at: datetime | None
    sent: int
    waiting: int


def letters(desk: Desk) -> Iterator[Exchanged]:
    """Yield every private letter, unsealed, oldest first."""
    openids = _openids(desk)
    cases = {case.id: case for case in desk.session.exec(select(Case)).all()}
    automatic = set(desk.session.exec(select(Delivery.case_id).where(Delivery.kind == Sent.AUTO)).all())
    for message in desk.session.exec(select(Message).order_by(col(Message.id))).all():
        case = cases.get(message.case_id)
        if case is None or case.channel != "comment":
            text, no = desk.office.vault.open(message.sealed), case.no if case is not None else ""
            by_itself = message.case_id in automatic
            yield Exchanged(openids[message.citizen_id], text, message.received_at, no, by_itself)


def arrived(desk: Desk) -> Iterator[Exchanged]:
    """Yield every private text that reached its citizen, oldest first."""
    openids = _openids(desk)
    query = select(Delivery).where(col(Delivery.state).in_(_ARRIVED), col(Delivery.channel) != "comment")
    for delivery in desk.session.exec(query.order_by(col(Delivery.id))).all():
        if delivery.finished_at is not None:
            text = desk.office.vault.open(delivery.text_sealed)
            yield Exchanged(openids[delivery.citizen_id], text, delivery.finished_at)


def windows(desk: Desk) -> list[Window]:
    """Return how each citizen stands with the platform."""
    waits = select(Delivery.citizen_id).where(
        Delivery.state == DeliveryState.WAITING, Delivery.kind != Sent.NOTICE
    )
    waiting = list(desk.session.exec(waits).all())
    return [
        Window(
            desk.office.vault.open(citizen.openid_sealed), citizen.following, citizen.last_message_at,
            citizen.sent_in_window, waiting.count(id_of(citizen)),
        )
        for citizen in desk.session.exec(select(Citizen)).all()
    ]  # fmt: skip


def _openids(desk: Desk) -> dict[int | None, str]:
    """Rows are read whole: a sealed value that is read alone does not know the place that it is bound to."""
    citizens = desk.session.exec(select(Citizen)).all()
    return {citizen.id: desk.office.vault.open(citizen.openid_sealed) for citizen in citizens}
