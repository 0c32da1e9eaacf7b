"""What the chats and the citizen are told: outbox rows, written by the steps, sent by the doors."""

from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, TypedDict, Unpack
from uuid import uuid4

from sqlalchemy import bindparam
from sqlalchemy import select as core_select
from sqlmodel import col, select

from cases.register import channels, readonly
from cases.register.desk import Desk
from cases.register.kinds import Job, Lane, Sent
from cases.register.readonly import Case, Draft, Extension
from cases.register.rows import id_of, table_of
from cases.register.states import DeliveryState, OutboxState
from cases.register.tables import Danger, Delivery, Outbox, Staff
from cases.sending import outbox, payloads, releases
from sla.hours import quiet_until

SUPERVISORS, HANDLERS, REVIEWERS = "supervisor", "handlers", "reviewers"
HOT_SPOT, GAPS = "hotspot:", "kb_gaps:"  # how the keys of lines begin that are titled with words of a letter
QUOTING = (HOT_SPOT, GAPS)
DANGER = outbox.PEOPLE  # nothing goes before it
_DELIVERY = table_of(Delivery).c
_WAITED_FOR = core_select(_DELIVERY.citizen_id).where(
    _DELIVERY.citizen_id.in_(bindparam("citizens", expanding=True)),
    _DELIVERY.state == DeliveryState.WAITING,
    _DELIVERY.channel != "comment",
)


def home(case: Case) -> str:
    """Return the chat in which a case is handled: its department's, the handlers', or the supervisors' alone."""
    if case.accusation:
        return SUPERVISORS
    return f"department:{case.department_id}" if case.department_id else HANDLERS


def card(desk: Desk, case: Case, *, priority: int = outbox.CARDS) -> None:
    """Have the case's card posted, or edited where it stands. Several changes become one edit."""
    if not desk.office.chat_on:
        return
    desk.session.flush()
    waiting = desk.session.exec(
        select(Outbox)
        .where(
            Outbox.lane == Lane.CHAT,
            Outbox.kind == Job.CASE_CARD,
            Outbox.target == f"case:{case.id}",
            Outbox.state == OutboxState.PENDING,
        )
        .with_for_update()  # whoever is about to render it is waited for, and has then taken it
    ).first()
    if waiting is None:
        _chat(desk, f"case:{case.id}", Job.CASE_CARD, priority, payloads.OfCase(id_of(case)))
        return
    waiting.priority = min(priority, waiting.priority)
    if not waiting.attempts:  # put off for a choice, which what happened now overtakes
        waiting.not_before = min(waiting.not_before, desk.now)
    desk.session.add(waiting)


def first_card(desk: Desk, case: Case, *, after: datetime | None = None) -> None:
    """Have the card of a case posted that was opened this moment: none can be waiting yet. `after`: not before then."""
    _first_cards(desk, [case], after)


def first_cards(desk: Desk, cases: Sequence[Case]) -> None:
    """Do for several cases what `first_card` does for one."""
    _first_cards(desk, cases, None)


def _first_cards(desk: Desk, cases: Sequence[Case], after: datetime | None) -> None:
    if not desk.office.chat_on:
        return
    rows = [
        outbox.row(
            key="",
            lane=Lane.CHAT,
            target=f"case:{case.id}",
            kind=Job.CASE_CARD,
            now=desk.now,
            priority=DANGER if case.urgent else outbox.CARDS,
            payload=payloads.OfCase(id_of(case)),
            not_before=after,
        )
        for case in cases
    ]
    outbox.put_all(desk, rows)


def no_card(desk: Desk, case: Case) -> None:
    """A case was answered before its card went out: none is posted. One that stands already is edited."""
    waits = (Outbox.lane == Lane.CHAT, Outbox.kind == Job.CASE_CARD, Outbox.target == f"case:{case.id}")
    rows = desk.session.exec(select(Outbox).where(*waits).with_for_update()).all()
    fresh = [row for row in rows if row.state == OutboxState.PENDING and not row.attempts]
    for row in fresh:
        row.state, row.done_at, row.error = OutboxState.DROPPED, desk.now, "来信人已选定答复"
        desk.session.add(row)
    if len(fresh) < len(rows):
        desk.session.flush()
        card(desk, case)


def fresh_card(desk: Desk, case: Case, to: str = "", *, beside: bool = False) -> None:
    """Have a new card posted where the case is handled, or in `to`: it is to be taken up.

    The older one makes way, or with `beside` stays as another card of the same case.
    """
    where = to or f"case:{case.id}"
    _chat(desk, where, Job.FRESH_CARD, outbox.NORMAL, payloads.FreshCard(id_of(case), where, beside))


