"""The register's tables. Times are UTC; texts of citizens stand masked beside their sealed original."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Column, Index, UniqueConstraint, text
from sqlmodel import Field, Relationship, SQLModel

from cases.register.columns import (
    json_column,
    one_of,
    sealed_column,
    text_column,
    time_column,
    words_column,
)
from cases.register.kinds import (
    Asked,
    Category,
    Cause,
    Ended,
    FoundBy,
    Job,
    Lane,
    Posted,
    Question,
    Role,
    Sent,
)
from cases.register.states import (
    CoHandlingState,
    CommentState,
    DeliveryState,
    DraftState,
    ExtensionState,
    MediaState,
    OutboxState,
    PromiseState,
    Purpose,
    State,
)
from knowledge_base.base.entries import Status


class Meta(SQLModel, table=True):
    """Single values: versions that running servers watch, the audit head, the key's fingerprint."""

    key: str = Field(primary_key=True)
    value: str = text_column()


class Department(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True)
    chat_id: str = ""
    thread_id: str = ""
    phone: str = ""
    answers_for: list["DepartmentTopic"] = Relationship(
        sa_relationship_kwargs={
            "lazy": "selectin",
            "order_by": "DepartmentTopic.place",
            "cascade": "all, delete-orphan",
        }
    )

    @property
    def topics(self) -> tuple[str, ...]:
        return tuple(row.topic for row in self.answers_for)


class DepartmentTopic(SQLModel, table=True):
    """A topic whose cases go to a department by themselves; `place` keeps the order in which they were named."""

    __tablename__ = "department_topic"
    department_id: int | None = Field(default=None, primary_key=True, foreign_key="department.id")
    topic: str = Field(primary_key=True)
    place: int = 0


class Staff(SQLModel, table=True):
    __table_args__ = (one_of("role", Role),)
    id: int | None = Field(default=None, primary_key=True)
    name: str
    role: str
    department_id: int | None = Field(default=None, foreign_key="department.id")
    telegram_id: str | None = Field(default=None, unique=True)
    wecom_id: str | None = Field(default=None, unique=True)
    username: str | None = Field(default=None, unique=True)
    password_hash: str = ""
    active: bool = True
    session_epoch: int = 0  # raised to end every session
    join_code: str | None = Field(default=None, unique=True)
    join_until: datetime | None = time_column(nullable=True)


class Citizen(SQLModel, table=True):
    """One address at one official account. Holds the window of the platform."""

    __table_args__ = (UniqueConstraint("account", "openid_hash"),)
    id: int | None = Field(default=None, primary_key=True)
    account: str
    openid_hash: str
    openid_sealed: bytes = sealed_column()
    following: bool = True
    last_message_at: datetime | None = time_column(index=True, nullable=True)
    warned_for: datetime | None = time_column(nullable=True)  # the contact whose closing window was warned of
    last_case_message_at: datetime | None = time_column(nullable=True)
    sent_in_window: int = 0
    last_case_id: int | None = None
    pages_sealed: bytes | None = sealed_column(nullable=True)  # what 「继续」 shows next


class CitizenQuestion(SQLModel, table=True):
    """The question that a citizen was asked last and may answer with the next words."""

    __tablename__ = "citizen_question"
    __table_args__ = (one_of("kind", Question),)
    citizen_id: int = Field(primary_key=True, foreign_key="citizen.id")
    kind: str
    case_id: int = Field(foreign_key="cases.id")
    before_id: int | None = Field(default=None, foreign_key="cases.id")  # the answered case it may belong to
    entries: tuple[str, ...] = words_column()  # the entries to choose from
    score: float = 0.0  # of the best of them
    until: datetime = time_column()


class Push(SQLModel, table=True):
    """A push, once by its key; the reply is kept to be given again."""

    key: str = Field(primary_key=True)
    received_at: datetime = time_column(index=True)
    reply_sealed: bytes = sealed_column()


class CaseNumber(SQLModel, table=True):
    __tablename__ = "case_number"
    day: str = Field(primary_key=True)
    last: int = 0


