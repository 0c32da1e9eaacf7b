"""First step: a message comes in, is kept, and becomes a case, part of one, or small talk.

Source: MLGK 004—2018 §6.3.3.3 (every message is looked at, handled and fed back).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from cases.register import binding, channels, citizens, deliveries, fresh, register, tables
from cases.register.desk import Desk
from cases.register.errors import Invalid, Stale
from cases.register.permissions import HANDLER, require
from cases.register.readonly import Case, Citizen, Staff
from cases.register.rows import id_of, row_of, table_of
from cases.register.states import OPEN, State
from cases.register.tables import Media, Message
from cases.sending import announce
from cases.steps import automatic, choose, review, triage, withheld
from cases.steps import danger as danger_of
from cases.steps.opening import ToOpen, open_cases, write_cases
from cases.steps.unsaid import UNSAID
from sla.deadline import due_words
from text.masking import mask
from text.normalise import storable

if TYPE_CHECKING:  # the models are heavy: a command that needs none should not load them
    from classifier.triage import Triage
    from knowledge_base.answering.answerer import Match

_CASES, _MESSAGES = table_of(tables.Case), table_of(Message)
OLDEST_RECEIPT = timedelta(days=180)
WAIT_FOR_WORDS = timedelta(hours=24)  # a sentence within it belongs to the photo that asked for it
WAIT_FOR_ANSWER = timedelta(days=7)  # the next words within it answer the question that we sent


@dataclass(frozen=True, slots=True)
class IncomingMedia:
    kind: str  # image, voice, video, ...
    media_id: str


@dataclass(frozen=True, slots=True)
class Incoming:
    """A citizen's message as a door understood it. `text` holds what can be read of any kind."""

    account: str
    openid: str
    text: str
    sent_at: datetime
    kind: str = "text"
    channel: str = "wechat"
    media: tuple[IncomingMedia, ...] = ()
    push_key: str = ""

    @property
    def wordless(self) -> bool:
        return triage.wordless(self.kind, self.text)


@dataclass(frozen=True, slots=True)
class Registered:
    """A new case. `choices`: the questions that its citizen may choose from by number."""

    case: Case
    danger: bool = False
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Joined:
    """`danger` and `due_moved` say what this addition changed."""

    case: Case
    danger: bool = False
    due_moved: bool = False


@dataclass(frozen=True, slots=True)
class AutoAnswered:
    case: Case
    match: Match


@dataclass(frozen=True, slots=True)
class SmallTalk:
    message: Message


Outcome = Registered | Joined | AutoAnswered | SmallTalk


def received_at(sent_at: datetime, now: datetime) -> datetime:
    """Return the time of receipt: the platform's, unless it lies in the future or over 180 days back."""
    return sent_at if now - OLDEST_RECEIPT <= sent_at <= now else now


def receive(
    desk: Desk, incoming: Incoming, judged: Triage, match: Match | None = None, citizen: Citizen | None = None
) -> Outcome:
    """Keep a message and make of it what it is. `judged` and `match` were found before; `citizen` is held already."""
    citizen = citizen or citizens.at(desk, incoming.account, incoming.openid)
    at = received_at(incoming.sent_at, desk.now)
    can = channels.channel(incoming.channel)
    if can.window:
        citizens.note_contact(desk, citizen)
    message = message_of(desk, citizen, incoming, at)
    open_case = _case_to_join(desk, citizen, incoming, at)
    if open_case is not None and not _accuses_anew(desk, open_case, judged):
        return _join(desk, citizen, open_case, message, incoming, judged)
    if judged.chitchat and incoming.kind == "text" and can.small_talk:
        return SmallTalk(_keep_aside(desk, citizen, message, incoming))
    outcome = open_a_case(desk, citizen, message, incoming, judged, match)
    _keep(desk, citizen, message, incoming)
    return outcome


def set_aside(desk: Desk, citizen: Citizen, incoming: Incoming) -> Message:
    """Keep what came with a command that could not be done: no case, but listed for staff, who can make it one."""
    message = message_of(desk, citizen, incoming, received_at(incoming.sent_at, desk.now))
    return _keep_aside(desk, citizen, message, incoming)


