"""How the tables keep times, texts and sealed bytes."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Column, DateTime, LargeBinary, Text, TypeDecorator
from sqlalchemy.engine import Dialect
from sqlmodel import Field


class UtcTime(TypeDecorator[datetime]):
    """Aware times in, aware UTC times out; a naive time is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("naive time")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def time_column(*, index: bool = False, nullable: bool = False) -> Any:
    return Field(default=None, sa_column=Column(UtcTime(), index=index, nullable=nullable))


def text_column(default: str | None = "") -> Any:
    return Field(default=default, sa_column=Column(Text(), nullable=False))


def sealed_column(*, nullable: bool = False) -> Any:
    return Field(default=None, sa_column=Column(LargeBinary(), nullable=nullable))


def json_column() -> Any:
    return Field(default_factory=dict, sa_column=Column(JSON(), nullable=False))


def one_of(column: str, values: tuple[str, ...]) -> CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=f"{column}_known")