class Case(SQLModel, table=True):
    """`due_on` and `due_at` belong together; `due_at` is the instant at which the due day ends."""

    __tablename__ = "cases"
    __table_args__ = (
        Index("ix_cases_look", "next_look_at"),
        Index("ix_cases_status", "status", "due_at"),
        # who may see a finished case, and the latest first: lists of hundreds of thousands read no case for it
        Index(
            "ix_cases_finished",
            "status",
            "closed_at",
            "department_id",
            "handler_id",
            "accusation",
            "id",
        ),
        Index("ix_cases_received", "received_at"),
        one_of("status", State),
        one_of("category", Category),
    )
    id: int | None = Field(default=None, primary_key=True)
    no: str = Field(unique=True)
    channel: str = "wechat"
    account: str = ""
    citizen_id: int = Field(foreign_key="citizen.id", index=True)
    status: str = State.NEW
    category: str
    confidence: float = 1.0
    needs_review: bool = False
    settled: bool = False  # a person chose the category: the model changes it no more
    topic: str = ""
    urgent: bool = False
    sensitive: bool = False
    accusation: bool = False
    procedure: str = ""
    reasons: tuple[str, ...] = words_column()
    department_id: int | None = Field(default=None, foreign_key="department.id", index=True)
    handler_id: int | None = Field(default=None, foreign_key="staff.id", index=True)
    received_at: datetime = time_column()
    registered_at: datetime = time_column()
    clock_from: datetime = time_column()  # where counting starts: the receipt, or the reopening
    due_on: date
    due_at: datetime = time_column(index=True)
    provisional: bool = False
    extended: bool = False
    urgent_since: datetime | None = time_column(nullable=True)  # where the first answer's clock starts
    first_answer_due_at: datetime | None = time_column(nullable=True)
    first_answered_at: datetime | None = time_column(nullable=True)
    overdue_since: datetime | None = time_column(index=True, nullable=True)  # kept by `cases.lapse`
    next_look_at: datetime | None = time_column(nullable=True)  # the sweep reads no other rows
    unclaimed_since: datetime | None = time_column(
        nullable=True
    )  # opened, transferred or reopened, and free since
    claimed_at: datetime | None = time_column(nullable=True)
    review_since: datetime | None = time_column(nullable=True)
    released_at: datetime | None = time_column(index=True, nullable=True)  # the last approval of the answer
    on_time: bool | None = None  # frozen at the last approval
    closed_at: datetime | None = time_column(nullable=True)
    reopened: int = 0
    rating: str = ""
    close_note: str = text_column()
    parent_id: int | None = Field(
        default=None, foreign_key="cases.id", index=True
    )  # a mass incident's lead case, whose answer is this one's too
    co_handlings: list["CoHandling"] = Relationship(sa_relationship_kwargs={"viewonly": True})


class Message(SQLModel, table=True):
    """What a citizen wrote or sent; `case_id` is empty for chit-chat."""

    __table_args__ = (  # of the few that wait: that a message waits for nothing finds them all
        Index(
            "ix_message_waiting_until",
            "waiting_until",
            sqlite_where=text("waiting_until IS NOT NULL"),
            postgresql_where=text("waiting_until IS NOT NULL"),
        ),
    )
    id: int | None = Field(default=None, primary_key=True)
    case_id: int | None = Field(default=None, foreign_key="cases.id", index=True)
    citizen_id: int = Field(foreign_key="citizen.id", index=True)
    push_key: str = ""
    kind: str = "text"
    masked: str = text_column()
    sealed: bytes = sealed_column()
    received_at: datetime = time_column(index=True)
    waiting_until: datetime | None = time_column(nullable=True)  # asked whether it belongs


class Media(SQLModel, table=True):
    """A file of a message, kept sealed on disk under its hash."""

    __table_args__ = (one_of("state", MediaState),)
    id: int | None = Field(default=None, primary_key=True)
    message_id: int = Field(foreign_key="message.id", index=True)
    media_id: str = text_column()
    kind: str
    state: str = MediaState.PENDING
    content_type: str = ""
    size: int = 0
    sha256: str = ""
    note: str = text_column()


class Draft(SQLModel, table=True):
    """One version of a text for the citizen. Approvals are of exactly this text in this round."""

    __table_args__ = (
        one_of("purpose", Purpose),
        one_of("state", DraftState),
    )
    id: int | None = Field(default=None, primary_key=True)
    case_id: int = Field(foreign_key="cases.id", index=True)
    version: int
    purpose: str = Purpose.ANSWER
    state: str = Field(default=DraftState.REVIEW, index=True)
    round: int = 1
    level: int = 0  # approvals so far
    levels: int = 1  # approvals needed
    supervisor_last: bool = False
    text_sealed: bytes = sealed_column()
    masked: str = text_column()
    text_hash: str
    author_id: int = Field(foreign_key="staff.id")
    entry_id: str = ""
    created_at: datetime = time_column()
    decided_at: datetime | None = time_column(nullable=True)
    reason: str = text_column()
    proposal_id: int | None = None  # what a model had proposed before
    missed: str | None = None  # JSON list: what a second look found without an answer


