"""SQLite's file: made for its owner alone, and how each connection to it begins."""

import os
import sqlite3
import time
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event

from cases.register.own_file import OwnFile

WAIT_MS = 15_000


def own(file: Path) -> None:
    """Make a database file, or one made by an earlier version, readable by its owner alone."""
    file.parent.mkdir(parents=True, exist_ok=True)
    if not file.exists():
        file.touch(mode=0o600)
    for each in (file, Path(f"{file}-wal"), Path(f"{file}-shm")):
        if each.exists() and each.stat().st_mode & 0o077 and each.stat().st_uid == os.getuid():
            each.chmod(0o600)


def prepare(engine: Engine, file: OwnFile | None) -> None:
    if file is not None:
        event.listen(engine, "close", lambda *_: file.closed())
        event.listen(engine, "close_detached", lambda *_: file.closed())

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: Any) -> None:
        if file is not None:
            file.opening()
        connection.isolation_level = None  # transactions are begun by the listener below, not by the driver
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout={WAIT_MS}")
        _write_ahead(cursor)
        cursor.execute("PRAGMA synchronous=FULL")  # a push is acknowledged only when it is on disk
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute(
            "PRAGMA secure_delete=ON"
        )  # what is deleted leaves no bytes; not every build has it on
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        write = connection.get_execution_options().get("huiyin_write")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


def _write_ahead(cursor: Any) -> None:
    """Turn to WAL. Several first connections at once are told "locked" at once, whatever the busy timeout is."""
    end = time.monotonic() + WAIT_MS / 1000
    while True:
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError:
            if time.monotonic() > end:
                raise
            time.sleep(0.05)
