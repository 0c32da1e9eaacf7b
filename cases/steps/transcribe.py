"""Letters of another register become live cases: a group in one transaction, a bad one costs nothing but itself.

A letter that is registered already (its channel, writer, moment and words) is opened no second time: a file may be
brought in again after a break, or with further lines added.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy.exc import DataError, IntegrityError, StatementError
from sqlmodel import col, select

from cases.register import channels, citizens, sources
from cases.register.desk import Actor, Desk, Workplace
from cases.register.errors import Refusal
from cases.register.readonly import Citizen
from cases.register.rows import id_of
from cases.register.states import CATEGORIES
from cases.register.tables import Case, Message
from cases.sending import announce
from cases.steps import receive, triage
from cases.steps.opening import ToOpen, open_cases
from cases.steps.receive import Incoming
from sla.errors import SlaError
from text.normalise import storable

if TYPE_CHECKING:  # the models are heavy: a command that needs none should not load them
    from classifier.triage import Triage

GROUP = 200  # letters of one transaction, so that nobody waits long for them
LONGEST_ADDRESS = 200  # characters
People = Mapping[citizens.Address, Citizen]
Identity = tuple[str, int, datetime, str]  # channel, citizen, moment, words


@dataclass(frozen=True, slots=True)
class Transcript:
    """One letter. `category` is what the other register said; None: the model's choice."""

    incoming: Incoming
    judged: Triage
    category: str | None = None


@dataclass(frozen=True, slots=True)
class Transcribed:
    """What became of one letter: its case's number, or why there is none. `known`: it was registered before."""

    no: str = ""
    refused: str = ""
    known: bool = False


def ways_in(desk: Desk) -> frozenset[str]:
    """Return the channels that a letter may have come by: the platform's own, and the office's other sources."""
    return frozenset({"wechat", "comment", *map(sources.channel_name, sources.all_of(desk))})


def why_not(incoming: Incoming, category: str | None, now: datetime, ways: Collection[str]) -> str:
    """Return why a letter cannot be taken, or an empty text. `ways` are the channels that there are."""
    if incoming.channel not in ways:
        named = incoming.channel[:60]
        return f"channel「{named}」无效，应为 wechat、comment，或已登记的渠道（api:渠道名）"
    if not incoming.openid.strip() or not incoming.text.strip():
        return "openid 和 text 不能为空"
    for name, value in (("account", incoming.account), ("openid", incoming.openid)):
        if storable(value) != value or any(ord(each) < 32 for each in value) or len(value) > LONGEST_ADDRESS:
            return f"{name} 含有不能保存的字符，或超过 {LONGEST_ADDRESS} 字"
    if category is not None and category not in CATEGORIES:
        return f"类别「{category[:20]}」无效，应为 {'、'.join(CATEGORIES)} 之一"
    if incoming.sent_at > now:
        return "received_at 晚于现在"
    return ""


def take(place: Workplace, letters: Sequence[Transcript], actor: Actor) -> Iterator[Transcribed]:
    """Take letters group by group; yields what became of each, in order, when its group is on disk.

    A group that one letter spoils is rolled back whole and taken one by one without it.
    """
    for start in range(0, len(letters), GROUP):
        group = letters[start : start + GROUP]
        try:
            yield from place.act(lambda desk: _taken(desk, group), actor)  # noqa: B023 - done at once
        except (Refusal, SlaError, DataError, IntegrityError, StatementError, ValueError, OverflowError):
            yield from (_alone(place, letter, actor) for letter in group)


def _alone(place: Workplace, letter: Transcript, actor: Actor) -> Transcribed:
    try:
        return place.act(lambda desk: _taken(desk, [letter]), actor)[0]
    except (Refusal, SlaError) as error:
        return Transcribed(refused=str(error))
    except (DataError, IntegrityError, StatementError, ValueError, OverflowError):
        return Transcribed(refused="这一行的内容写不进登记簿")


def _taken(desk: Desk, letters: Sequence[Transcript]) -> list[Transcribed]:
    """Open a case for each letter that the register does not know, and none for a line that stands there twice."""
    people = citizens.at_each(desk, {(each.incoming.account, each.incoming.openid) for each in letters})
    known = _registered(desk, letters, people)
    new = {_identity(each, people): each for each in letters if _identity(each, people) not in known}
    opened = dict(zip(new, _open(desk, list(new.values()), people), strict=True))
    taken = []
    for each in letters:
        mark = _identity(each, people)
        taken.append(Transcribed(known[mark], known=True) if mark in known else Transcribed(opened[mark].no))
        known.setdefault(mark, taken[-1].no)
    return taken


def _identity(letter: Transcript, people: People) -> Identity:
    """Return what makes a letter the same one, wherever it is told of."""
    sent = letter.incoming
    return sent.channel, id_of(people[sent.account, sent.openid]), sent.sent_at.astimezone(UTC), sent.text


def _registered(desk: Desk, letters: Sequence[Transcript], people: People) -> dict[Identity, str]:
    """Return the numbers of those letters that are a case's already. Nobody else files theirs: the writers are locked."""
    query = (
        select(Message, Case.channel, Case.no)
        .join(Case, col(Case.id) == col(Message.case_id))
        .where(col(Message.citizen_id).in_({id_of(citizen) for citizen in people.values()}))
        .where(col(Message.received_at).in_({each.incoming.sent_at for each in letters}))
        .order_by(col(Message.id).desc())  # the first of several is the one that is told
    )
    return {
        (channel, message.citizen_id, message.received_at, desk.office.vault.open(message.sealed)): no
        for message, channel, no in desk.session.exec(query)
    }


def _open(desk: Desk, letters: Sequence[Transcript], people: People) -> list[Case]:
    """Open a live case for each letter, with its original receipt. Nothing is answered automatically."""
    opened = []
    for each in letters:
        citizen = people[each.incoming.account, each.incoming.openid]
        message = receive.message_of(desk, citizen, each.incoming, each.incoming.sent_at)
        judged = triage.as_request(each.judged, each.category)
        opened.append(ToOpen(citizen, message, each.incoming.channel, judged))
    cases = open_cases(desk, opened) if opened else []
    for each, letter, case in zip(letters, opened, cases, strict=True):
        case.settled = each.category is not None
        if channels.channel(case.channel).joins:
            receive.remember(desk, letter.citizen, case, letter.message.received_at)
        triage.alert(desk, case, letter.message)
        announce.first_card(desk, case)
    return cases
