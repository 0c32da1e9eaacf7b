"""A drill opens whatever is sealed: the list is read off the tables, so a column that is new tomorrow is opened, too."""

import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import LargeBinary, create_engine, insert, text
from sqlmodel import SQLModel

from app import settings as settings_
from app.keep import backups, drills
from app.wiring import build
from cases.register import binding
from cases.register.errors import Invalid
from cases.register.store import Store
from cases.register.vault import Vault
from duties.matters import incidents
from tests.builders import a_bureau

SEALED = [(model, column) for model in binding.sealed_tables() for column in binding.sealed_columns(model)]
# Packed numbers, a model, and files that are sealed by a rule of their own (`_compare_files`).
UNSEALED = {
    "recent.at", "trained_model.packed", "media_file.content",
    "knowledge_entry.vector", "knowledge_wording.vector",
}  # fmt: skip


def any_value(column: Any) -> Any:
    if column.nullable:
        return None
    python: type = getattr(getattr(column.type, "impl", column.type), "python_type", str)
    made: dict[type, Any] = {
        int: 1, bool: False, float: 0.0, bytes: b"x", dict: {}, datetime.date: datetime.date(2026, 3, 2),
        datetime.datetime: datetime.datetime(2026, 3, 2, tzinfo=datetime.UTC),
    }  # fmt: skip
    return made.get(python, () if type(column.type).__name__ == "TextList" else "x")


@pytest.mark.parametrize(
    ("model", "column"), SEALED, ids=lambda value: getattr(value, "__tablename__", value)
)
def test_each_sealed_column_of_each_table_is_opened(model: Any, column: str, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'huiyin.db'}"
    store = Store(url)
    store.migrate()
    table = model.__table__
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("PRAGMA ignore_check_constraints=ON"))
        values = {each.name: any_value(each) for each in table.columns}
        values |= {
            each: None if table.columns[each].nullable else b"" for each in binding.sealed_columns(model)
        }
        connection.execute(insert(table).values(**values | {column: b"sealed by somebody else, not by us"}))
    engine.dispose()
    with store.read() as session, pytest.raises(Invalid, match=f"{table.name} 第 .* 行的封存内容打不开"):
        drills._open_all(session, Vault(b"a key for tests only, long enough"))
    store.close()


def test_every_column_of_bytes_is_sealed_or_said_to_be_none() -> None:
    of_bytes = {
        f"{table.name}.{column.name}"
        for table in SQLModel.metadata.tables.values()
        for column in table.columns
        if isinstance(column.type, LargeBinary)
    }
    sealed = {f"{model.__tablename__}.{column}" for model, column in SEALED}
    assert of_bytes - sealed == UNSEALED & of_bytes


def test_evidence_that_is_not_what_was_sealed_is_named(tmp_path: Path) -> None:
    url, key = f"sqlite:///{tmp_path / 'a.db'}", "a key for tests only, long enough"
    given = {"HUIYIN_DATABASE_URL": url, "HUIYIN_SECRET_KEY": key, "HUIYIN_SEMANTIC": "off"}
    settings = settings_.read(given, tmp_path / "no-env")
    opened = build(settings, var=tmp_path / "var")
    bureau = a_bureau(opened.store, vault=opened.vault)
    bureau.workplace.act(lambda desk: incidents.add(desk, None, "rumour", text="谣言一则"))
    backups.backup(settings, tmp_path / "good.zip", tmp_path / "var")
    assert drills.drill(settings, tmp_path / "good.zip", tmp_path / "var")["evidence"] == 1
    with opened.store.write() as session:
        session.connection().execute(text("UPDATE incident SET sha256 = 'another'"))
    backups.backup(settings, tmp_path / "bad.zip", tmp_path / "var")
    opened.store.close()
    with pytest.raises(Invalid, match="incident 第 1 行的证据"):
        drills.drill(settings, tmp_path / "bad.zip", tmp_path / "var")
