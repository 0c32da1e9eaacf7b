"""The register goes away between the sending of an answer and its record: a disk that is full, a database that is
held or stopped. What the platform took is not sent twice, what waits behind it goes on, and nobody is told untruths.
"""

import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from api.gate import PER_SECOND
from cases.register import sources
from tests.fakes.postgres import Postgres
from tests.faults.drill import ANSWERS, MAY_BE_TWICE, Drill, drill
from tests.faults.test_kill_and_workers import _children
from tests.flow.program import until

ROOM = 96 << 20  # bytes of the small disk
HELD, STOPPED = (
    8.0,
    6.0,
)  # seconds that the database is held, or gone: longer than the platform waits for a push
LATE = 5.0
NOT_KEPT, UNKNOWN = "没有登记成功", "查询"


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """A disk of its own in `folder`. Skips where this machine lets nobody mount one."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={ROOM}", "huiyin-test", str(folder)]
    try:
        done = subprocess.run(mount, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        pytest.skip("no mount on this machine: the full disk is not tried")
    if done.returncode:
        pytest.skip(f"this user may mount no disk: {done.stderr.strip()[:100]}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@contextmanager
def full(folder: Path) -> Iterator[None]:
    """Leave no byte of the disk free, and the log of the database none of its own, until the block ends."""
    reader = sqlite3.connect(folder / "huiyin.db", isolation_level=None)
    log, ballast = folder / "huiyin.db-wal", folder / "ballast"

    def emptied() -> bool:
        """Empty the log and keep a reader there: while it reads, nobody carries the log over and begins it anew."""
        if reader.in_transaction:
            reader.execute("ROLLBACK")
        if reader.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
            return False  # who reads just then keeps the log as long as it is
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        return log.stat().st_size == 0

    try:
        until(emptied)
        with ballast.open("wb", buffering=0) as stream:
            block = 1 << 20
            while block:
                try:
                    stream.write(bytes(block))
                except OSError:
                    block >>= 1
        yield
    finally:
        reader.close()
        ballast.unlink(missing_ok=True)


@pytest.fixture(scope="module")
def on_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Drill]:
    with small_disk(tmp_path_factory.mktemp("office") / "disk") as disk, drill(disk) as here:
        yield here


def test_a_full_disk(on_sqlite: Drill) -> None:
    here, disk = on_sqlite, on_sqlite.office.program.folder
    first, second, let = here.two_answers_in_hand("full")
    with full(disk):
        let.set()
        ready = here.get("/readyz")
        assert ready.status_code == 503 and "磁盘已满" in ready.json()["reason"]
        assert NOT_KEPT in here.letter("while-full", "小区门口的井盖破了，请来修")
        page = here.sign_in()
        assert page.status_code == 503 and "磁盘已满" in page.text and "<html" in page.text
        assert here.get("/healthz").status_code == 200
    here.both_are_recorded(first, second)
    assert here.answers("full") == list(ANSWERS)
    assert MAY_BE_TWICE not in here.delivery(first).error
    assert here.get("/readyz").status_code == 200 and here.sign_in().status_code == 303
    assert len(here.cases()) == 2  # what was told as not registered is not


def test_a_file_that_another_holds(on_sqlite: Drill) -> None:
    here = on_sqlite
    before = len(here.cases())
    first, second, let = here.two_answers_in_hand("held")
    with sqlite3.connect(here.office.program.folder / "huiyin.db", isolation_level=None) as other:
        other.execute("BEGIN EXCLUSIVE")
        let.set()
        end = time.monotonic() + HELD
        said = here.letter("while-held", "小区门口的井盖破了，请来修")
        assert here.get("/healthz").status_code == 200
        threading.Event().wait(end - time.monotonic())
        other.execute("COMMIT")
    other.close()
    here.both_are_recorded(first, second)
    assert here.answers("held") == list(ANSWERS)
    assert NOT_KEPT in said or UNKNOWN in said
    kept = len(here.cases()) - before - 2
    assert kept == 0 if NOT_KEPT in said else kept in (0, 1)


def test_killed_while_the_disk_is_full(on_sqlite: Drill) -> None:
    """Nobody can know that the platform took it: it goes again, and the record says that it may be twice."""
    here, program = on_sqlite, on_sqlite.office.program
    first, second, let = here.two_answers_in_hand("killed")
    with full(program.folder):
        let.set()
        assert here.get("/readyz").status_code == 503
        program.kill()
    program.start()
    here.both_are_recorded(first, second)
    assert here.answers("killed") == [ANSWERS[0], *ANSWERS]
    assert MAY_BE_TWICE in here.delivery(first).error and MAY_BE_TWICE not in here.delivery(second).error
    assert here.chain_holds()


@pytest.fixture(scope="module")
def of_two(tmp_path_factory: pytest.TempPathFactory, postgres: Postgres | str) -> Iterator[Drill]:
    """An office of two processes on PostgreSQL."""
    if isinstance(postgres, str):
        pytest.skip(f"PostgreSQL: {postgres}")
    url = postgres.new_database()
    with drill(tmp_path_factory.mktemp("office"), "--workers", "2", DATABASE_URL=url) as here:
        yield here
    postgres.drop(url)


def test_a_database_that_is_stopped(of_two: Drill, postgres: Postgres) -> None:
    here = of_two
    first, second, let = here.two_answers_in_hand("stopped")
    postgres.server.stop()
    begun = time.monotonic()
    let.set()
    said = here.letter("while-stopped", "小区门口的井盖破了，请来修")
    ready = here.get("/readyz")
    assert ready.status_code == 503 and "数据库连不上" in ready.json()["reason"]
    page = here.sign_in()
    assert page.status_code == 503 and "数据库连不上" in page.text
    threading.Event().wait(max(0.0, begun + STOPPED - time.monotonic()))
    postgres.server.ensure_postgres_running()
    here.both_are_recorded(first, second)
    assert here.answers("stopped") == list(ANSWERS)
    assert NOT_KEPT in said and len(here.cases()) == 2
    until(lambda: here.get("/readyz").status_code == 200, 30)


def test_the_pace_of_a_key_is_one_over_both_processes(of_two: Drill) -> None:
    here = of_two
    _, key = here.place.act(lambda desk: sources.add(desk, sources.NewSource("app")))
    headers, address = {"Authorization": f"Bearer {key}"}, here.office.program.address

    def ask(_number: int) -> httpx.Response:
        return httpx.get(
            f"{address}/api/v1/cases/x", headers=headers, timeout=30
        )  # a connection each: both get some

    began = time.monotonic()
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(ask, range(4 * PER_SECOND)))
    took = time.monotonic() - began
    passed = sum(answer.status_code == 404 for answer in answers)
    assert passed <= PER_SECOND * (1 + took)
    refused = [answer for answer in answers if answer.status_code == 429]
    assert passed + len(refused) == len(answers)
    assert {answer.headers["Retry-After"] for answer in refused} <= {"1"}


IN_MID_TRANSACTION = """
    SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND state = 'idle in transaction'
    AND application_name <> 'test' AND state_change < clock_timestamp() - interval '150 ms' AND query ~* '^\\s*(insert|update)'
