"""Statements that are ready for the driver: handed to it as they are, for what stands between costs as much as they do.

Who listens to an engine's statements (a measurement, a test that reads plans) still hears of each of them.
"""

import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any, cast

from sqlalchemy import Connection, TextClause
from sqlalchemy.exc import DBAPIError

Values = Sequence[Any] | Mapping[str, Any]


def rows(connection: Connection, statement: TextClause | str, values: Values) -> Sequence[Any]:
    """Return what a statement finds: a text in the driver's own style, or a clause with its values by name."""
    driver = _driver(connection)
    if driver is None:
        if isinstance(statement, str):
            return connection.exec_driver_sql(statement, _plain(values)).all()
        return connection.execute(statement, dict(values)).all()
    sql = statement if isinstance(statement, str) else statement.text
    try:
        return driver.execute(sql, values).fetchall()
    except sqlite3.Error as error:
        raise _told(connection, sql, error) from error


def run(connection: Connection, statement: str, values: Values) -> None:
    """Carry out a statement once, or for each row where `values` is a list of them."""
    driver = _driver(connection)
    if driver is None:
        connection.exec_driver_sql(statement, _plain(values))
        return
    try:
        if isinstance(values, list):
            driver.executemany(statement, values)
        else:
            driver.execute(statement, values)
    except sqlite3.Error as error:
        raise _told(connection, statement, error) from error


def send(connection: Connection, statement: str, values: Sequence[Any]) -> None:
    """Carry out a statement on PostgreSQL in which `$1`, `$2` … stand for the values.

    A driver that has to find `%s` in a statement of many rows takes it apart anew each time: three milliseconds a group.
    """
    from psycopg import Error, RawCursor

    cursor = RawCursor(cast(Any, connection.connection.driver_connection))
    for told in connection.dispatch.before_cursor_execute:
        told(connection, cursor, statement, values, None, False)
    try:
        cursor.execute(cast(Any, statement), values)
    except Error as error:
        # as SQLAlchemy does: whoever lost the connection is told so, and the pool gives it out no more
        connection._handle_dbapi_exception(error, statement, None, None, None)
    finally:
        cursor.close()


def _driver(connection: Connection) -> sqlite3.Connection | None:
    """Return SQLite's own connection, in the transaction that was begun; None for another database or where one listens."""
    if connection.dialect.name != "sqlite" or connection.dispatch.before_cursor_execute:
        return None
    return connection.connection.driver_connection


def _plain(values: Values) -> Any:
    return values if isinstance(values, list | Mapping) else tuple(values)


def _told(connection: Connection, statement: str, error: sqlite3.Error) -> BaseException:
    """Return what SQLAlchemy raises for an error of the driver; values are never told."""
    return DBAPIError.instance(
        statement, None, error, sqlite3.Error, hide_parameters=True, dialect=connection.dialect
    )
