"""The tables of the duties around the account. They stand beside the register's: one chain of migrations, one backup."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from cases.register.columns import json_column, one_of, sealed_column, text_column, time_column
from cases.register.duty_kinds import (
    AccountState,
    AccountStep,
    IncidentKind,
    IncidentState,
    ReleaseDeed,
    ReleaseState,
    StandardCode,
    SuggestionState,
    SwapState,
    TaskState,
    Verdict,
    WatchDay,
    Weight,
)


class MediaAccount(SQLModel, table=True):
    """An account on a platform. `fields` holds what its standard's forms ask for beside the columns."""

    __tablename__ = "media_account"
    __table_args__ = (
        one_of("standard", StandardCode),
        one_of("state", AccountState),
    )
    id: int | None = Field(default=None, primary_key=True)
    name: str
    platform: str = Field(index=True)
    unit: str = Field(index=True)
    standard: str = StandardCode.MLGK
    opened_on: date
    state: str = AccountState.OPEN
    fields: dict[str, Any] = json_column()
    reason: str = text_column()  # why the unit has a second account on the platform
    created_at: datetime = time_column()


class AccountEvent(SQLModel, table=True):
    """An opening, change, suspension, resumption or closing, each with a filing of its own."""

    __tablename__ = "account_event"
    __table_args__ = (one_of("kind", AccountStep),)
    id: int | None = Field(default=None, primary_key=True)
    account_id: int = Field(foreign_key="media_account.id", index=True)
    kind: str
    on: date
    what: str = text_column()
    notice_from: date | None = None
    notice_to: date | None = None
    filing_due_on: date
    provisional: bool = False
    filed_on: date | None = None
    at: datetime = time_column()
    by: str = ""


class Release(SQLModel, table=True):
    """An article on its way out. A title is approved as it stands; changed words begin a new round."""

    __table_args__ = (one_of("weight", Weight), one_of("state", ReleaseState))
    id: int | None = Field(default=None, primary_key=True)
    account_id: int = Field(foreign_key="media_account.id", index=True)
    title: str = text_column()
    body: str = text_column()
    weight: str = Weight.ORDINARY
    levels: int = 1
    level: int = 0
    round: int = 1
    state: str = ReleaseState.REVIEW
    source: str = ""
    original_author: str = ""
    original_title: str = text_column()
    original_published: str = ""
    created_at: datetime = time_column(index=True)
    released_at: datetime | None = time_column(index=True, nullable=True)


class ReleaseStep(SQLModel, table=True):
    """Who did what to an article when: submitted, approved a level, returned."""

    __tablename__ = "release_step"
    __table_args__ = (
        UniqueConstraint("release_id", "round", "level", "action"),
        one_of("action", ReleaseDeed),
    )
    id: int | None = Field(default=None, primary_key=True)
    release_id: int = Field(foreign_key="release.id", index=True)
    round: int
    level: int
    action: str
    staff_id: int | None = Field(default=None, foreign_key="staff.id")
    by: str
    note: str = text_column()
    checks: str = ""  # what the approver looked at
    at: datetime = time_column()


class SelfCheck(SQLModel, table=True):
    """One month's self-check of the office or of one account (`scope`)."""

    __tablename__ = "self_check"
    __table_args__ = (UniqueConstraint("month", "scope"),)
    id: int | None = Field(default=None, primary_key=True)
    month: str = Field(index=True)
    scope: str = "office"  # office, account:<id>
    account_id: int | None = Field(default=None, foreign_key="media_account.id")
    started_at: datetime = time_column()
    started_by: str = ""
    signed_at: datetime | None = time_column(nullable=True)
    signed_by: str = ""
    record_hash: str = ""  # of the answers as they were signed


class SelfCheckItem(SQLModel, table=True):
    __tablename__ = "self_check_item"
    __table_args__ = (
        UniqueConstraint("check_id", "code"),
        one_of("automatic", Verdict),
        one_of("verdict", Verdict),
    )
    id: int | None = Field(default=None, primary_key=True)
    check_id: int = Field(foreign_key="self_check.id", index=True)
    code: str
    automatic: str = Verdict.NONE  # what the register judged
    verdict: str = Verdict.NONE  # what stands
    value: str = text_column()
    note: str = text_column()
    answered_by: str = ""
    answered_at: datetime | None = time_column(nullable=True)


class SelfCheckTask(SQLModel, table=True):
    """A fault that is to be mended."""

    __tablename__ = "self_check_task"
    __table_args__ = (UniqueConstraint("check_id", "code"), one_of("state", TaskState))
    id: int | None = Field(default=None, primary_key=True)
    check_id: int = Field(foreign_key="self_check.id", index=True)
    code: str
    due_on: date
    provisional: bool = False
    state: str = TaskState.OPEN
    done_on: date | None = None
    done_by: str = ""
    note: str = text_column()
    at: datetime = time_column()