def moved_card(desk: Desk, case: Case) -> None:
    """A case has gone to another department: its card goes there, and comes anew in a chat that both share."""
    card(desk, case, priority=outbox.NORMAL)
    where = f"case:{case.id}"
    payload = payloads.FreshCard(id_of(case), where, moved=True)
    _chat(desk, where, Job.FRESH_CARD, outbox.NORMAL, payload)


def alarm(desk: Desk, danger: Danger, to: str) -> None:
    """Have the alarm of a case posted in a chat or to a person, for the time that `danger` counts."""
    payload = payloads.Alarm(danger.case_id, to, danger.told)
    key = f"alarm:{danger.case_id}:{danger.raised_at.isoformat()}:{danger.told}:{to}"
    _chat(desk, to, Job.ALARM, DANGER, payload, key=key)


def co_card(desk: Desk, case: Case, department_id: int) -> None:
    """Have the card of a co-handling department posted in its own chat."""
    to = f"department:{department_id}"
    payload = payloads.CoCard(id_of(case), department_id, to)
    _chat(desk, f"co:{case.id}:{department_id}", Job.CO_CARD, outbox.NORMAL, payload)


def review_card(desk: Desk, draft: Draft) -> None:
    payload = payloads.ReviewCard(id_of(draft), draft.round, draft.case_id)
    _chat(
        desk,
        f"case:{draft.case_id}",
        Job.REVIEW_CARD,
        outbox.REVIEW,
        payload,
        key=f"review:{draft.id}:{draft.round}:{draft.level}",
    )


def extension_card(desk: Desk, extension: Extension) -> None:
    payload = payloads.ExtensionCard(id_of(extension), extension.case_id)
    _chat(desk, SUPERVISORS, Job.EXTENSION_CARD, outbox.REVIEW, payload, key=f"extension:{extension.id}")


def candidate_card(desk: Desk, entry_id: str, case: Case | None) -> None:
    payload = payloads.CandidateCard(
        entry_id, home(case) if case else HANDLERS, id_of(case) if case else None
    )
    _chat(desk, f"entry:{entry_id}", Job.CANDIDATE_CARD, outbox.BACKGROUND, payload)


class WhenSent(TypedDict, total=False):
    """What is looked at when a line could be sent."""

    while_open: bool  # not if the case is closed by then
    not_after: str  # not from this moment on, ISO
    not_where: str  # not if the chat is that one, too
    to_reviewers: bool  # wherever the card of the draft under review stands
    reply_to: str  # a message of the platform's


class Telling(WhenSent, total=False):
    """How a line of text about a case is told."""

    key: str
    quiet: bool  # waits for the end of the quiet hours
    priority: int


class How(Telling, total=False):
    """How any line of text is told."""

    case: Case | None


def supervisors(desk: Desk, text: str, *, urgent: bool = False, **how: Unpack[How]) -> None:
    """Tell the supervisor chat; all but urgent words wait for the end of the quiet hours."""
    how["quiet"] = not urgent
    tell(desk, SUPERVISORS, text, **how)


def tell(desk: Desk, to: str, text: str, **how: Unpack[How]) -> None:
    """Post `text` in a chat: SUPERVISORS, HANDLERS, `department:<id>`, `staff:<id>` or `chat:<platform id>`."""
    if desk.office.chat_on and not outbox.holds(desk, how.get("key", "")):
        desk.session.add(Outbox(**line(desk, to, text, **how)))


def line(desk: Desk, to: str, text: str, **how: Unpack[How]) -> dict[str, Any]:
    """Return the outbox row for a line of text that is to be posted."""
    said = _said(to, text, how.get("case"), how)
    return _line(desk, Job.NOTICE, said, **how)


def _line(desk: Desk, kind: Job, said: payloads.NoticeLine, **how: Unpack[How]) -> dict[str, Any]:
    return outbox.row(
        key=how.get("key") or f"tell:{uuid4().hex}",
        lane=Lane.CHAT,
        target=said.to,
        kind=kind,
        now=desk.now,
        priority=how.get("priority", outbox.ALERT),
        payload=said,
        not_before=quiet_until(desk.now, desk.office.quiet, desk.office.zone) if how.get("quiet") else None,
    )


