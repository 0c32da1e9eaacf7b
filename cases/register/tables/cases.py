"""A case, and what colleagues agree about it beside its answer."""

from datetime import date, datetime

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field, Relationship, SQLModel

from cases.register.columns import one_of, sealed_column, text_column, time_column, words_column
from cases.register.kinds import Category
from cases.register.states import CoHandlingState, ExtensionState, PromiseState, State

DESK = (
    "status", "due_at", "urgent", "id", "due_on", "overdue_since", "department_id", "handler_id", "accusation",
    "sensitive", "parent_id", "category", "topic", "channel", "received_at",
)  # fmt: skip


class CaseNumber(SQLModel, table=True):
    __tablename__ = "case_number"
    day: str = Field(primary_key=True)
    last: int = 0


class Case(SQLModel, table=True):
    """`due_on` and `due_at` belong together; `due_at` is the instant at which the due day ends."""

    __tablename__ = "cases"
    __table_args__ = (
        Index("ix_cases_look", "next_look_at"),
        # all that lists of open cases ask of one: counted and sorted without its fifty columns
        Index("ix_cases_desk", *DESK),
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
        # the dissatisfied are a handful among all that are open
        Index(
            "ix_cases_reopened",
            "status",
            "rating",
            sqlite_where=text("reopened > 0"),
            postgresql_where=text("reopened > 0"),
        ),
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
    # opened, transferred or reopened, and free since
    unclaimed_since: datetime | None = time_column(nullable=True)
    claimed_at: datetime | None = time_column(nullable=True)
    review_since: datetime | None = time_column(nullable=True)
    released_at: datetime | None = time_column(index=True, nullable=True)  # the last approval of the answer
    on_time: bool | None = None  # frozen at the last approval
    closed_at: datetime | None = time_column(nullable=True)
    reopened: int = 0
    rating: str = ""
    close_note: str = text_column()
    # a mass incident's lead case, whose answer is this one's too
    parent_id: int | None = Field(default=None, foreign_key="cases.id", index=True)
    co_handlings: list["CoHandling"] = Relationship(sa_relationship_kwargs={"viewonly": True})


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
