"""The store's own promises: which tables it takes for the newest."""

from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import CheckConstraint, inspect, text, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import SQLModel

from cases.lists import history
from cases.register.store import Store, alembic_config, newest
from cases.register.tables import Case, DueChange, Outbox
from tests.builders import Bureau


def test_the_newest_file_is_the_head_of_the_chain() -> None:
    assert newest() == ScriptDirectory.from_config(alembic_config()).get_current_head()


def test_an_empty_database_is_migrated_once(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'new.db'}")
    assert not store.migrated()
    store.migrate()
    assert store.migrated()
    store.migrate()
    store.close()


def test_the_migrations_make_the_tables_that_the_program_has(store: Store) -> None:
    with store.engine.connect() as connection:
        named = lambda name, _kind, _parents: "pair" not in (name or "")  # noqa: E731 - the index of words is SQL alone
        context = MigrationContext.configure(connection, opts={"compare_type": False, "include_name": named})
        assert compare_metadata(context, SQLModel.metadata) == []


def test_the_database_takes_the_words_that_the_program_knows_and_no_other(bureau: Bureau) -> None:
    with bureau.store.engine.connect() as connection:
        for table in SQLModel.metadata.sorted_tables:
            ours = {str(c.name) for c in table.constraints if isinstance(c, CheckConstraint)}
            theirs = {str(c["name"]) for c in inspect(connection).get_check_constraints(table.name)}
            assert theirs == ours, table.name
    bureau.a_case()
    for change in (
        update(Outbox).values(lane="pigeon"),
        update(Outbox).values(state="lost"),
        update(Case).values(status=""),
    ):
        with pytest.raises(IntegrityError, match="_known"):
            bureau.workplace.act(lambda desk, change=change: desk.session.execute(change))  # type: ignore[misc]
    assert bureau.chain().ok


@pytest.mark.parametrize("back_to", ["0001"])
def test_a_register_of_an_earlier_version_is_taken_over(bureau: Bureau, back_to: str) -> None:
    no = bureau.a_case()
    with bureau.store.engine.connect() as connection:
        config = alembic_config()
        config.attributes["connection"] = connection
        command.downgrade(config, back_to)
        connection.commit()
    assert not bureau.store.migrated()
    bureau.store.migrate()
    (change,) = bureau.rows(DueChange)
    assert change.named_days is None
    days = bureau.workplace.look(lambda desk: history.days(desk, bureau.case(no)))
    assert days[-1].date == bureau.case(no).due_on and days[-1].n == 10


def test_a_process_of_an_earlier_version_serves_on_newer_tables(bureau: Bureau) -> None:
    """A rolling upgrade: another process has added a column and a table meanwhile. Migrations only add."""
    before = bureau.a_case()
    with bureau.store.engine.begin() as connection:
        connection.execute(text("ALTER TABLE cases ADD COLUMN of_tomorrow VARCHAR"))
        connection.execute(text("CREATE TABLE of_tomorrow (id INTEGER PRIMARY KEY)"))
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    assert bureau.store.migrated()
    with pytest.raises(ValueError, match="更新的版本"):
        bureau.store.migrate()  # what starts anew is told; what serves goes on
    assert bureau.a_case() != before
    assert bureau.answered() and bureau.chain().ok
