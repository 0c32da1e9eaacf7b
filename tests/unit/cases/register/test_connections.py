"""A connection to PostgreSQL is asked whether it still stands only after a rest; one that broke is replaced."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from cases.register import bulk
from cases.register import store as store_
from cases.register.desk import Desk
from cases.register.rows import table_of
from cases.register.tables import Citizen
from cases.register.turn import Turn
from tests.builders import Bureau

ROW = {"account": "a", "openid_sealed": b"", "following": True, "sent_in_window": 0}


@pytest.fixture
def pings(bureau: Bureau, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    """What was asked whether it stands."""
    asked: list[Any] = []
    ping = bureau.workplace.store.engine.dialect.do_ping

    def noted(connection: Any) -> bool:
        asked.append(connection)
        return ping(connection)

    monkeypatch.setattr(bureau.workplace.store.engine.dialect, "do_ping", noted)
    yield asked


def keep(bureau: Bureau, name: str, turn: Turn | None = None) -> None:
    def step(desk: Desk) -> None:
        bulk.insert(desk.session, table_of(Citizen), [ROW | {"openid_hash": name}])

    bureau.workplace.act(step, turn=turn)


def end_all(engine: Engine) -> None:
    """Have the server hang up on every connection that rests in the pool."""
    with engine.connect() as mine:
        mine.exec_driver_sql(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def test_under_load_nobody_is_asked(bureau: Bureau, pings: list[Any]) -> None:
    if bureau.workplace.store.sqlite:
        return  # there is no connection to lose
    keep(bureau, "one")
    pings.clear()
    keep(bureau, "two")
    assert not pings


def test_after_a_rest_a_broken_connection_is_replaced_unnoticed(
    bureau: Bureau, pings: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = bureau.workplace.store.engine
    if bureau.workplace.store.sqlite:
        return
    with engine.connect(), engine.connect():
        pass
    end_all(engine)
    monkeypatch.setattr(store_, "_RESTED", 0.0)
    tries: list[int] = []

    def step(desk: Desk) -> None:
        tries.append(1)
        bulk.insert(desk.session, table_of(Citizen), [ROW | {"openid_hash": "one"}])

    for _ in range(3):  # whichever rests on top
        bureau.workplace.act(lambda desk: tries.append(0))
    bureau.workplace.act(step)
    assert tries.count(1) == 1 and tries.count(0) == 3 and pings
    assert [row.openid_hash for row in bureau.rows(Citizen)] == ["one"]


def test_a_step_whose_connection_broke_a_moment_ago_is_done_anew(bureau: Bureau, pings: list[Any]) -> None:
    engine = bureau.workplace.store.engine
    if bureau.workplace.store.sqlite:
        return
    with engine.connect(), engine.connect(), engine.connect():
        pass
    end_all(engine)
    keep(bureau, "one")
    with engine.connect(), engine.connect(), engine.connect():
        pass
    end_all(engine)
    keep(bureau, "two", Turn())  # somebody waits for it
    assert [row.openid_hash for row in bureau.rows(Citizen)] == ["one", "two"]


def test_what_may_have_been_kept_is_not_done_anew(bureau: Bureau) -> None:
    """A connection that broke while it committed: whoever waits is told that nobody knows."""
    engine = bureau.workplace.store.engine
    if bureau.workplace.store.sqlite:
        return
    turn, tries = Turn(), []

    def step(desk: Desk) -> None:
        tries.append(1)
        bulk.insert(desk.session, table_of(Citizen), [ROW | {"openid_hash": "one"}])
        turn.commit()
        mine = desk.session.connection().exec_driver_sql("SELECT pg_backend_pid()").scalar()
        with engine.connect() as other:
            other.exec_driver_sql(f"SELECT pg_terminate_backend({mine}, 5000)")

    with pytest.raises(OperationalError):
        bureau.workplace.act(step, turn=turn)
    assert tries == [1]


def test_a_glance_sees_what_is_kept_and_outlives_a_broken_connection(bureau: Bureau) -> None:
    glance, asked = bureau.workplace.store.glance, "SELECT account FROM citizen WHERE openid_hash = ?"
    assert glance(asked, "one") is None
    keep(bureau, "one")
    assert tuple(glance(asked, "one")) == ("a",) and glance(asked, "two") is None
    if bureau.workplace.store.sqlite:
        return
    engine = bureau.workplace.store.engine
    with engine.connect(), engine.connect():
        pass
    end_all(engine)
    assert tuple(glance(asked, "one")) == ("a",)


def test_a_glance_leaves_no_transaction_open(bureau: Bureau) -> None:
    glance = bureau.workplace.store.glance
    for _ in range(30):  # more than the pool holds
        glance("SELECT account FROM citizen WHERE openid_hash = ?", "one")
    keep(bureau, "one")
    with bureau.workplace.store.engine.connect() as mine:
        idle = "SELECT count(*) FROM pg_stat_activity WHERE state = 'idle in transaction'"
        if not bureau.workplace.store.sqlite:
            assert mine.exec_driver_sql(idle).scalar() == 0


def test_a_connection_that_broke_a_moment_ago_is_no_sign_of_an_earlier_version(bureau: Bureau) -> None:
    store = bureau.workplace.store
    if store.sqlite:
        return
    with store.engine.connect(), store.engine.connect():
        pass
    end_all(store.engine)
    assert store.migrated()