"""


def test_a_process_that_stands_still_in_mid_transaction(of_two: Drill) -> None:
    here = of_two
    process = here.office.program.process
    assert process is not None
    worker = _children(process.pid)[0]
    took: list[float] = []
    going = threading.Event()
    going.set()

    def citizens(name: int) -> None:
        number = 0
        while going.is_set():
            began = time.monotonic()
            number += 1
            try:
                said = here.letter(f"load-{name}-{number}", f"小区{name}号楼前的路灯坏了，第{number}次来信")
            except httpx.HTTPError:
                said = ""  # held by the process that stands still: the platform pushes it again
            took.append(time.monotonic() - began if said else 10.0)

    load = [threading.Thread(target=citizens, args=(n,)) for n in range(6)]
    for each in load:
        each.start()
    try:
        until(lambda: _stopped_in_mid_transaction(here, worker), 60)
        took.clear()
        until(lambda: len(took) >= 60, 60)
    finally:
        going.clear()
        for each in load:
            each.join()
        os.kill(worker, signal.SIGCONT)
    late = sum(seconds > LATE for seconds in took)
    sys.stdout.write(f"{late} of {len(took)} pushes took over {LATE:.0f} s, the slowest {max(took):.1f} s\n")
    assert late <= len(took) // 10
    assert here.chain_holds()


def _stopped_in_mid_transaction(here: Drill, worker: int) -> bool:
    """Stop the worker; unless it holds a transaction open, let it go on."""
    os.kill(worker, signal.SIGSTOP)
    end = time.monotonic() + 0.4
    with here.place.store.engine.connect() as connection:
        while time.monotonic() < end:
            if connection.exec_driver_sql(IN_MID_TRANSACTION).first():
                return True
            connection.rollback()
    os.kill(worker, signal.SIGCONT)
    return False
