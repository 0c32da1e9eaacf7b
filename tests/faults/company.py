"""Several servers of one office, begun as nobody should: what becomes of leadership, updates and cards?

`python -m tests.faults.company`: on both databases, four first starts at once on an empty register, then two containers of
one host name in which the program is process 1 (needs root, for `unshare`).
"""

import json
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.fakes import postgres as postgres_server
from tests.faults.rolling import Writers, told, writing
from tests.flow.program import Office, Program, office

WATCHED = 40.0  # seconds
CONTAINER = (
    "unshare",
    "--pid",
    "--fork",
    "--mount-proc",
    "--uts",
    "sh",
    "-c",
    'hostname same; exec "$@"',
    "-",
)


def main() -> None:
    postgres = postgres_server.start()
    try:
        for database in ("sqlite", "postgresql"):
            for under, many in (((), 4), (CONTAINER, 2)):
                url = "sqlite:///var/huiyin.db"
                if database == "postgresql":
                    name = f"empty_{many}"
                    postgres._run(f"CREATE DATABASE {name}")
                    url = postgres.server.get_uri(name)
                found = _watch(url, under, many)
                told(
                    database,
                    f"{many} {'containers' if under else 'first starts'}",
                    json.dumps(found, ensure_ascii=False),
                )
    finally:
        postgres.stop()


def _watch(url: str, under: tuple[str, ...], many: int) -> dict[str, object]:
    folder = Path(tempfile.mkdtemp(prefix="company-"))
    with office(folder, AUTO_ANSWER="false", SEMANTIC="off", DATABASE_URL=url) as here:
        with _started(here, under, many) as servers, writing(here, *servers) as writers:
            time.sleep(WATCHED)
            _settle(writers)
            ready = [httpx.get(f"{server.address}/readyz", timeout=10).status_code for server in servers]
        log = (folder / "server.log").read_text()
        return {
            "ready": ready,
            "leaders": log.count("leader.start"),
            "lost": log.count("leader.lost"),
            "conflicts": log.count("telegram.conflict"),
            **writers.counts(),
        }


def _settle(writers: Writers) -> None:
    writers.over.set()
    time.sleep(1)
    writers.come_to_rest()


@contextmanager
def _started(here: Office, under: tuple[str, ...], many: int) -> Iterator[list[Program]]:
    servers = [Program(here.program.folder, here.program.settings, under=under) for _ in range(many)]
    try:
        for server in servers:
            server.begin()
        for server in servers:
            server.ready()
        yield servers
    finally:
        for server in servers:
            server.stop()


if __name__ == "__main__":
    sys.exit(main())