def _said(to: str, text: str, case: Case | None, how: WhenSent) -> payloads.NoticeLine:
    return payloads.NoticeLine(
        to,
        text,
        id_of(case) if case else None,
        how.get("while_open", False),
        how.get("not_after", ""),
        how.get("not_where", ""),
        how.get("to_reviewers", False),
        how.get("reply_to", ""),
    )


def alert(desk: Desk, to: str, text: str, rank: int, case: Case, **how: Unpack[Telling]) -> None:
    """Tell a line of what the watch found; all that one chat is told at one sweep is one message."""
    if desk.office.chat_on and not outbox.holds(desk, how.get("key", "")):
        desk.session.add(Outbox(**alert_line(desk, to, text, rank, case, **how)))


def alert_line(
    desk: Desk, to: str, text: str, rank: int, case: Case, **how: Unpack[Telling]
) -> dict[str, Any]:
    """Return the row of such a line, held until the sweep is through; the smallest `rank` stands first."""
    grave = (-1 if case.urgent else rank, case.due_at.isoformat())
    said = payloads.WatchLine(**asdict(_said(to, text, case, how)), no=case.no, grave=grave)
    return _line(desk, Job.ALERT, said, **how) | {"state": OutboxState.HELD}


def handler(desk: Desk, case: Case, text: str, *, key: str, quiet: bool = True) -> None:
    """Tell the one who has the case, in the chat where it is handled."""
    tell(desk, home(case), addressed(desk, case, text), key=key, case=case, quiet=quiet)


def addressed(desk: Desk, case: Case, text: str) -> str:
    """Put the handler's name before a text, if there is one."""
    person = desk.session.get(Staff, case.handler_id) if case.handler_id else None
    return f"{person.name}：{text}" if person else text


def citizen(
    desk: Desk, case: Case, text: str, *, kind: str = Sent.NOTICE, draft: Draft | None = None
) -> readonly.Delivery:
    """Have `text` delivered to the citizen of `case`: reviewed words with their draft, else fixed wording only."""
    comment, lane = case.channel == "comment", channels.channel(case.channel).lane
    delivery = Delivery(
        case_id=id_of(case),
        draft_id=draft.id if draft else None,
        citizen_id=case.citizen_id,
        kind=kind,
        text_sealed=desk.office.vault.seal(text),
        created_at=desk.now,
        channel="comment" if comment else "",
        state=DeliveryState.PENDING,
    )
    target = f"citizen:{case.citizen_id}"
    if (source := releases.number(desk, case, delivery)) is not None:
        if not source.callback or not source.active:
            delivery.state = DeliveryState.WAITING
            lane = ""
        target = f"source:{source.id}"
    desk.session.add(delivery)
    desk.session.flush()
    if not lane:
        return delivery
    outbox.put(
        desk,
        key=f"deliver:{delivery.id}",
        lane=lane,
        target=target,
        kind=Job.DELIVERY,
        now=desk.now,
        priority=outbox.NORMAL if kind == Sent.NOTICE else outbox.PEOPLE,
        payload=payloads.ToDeliver(id_of(delivery)),
    )
    return delivery


def notice(desk: Desk, case: Case, text: str) -> None:
    """Tell the citizen of a change by fixed wording. Under an article nothing but the answer is said."""
    if channels.channel(case.channel).notices:
        citizen(desk, case, text)


def undelivered(desk: Desk, citizen_id: int) -> list[readonly.Delivery]:
    """Return what waits for the citizen's next passive reply, oldest first, answers before notices."""
    rows = desk.session.exec(
        select(Delivery)
        .where(
            Delivery.citizen_id == citizen_id,
            Delivery.state == DeliveryState.WAITING,
            Delivery.channel != "comment",
        )
        .order_by(col(Delivery.id))
    ).all()
    return sorted(rows, key=lambda row: row.kind == Sent.NOTICE)


def those_waited_for(desk: Desk, citizens: Collection[int]) -> set[int]:
    """Return those of the citizens for whose next passive reply something waits."""
    return set(desk.session.connection().execute(_WAITED_FOR, {"citizens": list(citizens)}).scalars())


def _chat(
    desk: Desk,
    target: str,
    kind: str,
    priority: int,
    payload: payloads.Payload,
    key: str = "",
    after: datetime | None = None,
) -> None:
    if desk.office.chat_on:
        outbox.put(
            desk,
            key=key,
            lane=Lane.CHAT,
            target=target,
            kind=kind,
            now=desk.now,
            priority=priority,
            payload=payload,
            not_before=after,
        )
