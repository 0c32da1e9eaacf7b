"""An application in this very loop, on a free port of 127.0.0.1."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
import uvicorn
from aiogram.client.session import aiohttp as bot_session
from fastapi import FastAPI

from app.serve.server import listen
from tests.fakes import prompt

Serve = Callable[[FastAPI], Awaitable[str]]
prompt.without_naps(bot_session)


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    """Return a function that serves an application and gives its address."""
    running: list[tuple[uvicorn.Server, asyncio.Task[None]]] = []

    async def start(app: FastAPI) -> str:
        listening = listen("127.0.0.1", 0)
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, timeout_graceful_shutdown=1))
        running.append((server, asyncio.create_task(server.serve(sockets=[listening]))))
        while not server.started:
            await asyncio.sleep(0)
        return f"http://127.0.0.1:{listening.getsockname()[1]}"

    yield start
    for server, task in running:
        server.should_exit = True
        await task
