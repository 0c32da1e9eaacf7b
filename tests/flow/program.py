"""The real program in a folder of its own, between stand-ins of both platforms, driven by its outside face alone."""

import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any, TypeVar
from xml.etree import ElementTree

import httpx

from demo.fake_wechat import FakeWeChat
from tests.fakes import telegram, warm, wechat
from tests.fakes.warm import HUIYIN, ROOT, Born

T = TypeVar("T")
# One plain client for all: a new one reads the certificates of the world anew, and no connection outlives its answer.
HTTP = httpx.Client(verify=False, limits=httpx.Limits(max_keepalive_connections=0))  # noqa: S501 - 127.0.0.1
TOKEN, AES_KEY, APP_ID = "AAAAA", "A" * 43, "wxba5fad812f8e6fb9"
HANDLERS, SUPERVISORS = -1001000000001, -1001000000002


def until(what: Callable[[], T], seconds: float = 20.0) -> T:
    """Return the first true value of `what`, looked at until it comes. Fails after `seconds`."""
    end = time.monotonic() + seconds
    while True:
        found = what()
        if found:
            return found
        if time.monotonic() > end:
            raise AssertionError("did not happen in time")
        time.sleep(0.05)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Program:
    """`huiyin` in `folder`; `settings` are HUIYIN_ variables without the prefix."""

    folder: Path
    settings: dict[str, str]
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | Born | None = None
    under: tuple[str, ...] = ()  # a command that starts the program in its turn
    _ids: Any = field(default_factory=lambda: count(int(time.time() * 1000)))

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("HUIYIN_")}
        own = {f"HUIYIN_{name}": value for name, value in self.settings.items()}
        # A child in a folder of its own finds the tests outside pytest, too.
        return {"PYTHONPATH": str(ROOT), **kept, **own}

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def plain(self, *words: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """Run a command as it stands."""
        done = warm.run(words, self.folder, self.environment, stdin)
        assert "Traceback" not in done.stderr
        return done

    def run(self, *words: str, stdin: str = "", code: int = 0) -> Any:
        """Run a command with --json; return its value, or the standard error when it is to fail."""
        done = self.plain(*words, "--json", stdin=stdin)
        assert done.returncode == code, done.stderr + done.stdout
        out = done.stdout.strip()
        return json.loads(out) if out else done.stderr

    def start(self, *more: str) -> "Program":
        self.begin(*more)
        return self.ready()

    def begin(self, *more: str, cold: bool = False) -> "Program":
        """Start the server and wait for nothing; `cold`: the installed command itself, which loads everything."""
        words = ("serve", "--port", str(self.port), *more)
        with (self.folder / "server.log").open("ab") as log:
            if cold or self.under:
                self.process = subprocess.Popen(
                    [*self.under, HUIYIN, *words],
                    cwd=self.folder, env=self.environment, stderr=log, stdout=log, start_new_session=True,
                )  # fmt: skip
            else:
                self.process = warm.born(words, self.folder, self.environment, log, log)
        return self

    def beside(self) -> "Program":
        """Return another server on the same register, started."""
        return Program(self.folder, self.settings).begin()

    def ready(self) -> "Program":
        until(self._ready, 240)
        return self

    def _ready(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, (self.folder / "server.log").read_text()[-3000:]
        try:
            return HTTP.get(f"{self.address}/readyz", timeout=2).status_code == 200
        except httpx.HTTPError:
            return False

    def signal(self, number: int) -> None:
        assert self.process is not None
        self.process.send_signal(number)

    def kill(self) -> None:
        """kill -9 to the whole program, workers included."""
        assert self.process is not None
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def end(self) -> None:
        """Kill it if it runs: when a test is over, nobody waits for a farewell."""
        if self.process is not None and self.process.poll() is None:
            self.kill()

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.kill()

    def write(
        self,
        openid: str,
        text: str,
        *,
        at: datetime | None = None,
        msg_id: str = "",
        kind: str = "text",
        **more: str,
    ) -> str:
        """Push a citizen's message as the platform does, encrypted; return the passive reply's text.

        `more` are fields as the platform names them, such as MediaId.
        """
        now = datetime.now(UTC)
        fields = {"Content": text, **more} if kind == "text" else more
        xml = wechat.push_xml(openid, kind, at or now, MsgId=msg_id or str(next(self._ids)), **fields)
        signed = wechat.encrypted(TOKEN, AES_KEY, APP_ID, xml, now)
        answer = HTTP.post(f"{self.address}/wechat", params=signed.query, content=signed.body, timeout=10)
        assert answer.status_code == 200, answer.text
        return reply_text(answer.text)

    def cases(self, status: str = "all") -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.run("case", "list", "--status", status)
        return found

    def show(self, no: str) -> dict[str, Any]:
        found: dict[str, Any] = self.run("case", "show", no)
        return found


def reply_text(body: str) -> str:
    """Return the words of an encrypted passive reply; empty for an empty body or `success`."""
    if body in ("", "success"):
        return ""
    outer = ElementTree.fromstring(body)  # noqa: S314 - our own program's reply
    inner = ElementTree.fromstring(wechat.unseal(AES_KEY, outer.findtext("Encrypt") or ""))  # noqa: S314
    return inner.findtext("Content") or ""


@dataclass
class Office:
    """A program with both platforms and four members of staff: two handlers, a reviewer, a supervisor."""

    program: Program
    telegram: telegram.FakeTelegram
    wechat: FakeWeChat
    HANDLER = 11
    COLLEAGUE = 12
    REVIEWER = 13
    SUPERVISOR = 14

    def write(self, openid: str, text: str, **more: Any) -> str:
        """A citizen writes: the platform notes it, and pushes it."""
        self.wechat.wrote(openid)
        return self.program.write(openid, text, **more)

    def register_staff(self) -> None:
        for name, role, chat in (
            ("王芳", "handler", self.HANDLER),
            ("赵敏", "handler", self.COLLEAGUE),
            ("李强", "reviewer", self.REVIEWER),
            ("孙局", "supervisor", self.SUPERVISOR),
        ):
            self.program.run("staff", "add", "--name", name, "--role", role, "--telegram-id", str(chat))

    def card(self, containing: str, label: str = "", chat: int = HANDLERS) -> telegram.Post:
        """Return the newest post in a chat with these words, and with this button if one is named."""

        def newest() -> telegram.Post | None:
            found = [p for p in self.telegram.in_chat(chat, containing) if not label or label in p.labels]
            return found[-1] if found else None

        return until(newest)

    def press(self, user: int, post: telegram.Post, label: str) -> str:
        """Press a button; return what the person is told."""
        query = self.telegram.press(user, post, label)
        answer = until(lambda: self.telegram.answers.get(query))
        return str(answer.get("text", ""))


@contextmanager
def office(folder: Path, **settings: str) -> Iterator[Office]:
    """Yield an office whose program is not started yet."""
    platform = FakeWeChat(clock=lambda: datetime.now(UTC), app_id=APP_ID, secret="app-secret")
    with telegram.FakeTelegram() as chat, wechat.serving_fake(platform) as address:
        program = Program(
            folder,
            {
                "WECHAT_APP_ID": APP_ID,
                "WECHAT_APP_SECRET": "app-secret",
                "WECHAT_TOKEN": TOKEN,
                "WECHAT_AES_KEY": AES_KEY,
                "WECHAT_API_BASE": address,
                "WECHAT_COMMENT_POLL_SECONDS": "0",
                "TELEGRAM_BOT_TOKEN": telegram.TOKEN,
                "TELEGRAM_API_BASE": chat.base,
                "TELEGRAM_GROUP_PER_MINUTE": "0",
                "HANDLER_CHAT_ID": str(HANDLERS),
                "SUPERVISOR_CHAT_ID": str(SUPERVISORS),
                "SWEEP_SECONDS": "0.5",
                **settings,
            },
        )
        try:
            yield Office(program, chat, platform)
        finally:
            program.end()
