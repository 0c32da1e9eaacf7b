"""The program in processes of its own, without each loading an interpreter and all that it imports: a warm one forks.

What is born is a process as any other: it leads a session and a group, has the folder, the variables, the words and the
three streams that it is given, dies of what kills it, and ends as a program does. The warm one has imported and read what
is the same for everybody, and holds nothing else: no settings, no register, no folder, no thread and no chance drawn.
"""

import atexit
import gc
import importlib
import json
import os
import pkgutil
import random
import select
import signal
import socket
import subprocess
import sys
import tempfile
import time
import types
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import IO, Any

from sqlalchemy import orm

ROOT = Path(__file__).resolve().parents[2]
HUIYIN = Path(sys.executable).with_name("huiyin")
HUIYINS = "app.cli.main:run"  # what the installed command begins with
MOST = 1 << 18  # bytes of what is asked for
ROOMS = ("app.cli", "cases", "duties", "knowledge_base")  # what commands import when they are called
COMMANDS = ("app.cli.main", "app.wiring", "openpyxl", "docx", "httpx", "classifier.triage")
SERVERS = (
    *("app.serve.server", "app.serve.demonstration"),
    *("bot.handler_chat.telegram.chat", "bot.handler_chat.wecom.chat"),
)


def _pair() -> tuple[socket.socket, socket.socket]:
    """Return two ends between which each message stays one."""
    return socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)


class Born:
    """A process that the warm one forked, to be used as `subprocess.Popen` is."""

    def __init__(self, args: Sequence[str], told: socket.socket) -> None:
        self.args, self._told = args, told
        self.returncode: int | None = None
        number = told.recv(64)
        assert number, f"the warm interpreter has ended: {args}"
        self.pid = int(number)

    def poll(self) -> int | None:
        return self._looked(0)

    def wait(self, timeout: float | None = None) -> int:
        """Raises: subprocess.TimeoutExpired."""
        code = self._looked(timeout)
        if code is None:
            raise subprocess.TimeoutExpired(list(self.args), timeout or 0)
        return code

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def _looked(self, timeout: float | None) -> int | None:
        if self.returncode is None and select.select([self._told], [], [], timeout)[0]:
            self.returncode = int(
                self._told.recv(64) or -signal.SIGKILL
            )  # nothing: the warm one is gone, and this with it
            self._told.close()
        return self.returncode


class Warm:
    """An interpreter that forks."""

    def __init__(self, given: Mapping[str, str]) -> None:
        ours, theirs = _pair()
        kept = {name: value for name, value in os.environ.items() if not name.startswith("HUIYIN_")}
        single = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
        self._asked = ours
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.fakes.warm", str(theirs.fileno())],
                cwd=ROOT,
                env={**kept, **given, **single},
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                start_new_session=True,
            )
        atexit.register(self.close)

    def born(
        self,
        program: str,
        words: Sequence[str],
        folder: Path,
        environment: Mapping[str, str],
        streams: Sequence[IO[Any]],
    ) -> Born:
        given = {"folder": str(folder), "environment": dict(environment)}
        wanted = {"program": program, "words": list(words), **given}
        ours, theirs = _pair()
        with theirs:
            files = [theirs.fileno(), *(stream.fileno() for stream in streams)]
            socket.send_fds(self._asked, [json.dumps(wanted).encode()], files)
        return Born([program, *words], ours)

    def close(self) -> None:
        """End, and with it whatever it forked that still runs."""
        self._asked.close()
        self._process.wait()


@cache
def _warm(given: frozenset[tuple[str, str]]) -> Warm:
    return Warm(dict(given))


def born(
    words: Sequence[str],
    folder: Path,
    environment: Mapping[str, str],
    out: IO[Any],
    err: IO[Any],
    stdin: IO[Any] | None = None,
    program: str = HUIYINS,
) -> Born:
    """Start `huiyin words…`, or another `module:function`, in `folder`.

    What an interpreter reads only when it starts itself chooses the warm one.
    """
    given = frozenset(
        each for each in environment.items() if each[0].startswith(("PYTHON", "LD_", "LC_", "LANG"))
    )
    with ExitStack() as stack:
        nothing = stdin or stack.enter_context(Path(os.devnull).open("rb"))
        return _warm(given).born(program, words, folder, environment, (nothing, out, err))


