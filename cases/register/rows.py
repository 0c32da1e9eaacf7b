"""What the library leaves open about rows, said once: their key, how many a statement hit, their table."""

from typing import Any, Protocol, TypeVar, cast

from sqlalchemy import CursorResult, Delete, Table, Update
from sqlmodel import Session, SQLModel

T = TypeVar("T", bound=SQLModel)


class Row(Protocol):
    @property
    def id(self) -> int | None: ...


def id_of(row: Row) -> int:
    """Return the key of a row that the database has seen. Raises: LookupError if it was never written."""
    if row.id is None:
        raise LookupError(f"{type(row).__name__} was not written yet")
    return row.id


def row_of(table: type[T], known: object) -> T:
    """Take in hand, to change it, the row that somebody knows read-only. Raises: TypeError for what is none of the table's."""
    if not isinstance(known, table):
        raise TypeError(f"{type(known).__name__} is no row of {table.__name__}")
    return known


def hits(session: Session, statement: Update | Delete) -> int:
    """Carry out a change; return how many rows it found."""
    return cast(CursorResult[Any], session.execute(statement)).rowcount


def table_of(model: type[SQLModel] | SQLModel) -> Table:
    return cast("Table", getattr(model, "__table__"))  # noqa: B009 - the attribute is not declared
