"""What every test may use: a store on each database, a clock that is set by hand, an office at work."""

import logging
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
import uvicorn.server
from argon2 import PasswordHasher
from hypothesis import settings

from cases.register import people
from cases.register.store import Store
from tests import builders
from tests.builders import Bureau, Clock
from tests.fakes import kin, prompt
from tests.fakes import postgres as postgres_server

MEMORY = Path("/dev/shm")
ROOM = 4 << 30  # bytes: some hundred databases at a time


def _memory_has_room() -> bool:
    """Tell whether files can lie in memory: tests kill processes, never the machine, and a disk waits for each."""
    try:
        memory = os.statvfs(MEMORY)
    except OSError:
        return False
    usable = os.access(MEMORY, os.W_OK) and not memory.f_flag & (os.ST_NOEXEC | os.ST_RDONLY)
    return usable and memory.f_bavail * memory.f_frsize >= ROOM


if "TMPDIR" not in os.environ and _memory_has_room():
    os.environ["TMPDIR"] = tempfile.tempdir = str(MEMORY)  # for the programs that tests start as well

# A program that a test starts is this tree's, with rooms that came after it was installed.
os.environ["PYTHONPATH"] = str(Path(__file__).resolve().parent.parent)

# How long an example takes says how busy the machine is; what is too slow has tests of its own.
settings.register_profile("house", deadline=None)
settings.load_profile("house")

kin.share()
prompt.without_naps(uvicorn.server)

DATABASES = ("sqlite", "postgresql")
# What the hash of a password costs is not what tests are about; programs that tests start take the full time.
people._HASHER = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)


# The line about each step would stand among what commands print when they are called in the test's own process.
structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))


@pytest.fixture(autouse=True)
def _the_log_as_it_was() -> Iterator[None]:
    """Commands that a test calls set up the log of the whole process, on that test's standard error."""
    root, said = logging.getLogger(), structlog.get_config()
    handlers, level = root.handlers, root.level
    yield
    if structlog.get_config()["logger_factory"] is not said["logger_factory"]:
        structlog.configure(**said)
        root.handlers, root.level = handlers, level


@pytest.fixture(scope="session")
def migrated_sqlite() -> Path:
    """A migrated SQLite file that tests copy."""
    return builders.migrated()


@pytest.fixture(scope="session")
def postgres() -> Iterator[postgres_server.Postgres | str]:
    """A running PostgreSQL, or the reason why there is none."""
    try:
        server = postgres_server.start()
    except postgres_server.CannotRun as why:
        yield str(why)
        return
    yield server
    server.stop()


@pytest.fixture(params=DATABASES)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a fresh, migrated database, once for each kind."""
    if request.param == "sqlite":
        file = tmp_path / "huiyin.db"
        shutil.copy(request.getfixturevalue("migrated_sqlite"), file)
        yield f"sqlite:///{file}"
        return
    server = request.getfixturevalue("postgres")
    if isinstance(server, str):
        pytest.skip(f"PostgreSQL: {server}")
    url = server.new_database()
    yield url
    server.drop(url)


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    store = Store(database_url)
    yield store
    store.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def bureau(store: Store, clock: Clock) -> Bureau:
    """An office with two departments and a colleague of each role; cases are judged by plain words."""
    return builders.a_bureau(store, clock)
