"""What a source's message makes happen, and what its citizen reads at once. Rules live in `cases/`; this only translates."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol

from api import words
from api.shapes import Letter
from cases.register import citizens, pushes, questions, sources
from cases.register.desk import Desk
from cases.register.errors import NotFound, Refusal
from cases.register.kinds import QuestionKind as Kind
from cases.register.readonly import Case, Citizen, Source
from cases.register.states import OPEN, State
from cases.steps import choose, follow_up, promise_answer, rate, receive
from cases.steps.receive import Incoming
from classifier.triage import Triage
from knowledge_base.answering.answerer import Match
from knowledge_base.base.entries import Entry

Body = dict[str, Any]


class CitizenCommand(Protocol):
    """What a whole message may ask for in so many words, as the reader of commands found it."""

    @property
    def name(self) -> str: ...
    @property
    def no(self) -> str: ...
    @property
    def grade(self) -> str: ...
    @property
    def rest(self) -> str: ...


@dataclass(frozen=True, slots=True)
class JudgedLetter:
    """What was found out about the text before the transaction."""

    triage: Triage
    match: Match | None
    command: CitizenCommand | None


@dataclass(frozen=True, slots=True)
class LetterTaken:
    """The body of the answer; `fresh` is False when the message was here before."""

    body: Body
    fresh: bool


@dataclass(frozen=True, slots=True)
class _Talk:
    desk: Desk
    letter: Letter
    judged: JudgedLetter
    safety: Callable[[str], str]
    citizen: Citizen
    incoming: Incoming


def take(
    desk: Desk, source: Source, letter: Letter, judged: JudgedLetter, safety: Callable[[str], str]
) -> LetterTaken:
    """Do what a message asks for, once; the same id again gets the same body. Raises: NotFound for `reply_to`."""
    key = sources.message_key(source, letter.id)
    known = pushes.reply_to(desk, key)
    if known is not None:
        return LetterTaken(json.loads(known or words.FORGOTTEN), fresh=False)
    channel = sources.channel_name(source)
    citizen = citizens.at(desk, channel, letter.user)
    incoming = Incoming(
        channel, letter.user, letter.text, _sent_at(desk, letter), channel=channel, push_key=key
    )
    body = _filed(_Talk(desk, letter, judged, safety, citizen, incoming))
    pushes.keep(desk, key, json.dumps(body, ensure_ascii=False))
    return LetterTaken(body, fresh=True)


def _sent_at(desk: Desk, letter: Letter) -> datetime:
    at = letter.sent_at or desk.now
    return at if at.tzinfo is not None else at.replace(tzinfo=desk.office.zone)


def _filed(talk: _Talk) -> Body:
    desk, citizen = talk.desk, talk.citizen
    before = _named(talk, talk.letter.reply_to) if talk.letter.reply_to else None
    if (done := _commanded(talk, before)) is not None:
        return done
    if before is not None and before.status in OPEN:
        return _received(talk, receive.add_to(desk, citizen, before, talk.incoming, talk.judged.triage))
    judged = talk.judged
    asked = questions.take(desk, citizen)  # whatever is said but a choice ends what was offered
    outcome = receive.receive(desk, talk.incoming, judged.triage, judged.match, citizen)
    if asked is not None and isinstance(outcome, receive.SmallTalk):
        questions.put(desk, citizen, asked)
    return _received(talk, outcome)


def _named(talk: _Talk, no: str) -> Case:
    try:
        return rate.own_case(talk.desk, talk.citizen, no)
    except NotFound:  # what to send in WeChat is of no use here
        raise NotFound(words.not_theirs(no)) from None


def _received(talk: _Talk, outcome: receive.Outcome) -> Body:
    if isinstance(outcome, receive.SmallTalk):
        return {"receipt": words.SMALL_TALK}
    case = outcome.case
    if isinstance(outcome, receive.AutoAnswered):
        return _answered(case, outcome.match.entry)
    if outcome.danger:
        return _body(case, talk.safety(case.no))
    if isinstance(outcome, receive.Joined):
        said = words.joined_danger(case.no) if receive.danger(case) else words.joined(*_due(case))
    else:
        said = words.receipt(*_due(case), late=case.due_at <= talk.desk.now)
        if isinstance(outcome, receive.Registered) and outcome.choices:
            said = words.choices(said, outcome.choices)
    return _body(case, said)


def _commanded(talk: _Talk, before: Case | None) -> Body | None:
    """Do what 「人工」「没解决」 or a rating asks for; None if, as things stand, it is a message like any other."""
    found = talk.judged.command
    if found is not None and found.name in ("choose", "person") and not found.no:
        chosen = _chosen(talk, found, before)
        if chosen is not None or found.name == "choose":
            return chosen
    no = found.no if found is not None and found.no else (before.no if before else "")
    try:
        with talk.desk.undoing():
            return _DEEDS[found.name](talk, no, found.grade) if found and found.name in _DEEDS else None
    except Refusal:
        return None


def _chosen(talk: _Talk, found: CitizenCommand, before: Case | None) -> Body | None:
    """A number answers from the short list that stands, 「都不是」 and 「人工」 leave the ordinary case; None if none stands."""
    desk, citizen = talk.desk, talk.citizen
    standing = questions.standing(desk, citizen, Kind.CHOOSE)
    if standing is None or (before is not None and before.id != standing.case_id):
        return None
    if found.grade:
        chosen = choose.choose(desk, citizen, int(found.grade))
        if chosen is not None and chosen.entry is not None:
            return _answered(chosen.case, chosen.entry)
        left = chosen.case if chosen is not None else None
    else:
        left = choose.decline(desk, citizen)
    return _body(left, words.for_person(*_due(left))) if left is not None else None


def _answered(case: Case, entry: Entry) -> Body:
    text = words.answer(entry.answer, entry.source, entry.effective_on)
    return {**_body(case, words.automatic(case.no)), "answer": text}


def _person(talk: _Talk, no: str, _grade: str) -> Body | None:
    return _for_person(talk, no, "human")


def _for_person(talk: _Talk, no: str, why: str) -> Body | None:
    """Words beside it are of the case named, or of the automatic answer just read; else it is a message like any other."""
    if _beside(talk) and not no:
        read = rate.automatic_just_read(talk.desk, talk.citizen)
        if read is None:
            return None
        no = read.no
    case = rate.want_person(talk.desk, talk.citizen, why, no)
    receive.remember(talk.desk, talk.citizen, case, talk.desk.now)
    return _with_words(talk, case, words.for_person(*_due(case)))


def _beside(talk: _Talk) -> str:
    return talk.judged.command.rest if talk.judged.command else ""


def _with_words(talk: _Talk, case: Case, said: str) -> Body:
    """What is said beside a command is kept: with its case while that is open, else as a letter that goes on from it."""
    if not (rest := _beside(talk)):
        return _body(case, said)
    desk, citizen, triage = talk.desk, talk.citizen, talk.judged.triage
    incoming = replace(talk.incoming, text=rest)
    outcome: receive.Outcome
    if case.status in OPEN:
        outcome = receive.add_to(desk, citizen, case, incoming, triage)
    else:
        outcome = receive.receive(desk, incoming, triage, None, citizen)
    if isinstance(outcome, receive.SmallTalk):
        return _body(case, said)
    if isinstance(outcome, receive.Registered) and case.status not in OPEN and not outcome.danger:
        follow_up.attach(desk, outcome.case, case)
    body = _received(talk, outcome)
    if not isinstance(outcome, receive.AutoAnswered) and outcome.danger:
        return body
    return {**body, "receipt": f"{said}\n{body['receipt']}"}


def _unsolved(talk: _Talk, no: str, _grade: str) -> Body | None:
    """「没解决」 of a promise that was asked about, of the answer that is named, or of the latest automatic one."""
    if not no:
        return _not_done(talk, no, "") or _for_person(talk, no, "unsolved")
    case = rate.own_case(talk.desk, talk.citizen, no)
    if case.status == State.AUTO_ANSWERED:
        return _for_person(talk, no, "unsolved")
    if not rate.unsolved(talk.desk, case):
        return None
    receive.remember(talk.desk, talk.citizen, case, talk.desk.now)
    return _with_words(talk, case, words.reopened(*_due(case)))


def _not_done(talk: _Talk, _no: str, _grade: str) -> Body | None:
    case = promise_answer.not_done(talk.desk, talk.citizen)
    return _with_words(talk, case, promise_answer.taken_up(case)) if case else None


def _done(talk: _Talk, _no: str, _grade: str) -> Body | None:
    case = promise_answer.done(talk.desk, talk.citizen)
    return _body(case, promise_answer.noted(case)) if case else None


def _rated(talk: _Talk, no: str, grade: str) -> Body | None:
    if not no or not grade:
        return None
    case = rate.own_case(talk.desk, talk.citizen, no)
    again = rate.rate(talk.desk, case, grade)
    return _with_words(talk, case, words.reopened(*_due(case)) if again else words.rated(case.no, grade))


_DEEDS: dict[str, Callable[[_Talk, str, str], Body | None]] = {
    "person": _person,
    "unsolved": _unsolved,
    "not_done": _not_done,
    "done": _done,
    "belongs": _done,  # 「是的」 to the question whether it was done
    "rate": _rated,
}


def _due(case: Case) -> tuple[str, Any, bool]:
    return case.no, case.due_on, case.provisional


def _body(case: Case, receipt: str) -> Body:
    return {
        "no": case.no,
        "status": str(case.status),
        "category": case.category,
        "due_on": case.due_on.isoformat(),
        "provisional": case.provisional,
        "receipt": receipt,
    }
