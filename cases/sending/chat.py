"""What the register knows of the handler chats: updates acted on, posts that stand there, rows that wait."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, update
from sqlmodel import col, func, select

from cases.register import memo, readonly
from cases.register.desk import Desk, ring
from cases.register.kinds import Lane, Posted
from cases.register.readonly import Draft
from cases.register.rows import row_of
from cases.register.states import OutboxState
from cases.register.tables import Case, ChatPost, ChatUpdate, Department, Outbox, Staff
from cases.sending import announce, outbox

LOOK_AHEAD = 500
_MEND = {True: "请管理员核对这些同事的企业微信账号。", False: "请把机器人重新加入该群，或改设部门的群；"}
TOO_MANY = 3  # one-line refusals that may wait for one chat; a flood of strangers gets no more


@dataclass(frozen=True, slots=True)
class Place:
    """A chat of the platform and, in a forum, the topic within it."""

    chat_id: str
    thread_id: str = ""

    @classmethod
    def of(cls, written: str) -> "Place":
        """Read `-1001234` or `-1001234/7`."""
        chat_id, _, thread_id = written.partition("/")
        return cls(chat_id, thread_id)

    def __str__(self) -> str:
        return f"{self.chat_id}/{self.thread_id}" if self.thread_id else self.chat_id


@dataclass(frozen=True, slots=True)
class Chats:
    """Where the office's own chats are on one platform.

    `personal`: a department without a group is written to person by person (`@department:<id>`).
    """

    platform: str  # telegram, wecom
    handlers: Place
    supervisors: Place
    personal: bool = False


def remedy(where: str) -> str:
    """Return what mends the trouble with a place as `troubles` names it: a person's has no group to join."""
    place = where.partition(":")[2]
    if place.startswith("~"):
        return "请管理员核对这位同事的企业微信账号"
    return "请这位同事重新打开与机器人的私聊" if place.isdigit() else "请把机器人重新加入该群，或改设部门的群"


def once(desk: Desk, key: str) -> bool:
    """Note an update under its unique key; False if it was acted on before."""
    if desk.session.get(ChatUpdate, key) is not None:
        return False
    desk.session.add(ChatUpdate(key=key, at=desk.now))
    desk.session.flush()
    return True


def place_of(desk: Desk, chats: Chats, target: str) -> Place | None:
    """Return where `target` (see `announce.tell`, or `case:<id>`) is; None if nobody can be reached there."""
    kind, _, value = target.partition(":")
    place: Place | None = chats.handlers
    if kind == "case":
        case = desk.session.get(Case, int(value))
        return place_of(desk, chats, announce.home(case)) if case is not None else None
    if kind == announce.SUPERVISORS:
        place = chats.supervisors
    elif kind == announce.REVIEWERS:  # of no department: they are in none of the departments' chats
        place = Place("@reviewers") if chats.personal else None
    elif kind == "department":
        department = desk.session.get(Department, int(value))
        if department is not None and department.chat_id:
            place = Place(department.chat_id, department.thread_id)
        elif department is not None and chats.personal:
            place = Place(f"@department:{department.id}")
    elif kind == "staff":
        staff = desk.session.get(Staff, int(value))
        account = staff and (staff.telegram_id if chats.platform == "telegram" else staff.wecom_id)
        reachable = staff is not None and staff.active and account
        place = Place(f"{'~' if chats.personal else ''}{account}") if reachable else None
    elif kind == "chat":
        place = Place.of(value)
    return _followed(desk, chats.platform, place) if place is not None else None


def waiting(desk: Desk) -> list[readonly.Outbox]:
    """Return the rows of the chat lane that may go now, and those put off, which hold back later ones."""
    query = select(Outbox).where(
        Outbox.lane == Lane.CHAT,
        col(Outbox.state).in_((OutboxState.PENDING, OutboxState.SENDING)),
        or_(col(Outbox.not_before) <= desk.now, col(Outbox.attempts) > 0),
    )
    return list(
        desk.session.exec(query.order_by(col(Outbox.priority), col(Outbox.id)).limit(LOOK_AHEAD)).all()
    )


def next_due(desk: Desk) -> float | None:
    """Return the seconds until the next row of the chat lane that waits for its time."""
    query = select(Outbox.not_before).where(
        Outbox.lane == Lane.CHAT, Outbox.state == OutboxState.PENDING, col(Outbox.not_before) > desk.now
    )
    at = desk.session.exec(query.order_by(col(Outbox.not_before)).limit(1)).first()
    return None if at is None else (at - desk.now).total_seconds()


