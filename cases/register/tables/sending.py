"""What is to be sent, and what became of it."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from cases.register.columns import json_column, one_of, sealed_column, text_column, time_column
from cases.register.kinds import Job, Lane, Sent
from cases.register.states import DeliveryState, OutboxState


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
    holder: str = ""  # the process that took it last


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
    created_at: datetime = time_column(index=True)
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
