"""What the library leaves open about rows, said once: their key, and how many a statement hit."""

from typing import Any, Protocol, cast

from sqlalchemy import CursorResult, Delete, Update
from sqlmodel import Session


class Row(Protocol):
    id: int | None


def id_of(row: Row) -> int:
    """Return the key of a row that the database has seen. Raises: LookupError if it was never written."""
    if row.id is None:
        raise LookupError(f"{type(row).__name__} was not written yet")
    return row.id


def hits(session: Session, statement: Update | Delete) -> int:
    """Carry out a change; return how many rows it found."""
    return cast("CursorResult[Any]", session.execute(statement)).rowcount
