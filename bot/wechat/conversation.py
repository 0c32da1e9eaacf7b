"""What a push makes happen, and what its citizen reads at once. Rules live in `cases/`; this only translates."""

import json
from collections.abc import Callable
from dataclasses import dataclass

from sqlmodel import col, select

from bot.wechat import words
from bot.wechat.commands import Command, command
from bot.wechat.parsing import Push
from cases.lists import views
from cases.register.desk import Desk
from cases.register.errors import Refusal
from cases.register.states import OPEN, DeliveryState, State
from cases.register.tables import Case, Citizen, Delivery, Message
from cases.sending import announce
from cases.steps import follow_up, rate, receive, reply
from cases.steps.receive import Incoming, IncomingMedia
from classifier.triage import Triage
from knowledge_base.answering import Match

SILENT = ""  # answered with `success`: nothing is shown
_FILES = ("image", "voice", "video", "shortvideo")


@dataclass(frozen=True, slots=True)
class Judged:
    """What was found out about the text before the transaction."""

    triage: Triage
    match: Match | None = None


@dataclass(frozen=True, slots=True)
class Talk:
    """One push on a desk. `safety` returns the office's own safety text, or an empty one."""

    desk: Desk
    push: Push
    judged: Judged | None
    safety: Callable[[], str]
    citizen: Citizen
    key: str


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
    return push.kind != "event" and (found is None or found.name in ("add", "rate", "belongs"))


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
        return _with_waiting(talk, words.subscribed())
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
    receive.note_contact(talk.desk, talk.citizen)
    found = command(talk.push)
    said = _command(talk, found) if found else None
    if said is not None:
        return said
    if talk.push.kind == "text" and not talk.push.text.strip():
        return _with_waiting(talk, words.UNREADABLE)
    return _received(talk)


def _command(talk: Talk, found: Command) -> str | None:
    """Carry out a command; None if, as things stand, it is a message like any other."""
    if found.name == "more":
        return _next_page(talk)
    known = len(talk.desk.trail)
    try:
        with talk.desk.session.begin_nested():
            said = _COMMANDS[found.name](talk, found)
    except Refusal as refusal:
        del talk.desk.trail[known:]
        said = str(refusal)
    return None if said is None else _with_waiting(talk, said)


def _received(talk: Talk) -> str:
    desk, push, citizen = talk.desk, talk.push, talk.citizen
    assert talk.judged is not None  # noqa: S101 - `wants_judging` said so
    asked, citizen.asking = citizen.asking, ""
    match = talk.judged.match if push.kind in ("text", "voice") and push.heard else None
    outcome = receive.receive(desk, _incoming(talk, push.text), talk.judged.triage, match, citizen)
    if isinstance(outcome, receive.SmallTalk):
        citizen.asking = asked
        return _with_waiting(talk, words.small_talk())
    case = outcome.case
    if isinstance(outcome, receive.AutoAnswered):
        entry = outcome.match.entry
        return _with_waiting(talk, words.automatic(case.no, entry.answer, entry.source, entry.effective_on))
    if outcome.danger:
        return words.safety(talk.safety(), case.no)
    if isinstance(outcome, receive.Joined):
        said = (
            words.joined_danger(case.no)
            if receive.danger(case)
            else words.joined(case.no, case.due_on, case.provisional)
        )
    else:
        said = words.receipt(case.no, case.due_on, case.provisional)
        if before := follow_up.ask(desk, citizen, case):
            said = f"{said}\n{words.related(before.no)}"
    if push.kind == "voice" and not push.heard:
        said = words.voice_receipt(said)
    return _with_waiting(talk, said)


def _incoming(talk: Talk, text: str) -> Incoming:
    push = talk.push
    return Incoming(
        account=push.account.app_id,
        openid=push.openid,
        text=text,
        sent_at=push.sent_at or talk.desk.now,
        kind=push.kind,
        media=tuple(IncomingMedia(kind, media_id) for kind, media_id in push.media if kind in _FILES),
        push_key=talk.key,
    )


def _query(talk: Talk, found: Command) -> str:
    desk = talk.desk
    if not found.no:
        cases = rate.own_cases(desk, talk.citizen)
        first = _first_words(desk, cases)
        return words.mine([_line(case, first.get(case.id or 0, "")) for case in cases])
    case = rate.own_case(desk, talk.citizen, found.no)
    waits = any(
        row.case_id == case.id and row.kind != "notice"
        for row in announce.undelivered(desk, talk.citizen.id or 0)
    )
    return words.one(_line(case, ""), "" if waits else views.answer_of(desk, case))


