"""What the clock of a case did: dates, lapses, milestones, alarms, and how the answer stood."""

from datetime import date, datetime

from sqlalchemy import JSON, Column, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from cases.register.columns import one_of, text_column, time_column
from cases.register.kinds import Category, Cause, Ended


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


class FiredMilestone(SQLModel, table=True):
    """A milestone fired; the unique key keeps it from firing twice."""

    __tablename__ = "milestone"
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


class Outcome(SQLModel, table=True):
    """How an answer stood when it was released; nothing that happens later improves it.

    `working_days` from the start of the clock. `withdrawn`: an automatic answer that the citizen did not accept.
    """

    __table_args__ = (
        # few of many: a month's are found without all answers there ever were
        Index(
            "ix_outcome_withdrawn",
            "at",
            sqlite_where=text("withdrawn = 1"),
            postgresql_where=text("withdrawn"),
        ),
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
