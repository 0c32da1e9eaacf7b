"""What comes in from a chat: each update acted on exactly once, by a person whom the register knows.

The update's key is inserted in the transaction of the step that it causes. A refused step is rolled back to a
savepoint, so that the refusal itself is recorded once, too.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from bot.handler_chat.cards.cards import SuggestedEntry
from bot.handler_chat.incoming import commands, presses, replies, spoken, told, unrecorded
from bot.handler_chat.incoming.commands import Asker, StaffCommand
from bot.handler_chat.incoming.pressed import Pressed, Reaction
from cases.register import people
from cases.register.desk import Desk
from cases.register.errors import Invalid, NotFound, Refusal
from cases.register.kinds import Posted
from cases.register.readonly import Case, ChatPost, Staff
from cases.sending import chat
from cases.sending.chat import Chats, Place

T = TypeVar("T")
STRANGER = "您没有使用权限。"
ONLY_TEXT = "请用文字回复。"
ANONYMOUS = "以匿名管理员身份发言认不出是谁，没有收下。请在群里关闭匿名后重新发送。"
WORTH_KEEPING = 8  # characters of words that reply to nothing: fewer are a greeting


@dataclass(frozen=True, slots=True)
class Press:
    """A button pressed, as a platform told it."""

    key: str
    account: str
    place: Place
    message_id: str
    data: str


@dataclass(frozen=True, slots=True)
class Words:
    """A message written to us, as a platform told it. `text` is None for what is not text."""

    key: str
    account: str
    place: Place
    message_id: str
    text: str | None
    private: bool
    reply_to: str = ""  # the id of our post that it replies to
    command: StaffCommand | None = None
    caption: str = ""  # of a picture or file, which is not taken
    trouble: str = ""  # why the text cannot be taken as it was written


def pressed(desk: Desk, chats: Chats, press: Press) -> Reaction | None:
    """Act on a press; None if it was acted on before. Where a press shows nothing, its answer is a message."""
    if not chat.once(desk, press.key):
        return None
    staff = people.staff_by_chat(desk, chats.platform, press.account)
    if staff is None:
        if chats.personal:
            chat.refuse(desk, press.place, STRANGER, key=f"refuse:{press.key}")
        return Reaction(STRANGER, alert=True)
    posted_in = "" if chats.personal else press.place.chat_id
    post = chat.post_at(desk, chats.platform, posted_in, press.message_id)
    if post is None and posted_in:
        post = unrecorded.noted(desk, staff, chats.platform, posted_in, press.message_id, press.data)
    seen = Pressed(staff, post, press.place, press.message_id, chats.personal, chats, press.key)
    done = _guarded(desk, staff, lambda: presses.press(desk, seen, press.data))
    answer = presses.stale(desk, seen, press.data, done) if isinstance(done, Refusal) else done
    if chats.personal:
        told.told(desk, seen, press.key, answer)
    return answer


def written(desk: Desk, chats: Chats, words: Words, suggestions: Sequence[SuggestedEntry] = ()) -> None:
    """Act on a message, once; the answer, if there is one, is a row of the outbox."""
    if not chat.once(desk, words.key):
        return
    asker = Asker(words.place, words.message_id, words.private)
    staff = people.staff_by_chat(desk, chats.platform, words.account)
    if words.private and words.command is not None and words.command.name == "join":
        said = _join(desk, chats, words, words.command.words)
    elif staff is None:
        said = STRANGER
    else:
        done = _guarded(desk, staff, lambda: _meant(desk, chats, staff, words, asker, suggestions))
        if not isinstance(done, Refusal):
            if done:
                commands.say(desk, asker, done)
            return
        said = presses.late(desk, staff, _case_of(desk, chats, words), done)
        commands.say(desk, asker, given_back(said, words))
        return
    if said:
        key = f"refuse:{words.key}"
        chat.refuse(desk, words.place, said, key=key, reply_to=words.message_id)


def anonymous(desk: Desk, words: Words) -> None:
    """Somebody wrote in the name of the group: nobody knows who, and nothing is dropped without a word."""
    if chat.once(desk, words.key):
        said = given_back(ANONYMOUS, words)
        chat.refuse(desk, words.place, said, key=f"refuse:{words.key}", reply_to=words.message_id)


def given_back(said: str, words: Words) -> str:
    """Put what was written after the line that refuses it: it is not to be typed twice."""
    text = words.text or words.caption
    least = 1 if words.reply_to else WORTH_KEEPING
    if words.command is not None or len(text.strip()) < least:
        return said
    return f"{said}\n—— 您写的内容（没有提交）——\n{text}"


def concerns_us(words: Words) -> bool:
    """Tell whether a message in a group is meant for us at all: a command, or a reply to one of our posts."""
    return words.private or words.command is not None or bool(words.reply_to)


def _meant(
    desk: Desk,
    chats: Chats,
    staff: Staff,
    words: Words,
    asker: Asker,
    suggestions: Sequence[SuggestedEntry],
) -> str:
    if words.command is not None:
        return commands.obey(desk, chats, staff, words.command, asker, suggestions)
    if words.text is None or not words.text.strip():
        raise Invalid(ONLY_TEXT)
    if words.trouble:
        raise Invalid(words.trouble)
    if not words.reply_to:
        order = spoken.parse(words.text)
        if order is not None:
            return spoken.obey(desk, chats, staff, order, asker, suggestions)
        asked_here = chat.live_posts(desk, chats.platform, kind=Posted.ASK, chat_id=words.place.chat_id)
        return replies.unasked(desk, staff, words.text, {post.ask_id for post in asked_here})
    post = chat.post_at(desk, chats.platform, words.place.chat_id, words.reply_to)
    return replies.reply(desk, staff, post, words.text, home=_at_home(desk, chats, words, post))


def _case_of(desk: Desk, chats: Chats, words: Words) -> Case | None:
    """Return the case of the post that a message replies to."""
    post = chat.post_at(desk, chats.platform, words.place.chat_id, words.reply_to)
    return chat.case_asked_about(desk, post) if words.reply_to else None


def _at_home(desk: Desk, chats: Chats, words: Words, post: ChatPost | None) -> bool:
    if post is None or post.case_id is None:
        return False
    home = chat.place_of(desk, chats, f"case:{post.case_id}")
    return home is not None and home.chat_id == words.place.chat_id


def _join(desk: Desk, chats: Chats, words: Words, code: str) -> str:
    try:
        if not people.may_try_code(desk, chats.platform, words.account):
            raise NotFound("尝试次数过多，请一小时后再试。")
        with desk.undoing():
            return commands.join(desk, chats.platform, words.account, code)
    except Refusal as refusal:
        return str(refusal)


def _guarded(desk: Desk, staff: Staff, step: Callable[[], T]) -> T | Refusal:
    """Do a step as `staff`; what a refused one had begun is undone, and its refusal returned."""
    desk.seat(staff)
    try:
        with desk.undoing():
            return step()
    except Refusal as refusal:
        return refusal
