"""A console before a real register, and colleagues who use it."""

import re
import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import uvicorn
from fastapi import FastAPI
from httpx import Client, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from cases.knowledge import learn
from cases.register import people
from cases.register.desk import Actor
from cases.register.errors import NotFound
from cases.register.store import Store
from console import pages
from knowledge_base.answering.answerer import Match
from tests import builders
from tests.builders import Bureau, Clock

PASSWORD = "answer-in-time"
USERS = {
    "zhang": "张工", "liu": "刘工", "chen": "陈师傅", "li": "李科长", "zhou": "周科长", "zhao": "赵局长",
    "wang": "王主任", "admin": "钱管理",
}  # fmt: skip


class Colleague:
    """A browser without scripts: keeps cookies, sends the page's token with every form."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def signs_in(self, username: str, password: str = PASSWORD) -> Response:
        return self.client.post("/console/signin", data={"username": username, "password": password})

    def sees(self, path: str, status: int = 200) -> str:
        """Return the page's text; a page that is not answered with `status` fails the test."""
        response = self.client.get(f"/console/{path}")
        assert response.status_code == status, f"{path}: {response.status_code} {response.text[-600:]}"
        return response.text

    def token(self) -> str:
        found = re.search(r'name="token" value="(\w+)"', self.sees("account"))
        assert found is not None
        return found[1]

    def sends(
        self, path: str, files: dict[str, tuple[str, bytes]] | None = None, **fields: object
    ) -> Response:
        data = {"token": self.token(), **fields}
        return self.client.post(f"/console/{path}", data=data, files=files)


@pytest.fixture(scope="session")
def passwords(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Password hashes by user name, made once: each takes its time on purpose."""
    file = tmp_path_factory.mktemp("hashes") / "huiyin.db"
    shutil.copy(migrated_sqlite, file)
    store = Store(f"sqlite:///{file}")
    bureau = builders.a_bureau(store)
    hashes = {
        user: bureau.workplace.act(
            lambda desk, n=name, u=user: people.set_password(desk, bureau.ids[n], PASSWORD, u)  # type: ignore[misc]
        ).password_hash
        for user, name in USERS.items()
    }
    store.close()
    return hashes


@pytest.fixture
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a fresh database: SQLite, unless a test asks for both by parametrizing this fixture."""
    if getattr(request, "param", "sqlite") == "sqlite":
        shutil.copy(request.getfixturevalue("migrated_sqlite"), tmp_path / "huiyin.db")
        yield f"sqlite:///{tmp_path / 'huiyin.db'}"
        return
    server = request.getfixturevalue("postgres")
    if isinstance(server, str):
        pytest.skip(f"PostgreSQL: {server}")
    url = server.new_database()
    yield url
    server.drop(url)


@pytest.fixture
def office(database: str, passwords: dict[str, str]) -> Iterator[Bureau]:
    """The bureau with a user name and a password for each colleague."""
    store = Store(database)
    bureau = builders.a_bureau(store, Clock())

    def give(desk: builders.Desk) -> None:
        for user, name in USERS.items():
            staff = people.staff_by_id(desk, bureau.ids[name])
            staff.username, staff.password_hash = user, passwords[user]
            desk.session.add(staff)

    bureau.workplace.act(give)
    yield bureau
    store.close()


class KeptModels:
    """A shelf with one trained model beside the built-in one."""

    def __init__(self) -> None:
        self.used = "v2"

    def versions(self) -> list[dict[str, object]]:
        rows = (("built-in", "", ""), ("v2", "2026-03-01T01:00:00+00:00", 0.93))
        return [
            {
                "version": name,
                "made_at": at,
                "macro_f1": f1,
                "in_use": self.used == ("" if name == "built-in" else name),
            }
            for name, at, f1 in rows
        ]

    def use(self, version: str, _actor: Actor) -> None:
        if version not in ("", "v2"):
            raise NotFound(f"没有 {version} 这个版本。")
        self.used = version


class Stage:
    """An application that others take turns on, so that one server is enough for all tests."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app(scope, receive, send)


class Server(uvicorn.Server):
    """A server that says when it is up and where."""

    def __init__(self, app: ASGIApp) -> None:
        super().__init__(uvicorn.Config(app, port=0, log_level="warning", lifespan="off"))
        self.up = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.up.set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.servers[0].sockets[0].getsockname()[1]}"


@pytest.fixture(scope="session")
def stage() -> Iterator[tuple[Stage, str]]:
    stage = Stage(FastAPI())
    server = Server(stage)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    assert server.up.wait(20)
    yield stage, server.url
    server.should_exit = True
    thread.join(10)


@pytest.fixture
def url(office: Bureau, tmp_path: Path, stage: tuple[Stage, str]) -> str:
    """Where the console answers over HTTP."""

    def search(query: str, top: int, _account: str | None) -> list[Match]:
        rows = office.workplace.look(lambda desk: learn.listed(desk, "published"))
        found = [row for row in rows if set(row.question) & set(query)]
        return [Match(learn.as_entry(row), 0.8, False) for row in found[:top]]

    app = FastAPI()
    app.include_router(pages.router(office.workplace, search, tmp_path, shelf=KeptModels()))
    stage[0].app = app
    return stage[1]


@pytest.fixture
def visitor(url: str) -> Iterator[Colleague]:
    with Client(base_url=url, timeout=30) as client:
        yield Colleague(client)


@pytest.fixture
def signed_in(url: str) -> Iterator[Callable[[str], Colleague]]:
    clients: list[Client] = []

    def make(username: str) -> Colleague:
        clients.append(Client(base_url=url, timeout=30))
        colleague = Colleague(clients[-1])
        assert colleague.signs_in(username).headers["location"] == "/console/"
        return colleague

    yield make
    for client in clients:
        client.close()