def hold(desk: Desk, ids: Collection[int]) -> list[readonly.Outbox]:
    """Return the rows that still are to be sent, and keep steps from relying on them until the transaction ends.

    Hold before reading what a card is to show: a step that commits later sees the row taken and writes a new
    one, a step that committed earlier is seen.
    """
    query = select(Outbox).where(
        col(Outbox.id).in_(ids), col(Outbox.state).in_((OutboxState.PENDING, OutboxState.SENDING))
    )
    return list(desk.session.exec(query.order_by(col(Outbox.id)).with_for_update()).all())


def take(desk: Desk, ids: Collection[int]) -> None:
    """Take held rows in hand. From here on a step that wants the same card writes a new row."""
    _rows(desk, ids, state=OutboxState.SENDING)


def settle(desk: Desk, ids: Collection[int], *, state: str = OutboxState.DONE, why: str = "") -> None:
    """The rows are sent (`done`), or never will be (`dropped`, `failed`)."""
    _rows(desk, ids, state=state, done_at=desk.now, error=why[:500])


def put_off(desk: Desk, ids: Collection[int], why: str, wait: timedelta | None = None) -> None:
    """A sending failed: the rows are due again after a back-off, or after the platform's own wish."""
    for row_id in ids:
        row = desk.session.get(Outbox, row_id)
        if row is None:
            continue
        attempts = row.attempts + 1
        backoff = min(outbox.FIRST_RETRY * 2 ** min(attempts - 1, 12), outbox.LONGEST_RETRY)
        not_before = desk.now + (backoff if wait is None else wait)
        _rows(
            desk,
            [row_id],
            state=OutboxState.PENDING,
            attempts=attempts,
            error=why[:500],
            not_before=not_before,
        )


def refuse(desk: Desk, place: Place, text: str, *, key: str, reply_to: str = "") -> None:
    """Answer somebody in one line, unless several such lines already wait for that chat."""
    target = f"chat:{place}"
    query = select(func.count()).select_from(Outbox)
    queued = desk.session.exec(
        query.where(Outbox.target == target, Outbox.state == OutboxState.PENDING)
    ).one()
    if queued < TOO_MANY:
        announce.tell(desk, target, text, key=key, priority=outbox.PEOPLE, reply_to=reply_to)


def post_at(desk: Desk, platform: str, chat_id: str, message_id: str) -> readonly.ChatPost | None:
    """Return our post with this id; without a chat, on a platform whose ids are unique over all chats."""
    query = select(ChatPost).where(ChatPost.platform == platform, ChatPost.message_id == message_id)
    if chat_id:
        query = query.where(ChatPost.chat_id == chat_id)
    return desk.session.exec(query).first()


def live_posts(desk: Desk, platform: str, **where: object) -> list[readonly.ChatPost]:
    """Return our posts that still stand for the present state, oldest first."""
    query = select(ChatPost).where(ChatPost.platform == platform, col(ChatPost.live).is_(True))
    for name, value in where.items():
        query = query.where(getattr(ChatPost, name) == value)
    return list(desk.session.exec(query.order_by(col(ChatPost.id))).all())


def posted(desk: Desk, **post: Any) -> None:
    """Write down a post that now stands in its chat. A press may have been quicker (`unrecorded`)."""
    where = {name: post[name] for name in ("platform", "chat_id", "message_id")}
    known = desk.session.exec(select(ChatPost).filter_by(**where)).first()
    if known is None:
        desk.session.add(ChatPost(posted_at=desk.now, **post))
        return
    for name, value in post.items():
        setattr(known, name, value)
    desk.session.add(known)


def over(desk: Desk, post: readonly.ChatPost | None) -> None:
    """The post stands for nothing any more."""
    if post is not None:
        post = row_of(ChatPost, post)
        post.live = False
        desk.session.add(post)


def showing(desk: Desk, post: readonly.ChatPost | None, shown: str, *, live: bool = True) -> None:
    """Note what a post shows; empty: not what was noted, so that the next edit is not taken for needless."""
    if post is not None:
        post = row_of(ChatPost, post)
        post.shown, post.live = shown, post.live and live
        desk.session.add(post)


