"""Rows written in bulk as the register itself would have written them: COPY on PostgreSQL, many at once on SQLite."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
from sqlalchemy import Connection, text
from sqlmodel import Session, SQLModel

from cases.register.rows import table_of
from cases.register.store import Store

_SEARCHED = "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema() AND indexname LIKE '%\\_pairs'"
_CYCLES = "SELECT pg_get_serial_sequence(:table, 'id')"
Row = dict[str, Any]


class BulkInsert:
    """Puts whole rows into tables; what a row does not say is what its table says by default."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._kinds: dict[type[SQLModel], _Kind] = {}

    def put(self, model: type[SQLModel], rows: Sequence[Row]) -> None:
        if not rows:
            return
        kind = self._kinds.setdefault(model, _Kind(model, self._session.connection()))
        cursor: Any = self._session.connection().connection.cursor()
        try:
            if isinstance(cursor, psycopg.Cursor):
                with cursor.copy(f"COPY {kind.name} ({', '.join(kind.columns)}) FROM STDIN") as copy:
                    for row in rows:
                        copy.write_row(kind.values(row))
            else:
                marks = ", ".join("?" * len(kind.columns))
                into = f"INSERT INTO {kind.name} ({', '.join(kind.columns)}) VALUES ({marks})"  # noqa: S608
                cursor.executemany(into, [kind.values(row) for row in rows])
        finally:
            cursor.close()


class _Kind:
    """How a table's rows are written: its columns, their defaults, and what the database is given for a value."""

    def __init__(self, model: type[SQLModel], connection: Connection) -> None:
        table = table_of(model)
        self.name = connection.dialect.identifier_preparer.quote(table.name)
        self._keys = [column.key for column in table.columns]
        self.columns = [connection.dialect.identifier_preparer.quote(column.name) for column in table.columns]
        fields = model.model_fields
        plain = {
            key: fields[key].get_default(call_default_factory=True) for key in self._keys if key in fields
        }
        self._default = {key: plain.get(key) for key in self._keys}
        self._given: list[Callable[[Any], Any] | None] = [
            column.type.dialect_impl(connection.dialect).bind_processor(connection.dialect)
            for column in table.columns
        ]

    def values(self, row: Row) -> list[Any]:
        if strangers := row.keys() - self._default.keys():
            raise KeyError(f"{self.name}: {strangers}")
        whole = self._default | row
        return [
            value if given is None or value is None else given(value)
            for value, given in zip(whole.values(), self._given, strict=True)
        ]


@contextmanager
def filling(store: Store) -> Iterator[None]:
    """Put off what costs more row by row than at the end: waiting for the disk, and the index of words."""
    if store.sqlite:
        store.engine.dispose()  # the one connection that is made now serves the whole filling
        _pragmas(store, "synchronous=OFF", "cache_size=-1000000", "foreign_keys=OFF")
        yield
        _pragmas(store, "wal_checkpoint(TRUNCATE)", "optimize=0x10002")
        store.engine.dispose()
        return
    with store.long() as connection:
        put_off = connection.execute(text(_SEARCHED)).all()
        for name, _ in put_off:
            connection.execute(text(f"DROP INDEX {name}"))
        connection.commit()
    yield
    with store.long() as connection:
        connection.execute(text("SET maintenance_work_mem = '512MB'"))
        for _, made in put_off:
            connection.execute(text(made))
        for table in SQLModel.metadata.tables.values():
            if "id" in table.columns and table.columns["id"].autoincrement is not False:
                _go_on(connection, table.name)
        connection.commit()
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("ANALYZE"))


def _pragmas(store: Store, *settings: str) -> None:
    connection = store.engine.raw_connection()  # outside any transaction
    try:
        for setting in settings:
            connection.cursor().execute(f"PRAGMA {setting}")
    finally:
        connection.close()


def _go_on(connection: Connection, table: str) -> None:
    """Have the next row of a table numbered after those that were put in."""
    counter = connection.execute(text(_CYCLES), {"table": table}).scalar()
    if counter:
        connection.execute(
            text(f"SELECT setval('{counter}', coalesce(max(id), 0) + 1, false) FROM {table}")  # noqa: S608
        )
