"""Questions that name many values, put to the driver as they are: SQLAlchemy would write such a statement anew each time."""

from collections.abc import Sequence
from functools import lru_cache
from itertools import chain
from typing import Any

from sqlmodel import Session

from cases.register import straight


def rows(session: Session, sql: str, *lists: Sequence[Any]) -> Sequence[Any]:
    """Return what a statement finds in which each `{}` stands for the values of a list, none of them empty."""
    connection = session.connection()
    mark = "?" if connection.dialect.name == "sqlite" else "%s"
    asked = _with_marks(sql, mark, tuple(map(len, lists)))
    return straight.rows(connection, asked, tuple(chain.from_iterable(lists)))


@lru_cache(maxsize=512)
def _with_marks(sql: str, mark: str, counts: tuple[int, ...]) -> str:
    return sql.format(*(", ".join([mark] * count) for count in counts))
