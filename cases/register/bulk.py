"""New rows of one table, handed to the driver at once: the statement is compiled once, values are turned column by column."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain
from typing import Any

from sqlalchemy import Table
from sqlalchemy import insert as core_insert
from sqlalchemy.engine import Dialect
from sqlmodel import Session

Turned = Callable[[Any], Any]
_NAMED = re.compile(r"%\((\w+)\)s")
_MOST_VALUES = 20_000  # of one statement; PostgreSQL's protocol counts them in 16 bits
_FORMS: dict[tuple[str, str, tuple[str, ...]], "_Form"] = {}


@dataclass(frozen=True, slots=True)
class _Form:
    """An INSERT as the driver takes it, and what the types of its columns make of a value, by the column's place."""

    sql: str
    names: tuple[str, ...]
    turned: tuple[tuple[int, Turned], ...]

    def values(self, rows: Sequence[Mapping[str, Any]]) -> list[tuple[Any, ...]]:
        names, turned = self.names, self.turned
        found = [[row[name] for name in names] for row in rows]
        for values in found:
            for place, turn in turned:
                values[place] = turn(values[place])
        return [tuple(values) for values in found]


def insert(
    session: Session, table: Table, rows: Sequence[Mapping[str, Any]], names: Collection[str] = ()
) -> None:
    """Write rows that name the same columns, or of each row those that are named. Raises what SQLAlchemy raises."""
    if rows:
        connection = session.connection()
        form = _form(table, connection.dialect, tuple(names or rows[0]))
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql(form.sql, form.values(rows))
            return
        # One statement for many rows, not the driver's `executemany`: that is a pipeline, and in the middle of one
        # PostgreSQL does not count how long a process stands still, so that one that was stopped held all others.
        most = _MOST_VALUES // len(form.names)
        for start in range(0, len(rows), most):
            values = form.values(rows[start : start + most])
            connection.exec_driver_sql(_of_many(form.sql, len(values)), tuple(chain.from_iterable(values)))


@cache
def _of_many(sql: str, count: int) -> str:
    head, _, row = sql.partition(" VALUES ")
    return f"{head} VALUES {', '.join([row] * count)}"


def _form(table: Table, dialect: Dialect, names: tuple[str, ...]) -> _Form:
    key = (table.name, dialect.name, names)
    if key not in _FORMS:
        compiled = core_insert(table).inline().compile(dialect=dialect, column_keys=list(names))
        order = tuple(compiled.positiontup or _NAMED.findall(str(compiled)))
        turns = (table.c[name].type.dialect_impl(dialect).bind_processor(dialect) for name in order)
        turned = tuple((place, turn) for place, turn in enumerate(turns) if turn is not None)
        _FORMS[key] = _Form(_NAMED.sub("%s", str(compiled)), order, turned)
    return _FORMS[key]
