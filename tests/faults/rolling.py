"""A rolling upgrade of two servers on PostgreSQL while citizens write: is a push refused, is a card missing or doubled?

`python -m tests.faults.rolling TREE`: TREE holds the earlier version's code, which makes the register and serves first.
"""

import json
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import psycopg

from tests.fakes import postgres as postgres_server
from tests.flow.program import HANDLERS, Office, Program, office, until

WRITERS, BREATH = 3, 0.2


@dataclass
class Writers:
    """Citizens who write without a pause, each push to the next of the servers that take part."""

    here: Office
    servers: list[Program]
    seconds: list[float] = field(default_factory=list)
    numbers: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)
    _turn: "count[int]" = field(default_factory=count)

    def write(self, who: int) -> None:
        for letter in count():
            if self.over.wait(BREATH):
                return
            server, began = self.servers[next(self._turn) % len(self.servers)], time.monotonic()
            openid = f"w{who}-{letter}"
            self.here.wechat.wrote(openid)
            try:
                said = server.write(openid, "小区门口的井盖破了，晚上走路很危险")
            except Exception as error:
                said = repr(error)
            self.seconds.append(time.monotonic() - began)
            number = said.partition("编号 ")[2][:13]
            (self.numbers if number else self.refused).append(number or said)

    def counts(self) -> dict[str, object]:
        cards = [self.cards(number) for number in self.numbers]
        return {
            "pushes": len(self.seconds),
            "refused": self.refused,
            "slowest": round(max(self.seconds), 2),
            "cards missing": cards.count(0),
            "cards doubled": sum(found > 1 for found in cards),
        }

    def cards(self, number: str) -> int:
        return sum("改类" in post.labels for post in self.here.telegram.in_chat(HANDLERS, number))

    def come_to_rest(self) -> None:
        """Wait until every letter has its card."""
        until(lambda: all(self.cards(number) for number in list(self.numbers)), 90)


@contextmanager
def writing(here: Office, *servers: Program) -> Iterator[Writers]:
    writers = Writers(here, list(servers))
    threads = [threading.Thread(target=writers.write, args=(who,)) for who in range(WRITERS)]
    for thread in threads:
        thread.start()
    try:
        yield writers
    finally:
        writers.over.set()
        for thread in threads:
            thread.join(30)


@dataclass
class Earlier(Program):
    """The program as it stands in another tree."""

    tree: str = ""

    @property
    def environment(self) -> dict[str, str]:
        return {**super().environment, "PYTHONPATH": self.tree}


def main(tree: str) -> None:
    postgres = postgres_server.start()
    assert not isinstance(postgres, str)
    postgres._run("CREATE DATABASE rolling")
    url = postgres.server.get_uri("rolling")
    folder = Path(tempfile.mkdtemp(prefix="rolling-"))
    try:
        with office(folder, AUTO_ANSWER="false", SEMANTIC="off", DATABASE_URL=url) as here:
            here.program = first = Earlier(folder, here.program.settings, tree=tree)
            first.start()
            told("the earlier version serves", _at(url))
            with writing(here, first) as writers:
                time.sleep(5)
                second = Program(folder, first.settings).start()
                told("the new one has migrated and serves beside it", _at(url))
                writers.servers = [first, second]
                time.sleep(8)
                writers.servers = [second]
                time.sleep(1)
                first.stop()
                told("the earlier one is stopped")
                third = Program(folder, first.settings).start()
                writers.servers = [second, third]
                time.sleep(15)
            writers.come_to_rest()
            told(json.dumps(writers.counts(), ensure_ascii=False))
            here.program = second
            told(json.dumps(second.run("audit", "verify")))
            second.stop()
            third.stop()
    finally:
        postgres.stop()


def told(*words: str) -> None:
    sys.stdout.write(f"{time.strftime('%H:%M:%S')} {' '.join(words)}\n")
    sys.stdout.flush()


def _at(url: str) -> str:
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    return str(row and row[0])


if __name__ == "__main__":
    main(sys.argv[1])
