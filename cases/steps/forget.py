"""A citizen is forgotten: words, address and files go; numbers, dates, counts and the trail stay.

Who asks for it is forgotten whole; what was closed long ago is forgotten by itself (「保存期限」).
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import ColumnElement, Text, and_, cast, delete, exists, not_, or_, update
from sqlmodel import col, select

from cases.register import questions, readonly
from cases.register.citizens import FORGOTTEN
from cases.register.desk import Desk
from cases.register.errors import NotFound
from cases.register.kinds import Job, Lane
from cases.register.rows import id_of, row_of
from cases.register.states import OPEN, DeliveryState, MediaState, OutboxState
from cases.register.tables import (
    AutoAnswer,
    Case,
    Citizen,
    CoHandling,
    Correction,
    Delivery,
    Draft,
    DueChange,
    Extension,
    KeptPush,
    KnowledgeEntry,
    KnowledgeVersion,
    KnowledgeWording,
    Media,
    Message,
    Outbox,
    Promise,
    Proposal,
)
from cases.sending import announce, outbox, payloads
from cases.steps import unsaid
from knowledge_base.base.entries import PUBLISHED

GONE = unsaid.UNSAID
BATCH = 200
_STILL_TO_BE_SAID = (OutboxState.PENDING, OutboxState.HELD, OutboxState.SENDING)


@dataclass(slots=True)
class Forgotten:
    """What went. `files` are the hashes of kept files that nothing refers to any more: whoever holds the folder removes them."""

    cases: int = 0
    messages: int = 0
    candidates: int = 0
    files: set[str] = field(default_factory=set)


def citizens(desk: Desk, account: str, openid: str) -> list[Citizen]:
    """Return what is kept of this address. Raises: NotFound."""
    hashes = desk.office.vault.lookups(f"{account}\n{openid}")
    query = select(Citizen).where(Citizen.account == account, col(Citizen.openid_hash).in_(hashes))
    found = list(desk.session.exec(query).all())
    if not found:
        raise NotFound("没有这位来信人的记录。")
    return found


def person(desk: Desk, account: str, openid: str) -> Forgotten:
    """Forget one citizen. An open case stays open, so that somebody ends it; nothing can be sent any more."""
    gone = Forgotten()
    for citizen in citizens(desk, account, openid):
        cases = desk.session.exec(select(Case).where(Case.citizen_id == citizen.id)).all()
        messages = desk.session.exec(select(Message).where(Message.citizen_id == citizen.id)).all()
        letters = [message.masked for message in messages]
        _messages(desk, messages, gone)
        _cases(desk, cases, letters, gone)
        _quoted(desk, letters)
        _of_citizen(desk, citizen)
        _address(desk, citizen)
        desk.audit("person.erase", f"citizen:{citizen.id}", cases=len(cases), messages=len(messages))
    return gone


def old(desk: Desk, before: datetime, *, dry: bool = False) -> Forgotten:
    """Forget up to `BATCH` cases that were closed before a moment, and letters without a case as old."""
    gone = Forgotten()
    told = select(Message.case_id).where(Message.masked != GONE)
    ended = [col(Case.status).not_in(OPEN), col(Case.closed_at) < before]
    query = select(Case).where(*ended, col(Case.id).in_(told)).order_by(col(Case.id))
    cases = desk.session.exec(query if dry else query.limit(BATCH)).all()
    if dry:
        gone.cases = len(cases)
        return gone
    ids = [case.id for case in cases]
    messages = list(desk.session.exec(select(Message).where(col(Message.case_id).in_(ids))).all())
    alone = select(Message).where(
        col(Message.case_id).is_(None), Message.received_at < before, Message.masked != GONE
    )
    messages += desk.session.exec(alone.limit(BATCH)).all()
    letters = [message.masked for message in messages]
    _messages(desk, messages, gone)
    _cases(desk, cases, letters, gone)
    if letters:
        _quoted(desk, letters)
    for citizen_id in {message.citizen_id for message in messages}:
        _of_citizen(desk, desk.session.get_one(Citizen, citizen_id), before)
        query_left = select(Message.id).where(Message.citizen_id == citizen_id, Message.masked != GONE)
        if desk.session.exec(query_left).first() is None:
            _address(desk, desk.session.get_one(Citizen, citizen_id))
    if cases or messages:
        desk.audit("retain", "register", cases=len(cases), messages=len(messages))
    return gone


def kept_open(desk: Desk, before: datetime) -> int:
    """Return how many cases are as old and still open: they are not forgotten."""
    query = select(Case.id).where(col(Case.status).in_(OPEN), Case.received_at < before)
    return len(desk.session.exec(query).all())


def _messages(desk: Desk, messages: Iterable[Message], gone: Forgotten) -> None:
    empty = desk.office.vault.seal("")
    for message in messages:
        if message.push_key:
            push = desk.session.get(KeptPush, message.push_key)
            if push is not None:
                push.reply_sealed = empty
                desk.session.add(push)
        for file in desk.session.exec(select(Media).where(Media.message_id == message.id)).all():
            digest, file.state, file.note, file.media_id = file.sha256, MediaState.REFUSED, "已删除", ""
            file.sha256 = ""
            desk.session.add(file)
            desk.session.flush()
            if digest and desk.session.exec(select(Media.id).where(Media.sha256 == digest)).first() is None:
                gone.files.add(digest)
        message.masked, message.sealed, message.push_key = GONE, empty, ""
        desk.session.add(message)
        gone.messages += 1
    desk.session.flush()


def _cases(desk: Desk, cases: Iterable[readonly.Case], letters: Collection[str], gone: Forgotten) -> None:
    vault = desk.office.vault
    for case in (row_of(Case, each) for each in cases):
        gone.cases += 1
        case.reasons, case.close_note = (), ""
        desk.session.add(case)
        for model, values in (
            (Draft, {"text_sealed": vault.seal(""), "masked": GONE, "reason": "", "missed": None}),
            (AutoAnswer, {"masked_question": ""}),
            (Delivery, {"text_sealed": vault.seal("")}),
            (Proposal, {"text_sealed": vault.seal(""), "masked": GONE, "sources": "[]", "marks": "[]"}),
            (CoHandling, {"opinion_sealed": None, "masked": "", "note": ""}),
            (Correction, {"sealed": vault.seal("")}),
            (Extension, {"reason": GONE}),
            (Promise, {"words": GONE, "note": ""}),
            (DueChange, {"note": ""}),
        ):
            _blank(desk, model, id_of(case), values)
        _sendings(desk, case, letters)
        gone.candidates += _candidates(desk, id_of(case))
    desk.session.flush()


def _blank(desk: Desk, model: Any, case_id: int, values: dict[str, Any]) -> None:
    for row in desk.session.exec(select(model).where(model.case_id == case_id)).all():
        for name, value in values.items():
            setattr(row, name, value)
        desk.session.add(row)


def _sendings(desk: Desk, case: readonly.Case, letters: Collection[str]) -> None:
    """Texts in the outbox about a case. Another case of the same citizen may still be answered: its rows stay.

    Of a line that names other cases too, this one's part alone goes.
    """
    deliveries = desk.session.exec(select(Delivery.id).where(Delivery.case_id == case.id)).all()
    keys = col(Outbox.key).in_([f"deliver:{each}" for each in deliveries])
    numbered = cast(Outbox.payload, Text).contains(case.no, autoescape=True)
    named = or_(col(Outbox.target) == f"case:{case.id}", keys, numbered)
    for row in desk.session.exec(select(Outbox).where(named)).all():
        said, whose = str(row.payload.get("text") or ""), payloads.case_of(row)
        of_several = whose not in (None, case.id) or (whose is None and unsaid.others(said, case.no))
        if of_several:
            _say(desk, row, unsaid.without(said, case.no, letters))
        elif said and row.lane == Lane.CHAT and row.state in _STILL_TO_BE_SAID:
            _say(desk, row, unsaid.alone(said, case.no))  # the case may be open: somebody has to end it
        else:
            _empty_row(desk, row)


def _quoted(desk: Desk, letters: Collection[str]) -> None:
    """What supervisors were told of many letters, under a title made of one."""
    keys = [col(Outbox.key).startswith(prefix) for prefix in announce.QUOTING]
    for row in desk.session.exec(select(Outbox).where(or_(*keys))).all():
        said = str(row.payload.get("text") or "")
        if (left := unsaid.without(said, "", letters)) != said:
            _say(desk, row, left)


def _say(desk: Desk, row: Outbox, text: str) -> None:
    if "text" in row.payload:
        row.payload = {**row.payload, "text": text}
        desk.session.add(row)


def _of_citizen(desk: Desk, citizen: Citizen, before: datetime | None = None) -> None:
    """What the outbox holds of a citizen; `before`: the letters and replies alone that it bore itself, and were so old."""
    targets = (f"citizen:{citizen.id}", f"push:{citizen.id}")
    aside = [col(Outbox.target).startswith(f"{target}{outbox.ASIDE}") for target in targets]
    where = or_(col(Outbox.target).in_(targets), *aside)
    if before is not None:
        where = and_(where, col(Outbox.kind).in_((Job.LATE, Job.TEXT)), col(Outbox.created_at) < before)
    _empty(desk, where)


def _empty(desk: Desk, where: ColumnElement[bool]) -> None:
    """What went out is emptied; what still waits for the citizen is dropped."""
    for row in desk.session.exec(select(Outbox).where(where)).all():
        _empty_row(desk, row)


def _empty_row(desk: Desk, row: Outbox) -> None:
    row.payload = {k: v for k, v in row.payload.items() if k not in ("text", "sealed", "card")}
    if row.state == OutboxState.PENDING and row.lane in (Lane.CITIZEN, Lane.PUSH, Lane.API):
        row.state, row.done_at, row.error = OutboxState.DROPPED, desk.now, "内容已删除"
    desk.session.add(row)


def _candidates(desk: Desk, case_id: int) -> int:
    """What was made of the letters and nobody ever published goes; what was published is the office's own and stays."""
    published = exists().where(
        col(KnowledgeVersion.entry_id) == KnowledgeEntry.id, col(KnowledgeVersion.status) == PUBLISHED
    )
    query = select(KnowledgeEntry.id).where(
        KnowledgeEntry.case_id == case_id, KnowledgeEntry.status != PUBLISHED, not_(published)
    )
    ids: Collection[str] = desk.session.exec(query).all()
    for model, column in (
        (KnowledgeWording, KnowledgeWording.entry_id),
        (KnowledgeVersion, KnowledgeVersion.entry_id),
        (KnowledgeEntry, KnowledgeEntry.id),
    ):
        desk.session.execute(delete(model).where(col(column).in_(ids)))
    return len(ids)


def _address(desk: Desk, citizen: Citizen) -> None:
    """The address is known no more: who writes again is somebody new."""
    desk.session.execute(
        update(Delivery)
        .where(
            col(Delivery.citizen_id) == citizen.id,
            col(Delivery.state).in_((DeliveryState.PENDING, DeliveryState.WAITING)),
        )
        .values(state=DeliveryState.FAILED, error="来信人的资料已删除", finished_at=desk.now)
    )
    citizen.openid_hash = f"{FORGOTTEN}{uuid4().hex}"
    citizen.openid_sealed = desk.office.vault.seal("")
    citizen.following, citizen.pages_sealed = False, None
    questions.take(desk, citizen)
    citizen.last_case_id, citizen.last_case_message_at = None, None
    desk.session.add(citizen)
    desk.session.flush()
