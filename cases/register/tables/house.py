"""What the program itself remembers: its trail, its leader, tokens, models, calendars."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from cases.register.columns import sealed_column, text_column, time_column


class Meta(SQLModel, table=True):
    """Single values: versions that running servers watch, the audit head, the key's fingerprint."""

    key: str = Field(primary_key=True)
    value: str = text_column()


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


class Lease(SQLModel, table=True):
    """Who does a job that only one process may do."""

    name: str = Field(primary_key=True)
    holder: str = ""
    until: datetime = time_column()
    number: int = 0  # grows with every holder: who had it before writes nothing more


class Recent(SQLModel, table=True):
    """The moments at which a source came of late, packed. PostgreSQL alone: worth nothing a second later."""

    name: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    at: bytes = sealed_column()


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


class CalendarNotice(SQLModel, table=True):
    """A year's official notice, imported while running."""

    __tablename__ = "calendar_notice"
    year: int = Field(primary_key=True)
    toml: str = text_column()
    imported_at: datetime = time_column()