class Proposal(SQLModel, table=True):
    """A text that a language model proposed to one person: it is a draft only once that person submits one."""

    id: int | None = Field(default=None, primary_key=True)
    case_id: int = Field(foreign_key="cases.id", index=True)
    staff_id: int = Field(foreign_key="staff.id")
    at: datetime = time_column()
    model: str
    text_sealed: bytes = sealed_column()
    masked: str = text_column()
    sources: str = text_column()  # JSON list of the ids that it leaned on
    marks: str = text_column()  # JSON list of what no source says


class Approval(SQLModel, table=True):
    __table_args__ = (UniqueConstraint("draft_id", "round", "level"),)
    id: int | None = Field(default=None, primary_key=True)
    draft_id: int = Field(foreign_key="draft.id", index=True)
    round: int
    level: int
    reviewer_id: int = Field(foreign_key="staff.id")
    text_hash: str
    at: datetime = time_column()


class Delivery(SQLModel, table=True):
    """The way of one released text to its citizen, and what happened on it."""

    __table_args__ = (
        Index("ix_delivery_source", "source_id", "source_seq", unique=True),
        one_of("kind", Sent),
        one_of("state", DeliveryState),
    )
    id: int | None = Field(default=None, primary_key=True)
    case_id: int = Field(foreign_key="cases.id", index=True)
    draft_id: int | None = Field(default=None, foreign_key="draft.id", unique=True)
    citizen_id: int = Field(foreign_key="citizen.id", index=True)
    kind: str
    text_sealed: bytes = sealed_column()
    state: str = Field(default=DeliveryState.PENDING, index=True)
    channel: str = ""  # customer_message, template, passive, comment
    parts_sent: int = 0
    platform_id: str = Field(default="", index=True)  # of a template message, for the platform's report on it
    attempts: int = 0
    error: str = text_column()
    created_at: datetime = time_column()
    finished_at: datetime | None = time_column(nullable=True)
    source_id: int | None = None  # whose channel it goes through
    source_seq: int | None = None  # its place among that source's released texts: the cursor


class Source(SQLModel, table=True):
    """Another channel of the office that writes and fetches through `/api/v1/`. Its key is kept as a hash alone."""

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True)
    key_hash: str = Field(unique=True)
    key_sealed: bytes | None = sealed_column(nullable=True)  # only where callbacks are signed with it
    callback: str = text_column()
    addresses: str = ""  # private addresses that the callback's name may resolve to, comma separated
    public: bool = False  # what is answered through it stands where everybody reads it
    active: bool = True
    created_at: datetime = time_column()
    last_seq: int = 0  # released texts so far
    given_seq: int = 0  # the latest that was ever given out by cursor


class Outbox(SQLModel, table=True):
    """Whatever is to be sent. Written in the step's transaction, worked off by the delivery worker."""

    __table_args__ = (
        Index("ix_outbox_due", "state", "lane", "not_before"),
        one_of("lane", Lane),
        one_of("kind", Job),
        one_of("state", OutboxState),
    )
    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True)
    lane: str
    target: str  # rows of one target go out in order
    kind: str
    payload: dict[str, Any] = json_column()
    priority: int = 5
    state: str = OutboxState.PENDING
    not_before: datetime = time_column()
    attempts: int = 0
    created_at: datetime = time_column()
    done_at: datetime | None = time_column(nullable=True)
    error: str = text_column()


class ChatPost(SQLModel, table=True):
    """A message of ours in a handler chat: which case, draft or question it stands for."""

    __tablename__ = "chat_post"
    __table_args__ = (UniqueConstraint("platform", "chat_id", "message_id"), one_of("kind", Posted))
    id: int | None = Field(default=None, primary_key=True)
    platform: str
    chat_id: str
    message_id: str
    kind: str
    case_id: int | None = Field(default=None, index=True)
    draft_id: int | None = Field(default=None, index=True)
    round: int = 0
    ask_id: int | None = None
    ref: str = ""  # the entry of a candidate, the extension asked for, or how a card came to stand here
    shown: str = ""  # names what the post shows, so that nothing is edited in vain
    live: bool = True
    posted_at: datetime = time_column()


class ChangeableCard(SQLModel, table=True):
    """A card that its platform lets us change by code: what it shows, that nothing is changed in vain."""

    __tablename__ = "changeable_card"
    card: str = Field(primary_key=True)
    shown: str = ""
    at: datetime = time_column()  # of its newest code


