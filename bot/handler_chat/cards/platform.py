"""What the courier needs of a chat platform, and what can go wrong there.

SendFailed (cases.ports)    the row is tried again after a back-off, or never if final
├── SlowDown                the platform names the seconds to wait
├── ChatGone                the chat cannot be written to: removed, blocked, not found
├── ChatMoved               the group has a new id
├── PostGone                the post to edit is no longer there
├── PostFixed               the post stays as it stands: no change of it is taken (now)
└── PlatformDown            no answer, or an error of the platform's own: every chat waits
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from bot.handler_chat.cards.cards import Card
from cases.sending.chat import Place
from cases.sending.ports import SendFailed


class SlowDown(SendFailed):
    def __init__(self, why: str, seconds: float) -> None:
        super().__init__(why, wait=timedelta(seconds=seconds))
        self.seconds = seconds


class ChatGone(SendFailed):
    pass


class ChatMoved(SendFailed):
    def __init__(self, why: str, to: str) -> None:
        super().__init__(why)
        self.to = to


class PostGone(SendFailed):
    pass


class PostFixed(SendFailed):
    pass


class PlatformDown(SendFailed):
    pass


@dataclass(frozen=True, slots=True)
class AskedPerson:
    """The person whose reply a question waits for."""

    name: str
    account: str


class Platform(Protocol):
    """Posts and edits at one place; raises SendFailed and its kin only."""

    name: str

    async def post(
        self, place: Place, card: Card, *, reply_to: str = "", asks: AskedPerson | None = None
    ) -> str:
        """Return the id of the new message."""
        ...

    async def edit(self, chat_id: str, message_id: str, card: Card) -> None:
        """Change a post. Raises: PostGone, PostFixed and their kin."""
        ...
