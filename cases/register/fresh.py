"""New rows for what comes in by the hundred: made without checking each default of each column, written in one statement."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import Table, TextClause, text
from sqlalchemy.orm import instrumentation, make_transient_to_detached
from sqlmodel import Session, SQLModel

from cases.register import binding, bulk, straight
from cases.register.rows import table_of

Row = TypeVar("Row", bound=SQLModel)


def row(model: type[Row], **values: Any) -> Row:
    """Return what `model(**values)` returns, in a tenth of the time. The values are of the columns' types already.

    Raises: TypeError for a name that is no column.
    """
    plain, made, known, blank = _defaults(model)
    if not values.keys() <= known:
        raise TypeError(f"{model.__name__}: {', '.join(sorted(values.keys() - known))}")
    made_row: Row = blank()
    held = made_row.__dict__
    held.update(plain)
    held.update((name, make()) for name, make in made.items() if name not in values)
    held.update(values)
    return made_row


def given(fresh: SQLModel, **values: Any) -> None:
    """Set values of a row that no session knows yet."""
    fresh.__dict__.update(values)


def keep(session: Session, rows: Sequence[SQLModel]) -> None:
    """Write new rows of one table by one statement; from then on they are as rows that were read."""
    write(session, rows)
    hold(session, rows)


def write(session: Session, rows: Sequence[SQLModel]) -> None:
    """Write new rows of one table by one statement; the session does not know them."""
    number(session, rows)
    bulk.insert_all(session, [ready(session, rows)] if rows else [])


def ready(session: Session, rows: Sequence[SQLModel]) -> bulk.NewRows:
    """Return new rows of one table, at least one, as they are written.

    Their numbers are taken before, so that what is sealed is bound to its row at once and nothing is asked back.
    """
    table = table_of(type(rows[0]))
    for each in rows:
        binding.bind(session, each)
    return bulk.NewRows(table, [each.__dict__ for each in rows], table.columns.keys())


def hold(session: Session, rows: Sequence[SQLModel]) -> None:
    """Have the session know rows that were written: what a step changes of them is written too."""
    for each in rows:
        make_transient_to_detached(each)
    session.add_all(rows)


def number(session: Session, *tables: Sequence[SQLModel]) -> None:
    """Give the rows of several tables that have no number yet theirs, by one statement."""
    without = [[each for each in rows if each.__dict__["id"] is None] for rows in tables]
    without = [rows for rows in without if rows]
    taken = numbers(session, *((table_of(type(rows[0])), len(rows)) for rows in without))
    for rows, found in zip(without, taken, strict=True):
        for each, one in zip(rows, found, strict=True):
            each.__dict__["id"] = one


def numbers(session: Session, *wanted: tuple[Table, int]) -> list[Sequence[int]]:
    """Return as many numbers of each table as are wanted, which no row of it has or will be given by the database.

    They stay free in this transaction as long as nothing else is written to their tables.
    """
    names = tuple(table.name for table, count in wanted if count)
    counts = [count for _, count in wanted if count]
    if not names:
        return [() for _ in wanted]
    connection = session.connection()
    if (
        connection.dialect.name == "sqlite"
    ):  # one writer at a time: what it finds stays the last until it wrote
        (ends,) = straight.rows(connection, _ends(names), ())
        taken = [range(end + 1, end + 1 + count) for end, count in zip(ends, counts, strict=True)]
    else:
        asked = {f"n{place}": count for place, count in enumerate(counts)}
        taken = list(connection.execute(_next(names), asked).one())
    left = iter(taken)
    return [next(left) if count else () for _, count in wanted]


@cache
def _ends(tables: tuple[str, ...]) -> str:
    last = (f"(SELECT coalesce(max(id), 0) FROM {table})" for table in tables)  # noqa: S608 - tables' own names
    return f"SELECT {', '.join(last)}"


@cache
def _next(tables: tuple[str, ...]) -> TextClause:
    each = (
        f"ARRAY(SELECT nextval('{table}_id_seq') FROM generate_series(1, :n{place}))"  # noqa: S608 - as above
        for place, table in enumerate(tables)
    )
    return text(f"SELECT {', '.join(each)}")


@cache
def _defaults(
    model: type[SQLModel],
) -> tuple[dict[str, Any], dict[str, Any], frozenset[str], Callable[..., Any]]:
    """Return the columns' plain defaults (None for a column that has none), what makes the others, their names, and
    what makes a row without any."""
    columns = table_of(model).columns.keys()
    fields = {name: model.model_fields[name] for name in columns}
    made = {
        name: field.default_factory for name, field in fields.items() if field.default_factory is not None
    }
    plain = {
        name: None if field.is_required() else field.default
        for name, field in fields.items()
        if name not in made
    }
    return plain, made, frozenset(fields), instrumentation.manager_of_class(model).new_instance