def run(
    words: Sequence[str], folder: Path, environment: Mapping[str, str], stdin: str = "", timeout: float = 120
) -> subprocess.CompletedProcess[str]:
    """Run `huiyin words…` in `folder` to its end. Raises: subprocess.TimeoutExpired, when it was killed."""
    with ExitStack() as stack:
        given, out, err = (stack.enter_context(tempfile.TemporaryFile()) for _ in range(3))
        given.write(stdin.encode())
        given.seek(0)
        process = born(words, folder, environment, out, err, given)
        try:
            code = process.wait(timeout)
        finally:
            process.kill()
        said = [_whole(stream) for stream in (out, err)]
    return subprocess.CompletedProcess(["huiyin", *words], code, *said)


def _whole(stream: IO[bytes]) -> str:
    stream.seek(0)
    return stream.read().decode()


def _serve(asked: socket.socket) -> None:
    """Fork for each message that comes in, tell how each ended, and end with whoever asks."""
    wakes, woken = os.pipe()
    os.set_blocking(woken, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(woken)
    living: dict[int, socket.socket] = {}
    while True:
        ready = select.select([asked, wakes], [], [])[0]
        if wakes in ready:
            os.read(wakes, 4096)
            _bury(living)
        if asked not in ready:
            continue
        message, files, _, _ = socket.recv_fds(asked, MOST, 4)
        if not message:
            break
        told = socket.socket(fileno=files[0])
        wanted = json.loads(message)
        _load(wanted["program"], wanted["words"])
        child = os.fork()
        if child == 0:
            signal.set_wakeup_fd(-1)
            for mine in (asked, *living.values()):
                mine.close()
            for number in (wakes, woken):
                os.close(number)
            _become(wanted, files[1:], told)
            module, _, function = wanted["program"].partition(":")
            getattr(importlib.import_module(module), function)()
            return
        living[child] = told
        for number in files[1:]:
            os.close(number)
    for child in living:
        os.killpg(child, signal.SIGKILL)


def _bury(living: dict[int, socket.socket]) -> None:
    while living:
        child, status = os.waitpid(-1, os.WNOHANG)
        if child == 0:
            return
        with living.pop(child) as told:
            try:
                told.send(str(os.waitstatus_to_exitcode(status)).encode())
            except OSError:
                pass  # nobody wants to know


def _load(program: str, words: list[str]) -> None:
    """Import and read what such a program reads whatever its settings say, before the first of its kind."""
    serves = program == HUIYINS and words[:1] in (["serve"], ["demo"])
    wanted = (*COMMANDS, *(SERVERS if serves else ()), program.partition(":")[0])
    if sys.modules.keys() >= {*wanted}:
        return
    for name in (*wanted, *_within(ROOMS)):
        importlib.import_module(name)
    orm.configure_mappers()
    if serves:
        from classifier.triage import built_in
        from knowledge_base.verifier.shipped import built_in_verifier

        for second_opinion in (True, False):
            built_in(second_opinion)
        built_in(False).triage("请问怎么办理居住证")
        built_in_verifier()
    gc.collect()
    gc.freeze()  # what is shared stays shared: a look for garbage would write into all of it
    assert len(list(Path("/proc/self/task").iterdir())) == 1, "a fork takes no thread along"


def _within(rooms: Sequence[str]) -> Iterator[str]:
    for room in rooms:
        for found in pkgutil.walk_packages(importlib.import_module(room).__path__, f"{room}."):
            if ".migrations" not in found.name and not found.name.endswith("__main__"):
                yield found.name


def _become(wanted: dict[str, Any], files: list[int], told: socket.socket) -> None:
    """Be the program that was asked for, from the moment on that its number is told."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.setsid()
    told.send(str(os.getpid()).encode())
    told.close()
    for number, file in enumerate(files):
        os.dup2(file, number)
        os.close(file)
    os.chdir(wanted["folder"])
    os.environ.clear()
    os.environ.update(wanted["environment"])
    time.tzset()
    random.seed()
    if numpy := sys.modules.get("numpy"):
        numpy.random.seed()
    main = sys.modules["__main__"] = types.ModuleType("__main__")
    main.__file__ = str(HUIYIN)  # what worker processes begin with
    sys.argv = [str(HUIYIN), *wanted["words"]]
    sys.orig_argv = [sys.executable, *sys.argv]


if __name__ == "__main__":
    _serve(socket.socket(fileno=int(sys.argv[1])))
