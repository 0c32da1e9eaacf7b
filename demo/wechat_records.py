"""What the simulated platform keeps of its followers, articles and messages, and what goes wrong on it."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class OnPhone:
    """What reached a citizen's phone. `text` of a template is its fields joined."""

    kind: str  # text, msgmenu, template
    text: str
    at: datetime
    body: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Follower:
    following: bool = True
    blocked: bool = False
    wrote_at: datetime | None = None
    clicked_at: datetime | None = None
    used: int = 0


@dataclass(slots=True)
class FakeComment:
    user_comment_id: int
    content: str
    openid: str
    create_time: int
    reply: str = ""
    elected: bool = False


@dataclass(slots=True)
class FakeArticle:
    msg_data_id: str
    index: int
    title: str
    published: datetime
    comments: list[FakeComment] = field(default_factory=list)


@dataclass(slots=True)
class InjectedFault:
    """An injected fault: an error code, an HTTP status, or an answer that never comes (`hang` seconds)."""

    path: str
    times: int
    code: int = 0
    status: int = 0
    hang: float = 0.0


class PlatformRefusal(Exception):
    """The platform's answer is an error code."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message