def receive_first_words(desk: Desk, letters: Sequence[tuple[Citizen | None, Incoming, Triage]]) -> list[Case]:
    """Make a case of each of several citizens' first message, which nothing precedes and no entry answers.

    No citizen: nothing is known of them, not even their address. What comes of each is what `open_a_case` makes of it;
    together they cost little more than one. The session knows none of what was written, but grave cases.
    """
    unknown = [incoming for citizen, incoming, _ in letters if citizen is None]
    people, numbers, messages = fresh.numbers(
        desk.session, (citizens.TABLE, len(unknown)), (_CASES, len(letters)), (_MESSAGES, len(letters))
    )
    left, newcomers, opened = iter(people), list[tables.Citizen](), list[ToOpen]()
    for (known, incoming, judged), number, message_number in zip(letters, numbers, messages, strict=True):
        at = received_at(incoming.sent_at, desk.now)
        if known is None:
            citizen = citizens.newcomer(desk, (incoming.account, incoming.openid), next(left))
            fresh.given(citizen, last_message_at=desk.now, last_case_id=number, last_case_message_at=at)
            newcomers.append(citizen)
        else:
            citizens.note_contact(desk, known)
        message = message_of(desk, known or citizen, incoming, at, message_number)
        opened.append(ToOpen(known or citizen, message, incoming.channel, judged, number))
    cases = write_cases(desk, opened, [letter.message for letter in opened], newcomers)
    for (known, _, _), letter, case in zip(letters, opened, cases, strict=True):
        if known is not None:
            remember(desk, known, case, letter.message.received_at)
        if danger(case):
            fresh.hold(desk.session, [case])
            triage.alert(desk, case, letter.message)
    announce.first_cards(desk, cases)
    return list(cases)


def receive_comments(desk: Desk, letters: Sequence[tuple[Incoming, Triage]]) -> list[Case]:
    """Make a case of every comment of a page: none joins another, is small talk, or answers itself."""
    people = citizens.at_each(desk, {(incoming.account, incoming.openid) for incoming, _ in letters})
    opened = []
    for incoming, judged in letters:
        citizen = people[incoming.account, incoming.openid]
        message = message_of(desk, citizen, incoming, received_at(incoming.sent_at, desk.now))
        opened.append(ToOpen(citizen, message, incoming.channel, judged))
    cases = open_cases(desk, opened)
    for letter, case in zip(opened, cases, strict=True):
        triage.alert(desk, case, letter.message)
        announce.first_card(desk, case)
    return list(cases)


def open_a_case(
    desk: Desk, citizen: Citizen, message: Message, incoming: Incoming, judged: Triage, match: Match | None
) -> Registered | AutoAnswered:
    """Make a case of a message, with its original receipt."""
    if incoming.wordless:
        judged, match = triage.without_words(judged, incoming.kind), None
    (case,) = open_cases(desk, [ToOpen(citizen, message, incoming.channel, judged)])
    if channels.channel(incoming.channel).joins:
        remember(desk, citizen, case, message.received_at)
    may = match is not None and triage.may_answer_itself(desk, case)
    if match is not None and may and not withheld.like_unlawful(desk, citizen, incoming.text):
        if match.auto and automatic.may_be_given(desk, match.entry):
            automatic.answer(desk, case, match.entry, match.score, incoming.text)
            return AutoAnswered(case, match)
        offers = channels.channel(incoming.channel).private and not match.auto
        if offers and (choices := choose.offer(desk, citizen, case, match)):
            return Registered(case, choices=choices)
    triage.alert(desk, case, message)
    announce.first_card(desk, case)
    return Registered(case, danger=danger(case))


def small_talk_to_case(
    desk: Desk, message_id: int, category: str | None = None, staff: Staff | None = None
) -> Case:
    """「立件」: staff turn a kept message without a case into one, with its original receipt."""
    if staff is not None:
        require(staff, HANDLER)
    message = desk.session.get(Message, message_id)
    if message is None:
        raise Invalid("没有这条消息。")
    citizen = desk.session.get(tables.Citizen, message.citizen_id, with_for_update={"key_share": True})
    assert citizen is not None  # noqa: S101 - a foreign key
    desk.session.refresh(message)  # as it stands now that nobody else can make a case of it
    if message.case_id is not None:
        raise Stale("这条消息已经立件。")
    if message.masked == UNSAID:
        raise Stale("这条消息的内容已删除，不能再立件。")
    text = desk.office.vault.open(message.sealed)
    judged = triage.as_request(desk.office.triage(text), category)
    incoming = Incoming(citizen.account, "", text, message.received_at, kind=message.kind)
    outcome = open_a_case(desk, citizen, message, incoming, judged, None)
    case = row_of(tables.Case, outcome.case)
    case.settled = category is not None
    when = "" if danger(case) else f"，答复时限 {due_words(case.due_on, case.provisional)}"
    announce.notice(desk, case, f"您此前的留言已登记，编号 {case.no}{when}。")
    return case


def add_to(
    desk: Desk, citizen: Citizen, case: Case, incoming: Incoming, judged: Triage
) -> Joined | Registered:
    """「补充」: add to one's own open case, however long ago it was opened.

    An accusation is a case of its own here too: whom it accuses may be the one who works on the other.
    """
    message = message_of(desk, citizen, incoming, received_at(incoming.sent_at, desk.now))
    if not _accuses_anew(desk, case, judged):
        return _join(desk, citizen, case, message, incoming, judged)
    opened = open_a_case(desk, citizen, message, incoming, judged, None)
    _keep(desk, citizen, message, incoming)
    assert isinstance(opened, Registered)  # noqa: S101 - nothing was found that could answer it
    return opened


def danger(case: Case) -> bool:
    """A case that gets the safety text: danger to oneself or others."""
    return case.urgent or case.sensitive


