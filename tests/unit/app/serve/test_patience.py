"""Clients that say nothing are cut off; the metrics tell of times; a full disk is said."""

import asyncio
import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI, Request, Response
from prometheus_client.parser import text_string_to_metric_families

from app import settings as settings_
from app.serve import metrics, patience, server
from app.wiring import build
from bot.wechat.callback import REFUSALS_SAID, Refusals
from tests.builders import Bureau


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    for name in ("HEADER_SECONDS", "BODY_SECONDS", "UNREAD_SECONDS"):
        monkeypatch.setattr(patience, name, 0.3)
    app = FastAPI()

    @app.post("/size")
    async def size(request: Request) -> int:
        return len(await request.body())

    @app.get("/large")
    async def large() -> Response:
        return Response(b"x" * (32 << 20))

    @app.get("/slow")
    async def slow() -> str:
        await asyncio.sleep(1)
        return "done"

    listening = server.listen("127.0.0.1", 0)
    running = uvicorn.Server(uvicorn.Config(app, http=patience.Patience, log_config=None, lifespan="off"))
    threading.Thread(target=lambda: running.run(sockets=[listening]), daemon=True).start()
    while not running.started:
        time.sleep(0.01)
    yield listening.getsockname()[1]
    running.should_exit = True


@pytest.mark.parametrize("said", [b"", b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: "])
def test_a_client_that_does_not_end_its_head_is_cut_off(port: int, said: bytes) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as client:
        client.sendall(said)
        assert client.recv(100) == b""


def test_a_body_that_trickles_is_cut_off_and_one_that_flows_is_not(port: int) -> None:
    head = b"POST /size HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: %d\r\n\r\n"
    with socket.create_connection(("127.0.0.1", port), timeout=10) as client:
        client.sendall(head % 100 + b"x")
        assert client.recv(100) == b""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as client:
        client.sendall(head % (6 * patience.LEAST_BODY))
        for _ in range(6):  # longer than the limit in all
            client.sendall(b"x" * patience.LEAST_BODY)
            time.sleep(0.1)
        assert b"200 OK" in b"".join(iter(lambda: client.recv(4096), b""))


def test_an_answer_that_nobody_reads_is_given_up(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as client:
        client.sendall(b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n")
        time.sleep(1)
        came = 0
        with contextlib.suppress(ConnectionResetError):
            while got := client.recv(1 << 20):
                came += len(got)
    assert came < 32 << 20


def test_when_it_is_full_the_oldest_of_the_busiest_address_makes_room() -> None:
    crowd = patience.Connections()
    crowd.most = 3
    cut: list[str] = []

    class One:
        def __init__(self, name: str, address: str) -> None:
            self.name, self.address = name, address

        def cut(self) -> None:
            cut.append(self.name)

    everybody: list[Any] = [One("first", "a"), One("second", "b"), One("third", "b")]
    for one in everybody:
        assert crowd.enter(one)
        crowd.dawdles(one)
    fourth: Any = One("fourth", "c")
    assert crowd.enter(fourth) and cut == ["second"]
    crowd.served(everybody[0])
    crowd.served(everybody[2])
    fifth: Any = One("fifth", "c")
    assert not crowd.enter(fifth)  # everybody is being served
    crowd.leave(fourth)
    assert crowd.enter(fifth)


def test_a_request_that_takes_its_time_is_not(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as client:
        client.sendall(b"GET /slow HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        heard = b"".join(iter(lambda: client.recv(4096), b""))
    assert b"200 OK" in heard and b"done" in heard


def test_the_metrics_tell_how_long_things_take_and_wait(bureau: Bureau) -> None:
    bureau.a_case()
    bureau.clock.advance(hours=1)
    text = bureau.workplace.look(metrics.exposition).decode()
    found = {
        sample.name: sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }
    assert found["huiyin_transaction_seconds_count"] > 0
    assert found["huiyin_outbox_oldest_seconds"] >= 3600
    assert "huiyin_sweep_lag_seconds" in found and "huiyin_intake_seconds_count" in found


def test_a_full_disk_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"sqlite:///{tmp_path / 'huiyin.db'}"
    given = {"HUIYIN_DATABASE_URL": url, "HUIYIN_SEMANTIC": "off"}
    services = build(settings_.read(given, tmp_path / "none"), var=tmp_path)
    assert server.not_ready(services) == ""
    monkeypatch.setattr(server, "LEAST_ROOM", 1 << 60)
    assert "磁盘已满" in server.not_ready(services)


def test_a_flood_of_refusals_is_a_few_lines(capsys: pytest.CaptureFixture[str]) -> None:
    refusals = Refusals()
    for _ in range(4000):
        refusals.note(403, "签名不符")
    assert capsys.readouterr().out.count("wechat.refused") <= REFUSALS_SAID
    assert refusals.unsaid == 4000 - REFUSALS_SAID


def test_what_killed_programs_measured_is_swept_and_what_lives_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(metrics.tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(metrics, "_FRESH", -1.0)
    monkeypatch.delenv("PROMETHEUS_MULTIPROC_DIR", raising=False)
    killed = tmp_path / "huiyin-metrics-killed"
    killed.mkdir()
    (killed / "counter_7.db").touch()
    (killed / "owner").touch()
    with metrics.shared():
        assert not killed.exists()
        metrics._sweep()
        assert len(list(tmp_path.iterdir())) == 1  # its own, which it holds
    assert not list(tmp_path.iterdir())
