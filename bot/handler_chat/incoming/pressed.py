"""A press and the answer to it, as every deed of a button reads and gives them."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.handler_chat.cards.cards import Card, Rows
from cases.register import register
from cases.register.desk import Desk
from cases.register.errors import Stale
from cases.register.permissions import HANDLER, require, require_work
from cases.register.readonly import Case, ChatPost, Staff
from cases.sending.chat import Chats, Place


@dataclass(frozen=True, slots=True)
class Reaction:
    """What the person who pressed sees at once; `buttons` or `card` change the pressed post.

    `asked`: a question is put below, which says the same. `page`: which list `card` shows, and which page of it.
    """

    text: str
    alert: bool = False
    buttons: Rows | None = None
    card: Card | None = None
    asked: bool = False
    page: tuple[str, int] = ("", 0)


@dataclass(frozen=True, slots=True)
class Pressed:
    """A press as a rule sees it: who, what, on which post, and where questions go.

    `typed`: a chat in which nobody replies to a post, and a pressed post shows nothing more.
    """

    staff: Staff
    post: ChatPost | None
    place: Place
    message_id: str
    typed: bool = False
    chats: Chats | None = None
    key: str = ""


Deed = Callable[[Desk, Pressed, list[str]], Reaction]


def case_meant(desk: Desk, words: list[str]) -> Case:
    return register.by_id(desk, number(words[0]))


def case_in_sight(desk: Desk, staff: Staff, words: list[str]) -> Case:
    require(staff, HANDLER)
    case = case_meant(desk, words)
    require_work(staff, case)
    return case


def number(word: str) -> int:
    if not word.isdecimal() or len(word) > 9:
        raise Stale("这个按钮已失效。")
    return int(word)
