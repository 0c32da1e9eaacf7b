"""New rows of one table, handed to the driver at once: the statement is compiled once, values are turned column by column."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import Table
from sqlalchemy import insert as core_insert
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

Turned = Callable[[Any], Any]
_FORMS: dict[tuple[str, str, tuple[str, ...]], "_Form"] = {}


@dataclass(frozen=True)
class _Form:
    """An INSERT as the driver takes it, and what the types of its columns make of a value."""

    sql: str
    columns: tuple[tuple[str, Turned | None], ...]
    by_place: bool

    @cached_property
    def _names(self) -> tuple[str, ...]:
        return tuple(name for name, _ in self.columns)

    def values(self, row: Mapping[str, Any]) -> tuple[Any, ...] | dict[str, Any]:
        found = tuple(turned(row[name]) if turned else row[name] for name, turned in self.columns)
        return found if self.by_place else dict(zip(self._names, found, strict=True))


def insert(session: Session, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write rows that name the same columns. Raises what SQLAlchemy raises."""
    if rows:
        connection = session.connection()
        form = _form(table, connection.dialect, tuple(rows[0]))
        connection.exec_driver_sql(form.sql, [form.values(row) for row in rows])


@contextmanager
def together(session: Session) -> Iterator[None]:
    """Send the statements of the block, which ask for nothing back, to PostgreSQL at once instead of one by one.

    Raises what SQLAlchemy raises, at the end of the block at the latest.
    """
    connection = session.connection()
    if connection.dialect.name == "sqlite":  # it is in this process
        yield
        return
    driver: Any = connection.connection.driver_connection
    base = connection.dialect.loaded_dbapi.Error
    try:
        with driver.pipeline():
            yield
    except base as error:
        gone = connection.dialect.is_disconnect(error, driver, None)
        if gone:
            connection.invalidate(error)
        raise DBAPIError.instance(
            None,
            None,
            error,
            base,
            hide_parameters=True,
            connection_invalidated=gone,
            dialect=connection.dialect,
        ) from error


def _form(table: Table, dialect: Dialect, names: tuple[str, ...]) -> _Form:
    key = (table.name, dialect.name, names)
    if key not in _FORMS:
        compiled = core_insert(table).compile(dialect=dialect, column_keys=list(names))
        order = compiled.positiontup or names
        kinds = {name: table.c[name].type.dialect_impl(dialect) for name in order}
        columns = tuple((name, kind.bind_processor(dialect)) for name, kind in kinds.items())
        _FORMS[key] = _Form(str(compiled), columns, by_place=bool(compiled.positiontup))
    return _FORMS[key]
