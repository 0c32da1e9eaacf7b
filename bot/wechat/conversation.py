"""What a push makes happen, and what its citizen reads at once. Rules live in `cases/`; this only translates."""

from collections.abc import Callable

from sqlmodel import select

from bot.wechat import letters, words
from bot.wechat.commands import Command, command
from bot.wechat.orders import MAY_BE_A_MESSAGE, ORDERS
from bot.wechat.parsing import Push
from bot.wechat.talk import Judged, Said, Talk, next_page, whole
from cases.register.desk import Desk
from cases.register.errors import Refusal
from cases.register.states import DeliveryState
from cases.register.tables import Delivery
from cases.steps import receive, reply
from text.normalise import says_nothing

SILENT = ""  # answered with `success`: nothing is shown


def key_of(desk: Desk, push: Push) -> str:
    """Return the unique key of a push; it names no address."""
    return desk.office.vault.lookup(f"{push.account.app_id}\n{push.identity}")


def answer(desk: Desk, push: Push, judged: Judged | None, safety: Callable[[], str]) -> str:
    """Do what a push asks for, once, and return the text of the reply; a repeated push gets the same again."""
    key = key_of(desk, push)
    known = receive.known_reply(desk, key)
    if known is not None:
        return known
    citizen = receive.citizen_at(desk, push.account.app_id, push.openid)
    talk = Talk(desk, push, judged, safety, citizen, key)
    said = _event(talk) if push.kind == "event" else _message(talk)
    receive.keep_reply(desk, key, said)
    return said


def matters(push: Push) -> bool:
    """Events that ask for nothing and change nothing are answered without touching the register."""
    known = ("subscribe", "unsubscribe", "templatesendjobfinish")
    return push.kind != "event" or push.event in known or command(push) is not None


def wants_judging(push: Push) -> bool:
    """Plain commands need no classifier."""
    found = command(push)
    return push.kind != "event" and (found is None or found.name in MAY_BE_A_MESSAGE)


def _event(talk: Talk) -> str:
    desk, push, citizen = talk.desk, talk.push, talk.citizen
    if push.event == "unsubscribe":
        citizen.following = False
        desk.session.add(citizen)
        return SILENT
    if push.event == "templatesendjobfinish":
        _template_finished(talk)
        return SILENT
    citizen.following = True
    desk.session.add(citizen)
    if push.event == "subscribe":
        return whole(talk, Said(words.subscribed()))
    found = command(push)
    return _command(talk, found) or SILENT if found else SILENT


def _template_finished(talk: Talk) -> None:
    """A template message that did not arrive leaves its answer waiting for pick-up."""
    message_id, status = talk.push.details.get("MsgID", ""), talk.push.details.get("Status", "")
    if not message_id or status == "success":
        return
    query = select(Delivery).where(Delivery.citizen_id == talk.citizen.id, Delivery.platform_id == message_id)
    delivery = talk.desk.session.exec(query).first()
    if delivery is not None and delivery.state == DeliveryState.NOTIFIED:
        reply.delivered(talk.desk, delivery, DeliveryState.WAITING, error=f"模板消息未送达：{status[:60]}")


def _message(talk: Talk) -> str:
    push = talk.push
    receive.note_contact(talk.desk, talk.citizen)
    found = command(push)
    said = _command(talk, found) if found else None
    if said is not None:
        return said
    if push.kind == "text" and says_nothing(push.text):
        return whole(talk, Said(words.UNREADABLE))
    if push.unshown:
        receive.set_aside(talk.desk, talk.citizen, letters.incoming(talk, push.text))
        return whole(talk, Said(words.UNSHOWN))
    return whole(talk, letters.received(talk, push.text))


def _command(talk: Talk, found: Command) -> str | None:
    """Carry out a command; None if, as things stand, it is a message like any other."""
    if found.name == "more":
        return next_page(talk)
    known = len(talk.desk.trail)
    try:
        with talk.desk.session.begin_nested():
            said = ORDERS[found.name](talk, found)
    except Refusal as refusal:
        del talk.desk.trail[known:]
        wanted = talk.judged is not None and found.rest
        said = letters.kept_aside(talk, found.rest, str(refusal)) if wanted else Said(str(refusal))
    return None if said is None else whole(talk, said)
