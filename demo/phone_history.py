"""What the phones showed before the demo was first opened, read from the register."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select

from cases.register.desk import Desk
from cases.register.states import DeliveryState
from cases.register.tables import Case, Citizen, Delivery, Message
from demo.phones import PHONE, Platform
from demo.stage import Stage
from demo.wechat_platform import PER_WINDOW, Follower

_ARRIVED = (DeliveryState.SENT, DeliveryState.HANDED_OVER)


@dataclass(frozen=True, slots=True)
class Bubble:
    openid: str
    mine: bool
    kind: str
    text: str
    at: datetime


def bubbles(desk: Desk) -> list[Bubble]:
    """Return every citizen's messages, receipts in short, and what was delivered, in the order of time."""
    vault = desk.office.vault
    openids = {c.id: vault.open(c.openid_sealed) for c in desk.session.exec(select(Citizen)).all()}
    found: list[Bubble] = []
    cases = {case.id: case for case in desk.session.exec(select(Case)).all()}
    numbered: set[str] = set()
    for message in desk.session.exec(select(Message).order_by(col(Message.id))).all():
        case = cases.get(message.case_id)
        if case is not None and case.channel == "comment":
            continue
        openid, at = openids[message.citizen_id], message.received_at
        found.append(Bubble(openid, True, "text", vault.open(message.sealed), at))
        if case is not None and case.no not in numbered and not _automatic(desk, case):
            numbered.add(case.no)
            found.append(Bubble(openid, False, "note", f"已登记，编号 {case.no}", at))
    for delivery in desk.session.exec(select(Delivery).order_by(col(Delivery.id))).all():
        if delivery.state in _ARRIVED and delivery.finished_at is not None and delivery.channel != "comment":
            text = vault.open(delivery.text_sealed)
            found.append(Bubble(openids[delivery.citizen_id], False, "text", text, delivery.finished_at))
    return sorted(found, key=lambda bubble: bubble.at)


def _automatic(desk: Desk, case: Case) -> bool:
    query = select(Delivery.id).where(Delivery.case_id == case.id, Delivery.kind == "auto")
    return desk.session.exec(query).first() is not None


def draw(stage: Stage, history: list[Bubble]) -> None:
    """Put the history on empty phones; phones that show something already are left alone."""
    if stage.of(PHONE):
        return
    for bubble in history:
        body = {
            "openid": bubble.openid,
            "mine": bubble.mine,
            "kind": bubble.kind,
            "text": bubble.text,
            "at": bubble.at.timestamp(),
        }
        stage.add(PHONE, body)


def windows(desk: Desk, platform: Platform) -> None:
    """Tell the platform when each citizen last wrote, as the register knows it: it forgets with every restart."""
    for citizen in desk.session.exec(select(Citizen)).all():
        openid = desk.office.vault.open(citizen.openid_sealed)
        platform.followers[openid] = Follower(
            following=citizen.following,
            wrote_at=citizen.last_message_at,
            used=min(PER_WINDOW, citizen.sent_in_window),
        )


def waiting(desk: Desk) -> dict[str, int]:
    """Return how many answers wait for each citizen's next message."""
    query = select(Citizen, Delivery).where(
        Delivery.citizen_id == Citizen.id, Delivery.state == DeliveryState.WAITING, Delivery.kind != "notice"
    )
    counts: dict[str, int] = {}
    for citizen, _ in desk.session.exec(query).all():
        openid = desk.office.vault.open(citizen.openid_sealed)
        counts[openid] = counts.get(openid, 0) + 1
    return counts
