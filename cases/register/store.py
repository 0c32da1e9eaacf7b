"""The database: engine, transactions, migrations. The same code on SQLite and PostgreSQL."""

import fcntl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, InvalidatePoolError, OperationalError
from sqlalchemy.pool import NullPool
from sqlmodel import Session

from cases.register import (
    sqlite_file,
    tables,  # noqa: F401 - every table is known wherever a store is
)
from cases.register.baton import Baton
from cases.register.in_turn import bound_who_holds_rows
from cases.register.own_file import OwnFile
from cases.register.turn import Withdrawn

if TYPE_CHECKING:
    from alembic.config import Config

_POOL_WAIT = 4.0  # seconds that a thread waits for a connection
_RESTED, _RESTS_SINCE = (
    1.0,
    "rests since",
)  # seconds after which a connection is asked whether it still stands
_LOCKED = "55P03"  # PostgreSQL: somebody else holds it
_LOOK_UP = 0.2  # seconds after which a writer in the queue asks whether it is still wanted
# What one process may hold from the others. A writer that stands still (stopped, swapped out) is cut off and its
# locks are free, sooner once it holds what others wait for (`in_turn`); a reader holds nobody, so it may compute
# between two looks.
_WRITING = {"idle_in_transaction_session_timeout": "8s", "lock_timeout": "3s", "statement_timeout": "20s"}
_READING = {
    "idle_in_transaction_session_timeout": "5min", "lock_timeout": "10s", "statement_timeout": "60s",
    "random_page_cost": "1.1",  # what a page asks for lies in memory: thousands of rows by an index beat a whole table
}  # fmt: skip
_LONG = {"idle_in_transaction_session_timeout": "0", "lock_timeout": "60s", "statement_timeout": "0"}
# A migration that waits for a table has everybody else wait behind it: it asks for a moment, and asks again.
_MIGRATING = {**_LONG, "lock_timeout": "500ms"}
_MIGRATING_PAUSE, _MIGRATING_TRIES = 1.0, 600
_MIGRATOR = 4862731  # the advisory lock of the one that migrates
_MIGRATIONS = Path(__file__).parent / "migrations"
_STAMP_TRIES, _STAMP_PAUSE = 20, 0.1  # seconds


