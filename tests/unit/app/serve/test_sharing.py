"""Connections that come at one moment are shared out between processes; one that is dead or stands still holds up none."""

import multiprocessing
import os
import resource
import signal
import socket
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from app.serve import metrics, patience, sharing
from app.serve.sharing import Shares

SPAWN = multiprocessing.get_context("spawn")


async def who(scope: Any, _receive: Any, send: Any) -> None:
    """Answer with the number of the process; asked for `/few`, use up all the files that it may have."""
    if scope["path"] == "/few":
        resource.setrlimit(resource.RLIMIT_NOFILE, (200, 200))
        with suppress(OSError):
            while True:
                os.open("/dev/null", os.O_RDONLY)
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"8")]})
    await send({"type": "http.response.body", "body": b"%8d" % os.getpid()})


def serve(listening: socket.socket, folder: str) -> None:
    os.environ[metrics.SHARED] = folder
    options: dict[str, Any] = {"http": patience.Patience, "log_config": None, "lifespan": "off"}
    uvicorn.Server(uvicorn.Config(who, loop="app.serve.sharing:Loop", **options)).run(sockets=[listening])


class Two:
    """Two processes at one address, and clients that keep their connections."""

    def __init__(self, folder: Path) -> None:
        listening = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.address = listening.getsockname()
        self.processes = [
            SPAWN.Process(target=serve, args=(listening, str(folder)), daemon=True) for _ in range(2)
        ]
        for process in self.processes:
            process.start()
        self.clients: list[socket.socket] = []
        file = folder / sharing.FILE
        while not (file.exists() and Shares.living(file) == {process.pid for process in self.processes}):
            assert all(process.is_alive() for process in self.processes)

    def ask(self, count: int, path: bytes = b"/") -> Counter[int]:
        """Open so many connections at once; return how many of them each process has."""
        fresh = [socket.create_connection(self.address, timeout=20) for _ in range(count)]
        self.clients += fresh
        for client in fresh:
            client.sendall(b"GET %s HTTP/1.1\r\nHost: x\r\n\r\n" % path)
        return Counter(map(_answer, fresh))


def _answer(client: socket.socket) -> int:
    with client.makefile("rb") as answer:
        while answer.readline() != b"\r\n":
            pass
        return int(answer.read(8))


@pytest.fixture
def two(tmp_path: Path) -> Iterator[Two]:
    both = Two(tmp_path)
    yield both
    for process in both.processes:
        process.kill()


def test_connections_are_shared_out_and_nobody_waits_for_one_that_stands_still_or_is_dead(two: Two) -> None:
    first, second = (process.pid or 0 for process in two.processes)
    at_once = two.ask(16)
    assert at_once.total() == 16
    assert min(at_once[first], at_once[second]) >= 5
    os.kill(first, signal.SIGSTOP)
    assert two.ask(12) == {second: 12}
    os.kill(first, signal.SIGKILL)
    two.processes[0].join()
    assert two.ask(4) == {second: 4}
    two.ask(1, b"/few")
    waiting = socket.create_connection(two.address, timeout=20)
    waiting.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    waiting.settimeout(0.5)
    with pytest.raises(TimeoutError):  # no file is left for it
        waiting.recv(1)
    two.clients.pop().close()
    waiting.settimeout(20)
    assert _answer(waiting) == second


def test_a_process_counts_while_it_lives_and_has_said_that_it_is_there(tmp_path: Path) -> None:
    file = tmp_path / sharing.FILE
    mine, other = Shares(file), Shares(file)
    mine.have(3)
    other.have(2)
    assert mine.another_has_fewer()
    assert not other.another_has_fewer()
    other.leave()
    assert not mine.another_has_fewer()
    assert Shares.living(file) == {os.getpid()}
