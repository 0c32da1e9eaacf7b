"""Letters of another register become live cases: a group in one transaction, a bad one costs nothing but itself."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy.exc import DataError, IntegrityError, StatementError

from cases.register import channels, citizens, sources
from cases.register.desk import Actor, Desk, Workplace
from cases.register.errors import Refusal
from cases.register.states import CATEGORIES
from cases.register.tables import Case
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


@dataclass(frozen=True, slots=True)
class Transcript:
    """One letter. `category` is what the other register said; None: the model's choice."""

    incoming: Incoming
    judged: Triage
    category: str | None = None


@dataclass(frozen=True, slots=True)
class Transcribed:
    """What became of one letter: its case's number, or why there is none."""

    no: str = ""
    refused: str = ""


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
            numbers = place.act(lambda desk: _numbers(desk, group), actor)  # noqa: B023 - done at once
            yield from (Transcribed(no) for no in numbers)
        except (Refusal, SlaError, DataError, IntegrityError, StatementError, ValueError, OverflowError):
            yield from (_alone(place, letter, actor) for letter in group)


def _alone(place: Workplace, letter: Transcript, actor: Actor) -> Transcribed:
    try:
        return Transcribed(place.act(lambda desk: _numbers(desk, [letter]), actor)[0])
    except (Refusal, SlaError) as error:
        return Transcribed(refused=str(error))
    except (DataError, IntegrityError, StatementError, ValueError, OverflowError):
        return Transcribed(refused="这一行的内容写不进登记簿")


def _numbers(desk: Desk, letters: Sequence[Transcript]) -> list[str]:
    return [case.no for case in open_group(desk, letters)]


def open_group(desk: Desk, letters: Sequence[Transcript]) -> list[Case]:
    """Open a live case for each letter, with its original receipt. Nothing is answered automatically."""
    people = citizens.at_each(desk, {(each.incoming.account, each.incoming.openid) for each in letters})
    opened = []
    for each in letters:
        citizen = people[each.incoming.account, each.incoming.openid]
        message = receive.message_of(desk, citizen, each.incoming, each.incoming.sent_at)
        judged = triage.as_request(each.judged, each.category)
        opened.append(ToOpen(citizen, message, each.incoming.channel, judged))
    cases = open_cases(desk, opened)
    for each, letter, case in zip(letters, opened, cases, strict=True):
        case.settled = each.category is not None
        if channels.channel(case.channel).joins:
            receive.remember(desk, letter.citizen, case, letter.message.received_at)
        triage.alert(desk, case, letter.message)
        announce.first_card(desk, case)
    return cases
