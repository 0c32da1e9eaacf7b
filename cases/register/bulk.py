"""New rows of one table, handed to the driver at once: the statement is compiled once, values are turned column by column."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, count, repeat
from operator import is_
from typing import Any

from sqlalchemy import Table
from sqlalchemy import insert as core_insert
from sqlalchemy.engine import Dialect
from sqlmodel import Session

from cases.register import straight

Turned = Callable[[Any], Any]
_NAMED = re.compile(r"%\((\w+)\)s")
_VALUE = re.compile("%s")
_MOST_VALUES = 20_000  # of one statement; PostgreSQL's protocol counts them in 16 bits
_FORMS: dict[tuple[str, str, tuple[str, ...]], "_Form"] = {}


@dataclass(frozen=True, slots=True)
class _Form:
    """An INSERT as the driver takes it, and what the types of its columns make of a value, by the column's place."""

    sql: str
    names: tuple[str, ...]
    turned: tuple[tuple[int, Turned], ...]

    def values(self, rows: Sequence[Mapping[str, Any]]) -> list[tuple[Any, ...]]:
        """Return what the driver takes. What is one and the same in all rows, as a moment is, is turned once."""
        columns = [[row[name] for row in rows] for name in self.names]
        for place, turn in self.turned:
            column = columns[place]
            same = all(map(is_, column, repeat(column[0])))
            columns[place] = [turn(column[0])] * len(column) if same else list(map(turn, column))
        return list(zip(*columns, strict=True))


@dataclass(frozen=True, slots=True)
class NewRows:
    """Rows of one table that name the same columns; `names`: of each row those that are named."""

    table: Table
    rows: Sequence[Mapping[str, Any]]
    names: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class Then:
    """A statement that goes with rows to the database and is of none of them: `%s` stands for each of its values."""

    sql: str
    values: tuple[Any, ...]


def insert(
    session: Session, table: Table, rows: Sequence[Mapping[str, Any]], names: Collection[str] = ()
) -> None:
    """Write rows that name the same columns, or of each row those that are named. Raises what SQLAlchemy raises."""
    insert_all(session, [NewRows(table, rows, names)])


def insert_all(session: Session, parts: Sequence[NewRows], then: Then | None = None) -> None:
    """Write rows of several tables: on PostgreSQL in one trip to it, where they are not very many."""
    connection = session.connection()
    parts = [part for part in parts if part.rows]
    forms = [_form(part.table, connection.dialect, tuple(part.names or part.rows[0])) for part in parts]
    if connection.dialect.name == "sqlite":
        for form, part in zip(forms, parts, strict=True):
            straight.run(connection, form.sql, form.values(part.rows))
        if then is not None:
            straight.run(connection, then.sql.replace("%s", "?"), then.values)
        return
    # One statement for many rows, not the driver's `executemany`: that is a pipeline, and in the middle of one
    # PostgreSQL does not count how long a process stands still, so that one that was stopped held all others.
    few = (
        sum(len(form.names) * len(part.rows) for form, part in zip(forms, parts, strict=True)) <= _MOST_VALUES
    )
    steps: list[tuple[str, Iterable[Any]]] = [
        (_of_many(form.sql, len(portion)), chain.from_iterable(form.values(portion)))
        for form, part in zip(forms, parts, strict=True)
        for portion in _portions(part.rows, len(part.rows) if few else _MOST_VALUES // len(form.names))
    ]
    steps += [(then.sql, then.values)] if then is not None else []
    for together in [steps] if few and steps else [[step] for step in steps]:
        straight.send(
            connection,
            _as_one(tuple(sql for sql, _ in together)),
            tuple(chain.from_iterable(v for _, v in together)),
        )


def _portions(rows: Sequence[Mapping[str, Any]], size: int) -> Iterator[Sequence[Mapping[str, Any]]]:
    for start in range(0, len(rows), size):
        yield rows[start : start + size]


@lru_cache(maxsize=512)
def _of_many(sql: str, count: int) -> str:
    head, _, row = sql.partition(" VALUES ")
    return f"{head} VALUES {', '.join([row] * count)}"


@lru_cache(maxsize=128)  # one for each size of a group
def _as_one(statements: tuple[str, ...]) -> str:
    """Return one statement that does all, its values numbered. What refers to a row of another is looked at when all
    are done."""
    *first, last = statements
    named = ", ".join(f"step{place} AS ({sql})" for place, sql in enumerate(first))
    numbers = count(1)
    return _VALUE.sub(lambda _: f"${next(numbers)}", f"WITH {named} {last}" if first else last)


def _form(table: Table, dialect: Dialect, names: tuple[str, ...]) -> _Form:
    key = (table.name, dialect.name, names)
    if key not in _FORMS:
        compiled = core_insert(table).inline().compile(dialect=dialect, column_keys=list(names))
        order = tuple(compiled.positiontup or _NAMED.findall(str(compiled)))
        turns = (table.c[name].type.dialect_impl(dialect).bind_processor(dialect) for name in order)
        turned = tuple((place, turn) for place, turn in enumerate(turns) if turn is not None)
        _FORMS[key] = _Form(_NAMED.sub("%s", str(compiled)), order, turned)
    return _FORMS[key]
