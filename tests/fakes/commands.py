"""Commands in processes of their own, without each starting an interpreter: a warm one forks for every command.

The warm one has imported what most commands need and holds nothing else: no settings, no register, no folder. What a
command sees is what it is given, and it ends as a program of its own does.
"""

import atexit
import json
import os
import select
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

IMPORTED = ("app.cli.main", "app.cli.frame", "app.wiring", "openpyxl", "docx", "httpx", "classifier.triage")


class Warm:
    """The interpreter that forks; one command at a time."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.fakes.commands"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        atexit.register(self.close)

    def run(
        self, words: Sequence[str], folder: Path, environment: Mapping[str, str], stdin: str, timeout: float
    ) -> subprocess.CompletedProcess[str]:
        """Run `huiyin words…` in `folder`. Raises: subprocess.TimeoutExpired."""
        with self._turn, tempfile.TemporaryDirectory() as beside:
            streams = [str(Path(beside, name)) for name in ("in", "out", "err")]
            Path(streams[0]).write_text(stdin, encoding="utf-8")
            wanted = {"words": list(words), "folder": str(folder), "environment": dict(environment)}
            code = self._ask({**wanted, "streams": streams}, timeout)
            out, err = (Path(file).read_text(encoding="utf-8") for file in streams[1:])
        return subprocess.CompletedProcess(["huiyin", *words], code, out, err)

    def _ask(self, wanted: dict[str, Any], timeout: float) -> int:
        asks, answers = self._process.stdin, self._process.stdout
        assert asks is not None and answers is not None
        asks.write(json.dumps(wanted).encode() + b"\n")
        asks.flush()
        if not select.select([answers], [], [], timeout)[0]:
            self.close()
            warm.cache_clear()
            raise subprocess.TimeoutExpired(wanted["words"], timeout)
        return int(answers.readline())

    def close(self) -> None:
        self._process.kill()
        self._process.wait()


@cache
def warm() -> Warm:
    return Warm()


def _serve() -> None:
    """Fork for each line that comes in, and tell the exit code of what was forked."""
    asks, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    for name in IMPORTED:
        __import__(name)
    while line := asks.readline():
        child = os.fork()
        if child == 0:
            _become(json.loads(line))
            sys.modules["app.cli.main"].run()
            return
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        answers.write(f"{code}\n".encode())
        answers.flush()


def _become(wanted: dict[str, Any]) -> None:
    """Be the program that was asked for: its folder, its variables, its words, its three streams."""
    os.chdir(wanted["folder"])
    os.environ.clear()
    os.environ.update(wanted["environment"])
    sys.argv = ["huiyin", *wanted["words"]]
    for number, file in enumerate(wanted["streams"]):
        opened = os.open(file, os.O_RDONLY if number == 0 else os.O_WRONLY | os.O_CREAT, 0o600)
        os.dup2(opened, number)
        os.close(opened)


if __name__ == "__main__":
    _serve()
