"""What runs within the tests' own process ends when it is told to.

uvicorn looks ten times a second whether it is to end, and then waits another tenth; aiogram waits a quarter of a second
for connections that a bot closes; `http.server` looks twice a second. That is more than most tests take.
"""

import asyncio
from collections.abc import Callable
from types import ModuleType
from typing import Any

LOOKS = 0.01  # seconds


class _Prompt:
    """asyncio as a module has it, but for its naps."""

    def __getattr__(self, name: str) -> Any:
        return getattr(asyncio, name)

    @staticmethod
    async def sleep(seconds: float) -> None:
        await asyncio.sleep(min(seconds, LOOKS))


def without_naps(module: ModuleType) -> None:
    """From here on whatever the module waits for it looks after a hundred times a second."""
    module.asyncio = _Prompt()  # type: ignore[attr-defined]


class _Counted(_Prompt):
    def __init__(self, pauses: list[float]) -> None:
        self._pauses = pauses

    async def sleep(self, seconds: float) -> None:  # type: ignore[override]
        self._pauses.append(seconds)
        await asyncio.sleep(0)


def counted(replace: Callable[[ModuleType, str, object], None], module: ModuleType) -> list[float]:
    """Return what will hold the pauses of `module` alone, none of them waited for; servers in other threads nap on.

    `replace`: `monkeypatch.setattr`.
    """
    pauses: list[float] = []
    replace(module, "asyncio", _Counted(pauses))
    return pauses
