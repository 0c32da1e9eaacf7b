"""What the library leaves open about rows, said once: their key, how many a statement hit, their table."""

from typing import Any, Protocol, cast

from sqlalchemy import CursorResult, Delete, Table, Update
from sqlmodel import Session, SQLModel


class Row(Protocol):
    id: int | None


def id_of(row: Row) -> int:
    """Return the key of a row that the database has seen. Raises: LookupError if it was never written."""
    if row.id is None:
        raise LookupError(f"{type(row).__name__} was not written yet")
    return row.id


def hits(session: Session, statement: Update | Delete) -> int:
    """Carry out a change; return how many rows it found."""
    return cast(CursorResult[Any], session.execute(statement)).rowcount


def table_of(model: type[SQLModel] | SQLModel) -> Table:
    return cast("Table", getattr(model, "__table__"))  # noqa: B009 - the attribute is not declared
