"""Letters of another channel from four processes of the example client that are killed and started again.

`python -m tests.flow.letters [LETTERS] [sqlite|postgresql]` files a thousand on each database, kills the server in the
middle as well, and says the figures. Every id makes one case, and every answer is fetched once.
"""

import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.settings import Settings
from app.wiring import build
from cases.register import people, register
from cases.register.desk import Desk
from cases.register.tables import Staff
from cases.steps import assign, draft, review
from tests.fakes import postgres
from tests.flow.program import Program, until
from tests.flow.sending_client import GOT, SENT, lines

PROCESSES = 4
PATIENCE = 900.0  # seconds: a thousand answers take their time on a busy machine
SCRIPT = Path(__file__).with_name("sending_client.py")
SETTINGS = {"SECRET_KEY": "k" * 43, "SWEEP_SECONDS": "3600", "SEMANTIC": "off", "AUTO_ANSWER": "false"}


@dataclass
class Letters:
    """`letters` of one source; what the clients are told stands in `folder`."""

    program: Program
    key: str
    folder: Path
    letters: int
    chance: random.Random = field(default_factory=lambda: random.Random(7))
    kills: int = 0

    @property
    def numbers(self) -> dict[str, str]:
        """Return the case of each letter, as the clients wrote it down."""
        found = [line for file in self.folder.glob(SENT.format("*")) for line in lines(file)]
        assert len(found) == len(dict(found)), "an id was told twice"  # type: ignore[arg-type]
        return dict(found)  # type: ignore[arg-type]

    @property
    def got(self) -> list[str]:
        return [no for _, no in lines(self.folder / GOT)]

    def file(self, kills: int, *, server_too: bool = False) -> None:
        """Have the four file their letters; each is killed `kills` times at places chosen by chance."""
        each = self.letters // PROCESSES
        halfway = threading.Event()
        with ThreadPoolExecutor(PROCESSES) as pool:
            clients = [
                pool.submit(self._one, n * each, (n + 1) * each, kills, halfway) for n in range(PROCESSES)
            ]
            if server_too:
                halfway.wait(PATIENCE)
                self.program.kill()
                self.program.start()
            for client in clients:
                client.result()
        assert len(self.numbers) == each * PROCESSES

    def _one(self, first: int, last: int, kills: int, halfway: threading.Event) -> None:
        sent = self.folder / SENT.format(first)
        for place in sorted(self.chance.sample(range(1, last - first), kills)):
            client = self._client("send", str(first), str(last))
            until(lambda place=place: len(lines(sent)) >= place, PATIENCE)  # type: ignore[misc]
            if place >= (last - first) // 2:
                halfway.set()
            self._kill(client)
        halfway.set()
        assert self._client("send", str(first), str(last)).wait(PATIENCE) == 0

    def fetch(self, kills: int) -> None:
        """Have one client fetch the answers; it is killed `kills` times."""
        for place in sorted(self.chance.sample(range(1, self.letters), kills)):
            client = self._client("collect")
            until(lambda place=place: len(self.got) >= place, PATIENCE)  # type: ignore[misc]
            self._kill(client)
        client = self._client("collect")
        until(lambda: len(self.got) >= self.letters, PATIENCE)
        self._kill(client)

    def answer(self) -> None:
        """What staff do meanwhile, in a process of their own as on the command line."""
        with _inside(self.program) as services:
            handler, reviewer = [
                services.workplace.look(lambda desk, name=name: people.staff_called(desk, name))
                for name in ("王芳", "李强")
            ]
            for no in self.numbers.values():

                def step(desk: Desk, no: str = no) -> None:
                    case, me = register.by_number(desk, no), desk.session.get_one(Staff, handler.id)
                    assign.claim(desk, me, case)
                    text = draft.submit(desk, me, case, f"水管已经修好，编号 {no}。")
                    review.approve(desk, desk.session.get_one(Staff, reviewer.id), text, text.round)

                services.workplace.act(step)

    def _client(self, *words: str) -> "subprocess.Popen[bytes]":
        return subprocess.Popen([sys.executable, SCRIPT, self.program.address, self.key, self.folder, *words])

    def _kill(self, client: "subprocess.Popen[bytes]") -> None:
        client.send_signal(signal.SIGKILL)
        client.wait()
        self.kills += 1


@contextmanager
def _inside(program: Program) -> Iterator[Any]:
    values = {name.lower(): value for name, value in program.settings.items()}
    services = build(Settings.model_validate(values), var=program.folder / "var")
    services.live.warm_up()  # what a step needs is loaded before its transaction, as in a server
    try:
        yield services
    finally:
        services.store.close()


def whole_way(program: Program, folder: Path, letters: int, kills: int, *, server_too: bool) -> Letters:
    """File, answer and fetch; assert that each happened once. Returns what was told."""
    for name, role in (("王芳", "handler"), ("李强", "reviewer")):
        program.run("staff", "add", "--name", name, "--role", role)
    key = program.run("source", "add", "app")["key"]
    program.start()
    run = Letters(program, key, folder, letters)
    run.file(kills, server_too=server_too)
    cases = program.cases()
    assert Counter(case["no"] for case in cases) == Counter(run.numbers.values())
    assert {case["channel"] for case in cases} == {"api:app"}
    with ThreadPoolExecutor(1) as pool:
        fetching = pool.submit(run.fetch, kills)
        run.answer()
        fetching.result()
    assert Counter(run.got) == Counter(run.numbers.values())
    return run


def _database(kind: str, folder: Path) -> Iterator[str]:
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'huiyin.db'}"
        return
    server = postgres.start()
    try:
        yield server.new_database()
    finally:
        server.stop()


def main(letters: int, kinds: tuple[str, ...]) -> None:
    for kind in kinds:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            for url in _database(kind, folder):
                program = Program(folder, {**SETTINGS, "DATABASE_URL": url})
                began = time.monotonic()
                try:
                    run = whole_way(program, folder, letters, kills=8, server_too=True)
                    sound = program.run("audit", "verify")["ok"]
                finally:
                    program.stop()
                sys.stdout.write(
                    f"{kind}: {letters} letters, {len(set(run.numbers.values()))} cases, {len(run.got)} answers"
                    f" fetched, {run.kills} clients and 1 server killed, trail {'whole' if sound else 'BROKEN'},"
                    f" {time.monotonic() - began:.0f} s, load {os.getloadavg()[0]:.1f}\n"
                )


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else 1000, tuple(sys.argv[2:]) or ("sqlite", "postgresql"))
