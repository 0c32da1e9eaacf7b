"""What a push makes happen, and what its citizen reads at once. Rules live in `cases/`; this only translates."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from bot.wechat import letters, words
from bot.wechat.commands import Command, command
from bot.wechat.orders import MAY_BE_A_MESSAGE, ORDERS
from bot.wechat.parsing import Push
from bot.wechat.talk import FirstWords, Judged, Said, Talk, next_page, whole
from cases.register import citizens, deliveries, pushes
from cases.register.citizens import Address
from cases.register.desk import Desk
from cases.register.errors import Refusal
from cases.register.readonly import Citizen
from cases.register.rows import id_of
from cases.register.states import DeliveryState
from cases.sending import announce
from cases.steps import receive, reply
from text.normalise import says_nothing

SILENT = ""  # answered with `success`: nothing is shown


def key_of(desk: Desk, push: Push) -> str:
    """Return the unique key of a push; it names no address."""
    return desk.office.vault.lookup(f"{push.account.app_id}\n{push.identity}")


def keys_of(desk: Desk, push: Push) -> tuple[str, ...]:
    """Return the keys under which a push may be known while the office's key is changed."""
    return desk.office.vault.lookups(f"{push.account.app_id}\n{push.identity}")


@dataclass(frozen=True, slots=True)
class Arrival:
    """A push and what was found out about its text before the transaction."""

    push: Push
    judged: Judged | None


def answer(desk: Desk, push: Push, judged: Judged | None, safety: Callable[[], str]) -> str:
    """Do what a push asks for, once, and return the text of the reply; a repeated push gets the same again."""
    return answer_all(desk, [Arrival(push, judged)], safety)[0]


def answer_all(desk: Desk, arrivals: Sequence[Arrival], safety: Callable[[], str]) -> list[str]:
    """`answer` for pushes that arrived together, in the order of arrival: citizens' first words are opened as one."""
    under = [keys_of(desk, arrival.push) for arrival in arrivals]
    keys = [several[0] for several in under]
    present = {each: several[0] for several in under for each in several}
    said = {present[each]: reply for each, reply in pushes.replies_to(desk, present).items()}
    fresh = {key: arrival for key, arrival in zip(keys, arrivals, strict=True) if key not in said}
    addresses = Counter(_address(arrival.push) for arrival in fresh.values())
    known = citizens.known_at(desk, addresses)
    once = {key: one for key, one in fresh.items() if addresses[_address(one.push)] == 1}
    replies = letters.first_words(desk, _first_words(desk, once, known), safety)
    others = {key: arrival for key, arrival in fresh.items() if key not in replies}
    people = citizens.at_each(desk, {_address(arrival.push) for arrival in others.values()}, known)
    for key, arrival in others.items():
        talk = Talk(desk, arrival.push, arrival.judged, safety, people[_address(arrival.push)], key)
        replies[key] = _event(talk) if talk.push.kind == "event" else _message(talk)
    pushes.keep_all(desk, replies)
    said |= replies
    return [said[key] for key in keys]


def _address(push: Push) -> Address:
    return push.account.app_id, push.openid


def _first_words(
    desk: Desk, arrivals: Mapping[str, Arrival], known: Mapping[Address, Citizen]
) -> list[FirstWords]:
    """Return those that are the plain first message of somebody of whom nothing is known and to whom nothing is owed."""
    found = [
        FirstWords(arrival.push, arrival.judged, key, known.get(_address(arrival.push)))
        for key, arrival in arrivals.items()
        if arrival.judged is not None and _plain(arrival.push, arrival.judged)
    ]
    first = [one for one in found if one.citizen is None or _new(one.citizen)]
    met = {id_of(one.citizen) for one in first if one.citizen is not None}
    waited_for = announce.those_waited_for(desk, met) if met else set()
    return [one for one in first if one.citizen is None or one.citizen.id not in waited_for]


def _plain(push: Push, judged: Judged) -> bool:
    ordinary = judged.match is None and not judged.triage.chitchat
    if push.kind != "text" or not ordinary or push.unshown or command(push) is not None:
        return False
    return not says_nothing(push.text)


def _new(citizen: Citizen) -> bool:
    return citizen.last_message_at is None and citizen.last_case_id is None


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
        citizens.follows(desk, citizen, False)
        return SILENT
    if push.event == "templatesendjobfinish":
        _template_finished(talk)
        return SILENT
    citizens.follows(desk, citizen, True)
    if push.event == "subscribe":
        return whole(talk, Said(words.subscribed()))
    found = command(push)
    return _command(talk, found) or SILENT if found else SILENT


def _template_finished(talk: Talk) -> None:
    """A template message that did not arrive leaves its answer waiting for pick-up."""
    message_id, status = talk.push.details.get("MsgID", ""), talk.push.details.get("Status", "")
    if not message_id or status == "success":
        return
    delivery = deliveries.told_by_platform(talk.desk, talk.citizen, message_id)
    if delivery is not None and delivery.state == DeliveryState.NOTIFIED:
        reply.delivered(talk.desk, delivery, DeliveryState.WAITING, error=f"模板消息未送达：{status[:60]}")


def _message(talk: Talk) -> str:
    push = talk.push
    citizens.note_contact(talk.desk, talk.citizen)
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
    try:
        with talk.desk.undoing():
            said = ORDERS[found.name](talk, found)
    except Refusal as refusal:
        wanted = talk.judged is not None and found.rest
        said = letters.kept_aside(talk, found.rest, str(refusal)) if wanted else Said(str(refusal))
    return None if said is None else whole(talk, said)
