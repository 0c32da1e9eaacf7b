"""What was forgotten leaves SQLite's index and log as well, not the tables alone.

The index of letter pairs marks what is deleted and drops it when its parts are merged, some day; the log holds earlier
pages until it is written over. Both are done here in small steps, so that nobody who writes waits long.
PostgreSQL does the same by its vacuum.
"""

from typing import Any

from sqlalchemy import text

from cases.register.store import Store

_PAGES = 400  # merged in one transaction, some ten milliseconds
_INDEXES = text(
    "SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE '%USING fts5%' ORDER BY name"
)


def scrub(store: Store) -> None:
    """Merge the indexes into one part each, without what is deleted, and empty the log where nobody reads."""
    if not store.sqlite:
        return
    with store.read() as session:
        names = list(session.connection().execute(_INDEXES).scalars())
    for name in names:
        pages = -_PAGES  # negative: all parts are to become one
        while _merged(store, name, pages):
            pages = _PAGES
    raw = store.engine.raw_connection()
    try:
        raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        raw.close()


def _merged(store: Store, name: str, pages: int) -> bool:
    """Merge a little; False when nothing was left to merge."""
    with store.write() as session:
        connection = session.connection()
        driver: Any = connection.connection.dbapi_connection
        before = driver.total_changes
        connection.exec_driver_sql(f'INSERT INTO "{name}"("{name}", rank) VALUES (?, ?)', ("merge", pages))  # noqa: S608
        return bool(driver.total_changes - before >= 2)
