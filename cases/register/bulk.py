"""New rows of one table, handed to the driver at once: the statement is compiled once, values are turned column by column."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table
from sqlalchemy import insert as core_insert
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

Turned = Callable[[Any], Any]
_FORMS: dict[tuple[str, str, tuple[str, ...]], "_Form"] = {}


@dataclass(frozen=True, slots=True)
class _Form:
    """An INSERT as the driver takes it, and what the types of its columns make of a value, by the column's place."""

    sql: str
    names: tuple[str, ...]
    turned: tuple[tuple[int, Turned], ...]
    by_place: bool

    def values(self, rows: Sequence[Mapping[str, Any]]) -> list[Any]:
        names, turned = self.names, self.turned
        found = [[row[name] for name in names] for row in rows]
        for values in found:
            for place, turn in turned:
                values[place] = turn(values[place])
        if self.by_place:
            return [tuple(values) for values in found]
        return [dict(zip(names, values, strict=True)) for values in found]


def insert(
    session: Session, table: Table, rows: Sequence[Mapping[str, Any]], names: Collection[str] = ()
) -> None:
    """Write rows that name the same columns, or of each row those that are named. Raises what SQLAlchemy raises."""
    if rows:
        connection = session.connection()
        form = _form(table, connection.dialect, tuple(names or rows[0]))
        connection.exec_driver_sql(form.sql, form.values(rows))


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
        order = tuple(compiled.positiontup or names)
        turns = (table.c[name].type.dialect_impl(dialect).bind_processor(dialect) for name in order)
        turned = tuple((place, turn) for place, turn in enumerate(turns) if turn is not None)
        _FORMS[key] = _Form(str(compiled), order, turned, by_place=bool(compiled.positiontup))
    return _FORMS[key]
