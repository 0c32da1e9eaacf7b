"""The servers that are pushed to: the product on each database, and what others would run instead."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.beside import load

_READY = 180.0  # seconds that a start may take on a busy machine
ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class BenchServer:
    name: str
    port: int
    process: "subprocess.Popen[bytes]"
    log: Path

    def cpu(self) -> float:
        """Return the seconds of processor time of the server and its workers so far."""
        return sum(_spent(pid) for pid in _family(self.process.pid))


@contextmanager
def started(peers: Path, folder: Path, *, quick: bool) -> Iterator[list[BenchServer]]:
    """Start all that are compared, each in a folder of its own, and end them afterwards."""
    with ExitStack() as stack:

        def begin(name: str, command: list[str], port: int, env: Mapping[str, str]) -> BenchServer:
            place = folder / name.replace(" ", "-").replace("+", "")
            place.mkdir()
            return stack.enter_context(_running(name, command, port, place, env))

        found = []
        for name, module in (
            ("Flask + wechatpy, 2 workers", "echo"),
            ("WeRoBot + SQLite session, 2 workers", "robot"),
        ):
            port = _free()
            serve = [str(peers), "-m", "gunicorn", "-w", "2", "--threads", "8", "-b", f"127.0.0.1:{port}",
                     f"bench.beside.{module}:app"]  # fmt: skip
            found.append((begin(name, serve, port, {"ROBOT_DB": str(folder / "robot.sqlite3")}), "/wechat"))
        kinds = [("huiyin SQLite, 1 worker", 1, ""), ("huiyin SQLite, 2 workers", 2, "")]
        if not quick:
            kinds.append(("huiyin PostgreSQL, 2 workers", 2, stack.enter_context(_postgresql())))
        for name, workers, url in kinds:
            port = _free()
            program = [
                str(Path(sys.executable).with_name("huiyin")),
                "serve",
                "--port",
                str(port),
                "--workers",
                str(workers),
            ]
            found.append((begin(name, program, port, office(url)), "/readyz"))
        for server, ready in found:  # all start at once
            _wait(server, ready)
        yield [server for server, _ in found]


@contextmanager
def alone(name: str, folder: Path, env: Mapping[str, str]) -> Iterator[BenchServer]:
    """Start one process of the product in a folder of its own."""
    (folder / name).mkdir()
    with again(name, folder / name, env) as server:
        yield server


@contextmanager
def again(name: str, place: Path, env: Mapping[str, str]) -> Iterator[BenchServer]:
    """Start one process of the product in a folder where it may have run before."""
    port = _free()
    program = [str(Path(sys.executable).with_name("huiyin")), "serve", "--port", str(port)]
    with _running(name, program, port, place, env) as server:
        _wait(server, "/readyz")
        yield server


def office(url: str) -> dict[str, str]:
    settings = {
        "WECHAT_APP_ID": "wxbench", "WECHAT_APP_SECRET": "secret-of-the-bench", "WECHAT_TOKEN": load.TOKEN,
        "WECHAT_API_BASE": "http://127.0.0.1:9", "WECHAT_COMMENT_POLL_SECONDS": "0",
    } | ({"DATABASE_URL": url} if url else {})  # fmt: skip
    return {f"HUIYIN_{name}": value for name, value in settings.items()}


@contextmanager
def _postgresql() -> Iterator[str]:
    from bench.places import durable_postgresql

    with durable_postgresql() as server:
        yield server.new_database()


@contextmanager
def _running(
    name: str, command: list[str], port: int, place: Path, env: Mapping[str, str]
) -> Iterator[BenchServer]:
    whole = {**os.environ, "PYTHONPATH": str(ROOT), **env}
    with (place / "log").open("wb") as log:
        process = subprocess.Popen(
            command, cwd=place, env=whole, stdout=log, stderr=log, start_new_session=True
        )
    try:
        yield BenchServer(name, port, process, place / "log")
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(server: BenchServer, ready: str) -> None:
    until = time.monotonic() + _READY
    while time.monotonic() < until:
        if server.process.poll() is not None:
            break
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{server.port}{ready}", timeout=5).close()
            return
        except urllib.error.HTTPError as answered:
            if ready == "/wechat" and answered.code != 503:  # it answers, if only that this is no push
                return
        except OSError:
            pass
        time.sleep(0.2)
    raise SystemExit(f"{server.name} was not ready within {_READY:.0f} s: {server.log.read_text()[-500:]}")


def _free() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _family(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children")
    found = [int(each) for each in children.read_text().split()] if children.exists() else []
    return [pid, *(one for child in found for one in _family(child))]


def _spent(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
