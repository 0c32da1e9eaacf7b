"""Clients that say nothing are cut off; the metrics tell of times; a full disk is said."""

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
from fastapi import FastAPI
from prometheus_client.parser import text_string_to_metric_families

from app import settings as settings_
from app.serve import metrics, patience, server
from app.wiring import build
from bot.wechat.callback import REFUSALS_SAID, Refusals
from tests.builders import Bureau


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    monkeypatch.setattr(patience, "HEADER_SECONDS", 0.3)
    app = FastAPI()

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