class Store:
    """Opens transactions. `write()` commits at its end and rolls back on any exception."""

    def __init__(self, url: str) -> None:
        parsed = make_url(url)
        self.sqlite = parsed.get_backend_name() == "sqlite"
        self._baton: Baton | None = None
        self._file: OwnFile | None = None
        if self.sqlite:
            if parsed.database and parsed.database != ":memory:":
                sqlite_file.own(Path(parsed.database))
                self._baton = Baton(Path(f"{parsed.database}-writer"))
                self._file = OwnFile(Path(parsed.database).absolute())
            # the connection that was used last: it has pages of the file in its memory
            self.engine = create_engine(
                parsed,
                connect_args={"timeout": sqlite_file.WAIT_MS / 1000},
                pool_use_lifo=True,
                hide_parameters=True,
            )
            sqlite_file.prepare(self.engine, self._file)
            self._reading = self.engine
        else:
            if parsed.drivername in ("postgresql", "postgres"):
                parsed = parsed.set(drivername="postgresql+psycopg")
            self.engine = _postgresql(parsed, _WRITING, size=8, more=8, ping=False)
            _ping_after_a_rest(self.engine)
            bound_who_holds_rows(self.engine)
            self._reading = _postgresql(parsed, _READING, size=4, more=6)
        self._url = parsed
        self._one_writer = threading.Lock()  # SQLite has one writer anyway: queue fairly instead of polling

    @contextmanager
    def write(self, unwanted: Callable[[], bool] = lambda: False) -> Iterator[Session]:
        """Yield a session in a transaction that is on disk when the block ends.

        `unwanted`: nobody waits for it any more. Asked while it queues. Raises: Withdrawn; Replaced.
        """
        if not self.sqlite:
            with Session(self.engine, expire_on_commit=False) as session, session.begin():
                yield session
            return
        while not self._one_writer.acquire(timeout=_LOOK_UP):
            if unwanted():
                raise Withdrawn
        try:
            # connection and session are made before the turn and put away after it: nobody waits for that
            with (
                self.engine.connect().execution_options(huiyin_write=True) as connection,
                Session(connection, expire_on_commit=False) as session,
                self._turn(unwanted),
            ):
                session.connection()  # begins
                with _commit_or_roll_back(session, self._file):
                    yield session
        finally:
            self._one_writer.release()

    def _turn(self, unwanted: Callable[[], bool]) -> AbstractContextManager[None]:
        return self._baton.held(unwanted) if self._baton is not None else nullcontext()

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Yield a session for reading; whatever it changed is rolled back. Raises: Replaced."""
        if self._file is not None:
            self._file.require()
        with Session(self._reading, expire_on_commit=False) as session:
            yield session

    def glance(self, question: str, *values: Any) -> Any | None:
        """Return the first row that a question finds, or None. `?` stands for each value. Raises: Replaced.

        For what is asked with each group of pushes: without a session, a transaction and, on PostgreSQL, their trips.
        """
        if self._file is not None:
            self._file.require()
        if self.sqlite:
            raw = self.engine.raw_connection()
            try:
                return raw.cursor().execute(question, values).fetchone()
            finally:
                raw.close()
        asked = question.replace("?", "%s")
        try:
            return self._glanced(asked, values)
        except DBAPIError as error:
            if not error.connection_invalidated:
                raise
            return self._glanced(asked, values)  # it broke while it rested

    def _glanced(self, question: str, values: tuple[Any, ...]) -> Any | None:
        with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            return connection.exec_driver_sql(question, values).first()

    @contextmanager
    def long(self, limits: Mapping[str, str] = _LONG) -> Iterator[Connection]:
        """Yield a connection for what takes its time: a backup, a migration. No limit cuts it off."""
        if self.sqlite:
            with self.engine.connect() as connection:
                yield connection
            return
        engine = _postgresql(self._url, limits, size=1, more=0)
        try:
            with engine.connect() as connection:
                yield connection
        finally:
            engine.dispose()

    def alone(self, silent: float) -> Connection:
        """Return a connection of its own on PostgreSQL, outside any transaction, to be closed by the caller.

        The database hangs up after `silent` seconds without a word (from version 14 on).
        """
        engine = create_engine(
            self._url, poolclass=NullPool, hide_parameters=True, connect_args=_reached(_READING)
        )
        connection = engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        limit = "SELECT set_config(name, :limit, false) FROM pg_settings WHERE name = 'idle_session_timeout'"
        connection.execute(text(limit), {"limit": f"{round(silent * 1000)}ms"})
        return connection

    def migrate(self) -> None:
        """Bring the tables up to date. Several processes may call this at once.

        Raises: ValueError for a register that a newer program has brought up to its own date: what runs goes on
        with it (`migrated`), what starts does not begin.
        """
        if self._at() == newest():
            return
        with self.long(_MIGRATING) as connection, self._one_migrator(connection):
            if self._at() == newest():
                return
            config = alembic_config()
            self._require_known(connection, config)
            config.attributes["connection"] = connection
            self._upgrade(connection, config)

    @staticmethod
    def _upgrade(connection: Connection, config: "Config") -> None:
        """Migrate beside processes that serve: each migration is a transaction, tried until nobody is in its way."""
        from alembic import command  # loaded only when there is something to migrate

        for last in (*[False] * (_MIGRATING_TRIES - 1), True):
            try:
                command.upgrade(config, "head")
                return
            except OperationalError as error:
                connection.rollback()
                if last or getattr(error.orig, "sqlstate", "") != _LOCKED:
                    raise
                time.sleep(_MIGRATING_PAUSE)

    @staticmethod
    def _require_known(connection: Connection, config: "Config") -> None:
        """Raises: ValueError for a register that a newer program has brought up to its own date."""
        from alembic.runtime.migration import MigrationContext
        from alembic.script import ScriptDirectory

        at = MigrationContext.configure(connection).get_current_revision()
        connection.rollback()  # the migrations begin, and commit, a transaction of their own
        known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
        if at is not None and at not in known:
            raise ValueError(f"它已由更新的版本升级过（{at}）：请用那个版本，或恢复升级前的备份")

    @contextmanager
    def _one_migrator(self, connection: Connection) -> Iterator[None]:
        """Of several starts one migrates, the others wait: without a statement of theirs under way, for which an index
        that is built beside writers would wait in turn."""
        if not self.sqlite:
            while not connection.execute(text(f"SELECT pg_try_advisory_lock({_MIGRATOR})")).scalar():
                connection.rollback()
                time.sleep(_LOOK_UP)
            connection.commit()
            try:
                yield
            finally:
                connection.rollback()
                connection.execute(text(f"SELECT pg_advisory_unlock({_MIGRATOR})"))
                connection.commit()
            return
        with Path(f"{self.engine.url.database}.migrating").open("wb") as stream:
            fcntl.flock(stream, fcntl.LOCK_EX)
            yield

    def migrated(self) -> bool:
        """Tell whether the tables are those of our newest migration, or of a later one.

        During a rolling upgrade a process of the earlier version goes on with the newer tables: migrations only add.
        """
        return self._at() >= newest()

    def _at(self) -> str:
        """Return the newest migration that the tables have seen; empty where none is to be seen."""
        for last in (False, True):
            with self.engine.connect() as connection:
                try:
                    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
                    return str(found or "")
                except DBAPIError as error:
                    if not error.connection_invalidated:
                        return ""  # no such table yet
                    if last:
                        raise
        raise AssertionError  # the last try returned or raised

    def gone(self) -> str:
        """Return what happened to SQLite's file while it was open, or an empty text."""
        return self._file.gone() if self._file is not None else ""

    def stamp(self) -> None:
        """Put the minute into the header of SQLite's file, down to the disk: an older copy laid over it is then known as one."""
        if self._file is None:
            return
        with self.write() as session:
            connection = session.connection()
            before = int(connection.exec_driver_sql("PRAGMA application_id").scalar() or 0)
            now = max(int(time.time() // 60), before + 1)
            connection.exec_driver_sql(f"PRAGMA application_id = {now}")
        raw = self.engine.raw_connection()
        try:
            for _ in range(_STAMP_TRIES):  # past whoever reads at the moment: the next stamp comes in minutes
                _, written, carried = raw.cursor().execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
                if carried >= written:
                    break
                time.sleep(_STAMP_PAUSE)
        finally:
            raw.close()

    def close(self) -> None:
        self.engine.dispose()
        self._reading.dispose()
        if self._file is not None:
            self._file.forget()


def _postgresql(url: URL, limits: Mapping[str, str], *, size: int, more: int, ping: bool = True) -> Engine:
    """Return an engine whose sessions are cut off at `limits`, and whose dead peers are noticed in seconds.

    `ping`: ask before each use whether a connection still stands.
    """
    return create_engine(
        url,
        pool_size=size,
        max_overflow=more,
        pool_timeout=_POOL_WAIT,
        pool_use_lifo=True,  # the connection that was used last knows the statements already
        pool_pre_ping=ping,
        hide_parameters=True,
        connect_args=_reached(limits, str(url.query.get("options", ""))),
    )


def _ping_after_a_rest(engine: Engine) -> None:
    """Ask whether a connection still stands only if it rested: under load that is a trip for each group of pushes.

    One that broke a moment ago breaks at its first statement, before anything is written: the step is done anew.
    """

    @event.listens_for(engine, "checkin")
    def _rests(_connection: Any, record: Any) -> None:
        record.info[_RESTS_SINCE] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def _is_wanted(connection: Any, record: Any, _proxy: Any) -> None:
        since = record.info.pop(_RESTS_SINCE, None)
        if since is None or time.monotonic() - since < _RESTED:
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            raise InvalidatePoolError from error  # the others are as old: new ones take their place


def _reached(limits: Mapping[str, str], given: str = "") -> dict[str, Any]:
    options = " ".join(f"-c {name}={value}" for name, value in limits.items())
    return {
        "connect_timeout": 5,
        "options": f"{options} {given}".strip(),
        "tcp_user_timeout": 10_000,
        "keepalives_idle": 5,
        "keepalives_interval": 3,
        "keepalives_count": 3,
    }


@contextmanager
def _commit_or_roll_back(session: Session, file: OwnFile | None) -> Iterator[None]:
    try:
        yield
        if file is not None:
            file.require()
        session.commit()
        if file is not None:
            file.require_written()
    except BaseException:
        session.rollback()
        raise


def newest() -> str:
    """Return the newest revision: migrations are files named `<revision>_<what>.py`, counted upwards."""
    return max(path.name for path in (_MIGRATIONS / "versions").glob("[0-9]*_*.py")).partition("_")[0]


def alembic_config() -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    return config
