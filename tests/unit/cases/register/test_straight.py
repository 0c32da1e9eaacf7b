"""Statements handed to the driver are what SQLAlchemy would make of them: same rows, same errors, heard by whoever listens."""

from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import IntegrityError, OperationalError

from cases.register import bulk, straight
from cases.register.desk import Desk
from cases.register.rows import table_of
from cases.register.tables import Citizen
from tests.builders import Bureau

_NEW = "INSERT INTO meta (key, value) VALUES (?, ?)"
_FOUND = text("SELECT key, value FROM meta WHERE key = :k")


def _mark(desk: Desk, statement: str) -> str:
    return statement if desk.session.connection().dialect.name == "sqlite" else statement.replace("?", "%s")


def keep(bureau: Bureau, *rows: tuple[str, str]) -> None:
    bureau.workplace.act(lambda desk: straight.run(desk.session.connection(), _mark(desk, _NEW), list(rows)))


def found(bureau: Bureau, key: str) -> list[tuple[Any, ...]]:
    return bureau.workplace.look(
        lambda desk: [tuple(row) for row in straight.rows(desk.session.connection(), _FOUND, {"k": key})]
    )


def test_rows_are_kept_and_found(bureau: Bureau) -> None:
    keep(bureau, ("one", "1"), ("two", "2"))
    assert found(bureau, "two") == [("two", "2")] and found(bureau, "three") == []


def test_a_row_that_is_there_is_told_as_always_and_without_its_values(bureau: Bureau) -> None:
    keep(bureau, ("one", "secret words"))
    with pytest.raises(IntegrityError) as told:
        keep(bureau, ("two", "2"), ("one", "secret words"))
    assert "secret words" not in str(told.value)
    assert found(bureau, "two") == []  # all or nothing


def test_a_failed_statement_leaves_the_place_as_it_was(bureau: Bureau) -> None:
    if not bureau.workplace.store.sqlite:
        return
    with pytest.raises(OperationalError):
        bureau.workplace.act(
            lambda desk: straight.run(desk.session.connection(), "INSERT INTO nowhere VALUES (1)", ())
        )
    keep(bureau, ("one", "1"))
    assert found(bureau, "one") == [("one", "1")]


def test_whoever_listens_hears_each_statement(bureau: Bureau) -> None:
    heard: list[str] = []

    def listening(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        heard.append(statement)

    event.listen(bureau.workplace.store.engine, "before_cursor_execute", listening)
    try:
        keep(bureau, ("one", "1"))
    finally:
        event.remove(bureau.workplace.store.engine, "before_cursor_execute", listening)
    assert any("INSERT INTO meta" in each for each in heard)
    keep(bureau, ("two", "2"))
    assert found(bureau, "two") == [("two", "2")]


def test_whoever_listens_hears_of_rows_that_are_written_together(bureau: Bureau) -> None:
    heard: list[str] = []

    def listening(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        heard.append(statement)

    row = {"openid_sealed": b"", "account": "a", "openid_hash": "h%s", "following": True, "sent_in_window": 0}
    event.listen(bureau.workplace.store.engine, "before_cursor_execute", listening)
    try:
        bureau.workplace.act(lambda desk: bulk.insert(desk.session, table_of(Citizen), [row]))
    finally:
        event.remove(bureau.workplace.store.engine, "before_cursor_execute", listening)
    assert any("INSERT INTO citizen" in each for each in heard)
    assert [each.openid_hash for each in bureau.rows(Citizen)] == ["h%s"]
