"""The store's own promises: which tables it takes for the newest."""

from pathlib import Path

from alembic.script import ScriptDirectory

from cases.store import Store, alembic_config, newest


def test_the_newest_file_is_the_head_of_the_chain() -> None:
    assert newest() == ScriptDirectory.from_config(alembic_config()).get_current_head()


def test_an_empty_database_is_migrated_once(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'new.db'}")
    assert not store.migrated()
    store.migrate()
    assert store.migrated()
    store.migrate()
    store.close()
