"""Indexes for a table that others are writing to: what a migration does beside servers that go on."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from alembic import op
from sqlalchemy import text


def build_index(
    name: str, table: str, columns: Sequence[str], *, sqlite_where: str = "", postgresql_where: str = ""
) -> None:
    with _beside_writers() as beside:
        if beside:  # what a migration that was cut off had begun is there under its name, and holds nothing
            op.drop_index(name, table, postgresql_concurrently=True, if_exists=True)
        where = postgresql_where if beside else sqlite_where
        some: dict[str, Any] = (
            {"postgresql_where" if beside else "sqlite_where": text(where)} if where else {}
        )
        op.create_index(name, table, list(columns), postgresql_concurrently=beside, **some)


def drop_index(name: str, table: str) -> None:
    with _beside_writers() as beside:
        op.drop_index(name, table, postgresql_concurrently=beside, if_exists=beside)


@contextmanager
def _beside_writers() -> Iterator[bool]:
    """Outside a transaction on PostgreSQL, where it waits for readers and nobody waits for it."""
    if op.get_context().dialect.name != "postgresql":
        yield False
        return
    with op.get_context().autocommit_block():
        op.execute("SET lock_timeout = 0")
        yield True
        op.execute("RESET lock_timeout")
