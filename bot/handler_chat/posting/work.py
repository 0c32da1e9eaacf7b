"""What is to be done in the chats, and the bench at which a row of the outbox is turned into it."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.handler_chat.cards.cards import Card, SuggestedEntry
from bot.handler_chat.cards.platform import AskedPerson
from cases.register.desk import Desk
from cases.register.errors import NotFound
from cases.register.readonly import ChatPost
from cases.register.rows import id_of
from cases.sending import chat
from cases.sending.chat import Chats, Place


@dataclass(frozen=True, slots=True)
class Post:
    """A new message; `record` becomes its row in chat_post."""

    place: Place
    card: Card
    record: dict[str, Any]
    reply_to: str = ""
    asks: AskedPerson | None = None
    replaces: tuple[int, ...] = ()  # posts that stop being live once this one stands


@dataclass(frozen=True, slots=True)
class Edit:
    post_id: int
    chat_id: str
    message_id: str
    card: Card
    live: bool = True
    tells: bool = False  # worth a message of its own where the post cannot be changed


@dataclass(frozen=True, slots=True)
class Work:
    """What a row asks for; nothing at all when the register has moved on."""

    posts: tuple[Post, ...] = ()
    edits: tuple[Edit, ...] = ()
    dropped: str = ""


@dataclass(slots=True)
class Bench:
    """Gathers posts and edits at one desk for one platform."""

    desk: Desk
    chats: Chats
    suggestions: tuple[SuggestedEntry, ...] = ()
    posts: list[Post] = field(default_factory=list)
    edits: list[Edit] = field(default_factory=list)

    def live(self, **where: object) -> Sequence[ChatPost]:
        return chat.live_posts(self.desk, self.chats.platform, **where)

    def place(self, target: str) -> Place:
        """Raises: NotFound if nobody can be reached there."""
        place = chat.place_of(self.desk, self.chats, target)
        if place is None:
            raise NotFound("收信人没有绑定聊天账号。")
        return place

    def post(
        self, place: Place, card: Card, *, reply_to: str = "", replaces: tuple[int, ...] = (), **record: Any
    ) -> None:
        self.posts.append(Post(place, card, record, reply_to, None, replaces))

    def edit(self, post: ChatPost, card: Card, *, live: bool = True, tells: bool = False) -> None:
        if live and post.shown == digest(card):
            return
        self.edits.append(Edit(id_of(post), post.chat_id, post.message_id, card, live, tells))


def digest(card: Card) -> str:
    """Name what a post shows."""
    whole = card.text + "\n".join(f"{b.label}\t{b.data}" for row in card.buttons for b in row)
    return hashlib.sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()[:16]
