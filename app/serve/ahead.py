"""Doors before the framework's layers: pushes come by the hundred a second and need none of them."""

from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send

from app.serve.request_ids import RequestIds


class Application(FastAPI):
    """Hands requests for the paths `ahead` to their doors at once, and everything else to the framework."""

    def __init__(self, ahead: Mapping[str, ASGIApp], **more: Any) -> None:
        super().__init__(**more)
        self._ahead = {path: RequestIds(door) for path, door in ahead.items()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        door = self._ahead.get(scope["path"]) if scope["type"] == "http" else None
        if door is None:
            await super().__call__(scope, receive, send)
        else:
            await door(scope, receive, send)
