"""Why a database cannot be used is said in Chinese, from what SQLite and PostgreSQL really raise."""

import socket
import sqlite3
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
import sqlalchemy
from sqlalchemy import text
from structlog.testing import capture_logs

from cases.register import db_errors
from tests.builders import a_store
from tests.fakes.postgres import Postgres


def told(broken: Callable[[], object]) -> str:
    with pytest.raises(Exception) as raised:
        broken()
    said = db_errors.in_chinese(raised.value)
    assert not any(sign.isascii() and sign.isalpha() for sign in said.replace("huiyin restore", "")), said
    return said


def locked(file: Path) -> None:
    sqlite3.connect(file, isolation_level=None).execute("BEGIN IMMEDIATE")
    sqlite3.connect(file, timeout=0, isolation_level=None).execute("BEGIN IMMEDIATE")


def read_only(file: Path) -> None:
    sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True).execute("CREATE TABLE t (x)")


def damaged(file: Path) -> None:
    file.write_bytes(b"no database at all" * 200)
    sqlite3.connect(file).execute("SELECT * FROM sqlite_master")


def full(file: Path) -> None:
    connection = sqlite3.connect(file)
    connection.execute("PRAGMA max_page_count=2")
    connection.execute("CREATE TABLE t AS SELECT hex(randomblob(90000)) AS x")


def not_there(file: Path) -> None:
    sqlite3.connect(file.parent / "nowhere" / "a.db").execute("SELECT 1")


def without_tables(file: Path) -> None:
    sqlite3.connect(file).execute("SELECT * FROM cases")


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        (locked, "占用"), (read_only, "只读"), (damaged, "损坏"), (full, "磁盘已满"), (not_there, "打不开"),
        (without_tables, "没有本程序要的表"),
    ],
)  # fmt: skip
def test_what_sqlite_says(tmp_path: Path, broken: Callable[[Path], None], words: str) -> None:
    file = tmp_path / "a.db"
    sqlite3.connect(file).close()
    assert words in told(lambda: broken(file))


def test_what_is_wrapped_is_looked_into(tmp_path: Path) -> None:
    (tmp_path / "a.db").write_bytes(b"no database at all" * 200)
    engine = sqlalchemy.create_engine(f"sqlite:///{tmp_path / 'a.db'}")
    assert "损坏" in told(lambda: engine.connect().execute(text("SELECT * FROM t")))


def elsewhere(url: str, **parts: object) -> str:
    """Return the address of the server with another user or database."""
    return psycopg.conninfo.make_conninfo(url, **parts)


def run(url: str, *statements: str) -> None:
    with psycopg.connect(url) as connection:
        for statement in statements:
            connection.execute(statement.encode())


def test_what_postgresql_says(postgres: Postgres) -> None:
    url = postgres.new_database()
    try:
        assert "没有这个数据库" in told(lambda: psycopg.connect(elsewhere(url, dbname="no_such")))
        assert "用户名或密码" in told(lambda: psycopg.connect(elsewhere(url, user="nobody_here")))
        assert "超时" in told(lambda: run(url, "SET statement_timeout = 1", "SELECT pg_sleep(5)"))
        assert "只读" in told(
            lambda: run(url, "SET default_transaction_read_only = on", "COMMIT", "CREATE TABLE t (x int)")
        )
        assert "没有本程序要的表" in told(lambda: run(url, "SELECT * FROM no_such_table"))
        with psycopg.connect(url) as holder:
            holder.execute("LOCK TABLE cases")
            assert "占用" in told(lambda: run(url, "SET lock_timeout = 1", "LOCK TABLE cases"))
    finally:
        postgres.drop(url)


def test_a_server_that_is_not_there() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, and nobody listens
        port = taken.getsockname()[1]
        assert "拒绝连接" in told(
            lambda: psycopg.connect(f"postgresql://u@127.0.0.1:{port}/d", connect_timeout=3)
        )
    assert "找不到服务器" in told(
        lambda: psycopg.connect("postgresql://u@no-such-host.invalid/d", connect_timeout=3)
    )


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ('FATAL:  password authentication failed for user "huiyin"', "用户名或密码"),
        ("fe_sendauth: no password supplied", "用户名或密码"),
        ('FATAL:  no pg_hba.conf entry for host "10.0.0.8", user "huiyin"', "用户名或密码"),
        ("FATAL:  sorry, too many clients already", "连接数已满"),
        ("FATAL:  the database system is starting up", "正在启动"),
        ("server closed the connection unexpectedly", "连接断了"),
        ("connection timeout expired", "超时"),
        ("could not extend file: No space left on device", "磁盘已满"),
    ],
)
def test_what_a_server_says_before_there_is_a_connection(said: str, words: str) -> None:
    error = psycopg.OperationalError(
        f'connection failed: connection to server at "10.0.0.1", port 5432 failed: {said}'
    )
    assert words in db_errors.in_chinese(error)


def test_the_rest_is_told_to_the_log_by_its_code() -> None:
    with capture_logs() as logged:
        said = db_errors.in_chinese(psycopg.errors.DivisionByZero("division by zero"))
    assert said == db_errors.OTHER and "zero" not in said
    assert [(line["event"], line["codes"]) for line in logged] == [("database.error", ["22012"])]


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError) as raised:
        (tmp_path / "file" / "var").mkdir()
    assert db_errors.in_chinese(raised.value) == "数据库打不开：路径中有一段不是文件夹"


def test_a_command_says_it_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from app.cli.frame import one_line_errors

    monkeypatch.chdir(tmp_path)
    store = a_store(tmp_path / "a.db")
    with pytest.raises(SystemExit) as left, one_line_errors(), store.read() as session:
        session.connection().execute(text("SELECT * FROM no_such_table"))
    said = capsys.readouterr().err
    store.close()
    assert left.value.code == 1 and said.count("\n") == 1 and "没有本程序要的表" in said
    assert not (tmp_path / "var").exists()
