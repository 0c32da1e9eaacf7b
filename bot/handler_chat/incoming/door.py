"""What the doors to every chat platform share: a bounded body, posts looked up, work beside the answering."""

import asyncio
from collections.abc import Awaitable
from contextlib import suppress

from fastapi import Request

from cases.register.desk import Workplace
from cases.sending import chat
from cases.sending.ports import SendFailed

LARGEST_BODY = 1 << 20  # bytes
RECORDED = (0.0, 0.1, 0.2, 0.4, 0.8, 1.0)  # seconds between two looks for a post that is being written down


async def body_of(request: Request) -> bytes | None:
    """Return a request's body; None if it is over 1 MiB, of which no more is read."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_BODY:
            return None
    return body


async def recorded(
    workplace: Workplace, platform: str, chat_id: str, message_id: str, *, wait: bool = True
) -> bool:
    """Tell whether a post of ours is known; one that was sent just now may still be being written down."""
    for pause in RECORDED if wait else RECORDED[:1]:
        await asyncio.sleep(pause)
        found = await workplace.look_async(
            lambda desk: chat.post_at(desk, platform, chat_id, message_id) is not None
        )
        if found:
            return True
    return False


class Beside:
    """Calls of a platform that nobody waits for: one that is lost leaves only a spinner or an old button."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self, call: Awaitable[None]) -> None:
        async def run() -> None:
            with suppress(SendFailed):
                await call

        task = asyncio.create_task(run())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def finish(self) -> None:
        """Let the last ones go out, for two seconds at most."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=2)
