"""How the tables keep times, texts and sealed bytes."""

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Column,
    ColumnElement,
    DateTime,
    LargeBinary,
    Text,
    TypeDecorator,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql import coercions, roles
from sqlalchemy.sql.visitors import InternalTraversal
from sqlmodel import Field


class unsearched(ColumnElement[Any]):
    """A column whose index SQLite is not to search: nearly every row has the value, which SQLite does not know."""

    inherit_cache = True
    _traverse_internals = [("column", InternalTraversal.dp_clauseelement)]  # noqa: RUF012 - as SQLAlchemy wants it

    def __init__(self, column: Any) -> None:
        self.column = coercions.expect(roles.ExpressionElementRole, column)
        self.type = self.column.type


@compiles(unsearched)
def _plain(element: unsearched, compiler: Any, **more: Any) -> str:
    return str(compiler.process(element.column, **more))


@compiles(unsearched, "sqlite")
def _with_a_sign(element: unsearched, compiler: Any, **more: Any) -> str:
    return f"+{compiler.process(element.column, **more)}"  # https://www.sqlite.org/optoverview.html#uplus


class UtcTime(TypeDecorator[datetime]):
    """Aware times in, aware UTC times out; a naive time is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None or value.tzinfo is UTC:
            return value
        if value.tzinfo is None:
            raise ValueError("naive time")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class TextList(TypeDecorator[tuple[str, ...]]):
    """Several texts in their order, as a JSON list; none is an empty text."""

    impl = Text
    cache_ok = True

    @staticmethod
    def written(words: Sequence[str]) -> str:
        return json.dumps(list(words), ensure_ascii=False) if words else ""

    @staticmethod
    def read(kept: str) -> tuple[str, ...]:
        return tuple(json.loads(kept)) if kept else ()

    def process_bind_param(self, value: Sequence[str] | None, dialect: Dialect) -> str:
        return self.written(value or ())

    def process_result_value(self, value: str | None, dialect: Dialect) -> tuple[str, ...]:
        return self.read(value or "")


def time_column(*, index: bool = False, nullable: bool = False) -> Any:
    return Field(default=None, sa_column=Column(UtcTime(), index=index, nullable=nullable))


def text_column(default: str | None = "") -> Any:
    return Field(default=default, sa_column=Column(Text(), nullable=False))


def sealed_column(*, nullable: bool = False) -> Any:
    return Field(default=None, sa_column=Column(LargeBinary(), nullable=nullable))


def words_column() -> Any:
    return Field(default=(), sa_column=Column(TextList(), nullable=False))


def json_column() -> Any:
    return Field(default_factory=dict, sa_column=Column(JSON(), nullable=False))


def one_of(column: str, values: Iterable[str]) -> CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=f"{column}_known")
