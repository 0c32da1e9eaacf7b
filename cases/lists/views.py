"""What the doors show of a case: frozen views with personal data masked."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import col, select

from cases.register import channels, cohandlings, extensions, people, readonly, register
from cases.register.desk import Desk
from cases.register.readonly import Case
from cases.register.rows import id_of
from cases.register.states import (
    DELIVERY_NAMES,
    STATE_NAMES,
    DeliveryState,
    DraftState,
    PromiseState,
    State,
)
from cases.register.tables import (
    Citizen,
    CoHandling,
    Comment,
    Danger,
    Delivery,
    Department,
    Draft,
    Media,
    Message,
    Promise,
)
from text.masking import mask

_ANSWERS = ("answer", "correction", "refusal", "auto")


@dataclass(frozen=True, slots=True)
class CaseLine:
    """One row of a list."""

    no: str
    category: str
    status: str
    received_at: datetime
    due_on: date
    provisional: bool
    overdue: bool
    department: str
    handler: str
    channel: str
    topic: str
    urgent: bool
    sensitive: bool
    accusation: bool


@dataclass(frozen=True, slots=True)
class MessageView:
    id: int
    kind: str
    text: str
    at: datetime
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DraftView:
    id: int
    version: int
    purpose: str
    state: str
    round: int
    level: int
    levels: int
    text: str
    author: str
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class DeliveryView:
    kind: str
    state: str
    channel: str
    error: str
    created_at: datetime
    finished_at: datetime | None


@dataclass(frozen=True, slots=True)
class OpinionView:
    """A department that co-handles; `text` is empty until it has said something."""

    id: int
    department_id: int
    department: str
    note: str
    text: str
    by: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class PromiseView:
    """A date that an answer promised. `state`: open, kept, replaced."""

    words: str
    due_on: date
    state: str
    late: bool


@dataclass(frozen=True, slots=True)
class CaseView:
    """Everything staff see of a case, masked. `files` counts by kind."""

    id: int
    line: CaseLine
    account: str
    confidence: float
    needs_review: bool
    procedure: str
    reasons: str
    due_at: datetime
    first_answer_due_at: datetime | None
    extended: bool
    extension: str  # "", asked, granted, refused, lapsed
    rating: str
    on_time: bool | None
    messages: tuple[MessageView, ...]
    files: tuple[tuple[str, int], ...]
    drafts: tuple[DraftView, ...]
    deliveries: tuple[DeliveryView, ...]
    handler_id: int | None
    department_id: int | None
    reopened: int
    close_note: str
    lead: str = ""  # the number of the case that this one is answered with
    linked: tuple[str, ...] = ()
    opinions: tuple[OpinionView, ...] = ()
    promises: tuple[PromiseView, ...] = ()
    first_answer_provisional: bool = False
    answered: str = ""  # of a case that is open again: what it was answered with, and when
    answered_at: datetime | None = None
    danger_by: str = ""  # who has the danger in hand
    danger_at: datetime | None = None

    @property
    def text(self) -> str:
        return "\n".join(said.text for said in self.messages if said.text)

    @property
    def draft(self) -> DraftView | None:
        """The draft under review, if there is one."""
        return next((d for d in reversed(self.drafts) if d.state == DraftState.REVIEW), None)


def line(desk: Desk, case: Case) -> CaseLine:
    department = desk.session.get(Department, case.department_id) if case.department_id else None
    return CaseLine(
        no=case.no,
        category=case.category,
        status=case.status,
        received_at=case.received_at,
        due_on=case.due_on,
        provisional=case.provisional,
        overdue=register.is_overdue(case, desk.now),
        department=department.name if department else "",
        handler=people.staff_name(desk, case.handler_id),
        channel=case.channel,
        topic=case.topic,
        urgent=case.urgent,
        sensitive=case.sensitive,
        accusation=case.accusation,
    )


def view(desk: Desk, case: Case) -> CaseView:
    messages, media = _messages(desk, case)
    extension = extensions.latest(desk, case)
    danger = desk.session.get(Danger, case.id) if case.urgent else None
    answer = _earlier_answer(desk, case)
    return CaseView(
        id=id_of(case),
        line=line(desk, case),
        account=case.account,
        confidence=case.confidence,
        needs_review=case.needs_review,
        procedure=case.procedure,
        reasons="；".join(case.reasons),
        due_at=case.due_at,
        first_answer_due_at=case.first_answer_due_at if register.waits_for_a_first_answer(case) else None,
        extended=case.extended,
        extension=extension.state if extension else "",
        rating=case.rating,
        on_time=case.on_time,
        messages=messages,
        files=tuple(media.items()),
        drafts=tuple(_draft(desk, row) for row in _drafts(desk, case)),
        deliveries=tuple(_delivery(row) for row in _deliveries(desk, case)),
        handler_id=case.handler_id,
        department_id=case.department_id,
        reopened=case.reopened,
        close_note=case.close_note,
        lead=lead.no if (lead := register.lead(desk, case)) is not None else "",
        linked=tuple(other.no for other in register.linked(desk, case)),
        opinions=tuple(_opinion(desk, row) for row in cohandlings.all_of(desk, case)),
        promises=tuple(_promise(row, desk.now) for row in _promises(desk, case)),
        first_answer_provisional=register.first_answer_provisional(desk, case),
        answered=answer[0],
        answered_at=answer[1],
        danger_by=people.staff_name(desk, danger.taken_by) if danger else "",
        danger_at=danger.taken_at if danger else None,
    )


def _messages(desk: Desk, case: Case) -> tuple[tuple[MessageView, ...], Counter[str]]:
    """Return what was written, each with the kinds of its files, and how many of each kind there are."""
    session = desk.session
    rows = session.exec(select(Message).where(Message.case_id == case.id).order_by(col(Message.id))).all()
    media = session.exec(select(Media).where(col(Media.message_id).in_([row.id for row in rows]))).all()
    seen = tuple(
        MessageView(
            id_of(row),
            row.kind,
            row.masked,
            row.received_at,
            tuple(file.kind for file in media if file.message_id == row.id),
        )
        for row in rows
    )
    return seen, Counter(file.kind for file in media)


def _earlier_answer(desk: Desk, case: Case) -> tuple[str, datetime | None]:
    """Return the answer after which a case was opened again, masked, and when it was given."""
    if not case.reopened or not register.is_open(case):
        return "", None
    query = select(Delivery).where(Delivery.case_id == case.id, col(Delivery.kind).in_(_ANSWERS))
    row = desk.session.exec(query.order_by(col(Delivery.id).desc())).first()
    if row is None:
        return "", None
    text = desk.session.get_one(Draft, row.draft_id).masked if row.draft_id else ""
    return text or mask(desk.office.vault.open(row.text_sealed), desk.own_numbers), row.created_at


def status_name(case: Case | CaseLine) -> str:
    return STATE_NAMES[State(case.status)]


def marks(line: CaseLine) -> list[str]:
    """Return in Chinese what sets a case apart, the gravest first."""
    found = (
        (line.urgent, "紧急"), (line.sensitive, "敏感"), (line.accusation, "检举"), (line.overdue, "逾期"),
    )  # fmt: skip
    return [word for holds, word in found if holds]


def answer_of(desk: Desk, case: Case) -> str:
    """Return the words that answered this case, unmasked: only for its own citizen."""
    row = desk.session.exec(
        select(Delivery)
        .where(Delivery.case_id == case.id, col(Delivery.kind).in_(_ANSWERS))
        .order_by(col(Delivery.id).desc())
    ).first()
    return desk.office.vault.open(row.text_sealed) if row and case.released_at else ""


def window(desk: Desk, case: Case) -> str:
    """Return how long and how often the citizen can still be written to, for the card."""
    citizen = desk.session.get(Citizen, case.citizen_id)
    if not channels.channel(case.channel).window or citizen is None or citizen.last_message_at is None:
        return ""
    left = 48 * 3600 - (desk.now - citizen.last_message_at).total_seconds()
    if left <= 0:
        return "微信窗口已关闭，答复将以模板消息或待取方式送达"
    return f"还剩 {max(0, 5 - citizen.sent_in_window)} 条，窗口 {int(left // 3600)} 小时后关闭"


def comment_of(desk: Desk, case: Case) -> Comment | None:
    return desk.session.exec(select(Comment).where(Comment.case_id == case.id)).first()


def first_words(desk: Desk, case_ids: Collection[int | None]) -> dict[int, str]:
    """Return what stands in the first message of each case, masked."""
    query = select(Message.case_id, Message.masked).where(col(Message.case_id).in_(case_ids))
    rows = desk.session.exec(query.order_by(col(Message.id).desc()))
    return {case_id: masked for case_id, masked in rows if case_id is not None}


def delivery_word(state: str) -> str:
    return DELIVERY_NAMES[DeliveryState(state)]


def _drafts(desk: Desk, case: Case) -> list[Draft]:
    return list(
        desk.session.exec(select(Draft).where(Draft.case_id == case.id).order_by(col(Draft.id))).all()
    )


def _deliveries(desk: Desk, case: Case) -> list[Delivery]:
    return list(
        desk.session.exec(
            select(Delivery).where(Delivery.case_id == case.id).order_by(col(Delivery.id))
        ).all()
    )


def _draft(desk: Desk, row: readonly.Draft) -> DraftView:
    return DraftView(
        id_of(row), row.version, row.purpose, row.state, row.round, row.level, row.levels, row.masked,
        people.staff_name(desk, row.author_id), row.created_at, row.reason,
    )  # fmt: skip


def _opinion(desk: Desk, row: CoHandling) -> OpinionView:
    name, by = cohandlings.department(desk, row), people.staff_name(desk, row.given_by)
    return OpinionView(id_of(row), row.department_id, name, row.note, row.masked, by, row.given_at)


def _promises(desk: Desk, case: Case) -> list[Promise]:
    return list(
        desk.session.exec(select(Promise).where(Promise.case_id == case.id).order_by(col(Promise.id))).all()
    )


def _promise(row: Promise, now: datetime) -> PromiseView:
    return PromiseView(row.words, row.due_on, row.state, row.state == PromiseState.OPEN and now >= row.due_at)


def _delivery(row: readonly.Delivery) -> DeliveryView:
    return DeliveryView(row.kind, row.state, row.channel, row.error, row.created_at, row.finished_at)
