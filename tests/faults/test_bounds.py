"""The real program under floods: 1,200 connections at 1,024 files, slow heads and bodies, wrong signatures, one loud citizen."""

import http.client
import os
import re
import resource
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.fakes import wechat
from tests.flow.program import APP_ID, Office, office, until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(420)]

ON = os.environ.get("HUIYIN_TEST_BOUNDS_ON", "sqlite")  # or postgresql
CROWD = 1200
FLOOD = int(os.environ.get("HUIYIN_TEST_FLOOD", "800"))  # wrongly signed requests
LOUD = int(os.environ.get("HUIYIN_TEST_LOUD", "60"))  # pushes of one citizen at once
NUMBER = re.compile(r"\d{8}-\d{4,}")
FEW_FILES = ("sh", "-c", 'ulimit -n 1024 && exec "$@"', "sh")
HALF_HEAD = b"POST /wechat HTTP/1.1\r\nHost: office\r\nX-Slow: "
HALF_BODY = b"POST /wechat HTTP/1.1\r\nHost: office\r\nContent-Length: 9000\r\n\r\n<xml>"


@pytest.fixture(scope="module")
def here(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    folder, where = tmp_path_factory.mktemp("bounds"), {}
    if ON != "sqlite":
        where["DATABASE_URL"] = request.getfixturevalue("postgres").new_database()
    with office(folder, AUTO_ANSWER="false", SEMANTIC="off", **where) as plain:
        made = replace(plain, program=replace(plain.program, under=FEW_FILES))
        made.program.start()
        yield made
        made.program.end()


@pytest.fixture(autouse=True)
def room() -> Iterator[None]:
    """As many files as this process may have, for the clients."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 4096 if hard == resource.RLIM_INFINITY else min(4096, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted), hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def answered(here: Office, who: str) -> float:
    """Write a letter; return the seconds until it was acknowledged with its number."""
    began = time.monotonic()
    assert NUMBER.search(here.write(who, f"{who}：路灯坏了两个月没人修"))
    return time.monotonic() - began


def gone(client: socket.socket) -> bool:
    """Tell whether the other side has cut a connection."""
    client.setblocking(False)
    try:
        return client.recv(1) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True


def wrongly_signed(port: int, count: int) -> set[int]:
    """Ask so many times on one connection; return the answers' codes."""
    now, line, codes = datetime.now(UTC), http.client.HTTPConnection("127.0.0.1", port, timeout=30), set()
    for n in range(count):
        signed = wechat.encrypted("not the token", "B" * 43, APP_ID, f"<xml>{n}</xml>", now, nonce=str(n))
        line.request("POST", f"/wechat?{urlencode(signed.query)}", body=signed.body)
        got = line.getresponse()
        got.read()
        codes.add(got.status)
    line.close()
    return codes


def test_those_who_dawdle_make_room_and_are_cut(here: Office) -> None:
    with ExitStack() as open_ones:
        clients = []
        for n in range(CROWD):
            client = socket.create_connection(("127.0.0.1", here.program.port), timeout=10)
            clients.append(open_ones.enter_context(client))
            client.sendall(HALF_BODY if n >= CROWD - 40 else HALF_HEAD)
        assert answered(here, "amid-the-crowd") < 5
        assert sum(map(gone, clients)) >= CROWD - 1024  # who came first, long before their time was up
        until(lambda: all(map(gone, clients)), 40)
    assert answered(here, "after-the-crowd") < 5


def test_wrong_signatures_are_refused_cheaply_and_said_in_a_few_lines(here: Office) -> None:
    log = here.program.folder / "server.log"
    before = log.stat().st_size
    with ThreadPoolExecutor(4) as strangers:
        flood = [strangers.submit(wrongly_signed, here.program.port, FLOOD // 4) for _ in range(4)]
        waits = [answered(here, f"beside-the-flood-{n}") for n in range(3)]
        assert set.union(*(each.result() for each in flood)) == {403}
    assert max(waits) < 5
    own = sum(len(line) for line in _lines(log, before) if "wechat.refused" in line)
    assert own < 4_000


def test_a_loud_citizen_starves_nobody_and_loses_nothing(here: Office) -> None:
    with ThreadPoolExecutor(LOUD) as clients:
        loud = [clients.submit(here.write, "loud", f"第{n}封：路灯坏了没人修") for n in range(LOUD)]
        waits = [answered(here, f"beside-the-loud-{n}") for n in range(5)]
        said = [each.result() for each in loud]
    assert max(waits) < 5
    assert all(each == "" or NUMBER.search(each) for each in said)  # nothing was told as lost

    def kept() -> bool:
        texts = [
            message["text"]
            for case in here.program.cases()
            for message in here.program.show(case["no"])["messages"]
            if "封：" in message["text"]
        ]
        return len(texts) == len(set(texts)) == LOUD

    until(kept, 120)


def _lines(log: Path, since: int) -> list[str]:
    with log.open("rb") as stream:
        stream.seek(since)
        return stream.read().decode(errors="replace").splitlines()
