"""The door of other channels on a real register, called over HTTP in this process."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from api import door
from bot.wechat import commands
from cases.register import sources
from cases.register.sources import NewSource
from knowledge_base.answering.answerer import Match
from tests.builders import Bureau, a_match, by_words


@dataclass
class Channel:
    """A source with its key."""

    client: httpx.AsyncClient
    key: str
    name: str = "网站"

    async def get(self, path: str, **more: Any) -> httpx.Response:
        return await self.client.get(path, headers=self.headers, **more)

    async def says(
        self, message_id: str, text: str = "请问水管多久修好", user: str = "u1", **more: Any
    ) -> httpx.Response:
        body = {"id": message_id, "user": user, "text": text, **more}
        return await self.client.post("/messages", json=body, headers=self.headers)

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}"}


def judge(text: str, _account: str) -> tuple[Any, Match | None]:
    return by_words(text), a_match("e1") if "居住证" in text else None


def build(bureau: Bureau) -> Any:
    return door.build(
        door.ApiDoor(bureau.workplace, judge, commands.parse, lambda no: f"请拨打 110。编号 {no}")
    )


def a_source(bureau: Bureau, name: str = "网站", **more: Any) -> str:
    return bureau.workplace.act(lambda desk: sources.add(desk, NewSource(name, **more)))[1]


@pytest.fixture
async def client(bureau: Bureau) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(build(bureau), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://api") as client:
        yield client


@pytest.fixture
async def website(bureau: Bureau, client: httpx.AsyncClient) -> Channel:
    return Channel(client, a_source(bureau))


@pytest.fixture
async def app(bureau: Bureau, client: httpx.AsyncClient) -> Channel:
    return Channel(client, a_source(bureau, "app"), "app")
