"""A server goes on while another brings the register up to a later version's date, with somebody reading at length."""

import shutil
import threading
import time
from pathlib import Path

import psycopg
import pytest

from cases.register import store as stores
from cases.register.store import Store, newest
from tests.fakes import postgres as postgres_server
from tests.faults.rolling import writing
from tests.flow.program import office

READS = 6.0  # seconds: longer than anybody who writes waits for a table
LATER = """
import sqlalchemy as sa
from alembic import op

from cases.register.beside import build_index

revision = "9999"
down_revision = "{before}"
branch_labels = None
depends_on = None


def upgrade():
    for table in ("cases", "message", "outbox", "push"):
        op.add_column(table, sa.Column("later", sa.Integer(), nullable=False, server_default="0"))
    build_index("ix_later", "cases", ["later"])
"""


@pytest.mark.timeout(300)
def test_no_push_is_refused_while_the_register_is_brought_up_to_date(
    postgres: postgres_server.Postgres | str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if isinstance(postgres, str):
        pytest.skip(f"PostgreSQL: {postgres}")
    url = postgres.new_database()
    folder = tmp_path / "migrations"
    shutil.copytree(stores._MIGRATIONS, folder)
    (folder / "versions" / "9999_later.py").write_text(LATER.format(before=newest()))
    with office(tmp_path, AUTO_ANSWER="false", SEMANTIC="off", DATABASE_URL=url) as here:
        here.program.start()
        reading = threading.Thread(target=_read, args=(url,))
        with writing(here, here.program) as writers:
            reading.start()
            time.sleep(0.5)
            monkeypatch.setattr(stores, "_MIGRATIONS", folder)
            later = Store(url)
            later.migrate()
            assert later.migrated()
            later.close()
            before = len(writers.numbers)
            while len(writers.numbers) < before + 5:
                time.sleep(0.1)
        reading.join()
        assert writers.refused == []
        assert max(writers.seconds) < 4.5
        writers.come_to_rest()
        assert writers.counts()["cards doubled"] == 0


def _read(url: str) -> None:
    """As a report over years does."""
    with psycopg.connect(url) as connection:
        connection.execute("SELECT count(*) FROM cases")
        connection.execute(f"SELECT pg_sleep({READS})")
