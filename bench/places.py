"""Where the benches work: a fresh database of each kind, and an office with the shipped models."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from zoneinfo import ZoneInfo

import psycopg

from app import clock as clocks
from cases.register import people
from cases.register.desk import Desk, Office, Workplace
from cases.register.store import Store
from cases.register.vault import Vault
from classifier.labels import TOPICS
from classifier.triage import Classifier, built_in
from sla.calendar import WorkCalendar, shipped_years
from sla.policy import load_policy
from tests.fakes import postgres

DATABASES = ("sqlite", "postgresql")


@contextmanager
def database(kind: str) -> Iterator[Store]:
    """Yield an empty store that writes to disk as in service. Raises: postgres.CannotRun."""
    if kind == "sqlite":
        with tempfile.TemporaryDirectory(prefix="huiyin-bench-") as folder:
            yield from _opened(f"sqlite:///{Path(folder) / 'huiyin.db'}")
        return
    with durable_postgresql() as server:
        yield from _opened(server.new_database())


@contextmanager
def durable_postgresql() -> Iterator[postgres.Postgres]:
    """Yield a server that writes to disk as in service. Raises: postgres.CannotRun."""
    server = postgres.start()
    try:
        with psycopg.connect(server.server.get_uri(), autocommit=True) as connection:
            connection.execute("ALTER SYSTEM RESET fsync")  # the tests turn it off
            connection.execute("SELECT pg_reload_conf()")
        yield server
    finally:
        server.stop()


def _opened(url: str) -> Iterator[Store]:
    store = Store(url)
    store.migrate()
    try:
        yield store
    finally:
        store.close()


def office_with_models(store: Store) -> Workplace:
    """Return a workplace with the shipped classifier, a handler chat, and a department for each topic."""
    calendar, classifier = WorkCalendar(shipped_years()), built_in()
    office = Office(
        zone=ZoneInfo("Asia/Shanghai"),
        vault=Vault(b"a key for benches".ljust(32)),
        policy=load_policy(),
        calendar=lambda: calendar,
        triage=classifier.triage,
        triage_words=Classifier(classifier.model).triage_many,
        match=lambda _text: None,
    )
    place = Workplace(store, office, clocks.now)

    def settle_in(desk: Desk) -> None:
        for topic in TOPICS:
            people.add_department(desk, f"{topic}局", topic, phone="027-88886666")

    place.act(settle_in)
    return place