def message_of(
    desk: Desk, citizen: Citizen, incoming: Incoming, at: datetime, number: int | None = None
) -> Message:
    """Return what is kept of a message: the original sealed, the working text masked. `number`: the row it will have."""
    place = binding.place("message", "sealed", number) if number is not None else ""
    return fresh.row(
        Message,
        id=number,
        citizen_id=id_of(citizen),
        push_key=incoming.push_key,
        kind=incoming.kind,
        masked=masked(incoming.text, desk.own_numbers),
        sealed=desk.office.vault.seal_at(incoming.text, place),
        received_at=at,
    )


@lru_cache(maxsize=256)  # a door may have it done for what is about to come, before its transaction begins
def masked(text: str, own_numbers: tuple[str, ...]) -> str:
    """Return the working text of a message: what the database can keep of it, personal data masked."""
    return mask(storable(text), own_numbers)


def _keep(desk: Desk, citizen: Citizen, message: Message, incoming: Incoming) -> None:
    """Write a message down, and have its files fetched."""
    desk.session.add(message)
    desk.session.flush()
    for item in incoming.media:
        media = Media(message_id=id_of(message), media_id=item.media_id, kind=item.kind)
        desk.session.add(media)
        desk.session.flush()
        triage.fetch(desk, media, citizen.account)


def _keep_aside(desk: Desk, citizen: Citizen, message: Message, incoming: Incoming) -> Message:
    _keep(desk, citizen, message, incoming)
    desk.audit("message.small_talk", f"message:{message.id}")
    return message


def _case_to_join(desk: Desk, citizen: Citizen, incoming: Incoming, at: datetime) -> Case | None:
    """A further message within the window joins the open case of the same channel and account.

    So does, within a day, the sentence that a photo or a voice without words asked for, and, within a week, what
    comes next after a question of ours (「追问」), which says that a plain reply will do.
    """
    if citizen.last_case_id is None or citizen.last_case_message_at is None:
        return None
    apart = abs(at - citizen.last_case_message_at)
    within = apart <= desk.office.merge_window
    asked = None if within else _asked_about(desk, citizen, citizen.last_case_message_at)
    case = asked or desk.session.get(tables.Case, citizen.last_case_id)
    joins = channels.channel(incoming.channel).joins
    same = case is not None and case.channel == incoming.channel and case.account == incoming.account
    if case is None or not joins or not same or case.status not in OPEN:
        return None
    if within or asked is not None:
        return case
    asked_for = apart <= WAIT_FOR_WORDS and not incoming.wordless and not triage.has_words(desk, case)
    return case if asked_for else None


def _asked_about(desk: Desk, citizen: Citizen, since: datetime) -> Case | None:
    """Return the open case that we sent a question about after this citizen's last words, and not long ago."""
    question = deliveries.question_since(desk, citizen, max(since, desk.now - WAIT_FOR_ANSWER))
    case = register.by_id(desk, question.case_id) if question is not None else None
    return case if case is not None and case.status in OPEN else None


def _accuses_anew(desk: Desk, case: Case, judged: Triage) -> bool:
    """An accusation added to another matter is a case of its own, seen by supervisors alone."""
    return judged.accusation and not case.accusation and triage.has_words(desk, case)


def _join(
    desk: Desk, citizen: Citizen, case: Case, message: Message, incoming: Incoming, judged: Triage
) -> Joined:
    lead = register.lead(desk, case)
    if lead is not None:
        register.lock(desk, lead)  # before its linked cases, as when an answer is released
    register.lock(desk, case)
    doubtful = False
    if incoming.wordless:
        judged = triage.without_words(judged, incoming.kind)
    else:
        alone, judged = judged, triage.beside(desk, case, judged, incoming.text)
        doubtful = alone.urgent and not judged.urgent
    message.case_id = case.id
    _keep(desk, citizen, message, incoming)
    remember(desk, citizen, case, message.received_at)
    was_dangerous, was_marked, was_due = danger(case), (case.urgent, case.sensitive), case.due_on
    triage.rise(desk, case, judged)
    answered = lead or case
    if answered.status == State.IN_REVIEW and not judged.chitchat:
        review.withdraw_approval(desk, answered)
    desk.audit("case.addition", f"case:{case.no}", message=message.id)
    if (case.urgent, case.sensitive) != was_marked:
        triage.alert(desk, case, message)
    elif judged.urgent:
        danger_of.goes_on(desk, case, message)
    if doubtful:
        triage.doubt(desk, case, message)
    announce.card(desk, case)
    return Joined(case, danger=danger(case) and not was_dangerous, due_moved=case.due_on != was_due)


def remember(desk: Desk, citizen: Citizen, case: Case, at: datetime) -> None:
    """The next message within the window joins this case. Messages may come out of order."""
    citizen = row_of(tables.Citizen, citizen)
    if citizen.last_case_id == case.id and citizen.last_case_message_at is not None:
        at = max(at, citizen.last_case_message_at)
    citizen.last_case_id, citizen.last_case_message_at = case.id, at
    desk.session.add(citizen)
