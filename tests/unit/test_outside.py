"""Calls leave the program at one place, which refuses every host that nobody named."""

import ast
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import ClassVar

import pytest
from aiogram import Bot
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import TelegramNetworkError

from bot.handler_chat.telegram.one_host import OneHost
from cases.sending import outside
from tests.fakes.prompt import LOOKS

ROOT = Path(__file__).parents[2]
ROOMS = ("api", "app", "bot", "cases", "classifier", "console", "duties", "knowledge_base", "sla", "text")
MAKERS = {
    "AsyncClient", "Client", "AiohttpSession", "ClientSession", "urlopen", "HTTPConnection", "HTTPSConnection",
    "create_connection", "open_connection",
}  # fmt: skip
ALLOWED = {"cases/sending/outside.py"}


def calls_of(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            made = node.func
            if isinstance(made, ast.Attribute) and isinstance(made.value, ast.Name):
                if (made.value.id in ("httpx", "requests") and made.attr[0].islower()) or made.attr in MAKERS:
                    yield f"{made.value.id}.{made.attr}"
            elif isinstance(made, ast.Name) and made.id in MAKERS:
                yield made.id
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = [alias.name for alias in node.names]
            if "requests" in names or getattr(node, "module", "") in ("requests", "urllib.request"):
                yield f"import of {names}"


def test_no_other_place_makes_a_client() -> None:
    found = {
        f"{path.relative_to(ROOT)}: {call}"
        for room in ROOMS
        for path in (ROOT / room).rglob("*.py")
        if str(path.relative_to(ROOT)) not in ALLOWED
        for call in calls_of(ast.parse(path.read_text(encoding="utf-8")))
    }
    assert not found


class Leading(BaseHTTPRequestHandler):
    """Answers every call by leading it elsewhere, and notes who came."""

    came: ClassVar[list[str]] = []
    to = ""

    def do_GET(self) -> None:
        self.came.append(self.path)
        self.send_response(302 if self.to else 200)
        self.send_header("Location", self.to)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_POST = do_GET

    def log_message(self, *_given: object) -> None:
        """Say nothing."""


@pytest.fixture
def two_hosts() -> Iterator[tuple[str, str, list[str]]]:
    """The named host, which leads elsewhere; the other; who came to the other."""
    came: ClassVar[list[str]] = []
    other = type("Other", (Leading,), {"came": came})
    servers = [HTTPServer(("127.0.0.1", 0), other)]
    elsewhere = f"http://127.0.0.1:{servers[0].server_port}"
    named = type("Named", (Leading,), {"came": [], "to": f"{elsewhere}/stolen"})
    servers.append(HTTPServer(("127.0.0.1", 0), named))
    threads = [
        threading.Thread(target=server.serve_forever, args=(LOOKS,), daemon=True) for server in servers
    ]
    for thread in threads:
        thread.start()
    yield f"http://127.0.0.1:{servers[1].server_port}", elsewhere, came
    for server in servers:
        server.shutdown()
        server.server_close()


async def test_only_named_hosts_are_called_and_no_redirect_leads_on(
    two_hosts: tuple[str, str, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    named, elsewhere, came = two_hosts
    monkeypatch.setenv("HTTP_PROXY", elsewhere)
    async with outside.client([f"{named}/api"], timeout=5) as client:
        assert (await client.get(f"{named}/any")).status_code == 302
        with pytest.raises(outside.NotNamedHere):
            await client.post(f"{elsewhere}/words", content=b"secret")
        outside.name(f"{elsewhere}/callback")
        assert (await client.get(f"{elsewhere}/callback")).status_code == 200
    assert came == ["/callback"]


async def test_the_token_of_the_bot_is_carried_nowhere_else(two_hosts: tuple[str, str, list[str]]) -> None:
    named, _, came = two_hosts
    async with Bot("1:secret", session=OneHost(api=TelegramAPIServer.from_base(named), timeout=5)) as bot:
        with pytest.raises(TelegramNetworkError):
            await bot.get_me()
    assert not came
