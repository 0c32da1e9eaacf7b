"""The knowledge base, what it answered by itself, and what staff taught the model."""

from datetime import date, datetime

from sqlalchemy import BigInteger, Column
from sqlmodel import Field, SQLModel

from cases.register.columns import one_of, sealed_column, text_column, time_column
from knowledge_base.base.entries import Status


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
    __table_args__ = (one_of("status", Status),)
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


class Correction(SQLModel, table=True):
    """A category set by staff: training data."""

    id: int | None = Field(default=None, primary_key=True)
    case_id: int = Field(foreign_key="cases.id", index=True)
    staff_id: int | None = Field(default=None, foreign_key="staff.id")
    sealed: bytes = sealed_column()
    before: str
    after: str
    at: datetime = time_column()
