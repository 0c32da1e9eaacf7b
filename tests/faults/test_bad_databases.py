"""A database that is read-only, locked, damaged, or away: said at once and truly, and nothing is half written."""

import os
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.flow.program import HUIYIN, Office, free_port, office, until

pytestmark = pytest.mark.timeout(600)
NOT_KEPT = "没有登记成功"


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Office]:
    with office(tmp_path, AUTO_ANSWER="false", SEMANTIC="off") as opened:
        yield opened


def _ready(here: Office) -> tuple[int, str]:
    answer = httpx.get(f"{here.program.address}/readyz", timeout=20)
    return answer.status_code, answer.json()["reason"]


def _start(here: Office) -> Path:
    return here.program.start().folder / "var" / "huiyin.db"


def test_a_database_that_somebody_holds_locked_is_said_and_letters_wait_for_it(here: Office) -> None:
    file = _start(here)
    here.write("amy", "小区的路灯坏了两个月没人修")
    holder = sqlite3.connect(file, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    began = time.monotonic()
    said = here.write("bob", "公园里的健身器材坏了很久没有人修")
    assert time.monotonic() - began < 6  # 4.7 s, and what a busy machine adds
    assert NOT_KEPT in said or "不能确定" in said or said == "", said
    refused = NOT_KEPT in said
    holder.execute("ROLLBACK")
    holder.close()
    if refused:
        assert len(here.program.cases()) == 1
    here.write("cai", "小区门口的井盖破了，晚上走路很危险")
    assert len(here.program.cases()) == (2 if refused else 3)


def test_a_damaged_database_is_refused_in_one_line_and_left_as_it_is(here: Office) -> None:
    file = _start(here)
    here.write("amy", "小区的路灯坏了两个月没人修")
    here.program.kill()
    for each in (file, Path(f"{file}-wal")):
        if each.exists():
            data = bytearray(each.read_bytes())
            data[: min(len(data), 8192)] = os.urandom(min(len(data), 8192))
            each.write_bytes(data)
    before = file.read_bytes()
    served = here.program.plain("serve", "--port", str(free_port()))
    assert served.returncode == 1
    assert "数据库" in served.stderr and len(served.stderr.strip().splitlines()) == 1
    assert file.read_bytes() == before
    listed = here.program.plain("case", "list")
    assert listed.returncode == 1 and "数据库" in listed.stderr


def test_a_database_damaged_while_serving_is_said_by_readyz(here: Office) -> None:
    file = _start(here)
    here.write("amy", "小区的路灯坏了两个月没人修")
    data = file.stat().st_size
    with file.open("r+b") as stream:
        stream.write(os.urandom(data))
        stream.truncate(data)
    Path(f"{file}-wal").write_bytes(os.urandom(64 << 10))
    with Path(f"{file}-shm").open(
        "r+b"
    ) as stream:  # all of its files, or SQLite goes on with the pages that it holds
        stream.write(os.urandom(32 << 10))
    said = here.write("bob", "公园里的健身器材坏了很久没有人修")
    assert "20" not in said[:8] and "编号" not in said, said
    status, reason = _ready(here)
    assert status == 503 and reason


def test_a_database_replaced_while_serving_acknowledges_nothing_and_says_so(here: Office) -> None:
    file = _start(here)
    assert NOT_KEPT not in here.write("amy", "小区的路灯坏了两个月没人修")
    aside = file.with_suffix(".aside")
    file.rename(aside)
    assert NOT_KEPT in here.write("bob", "公园里的健身器材坏了很久没有人修")
    status, reason = _ready(here)
    assert status == 503 and "在服务运行时被换走或删除" in reason
    assert "huiyin_database_gone 1.0" in httpx.get(f"{here.program.address}/metrics", timeout=20).text
    aside.rename(file)
    assert _ready(here) == (200, "")
    assert NOT_KEPT not in here.write("cai", "小区门口的井盖破了，晚上走路很危险")
    with sqlite3.connect(file) as source, sqlite3.connect(aside) as copy:
        source.backup(copy)
    aside.replace(file)  # what a restore does that thinks the service is stopped
    assert NOT_KEPT in here.write("dan", "楼道里的垃圾一直没有人来清运")
    assert _ready(here)[0] == 503
    here.program.kill()
    for each in ("-wal", "-shm"):
        Path(f"{file}{each}").unlink(missing_ok=True)
    _start(here)
    assert len(here.program.cases()) == 2
    assert NOT_KEPT not in here.write("eva", "广场上的喷泉半夜还在响，睡不着觉")


def test_a_database_overwritten_in_its_place_acknowledges_nothing_and_says_so(here: Office) -> None:
    """`cp old.db huiyin.db` while the service runs: the file keeps its name and its number."""
    file = _start(here)
    assert NOT_KEPT not in here.write("amy", "小区的路灯坏了两个月没人修")
    here.program.stop()
    older = file.read_bytes()
    _start(here)  # the leader stamps
    until(lambda: file.read_bytes()[68:72] > older[68:72], 20)
    assert NOT_KEPT not in here.write("bob", "公园里的健身器材坏了很久没有人修") and _ready(here) == (200, "")
    file.write_bytes(older)
    assert NOT_KEPT in here.write("cai", "小区门口的井盖破了，晚上走路很危险")
    status, reason = _ready(here)
    assert status == 503 and "被另一份文件覆盖" in reason
    assert "huiyin_database_gone 1.0" in httpx.get(f"{here.program.address}/metrics", timeout=20).text


def test_a_read_only_database_stops_the_start_in_one_line(here: Office) -> None:
    file = _start(here)
    here.program.kill()
    if os.getuid() == 0 and shutil.which("setpriv") is None:
        pytest.skip("root may write everywhere, and there is no setpriv to give that up")
    before = {each: each.read_bytes() for each in file.parent.iterdir() if each.is_file()}
    for each in before:
        each.chmod(0o400)
    file.parent.chmod(0o500)
    bare = ["setpriv", "--bounding-set=-all", "--inh-caps=-all"] if os.getuid() == 0 else []
    done = subprocess.run(
        [*bare, HUIYIN, "serve", "--port", str(free_port())],
        cwd=here.program.folder,
        env=here.program.environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    file.parent.chmod(0o700)
    assert done.returncode == 1, done.stderr
    assert len(done.stderr.strip().splitlines()) == 1 and "没有读写权限" in done.stderr
    assert {each: each.read_bytes() for each in before} == before
