"""Departments, colleagues, and where these are signed in."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, Relationship, SQLModel

from cases.register.columns import one_of, sealed_column, text_column, time_column
from cases.register.kinds import Role


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


class SavedView(SQLModel, table=True):
    """A list of cases that a colleague comes back to: its filters, as they stand in the address."""

    __tablename__ = "saved_view"
    __table_args__ = (UniqueConstraint("staff_id", "name"),)
    id: int | None = Field(default=None, primary_key=True)
    staff_id: int = Field(foreign_key="staff.id")
    name: str
    address: str = text_column()
