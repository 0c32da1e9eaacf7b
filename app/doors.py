"""The doors that the settings open: WeChat accounts, the handler chat, and the jobs behind them."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

from fastapi import APIRouter

from app.delivery import keep_draining
from app.settings import Settings
from app.timers import Job
from app.wake import Wake
from app.wiring import Services


@dataclass(slots=True)
class Doors:
    """Routers for the server, lanes for the worker, jobs for the leader."""

    routers: list[APIRouter] = field(default_factory=list)
    drains: dict[str, Any] = field(default_factory=dict)  # lane → something with drain()
    polls: dict[str, Job] = field(default_factory=dict)
    comment_poll: Job | None = None
    closers: list[Job] = field(default_factory=list)

    def leader_jobs(self, wake: Wake) -> dict[str, Job]:
        """Return the long jobs of the one process that leads."""
        jobs: dict[str, Job] = dict(self.polls)
        for name, door in self.drains.items():
            jobs[f"lane:{name}"] = lambda door=door, name=name: keep_draining(door, wake, name)  # type: ignore[misc]
        return jobs

    def timed_jobs(self, settings: Settings) -> dict[str, tuple[float, Job]]:
        if self.comment_poll is None or settings.wechat_comment_poll_seconds == 0:
            return {}
        return {"comments": (settings.wechat_comment_poll_seconds, self.comment_poll)}

    async def close(self) -> None:
        await asyncio.gather(*(close() for close in self.closers), return_exceptions=True)


def build_doors(services: Services) -> Doors:
    """Open what is set. A lane without its platform keeps its rows until there is one."""
    doors = Doors()
    _open_wechat(doors, services)
    _open_chat(doors, services)
    return doors
