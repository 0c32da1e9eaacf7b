"""What was forgotten leaves SQLite's index and log as well, not the tables alone.

The index of letter pairs marks what is deleted and drops it when its parts are merged, some day; the log holds earlier
pages until it is written over. Both are done here in small steps, so that nobody who writes waits long.
PostgreSQL does the same by its vacuum.
"""

import time
from typing import Any

from sqlalchemy import text

from cases.register.store import Store

_PAGES = 400  # merged in one transaction, some ten milliseconds
_PATIENCE, _PAUSE = (
    15.0,
    0.1,
)  # seconds for which the log is tried to be emptied beside readers, and between two tries
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
    _empty_log(store)


def _empty_log(store: Store) -> None:
    """Try until no reader stands in the way. An emptying that waits for one has everybody who writes wait behind it."""
    raw = store.engine.raw_connection()
    try:
        cursor = raw.cursor()
        (usual,) = cursor.execute("PRAGMA busy_timeout").fetchone()
        cursor.execute("PRAGMA busy_timeout=0")
        end = time.monotonic() + _PATIENCE
        while cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] and time.monotonic() < end:
            time.sleep(_PAUSE)
        cursor.execute(f"PRAGMA busy_timeout={usual}")
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
