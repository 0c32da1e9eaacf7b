"""The database: engine, transactions, migrations. The same code on SQLite and PostgreSQL."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

if TYPE_CHECKING:
    from alembic.config import Config

_SQLITE_WAIT_MS = 15_000
_MIGRATIONS = Path(__file__).parent / "migrations"


class Store:
    """Opens transactions. `write()` commits at its end and rolls back on any exception."""

    def __init__(self, url: str) -> None:
        parsed = make_url(url)
        self.sqlite = parsed.get_backend_name() == "sqlite"
        if self.sqlite:
            if parsed.database and parsed.database != ":memory:":
                Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
            self.engine = create_engine(
                parsed, connect_args={"timeout": _SQLITE_WAIT_MS / 1000}, hide_parameters=True
            )
            _prepare_sqlite(self.engine)
        else:
            if parsed.drivername in ("postgresql", "postgres"):
                parsed = parsed.set(drivername="postgresql+psycopg")
            self.engine = create_engine(
                parsed, pool_size=10, max_overflow=10, pool_pre_ping=True, hide_parameters=True
            )
        self._one_writer = threading.Lock()  # SQLite has one writer anyway: queue fairly instead of polling

    @contextmanager
    def write(self) -> Iterator[Session]:
        """Yield a session in a transaction that is on disk when the block ends."""
        if not self.sqlite:
            with Session(self.engine, expire_on_commit=False) as session, session.begin():
                yield session
            return
        with self._one_writer, Session(self.engine, expire_on_commit=False) as session:
            session.connection(execution_options={"huiyin_write": True})
            with _commit_or_roll_back(session):
                yield session

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Yield a session for reading; whatever it changed is rolled back."""
        with Session(self.engine, expire_on_commit=False) as session:
            yield session

    def migrate(self) -> None:
        """Bring the tables up to date. Several processes may call this at once."""
        if self.migrated():
            return
        from alembic import command  # loaded only when there is something to migrate

        with self.engine.connect() as connection:
            if not self.sqlite:
                connection.execute(text("SELECT pg_advisory_lock(4862731)"))
                connection.commit()
            try:
                config = alembic_config()
                config.attributes["connection"] = connection
                command.upgrade(config, "head")
            finally:
                connection.rollback()
                if not self.sqlite:
                    connection.execute(text("SELECT pg_advisory_unlock(4862731)"))
                    connection.commit()

    def migrated(self) -> bool:
        """Tell whether the tables are those of the newest migration."""
        with self.engine.connect() as connection:
            try:
                return (
                    connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == newest()
                )
            except DBAPIError:
                return False  # no such table yet, or none to be seen: `migrate` finds out which

    def close(self) -> None:
        self.engine.dispose()


@contextmanager
def _commit_or_roll_back(session: Session) -> Iterator[None]:
    try:
        yield
        session.commit()
    except BaseException:
        session.rollback()
        raise


def _prepare_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # transactions are begun by the listener below, not by the driver
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout={_SQLITE_WAIT_MS}")
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=FULL")  # a push is acknowledged only when it is on disk
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        write = connection.get_execution_options().get("huiyin_write")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


def newest() -> str:
    """Return the newest revision: migrations are files named `<revision>_<what>.py`, counted upwards."""
    return max(path.name for path in (_MIGRATIONS / "versions").glob("[0-9]*_*.py")).partition("_")[0]


def alembic_config() -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    return config
