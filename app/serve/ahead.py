"""Doors before the framework's layers: pushes come by the hundred a second and need none of them."""

from collections.abc import Mapping

from starlette.types import ASGIApp, Receive, Scope, Send


class EarlyDoors:
    """Hands requests for these very paths to their doors, and everything else on."""

    def __init__(self, app: ASGIApp, doors: Mapping[str, ASGIApp]) -> None:
        self._app, self._doors = app, doors

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        door = self._doors.get(scope["path"]) if scope["type"] == "http" else None
        await (door or self._app)(scope, receive, send)
