"""Who writes, and what they wrote: texts stand masked beside their sealed original."""

from datetime import datetime

from sqlalchemy import Column, Index, LargeBinary, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from cases.register.columns import one_of, sealed_column, text_column, time_column, words_column
from cases.register.kinds import QuestionKind
from cases.register.states import MediaState


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
    __table_args__ = (one_of("kind", QuestionKind),)
    citizen_id: int = Field(primary_key=True, foreign_key="citizen.id")
    kind: str
    case_id: int = Field(foreign_key="cases.id")
    before_id: int | None = Field(default=None, foreign_key="cases.id")  # the answered case it may belong to
    entries: tuple[str, ...] = words_column()  # the entries to choose from
    score: float = 0.0  # of the best of them
    until: datetime = time_column()


class KeptPush(SQLModel, table=True):
    """A push, once by its key; the reply is kept to be given again."""

    __tablename__ = "push"
    key: str = Field(primary_key=True)
    received_at: datetime = time_column(index=True)
    reply_sealed: bytes = sealed_column()


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
    """A file of a message, kept sealed under its hash (`cases/register/media_store`)."""

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


class MediaFile(SQLModel, table=True):
    """What a file holds, sealed, where files are kept in the database."""

    __tablename__ = "media_file"
    sha256: str = Field(primary_key=True)
    content: bytes = Field(sa_column=Column(LargeBinary(), nullable=False))