class CardCode(SQLModel, table=True):
    """A code that changes a card once."""

    __tablename__ = "card_code"
    id: int | None = Field(default=None, primary_key=True)
    card: str = Field(foreign_key="changeable_card.card", index=True)
    code: str = text_column()
    at: datetime = time_column()


class Ask(SQLModel, table=True):
    """A question that the chat put to a member of staff and that awaits a reply."""

    __table_args__ = (one_of("action", Asked),)
    id: int | None = Field(default=None, primary_key=True)
    staff_id: int = Field(foreign_key="staff.id", index=True)
    action: str
    case_id: int | None = Field(default=None, index=True)
    draft_id: int | None = None
    round: int = 0
    detail: str = text_column()
    open: bool = True
    asked_at: datetime = time_column()


class ChatUpdate(SQLModel, table=True):
    """An update of the chat platform, acted on once."""

    __tablename__ = "chat_update"
    key: str = Field(primary_key=True)
    at: datetime = time_column(index=True)


class Extension(SQLModel, table=True):
    __table_args__ = (one_of("state", ExtensionState),)
    id: int | None = Field(default=None, primary_key=True)
    case_id: int = Field(foreign_key="cases.id", index=True)
    asked_by: int = Field(foreign_key="staff.id")
    reason: str = text_column()
    state: str = ExtensionState.ASKED
    decided_by: int | None = Field(default=None, foreign_key="staff.id")
    asked_at: datetime = time_column()
    decided_at: datetime | None = time_column(nullable=True)


class CoHandling(SQLModel, table=True):
    """「协办」: another department is asked for its opinion; clock and answer stay with the case's own."""

    __tablename__ = "co_handling"
    __table_args__ = (UniqueConstraint("case_id", "department_id"), one_of("state", CoHandlingState))
    id: int | None = Field(default=None, primary_key=True)
    case_id: int = Field(foreign_key="cases.id", index=True)
    department_id: int = Field(foreign_key="department.id", index=True)
    state: str = CoHandlingState.ASKED
    asked_by: int = Field(foreign_key="staff.id")
    asked_at: datetime = time_column()
    note: str = text_column()
    opinion_sealed: bytes | None = sealed_column(nullable=True)
    masked: str = text_column()
    given_by: int | None = Field(default=None, foreign_key="staff.id")
    given_at: datetime | None = time_column(nullable=True)


class Promise(SQLModel, table=True):
    """A date that a released answer promised, watched until somebody closes it."""

    __table_args__ = (one_of("state", PromiseState),)
    id: int | None = Field(default=None, primary_key=True)
    case_id: int = Field(foreign_key="cases.id", index=True)
    draft_id: int = Field(foreign_key="draft.id")
    words: str = text_column()
    due_on: date
    due_at: datetime = time_column()
    state: str = PromiseState.OPEN
    next_look_at: datetime | None = time_column(index=True, nullable=True)  # the sweep reads no other rows
    closed_by: int | None = Field(default=None, foreign_key="staff.id")
    closed_at: datetime | None = time_column(nullable=True)
    note: str = text_column()
    asked_at: datetime | None = time_column(nullable=True)  # the citizen was asked whether it was done
    said: str = ""  # what they said to it: done, not_done


class DueChange(SQLModel, table=True):
    """Why a due date is what it is: one row for every event that set or moved it."""

    __tablename__ = "due_change"
    __table_args__ = (
        one_of("cause", Cause),
        one_of("category", Category),
    )
    id: int | None = Field(default=None, primary_key=True)
    case_id: int = Field(foreign_key="cases.id", index=True)
    at: datetime = time_column()
    cause: str
    category: str
    working_days: int
    counted_from: datetime = time_column()
    was_due_on: date | None = None  # the day before this change; none: it was the first
    due_on: date
    due_at: datetime = time_column()
    provisional: bool = False
    note: str = text_column()
    named_days: dict[str, str] | None = Field(default=None, sa_column=Column(JSON()))
    """The holidays and make-up workdays on the way (ISO date → name): the calendar as it was counted with."""


class Lapse(SQLModel, table=True):
    """A span during which a case was open and overdue, for the department and category that it had in it."""

    __table_args__ = (one_of("category", Category),)
    id: int | None = Field(default=None, primary_key=True)
    case_id: int = Field(foreign_key="cases.id", index=True)
    since: datetime = time_column(index=True)
    until: datetime | None = time_column(nullable=True)
    category: str
    department_id: int | None = Field(default=None, foreign_key="department.id")
    by_change: bool = False  # a change of category set a date that was past already
    provisional: bool = False  # the date that was missed was provisional


