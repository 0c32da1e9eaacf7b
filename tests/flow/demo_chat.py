"""The demo's handler chat, driven from where its page drives it: `huiyin demo`, its stream of events, its two orders."""

import json
import os
import signal
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from demo import simulator
from tests.fakes import warm
from tests.fakes.telegram import Post
from tests.flow.office_chats import PATIENCE, Held, NeverHappens
from tests.flow.on_telegram import OnTelegram
from tests.flow.program import HTTP, Program, free_port, until


@dataclass
class Demo:
    """`huiyin demo` in a folder of its own; made, it is starting. `office` runs commands on its register."""

    folder: Path
    port: int = field(default_factory=free_port)

    def __post_init__(self) -> None:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("HUIYIN_")}
        with (self.folder / "output.txt").open("wb") as output:
            self.process = warm.born(["demo", "--port", str(self.port)], self.folder, kept, output, output)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/demo"

    @property
    def office(self) -> Program:
        """The command line beside the running demo: the demo's folder is the `var` of an office."""
        beside = self.folder / "beside"
        beside.mkdir(exist_ok=True)
        if not (beside / "var").exists():
            (beside / "var").symlink_to(self.folder / "var" / "demo")
        settings = simulator.settings(self.port, self.folder / "var" / "demo")
        return Program(beside, {name.removeprefix("HUIYIN_"): value for name, value in settings.items()})

    def ready(self) -> "Demo":
        until(self._answers, 240)
        return self

    def stop(self) -> None:
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(20)

    def _answers(self) -> bool:
        assert self.process.poll() is None, (self.folder / "output.txt").read_text()[-3000:]
        try:
            return HTTP.get(f"{self.address}/cast", timeout=5).status_code == 200
        except httpx.HTTPError:
            return False


class OnDemo(OnTelegram):
    """The page's own stream shows the chats; a press answers with what the person sees."""

    def __init__(self, demo: Demo, people: dict[str, int]) -> None:
        self._demo, self.people = demo, people
        self._shown: dict[str, Post] = {}
        self._http = httpx.Client(timeout=30)
        threading.Thread(target=self._watch, daemon=True).start()

    def posts(self) -> list[Post]:
        return list(self._shown.values())

    def say(self, who: str, text: str, chat: int, reply_to: int | None) -> int:
        body = {"user": self.people[who], "text": text, "reply_to": reply_to}
        return int(self._post_to(f"chat/{chat}/message", body)["id"])

    def push(self, who: str, post: Post, data: str) -> None:
        body = {"user": self.people[who], "message_id": post.message_id, "data": data}
        self._post_to(f"chat/{post.chat_id}/press", body)

    def presses(self, who: str, held: Held) -> str:
        body = {"user": self.people[who], "message_id": held.post.message_id, "data": held.data}
        return str(self._post_to(f"chat/{held.post.chat_id}/press", body)["text"])

    def again(self) -> None:
        raise NeverHappens("the demo's chat never repeats an update")

    def _post_to(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = self._http.post(f"{self._demo.address}/{path}", json=body, timeout=PATIENCE)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def _watch(self) -> None:
        """Follow the stream as the page does, until the demo stops."""
        try:
            with httpx.stream("GET", f"{self._demo.address}/events", timeout=None) as stream:  # noqa: S113
                for line in stream.iter_lines():
                    if line.startswith("data: "):
                        self._show(json.loads(line.removeprefix("data: ")))
        except httpx.HTTPError:
            return

    def _show(self, items: list[dict[str, Any]]) -> None:
        for item in items:
            if item["stream"] != "chat" or not item["bot"]:
                continue
            markup, before = item["markup"], self._shown.get(item["key"])
            post = before or Post(item["chat"], item["id"], "", [])
            post.text, post.buttons = item["text"], markup.get("inline_keyboard", [])
            post.reply_to, post.force_reply = item["reply_to"], bool(markup.get("force_reply"))
            if before is None:
                self._shown = {**self._shown, item["key"]: post}
