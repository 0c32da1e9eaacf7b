"""What was forgotten is in no byte of SQLite's files: not in tables, not in the index of pairs, not in the log."""

import threading
import time
from pathlib import Path

from cases.register.scrub import scrub
from cases.register.tables import Message
from cases.steps import forget
from tests.builders import ACCOUNT, Bureau, a_bureau, a_store


def holding(folder: Path, word: str) -> set[str]:
    """Return the files that hold a word, or any two letters of it that stand together."""
    pairs = [word[at : at + 2].encode() for at in range(len(word) - 1)]
    files = [file for file in folder.iterdir() if file.is_file()]
    return {file.name for file in files if any(pair in file.read_bytes() for pair in pairs)}


def lived(tmp_path: Path) -> Bureau:
    bureau = a_bureau(a_store(tmp_path / "huiyin.db"))
    bureau.answered("蓝尾喜鹊撞断了翅膀", "蓝尾喜鹊已经送到救助站。", openid="amy")
    for n in range(40):
        bureau.a_case(f"第{n}号路灯不亮", f"o-{n}")
    return bureau


def test_no_pair_of_letters_of_a_forgotten_citizen_stays(tmp_path: Path) -> None:
    bureau = lived(tmp_path)
    assert holding(tmp_path, "蓝尾喜鹊")
    bureau.workplace.act(lambda desk: forget.person(desk, ACCOUNT, "amy"))
    assert holding(tmp_path, "蓝尾喜鹊")  # else there is nothing to scrub
    scrub(bureau.store)
    assert holding(tmp_path, "蓝尾喜鹊") == set()
    assert holding(tmp_path, "路灯") == {"huiyin.db"}
    bureau.store.close()


def test_what_is_left_is_found_as_before_and_scrubbing_twice_is_scrubbing_once(tmp_path: Path) -> None:
    bureau = lived(tmp_path)
    bureau.workplace.act(lambda desk: forget.person(desk, ACCOUNT, "amy"))
    for _ in range(2):
        scrub(bureau.store)
    query = "SELECT rowid FROM message_pairs WHERE message_pairs MATCH '\"路灯\"'"
    with bureau.store.read() as session:
        found = session.connection().exec_driver_sql(query).scalars().all()
    assert len(found) == 40 and len(bureau.rows(Message)) == 41
    bureau.store.close()


def test_nobody_who_writes_waits_for_the_readers_that_the_log_is_kept_for(tmp_path: Path) -> None:
    bureau = lived(tmp_path)
    log = tmp_path / "huiyin.db-wal"
    with bureau.store.read() as reader:
        reader.connection().exec_driver_sql("SELECT count(*) FROM message").all()
        bureau.a_case("井盖不见了", "o-late")  # what the reader does not see stays in the log
        scrubbing = threading.Thread(target=scrub, args=(bureau.store,))
        scrubbing.start()
        begun = time.monotonic()
        for n in range(3):
            scrubbing.join(0.3)
            bureau.a_case(f"第{n}个垃圾桶满了", f"o-bin-{n}")
        assert time.monotonic() - begun < 5 and scrubbing.is_alive()
    scrubbing.join(15)
    assert not scrubbing.is_alive() and log.stat().st_size == 0
    bureau.store.close()