def _add(talk: Talk, found: Command) -> str | None:
    desk, citizen = talk.desk, talk.citizen
    if not found.no:
        case = desk.session.get(Case, citizen.last_case_id) if citizen.last_case_id else None
        if case is None or case.status not in OPEN or not found.rest:
            return None if found.rest else words.ADD_USAGE
    else:
        case = rate.own_case(desk, citizen, found.no)
        if not found.rest:
            return words.ADD_USAGE
        if case.status not in OPEN:
            return None  # an answered case takes no additions: the words become a case of their own
    assert talk.judged is not None  # noqa: S101 - `wants_judging` said so
    outcome = receive.add_to(desk, citizen, case, _incoming(talk, found.rest), talk.judged.triage)
    if outcome.danger:
        return words.safety(talk.safety(), case.no)
    return words.added(case.no, case.due_on, case.provisional)


def _rate(talk: Talk, found: Command) -> str | None:
    desk, citizen = talk.desk, talk.citizen
    if found.no:
        case = rate.own_case(desk, citizen, found.no)
    else:
        answered = (State.ANSWERED, State.AUTO_ANSWERED, State.REFUSED)
        mine = next((c for c in rate.own_cases(desk, citizen) if c.status in answered and not c.rating), None)
        if mine is None:
            return words.RATE_USAGE if not found.grade else None
        case = mine
    if not found.grade:
        return words.RATE_USAGE
    again = rate.rate(desk, case, found.grade)
    if found.rest and case.status in OPEN and talk.judged is not None:
        receive.add_to(desk, citizen, case, _incoming(talk, found.rest), talk.judged.triage)
    if again:
        receive.remember(desk, citizen, case, desk.now)  # what they write next says why
        return words.reopened(case.no, case.due_on, case.provisional)
    return words.rated(case.no, found.grade)


def _person(talk: Talk, found: Command) -> str:
    why = "human" if found.name == "person" else "unsolved"
    case = rate.want_person(talk.desk, talk.citizen, why, found.no)
    late = talk.desk.now >= case.due_at
    return words.for_person(case.no, case.due_on, case.provisional, late=late)


def _belongs(talk: Talk, _found: Command) -> str | None:
    pair = follow_up.belongs(talk.desk, talk.citizen)
    return words.belongs(pair[0].no, pair[1].no) if pair else None


_COMMANDS: dict[str, Callable[[Talk, Command], str | None]] = {
    "query": _query,
    "add": _add,
    "rate": _rate,
    "person": _person,
    "unsolved": _person,
    "belongs": _belongs,
    "help": lambda _talk, _found: words.HELP,
    "write": lambda _talk, _found: words.WRITE,
    "text": lambda _talk, found: found.rest or words.HELP,  # a line that is no longer in the menu
}


def _line(case: Case, excerpt: str) -> words.Line:
    return words.Line(
        case.no, views.status_name(case), case.due_on, case.provisional, case.status in OPEN, excerpt
    )


def _first_words(desk: Desk, cases: list[Case]) -> dict[int, str]:
    rows = desk.session.exec(
        select(Message.case_id, Message.masked)
        .where(col(Message.case_id).in_([case.id for case in cases]))
        .order_by(col(Message.id).desc())
    )
    return {case_id: " ".join(masked.split())[:14] for case_id, masked in rows if case_id is not None}


def _with_waiting(talk: Talk, said: str) -> str:
    """Hand over what waits for this citizen with the reply; long texts go page by page with 「继续」.

    What is handed over in pages counts as delivered only when its last page went out.
    """
    desk, citizen = talk.desk, talk.citizen
    waiting = announce.undelivered(desk, citizen.id or 0)
    vault = desk.office.vault
    whole = "\n\n".join([said, *(vault.open(row.text_sealed) for row in waiting)])
    first, *rest = words.pages(whole)
    citizen.pages_sealed = None
    if rest:
        kept = {"pages": rest, "deliveries": [row.id for row in waiting]}
        citizen.pages_sealed = vault.seal(json.dumps(kept, ensure_ascii=False))
    elif waiting:
        reply.handed_over(desk, waiting)
        rate.offer(desk, waiting)
    desk.session.add(citizen)
    return first


def _next_page(talk: Talk) -> str:
    desk, citizen = talk.desk, talk.citizen
    if citizen.pages_sealed is None:
        return _with_waiting(talk, words.NOTHING_MORE)
    kept = json.loads(desk.office.vault.open(citizen.pages_sealed))
    page, *rest = kept["pages"]
    if rest:
        citizen.pages_sealed = desk.office.vault.seal(json.dumps({**kept, "pages": rest}, ensure_ascii=False))
    else:
        citizen.pages_sealed = None
        rows = [row for row in announce.undelivered(desk, citizen.id or 0) if row.id in kept["deliveries"]]
        reply.handed_over(desk, rows)
        rate.offer(desk, rows)
    desk.session.add(citizen)
    return str(page)