class Milestone(SQLModel, table=True):
    """A milestone fired; the unique key keeps it from firing twice."""

    __table_args__ = (UniqueConstraint("case_id", "name", "day"),)
    id: int | None = Field(default=None, primary_key=True)
    case_id: int = Field(foreign_key="cases.id", index=True)
    name: str
    day: date
    at: datetime = time_column()


class Danger(SQLModel, table=True):
    """The alarm about a case in which somebody is in danger: told again at `next_at` until a person has taken it."""

    case_id: int = Field(primary_key=True, foreign_key="cases.id")
    raised_at: datetime = time_column()
    told: int = 0  # how often since it was raised
    next_at: datetime | None = time_column(index=True, nullable=True)  # the sweep reads no other rows
    taken_by: int | None = Field(default=None, foreign_key="staff.id")
    taken_at: datetime | None = time_column(nullable=True)


class Correction(SQLModel, table=True):
    """A category set by staff: training data."""

    id: int | None = Field(default=None, primary_key=True)
    case_id: int = Field(foreign_key="cases.id", index=True)
    staff_id: int | None = Field(default=None, foreign_key="staff.id")
    sealed: bytes = sealed_column()
    before: str
    after: str
    at: datetime = time_column()


class KnowledgeEntry(SQLModel, table=True):
    __tablename__ = "knowledge_entry"
    __table_args__ = (one_of("status", Status),)
    id: str = Field(primary_key=True)
    question: str = text_column()
    answer: str = text_column()
    aliases: str = text_column()  # JSON list
    department: str = ""
    topic: str = ""
    source: str = text_column()
    effective_on: date | None = None
    review_on: date | None = Field(default=None, index=True)
    owner: str = ""
    status: str = Field(default=Status.CANDIDATE, index=True)
    version: int = 1
    change_seq: int = Field(default=0, index=True)
    case_id: int | None = None
    author_id: int | None = None
    approver_id: int | None = None
    vector: bytes | None = sealed_column(nullable=True)
    vector_of: str = ""
    used: int = 0
    unsolved: int = 0
    pleased: int = 0  # automatic answers that were rated 满意
    muted: str = (
        ""  # why it no longer answers by itself: "unsolved" (failed repeatedly), "source" (has changed)
    )
    reminded: str = ""  # what its owner was last told of its review day: "2026-03-10:soon", "2026-03-10:due"
    changed_at: datetime = time_column()


class KnowledgeWording(SQLModel, table=True):
    """A key for each wording of an entry (`cases.wordings`)."""

    __tablename__ = "knowledge_wording"
    key: int = Field(sa_column=Column(BigInteger(), primary_key=True, autoincrement=False))
    entry_id: str = Field(primary_key=True, index=True)


class KnowledgeVersion(SQLModel, table=True):
    __tablename__ = "knowledge_version"
    id: int | None = Field(default=None, primary_key=True)
    entry_id: str = Field(index=True)
    version: int
    question: str = text_column()
    answer: str = text_column()
    aliases: str = text_column()
    status: str
    by: str = ""
    at: datetime = time_column()


class AutoAnswer(SQLModel, table=True):
    """Every automatic answer with its question, entry version, score and outcome."""

    __tablename__ = "auto_answer"
    id: int | None = Field(default=None, primary_key=True)
    case_id: int = Field(foreign_key="cases.id", index=True)
    entry_id: str = Field(index=True)
    entry_version: int
    score: float
    masked_question: str = text_column()
    answer: str = text_column()  # as it was given
    at: datetime = time_column()
    outcome: str = ""  # "", human, unsolved, or the rating
    chosen: bool = False  # by the citizen, from the short list
    wording: str = ""  # what a person made of the question as a wording of the entry: "", taken, left


class Outcome(SQLModel, table=True):
    """How an answer stood when it was released; nothing that happens later improves it.

    `working_days` from the start of the clock. `withdrawn`: an automatic answer that the citizen did not accept.
    """

    __table_args__ = (
        one_of("kind", Ended),
        one_of("category", Category),
    )
    id: int | None = Field(default=None, primary_key=True)
    case_id: int = Field(foreign_key="cases.id", index=True)
    kind: str
    at: datetime = time_column(index=True)
    category: str
    department_id: int | None = Field(default=None, foreign_key="department.id")
    channel: str
    due_on: date
    on_time: bool
    working_days: int
    rating: str = ""
    withdrawn: bool = False
    withdrawn_at: datetime | None = time_column(nullable=True)