def by_id(desk: Desk, post_id: int) -> readonly.ChatPost | None:
    return desk.session.get(ChatPost, post_id)


def case_asked_about(desk: Desk, post: readonly.ChatPost | None) -> readonly.Case | None:
    """Return the case that a post of ours stands for."""
    return desk.session.get(Case, post.case_id) if post is not None and post.case_id else None


def review_shown(desk: Desk, under: Draft) -> bool:
    """Tell whether the card of exactly this text at this level went out, so that it can have been read."""
    key = f"review:{under.id}:{under.round}:{under.level}"
    state = desk.session.exec(select(Outbox.state).where(Outbox.key == key)).first()
    return state in (OutboxState.SENDING, OutboxState.DONE)


def cases_with_card(desk: Desk, platform: str, case_ids: Collection[int]) -> set[tuple[int, str]]:
    """Return (case, chat) of the cases that have a live card in a chat."""
    query = select(ChatPost.case_id, ChatPost.chat_id).where(
        ChatPost.platform == platform,
        ChatPost.kind == Posted.CASE,
        col(ChatPost.live).is_(True),
        col(ChatPost.case_id).in_(case_ids),
    )
    return {(case_id, chat_id) for case_id, chat_id in desk.session.exec(query) if case_id is not None}


def posted_since(desk: Desk, platform: str, since: datetime) -> list[tuple[str, datetime]]:
    """Return (chat, time) of our latest posts: a new process fills its buckets by them."""
    query = select(ChatPost.chat_id, ChatPost.posted_at).where(
        ChatPost.platform == platform, col(ChatPost.posted_at) > since
    )
    return list(desk.session.exec(query).all())


def chat_moved(desk: Desk, platform: str, before: str, after: str) -> None:
    """A group became a supergroup: everything goes to its new id; the old posts stand for nothing."""
    memo.CHAT_MOVED.put(desk.session, after, f"{platform}:{before}")
    desk.session.execute(
        update(ChatPost)
        .where(col(ChatPost.platform) == platform, col(ChatPost.chat_id) == before)
        .values(live=False)
    )
    desk.audit("chat.moved", f"chat:{before}", to=after)


def trouble(desk: Desk, platform: str, chat_id: str, why: str) -> None:
    """A chat cannot be written to: kept for the console and the doctor, and told to the supervisors once a day."""
    memo.CHAT_TROUBLE.put(desk.session, memo.Trouble(desk.now, why[:300]), f"{platform}:{chat_id}")
    announce.supervisors(
        desk,
        f"【群聊故障】无法向会话 {chat_id} 发送消息：{why[:200]}。{_MEND[chat_id[:1] in ('~', '@')]}消息会保留并自动重发。",
        key=f"chat-trouble:{platform}:{chat_id}:{desk.today}",
    )


def unreached(desk: Desk, platform: str, chat_id: str, name: str) -> None:
    """A person of several was not reached: kept for the console, and told to the supervisors once a day."""
    why = f"{name}收不到消息：不在应用的可见范围内或未激活"
    memo.CHAT_TROUBLE.put(desk.session, memo.Trouble(desk.now, why), f"{platform}:{chat_id}")
    announce.supervisors(
        desk,
        f"【消息未送达】{why}。请管理员在企业微信后台核对，或改正其账号；此前的消息请在控制台查看。",
        key=f"chat-unreached:{platform}:{chat_id}:{desk.today}",
    )


def recovered(desk: Desk, platform: str, chat_id: str) -> None:
    memo.CHAT_TROUBLE.end(desk.session, f"{platform}:{chat_id}")


def troubles(desk: Desk) -> dict[str, str]:
    """Return the chats that cannot be written to, with since when and why."""
    return {where: str(found) for where, found in memo.CHAT_TROUBLE.all(desk.session).items()}


def _followed(desk: Desk, platform: str, place: Place) -> Place:
    for _ in range(3):
        moved = memo.CHAT_MOVED.of(desk.session, f"{platform}:{place.chat_id}")
        if moved in ("", place.chat_id):
            break
        place = Place(moved, place.thread_id)
    return place


def _rows(desk: Desk, ids: Collection[int], **values: object) -> None:
    ring(desk.session, "chat")
    desk.session.execute(
        update(Outbox)
        .where(col(Outbox.id).in_(ids), col(Outbox.state).in_((OutboxState.PENDING, OutboxState.SENDING)))
        .values(**values)
    )
