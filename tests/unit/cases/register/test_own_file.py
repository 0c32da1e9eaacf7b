"""SQLite's file is moved, deleted or replaced while it is open: nothing is acknowledged into a file that is gone."""

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from cases.register.own_file import OwnFile, Replaced
from cases.register.store import Store
from cases.register.turn import Turn
from tests.builders import a_bureau


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "huiyin.db"


@pytest.fixture
def store(file: Path) -> Iterator[Store]:
    opened = Store(f"sqlite:///{file}")
    opened.migrate()
    note(opened, "before")
    yield opened
    opened.close()


def note(store: Store, key: str) -> None:
    with store.write() as session:
        session.connection().execute(text("INSERT INTO meta (key, value) VALUES (:k, '1')"), {"k": key})


def keys(store: Store) -> set[str]:
    with store.read() as session:
        return set(session.connection().execute(text("SELECT key FROM meta")).scalars())


def moved(file: Path) -> None:
    file.rename(file.with_suffix(".old"))


def deleted(file: Path) -> None:
    for each in (file, Path(f"{file}-wal"), Path(f"{file}-shm")):
        each.unlink()


def another_in_its_place(file: Path) -> None:
    """As a restore does that thinks the service is stopped."""
    shutil.copy(file, file.with_suffix(".new"))
    file.with_suffix(".new").replace(file)


def log_deleted(file: Path) -> None:
    Path(f"{file}-wal").unlink()


def log_deleted_and_made_anew(file: Path) -> None:
    Path(f"{file}-wal").rename(f"{file}-old-wal")
    Path(f"{file}-wal").touch()


DEEDS = (moved, deleted, another_in_its_place, log_deleted, log_deleted_and_made_anew)


@pytest.mark.parametrize("deed", DEEDS)
def test_nothing_is_written_and_nothing_read_any_more(
    store: Store, file: Path, deed: Callable[[Path], None]
) -> None:
    assert store.gone() == ""
    deed(file)
    assert "在服务运行时被换走或删除" in store.gone()
    with pytest.raises(Replaced):
        note(store, "after")
    with pytest.raises(Replaced):
        keys(store)


def test_put_back_it_goes_on(store: Store, file: Path) -> None:
    moved(file)
    with pytest.raises(Replaced):
        note(store, "lost")
    file.with_suffix(".old").rename(file)
    note(store, "after")
    assert keys(store) >= {"before", "after"} and "lost" not in keys(store)


@pytest.mark.parametrize("deed", DEEDS)
def test_what_happens_during_a_transaction_is_found_before_its_commit(
    store: Store, file: Path, deed: Callable[[Path], None]
) -> None:
    bureau, turn = a_bureau(store), Turn()

    def step(_desk: object) -> None:
        deed(file)

    with pytest.raises(Replaced) as raised:
        bureau.workplace.act(step, turn=turn)
    assert raised.value.committed is False
    assert turn.withdraw()  # so that 「没有登记成功」 may be said


def test_after_the_commit_nobody_says_that_it_was_not_written(store: Store, file: Path) -> None:
    bureau, turn = a_bureau(store), Turn()

    before = store._file.require  # type: ignore[union-attr]

    def require() -> None:
        before()
        moved(file)

    store._file.require = require  # type: ignore[method-assign,union-attr]
    with pytest.raises(Replaced) as raised:
        bureau.workplace.act(lambda desk: desk.audit("a.step", "register"), turn=turn)
    assert raised.value.committed and not turn.withdraw()


def test_the_log_of_a_new_connection_is_a_new_one(file: Path) -> None:
    """Where the last connection of all closes, SQLite takes its log away, and the next makes another."""
    store = Store(f"sqlite:///{file}")
    store.migrate()
    note(store, "one")
    store.engine.dispose()
    assert not Path(f"{file}-wal").exists()
    note(store, "two")
    assert keys(store) >= {"one", "two"}
    store.close()
    second = Store(f"sqlite:///{file}")
    note(second, "three")
    second.close()


def test_a_checkpoint_and_another_program_change_nothing(store: Store, file: Path) -> None:
    other = Store(f"sqlite:///{file}")
    note(other, "other")
    with other.long() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    other.close()
    note(store, "after")
    assert keys(store) >= {"before", "other", "after"}


def laid_over(file: Path, older: bytes) -> None:
    """As `cp old.db huiyin.db` does: the file keeps its name and number."""
    with file.open("r+b") as stream:
        stream.truncate(0)
        stream.write(older)


def test_an_older_copy_laid_over_the_file_is_known_by_its_stamp(store: Store, file: Path) -> None:
    store.stamp()
    older = file.read_bytes()
    note(store, "later")
    store.stamp()
    assert store.gone() == "" and "later" in keys(store)
    identity = file.stat().st_ino
    laid_over(file, older)
    assert file.stat().st_ino == identity
    assert "被另一份文件覆盖" in store.gone()
    with pytest.raises(Replaced) as raised:
        note(store, "after")
    assert raised.value.committed is False
    with pytest.raises(Replaced):
        keys(store)


@pytest.mark.parametrize("left", [0, 60])
def test_a_file_that_is_cut_off_is_known_at_once(store: Store, file: Path, left: int) -> None:
    store.stamp()
    assert store.gone() == ""
    with file.open("r+b") as stream:
        stream.truncate(left)
    assert "被另一份文件覆盖" in store.gone()


def test_each_stamp_is_later_and_another_process_of_ours_may_stamp(store: Store, file: Path) -> None:
    other = Store(f"sqlite:///{file}")
    for each in (store, other, other, store):
        each.stamp()
        note(each, f"{id(each)}-{each is store}-{len(keys(each))}")
        assert store.gone() == "" and other.gone() == ""
    other.close()
    note(store, "after")


def test_the_descriptor_is_given_back_with_the_last_who_has_the_file(file: Path, store: Store) -> None:
    def descriptors() -> int:
        return sum(each.resolve() == file for each in Path("/proc/self/fd").iterdir())

    other = Store(f"sqlite:///{file}")
    keys(other)
    other.close()
    note(store, "locks are still ours")
    third = sqlite3.connect(file, timeout=0)
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        third.execute("PRAGMA journal_mode=DELETE")  # wants the file for itself
    third.close()
    store.close()
    assert descriptors() == 0


def test_a_look_that_another_overtakes_accuses_nobody(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The older stamp was read first and is compared last: between, another thread saw a newer one."""
    own = OwnFile(file)
    stamps = iter([7, 8, 9])

    def overtaken() -> int:
        mine = next(stamps)
        if mine == 8:  # before this look is compared, another one comes and goes
            assert own.gone() == ""
        return mine

    file.touch()
    own.opening()
    assert own._header is not None
    monkeypatch.setattr(own._header, "stamp", overtaken)
    assert (own.gone(), own.gone()) == ("", "")
    monkeypatch.undo()
    own.closed()
    own.forget()