class ReplyTemplate(SQLModel, table=True):
    """Words for an answer that come again; what stands in 【】 is filled in by whoever uses them."""

    __tablename__ = "reply_template"
    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True)
    text: str = text_column()
    changed_at: datetime = time_column()


class SavedView(SQLModel, table=True):
    """A list of cases that a colleague comes back to: its filters, as they stand in the address."""

    __tablename__ = "saved_view"
    __table_args__ = (UniqueConstraint("staff_id", "name"),)
    id: int | None = Field(default=None, primary_key=True)
    staff_id: int = Field(foreign_key="staff.id")
    name: str
    address: str = text_column()


class SecondFactor(SQLModel, table=True):
    """What a colleague's telephone makes codes of; theirs from the first right code on."""

    __tablename__ = "second_factor"
    staff_id: int = Field(primary_key=True, foreign_key="staff.id")
    secret_sealed: bytes = sealed_column()
    confirmed_at: datetime | None = time_column(nullable=True)
    last_step: int = 0  # the latest step of thirty seconds whose code has counted: it counts no more
    recovery_sealed: bytes = sealed_column()  # the codes that are left, as JSON


class ConsoleSession(SQLModel, table=True):
    """A place where a colleague is signed in to the console; `key` is the hash of what its cookie holds."""

    __tablename__ = "console_session"
    key: str = Field(primary_key=True)
    staff_id: int = Field(foreign_key="staff.id", index=True)
    born_at: datetime = time_column()
    seen_at: datetime = time_column()
    address: str = ""
    agent: str = ""


class SignInGuard(SQLModel, table=True):
    """Wrong tries for one user name, by its keyed hash; kept whether or not the name exists."""

    __tablename__ = "sign_in_guard"
    key: str = Field(primary_key=True)
    failures: int = 0
    locked_until: datetime | None = time_column(nullable=True)
    last_at: datetime = time_column(index=True)


class Article(SQLModel, table=True):
    """An article whose comments are polled, and how far."""

    __table_args__ = (UniqueConstraint("account", "msg_data_id", "idx"), one_of("source", FoundBy))
    id: int | None = Field(default=None, primary_key=True)
    account: str = ""
    msg_data_id: str
    idx: int = 0
    source: str = FoundBy.ADDED
    title: str = text_column()
    added_at: datetime = time_column()
    polled_at: datetime | None = time_column(nullable=True)
    high_water: int = 0  # comments listed at the last full reading


class Comment(SQLModel, table=True):
    __table_args__ = (UniqueConstraint("article_id", "user_comment_id"), one_of("state", CommentState))
    id: int | None = Field(default=None, primary_key=True)
    article_id: int = Field(foreign_key="article.id", index=True)
    user_comment_id: str
    case_id: int | None = Field(default=None, index=True)
    message_id: int | None = None
    state: str = CommentState.OPEN
    seen_at: datetime = time_column()


class CalendarNotice(SQLModel, table=True):
    """A year's official notice, imported while running."""

    __tablename__ = "calendar_notice"
    year: int = Field(primary_key=True)
    toml: str = text_column()
    imported_at: datetime = time_column()


class ApiToken(SQLModel, table=True):
    """An access token shared by all processes, sealed."""

    __tablename__ = "api_token"
    name: str = Field(primary_key=True)
    sealed: bytes = sealed_column()
    expires_at: datetime = time_column()


class TrainedModel(SQLModel, table=True):
    """A model that `huiyin train` made, packed: every machine and every restored backup finds it here."""

    __tablename__ = "trained_model"
    version: str = Field(primary_key=True)
    made_at: datetime = time_column()
    packed: bytes = sealed_column()


class Lease(SQLModel, table=True):
    """Who does a job that only one process may do."""

    name: str = Field(primary_key=True)
    holder: str = ""
    until: datetime = time_column()


class Recent(SQLModel, table=True):
    """The moments at which a source came of late, packed. PostgreSQL alone: worth nothing a second later."""

    name: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    at: bytes = sealed_column()


class Audit(SQLModel, table=True):
    """Append only; each row's hash covers the row before it."""

    seq: int = Field(primary_key=True)
    at: datetime = time_column()
    actor: str
    action: str = Field(index=True)
    subject: str = Field(index=True)
    detail: str = text_column()  # JSON
    prev: str
    hash: str