class Incident(SQLModel, table=True):
    """Unlawful content, an impostor or a rumour. The evidence is sealed as it was found."""

    __table_args__ = (one_of("kind", IncidentKind), one_of("state", IncidentState))
    id: int | None = Field(default=None, primary_key=True)
    kind: str
    case_id: int | None = Field(default=None, foreign_key="cases.id", index=True)
    citizen_id: int | None = Field(default=None, foreign_key="citizen.id", index=True)
    evidence_sealed: bytes = sealed_column()
    sha256: str
    excerpt: str = text_column()  # masked
    taken_at: datetime = time_column()
    taken_by: str = ""
    state: str = IncidentState.OPEN
    note: str = text_column()
    closed_at: datetime | None = time_column(nullable=True)
    closed_by: str = ""


class IncidentText(SQLModel, table=True):
    """The fingerprint of an unlawful message: its like is not answered by itself."""

    __tablename__ = "incident_text"
    __table_args__ = (UniqueConstraint("incident_id", "sha256"),)
    id: int | None = Field(default=None, primary_key=True)
    incident_id: int = Field(foreign_key="incident.id", index=True)
    sha256: str = Field(index=True)


class IncidentFile(SQLModel, table=True):
    __tablename__ = "incident_file"
    id: int | None = Field(default=None, primary_key=True)
    incident_id: int = Field(foreign_key="incident.id", index=True)
    name: str
    content_sealed: bytes = sealed_column()
    sha256: str
    size: int


class IncidentReport(SQLModel, table=True):
    __tablename__ = "incident_report"
    id: int | None = Field(default=None, primary_key=True)
    incident_id: int = Field(foreign_key="incident.id", index=True)
    to: str
    at: datetime = time_column()
    by: str = ""


class Watch(SQLModel, table=True):
    """Who keeps watch on a day; the first `place` is told first."""

    __table_args__ = (UniqueConstraint("day", "staff_id"), one_of("kind", WatchDay))
    id: int | None = Field(default=None, primary_key=True)
    day: date = Field(index=True)
    staff_id: int = Field(foreign_key="staff.id", index=True)
    place: int = 0
    kind: str = WatchDay.WORKDAY


class WatchNote(SQLModel, table=True):
    """What the next one on watch should know."""

    __tablename__ = "watch_note"
    id: int | None = Field(default=None, primary_key=True)
    day: date = Field(index=True)
    text: str = text_column()
    by: str = ""
    at: datetime = time_column()


class WatchSwap(SQLModel, table=True):
    """A watch that one colleague asked another to take; it changes hands when that one consents."""

    __tablename__ = "watch_swap"
    __table_args__ = (one_of("state", SwapState),)
    id: int | None = Field(default=None, primary_key=True)
    day: date = Field(index=True)
    from_id: int = Field(foreign_key="staff.id")
    to_id: int = Field(foreign_key="staff.id")
    state: str = SwapState.ASKED
    asked_at: datetime = time_column()
    decided_at: datetime | None = time_column(nullable=True)
    decided_by: str = ""


class Suggestion(SQLModel, table=True):
    """A citizen's advice on its way through a department."""

    __table_args__ = (one_of("state", SuggestionState),)
    id: int | None = Field(default=None, primary_key=True)
    case_id: int = Field(foreign_key="cases.id", unique=True)
    department_id: int = Field(foreign_key="department.id")
    feedback_by: date
    provisional: bool = False
    state: str = SuggestionState.PASSED
    note: str = text_column()
    draft_id: int | None = Field(default=None, foreign_key="draft.id")  # the words that tell the citizen
    passed_at: datetime = time_column()
    passed_by: str = ""
    decided_at: datetime | None = time_column(nullable=True)
    decided_by: str = ""


class Handover(SQLModel, table=True):
    """An account's administrator hands over; it ends when the list is done and both have signed."""

    id: int | None = Field(default=None, primary_key=True)
    from_id: int = Field(foreign_key="staff.id")
    to_id: int = Field(foreign_key="staff.id")
    account_id: int | None = Field(default=None, foreign_key="media_account.id")
    leaving: bool = True
    started_at: datetime = time_column()
    started_by: str = ""
    due_on: date
    provisional: bool = False
    received_at: datetime | None = time_column(nullable=True)  # signed by the one who takes over
    witnessed_at: datetime | None = time_column(nullable=True)
    witnessed_by: str = ""
    closed_at: datetime | None = time_column(nullable=True)


class HandoverItem(SQLModel, table=True):
    __tablename__ = "handover_item"
    __table_args__ = (UniqueConstraint("handover_id", "code"),)
    id: int | None = Field(default=None, primary_key=True)
    handover_id: int = Field(foreign_key="handover.id", index=True)
    code: str
    done_at: datetime | None = time_column(nullable=True)
    done_by: str = ""
    note: str = text_column()
