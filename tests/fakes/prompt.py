"""Servers within the tests' own process end when they are told to.

uvicorn looks ten times a second whether it is to end, and then waits another tenth: more than most tests take.
"""

import asyncio
from typing import Any

import uvicorn.server

LOOKS = 0.01  # seconds


class _Prompt:
    """asyncio as uvicorn's server has it, but for its naps."""

    def __getattr__(self, name: str) -> Any:
        return getattr(asyncio, name)

    @staticmethod
    async def sleep(seconds: float) -> None:
        await asyncio.sleep(min(seconds, LOOKS))


def servers() -> None:
    """From here on a server of this process looks a hundred times a second."""
    uvicorn.server.asyncio = _Prompt()  # type: ignore[assignment]
