"""Texts for a citizen on their way through review."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from cases.register.columns import one_of, sealed_column, text_column, time_column
from cases.register.states import DraftState, Purpose


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


class ReplyTemplate(SQLModel, table=True):
    """Words for an answer that come again; what stands in 【】 is filled in by whoever uses them."""

    __tablename__ = "reply_template"
    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True)
    text: str = text_column()
    changed_at: datetime = time_column()
