"""What may be sent now, and in which order. Pure: the time is passed in, in seconds of any steady clock.

Of one case in one chat the rows keep their order; what waits behind a row lends it its own urgency.
More new cards than a chat takes at present become one list.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby

BURST = 20
BACKLOG = 5  # as many new cards may wait; with more, they become a list
RESERVE = 5  # posts of a group that new cards leave to answers, reviews and alerts
LIST_EVERY = 20.0  # seconds between two lists in one chat
PER_SECOND = 30.0  # the platform's limit over all chats
CHAT_PER_SECOND = 1.0  # and in a private chat
AT_ONCE = 30  # steps of one plan: then the register is looked at again


@dataclass(slots=True)
class Bucket:
    """Tokens that come back at `rate` a second, up to `size`; debts are allowed and paid back first."""

    rate: float
    size: float
    tokens: float
    at: float = 0.0

    def wait(self, now: float, keep: float = 0.0) -> float:
        """Return the seconds until a token may be taken that leaves `keep` others."""
        self._refill(now)
        missing = 1.0 + keep - self.tokens
        return max(0.0, missing / self.rate)

    def take(self, now: float) -> None:
        self._refill(now)
        self.tokens -= 1.0

    def _refill(self, now: float) -> None:
        self.tokens = min(self.size, self.tokens + max(0.0, now - self.at) * self.rate)
        self.at = max(self.at, now)


@dataclass(slots=True)
class Limits:
    """The limits of the platform and what is left of them. `group_per_minute` 0: none at all."""

    group_per_minute: int = 20
    _posts: dict[str, Bucket] = field(default_factory=dict)
    _edits: dict[str, Bucket] = field(default_factory=dict)
    _paused: dict[str, float] = field(default_factory=dict)
    _lists: dict[str, float] = field(default_factory=dict)
    _all: Bucket = field(default_factory=lambda: Bucket(PER_SECOND, PER_SECOND, PER_SECOND))

    def wait(self, chat: str, now: float, *, edit: bool = False, new_card: bool = False) -> float:
        """Return the seconds until a post (or edit) in `chat` may go."""
        paused = max(self._paused.get(chat, 0.0), self._paused.get("", 0.0)) - now
        if self.group_per_minute == 0:
            return max(0.0, paused)
        bucket = self._bucket(chat, edit, now)
        keep = min(RESERVE, bucket.size / 4) if new_card and chat.startswith(("-", "@")) else 0.0
        return max(0.0, paused, bucket.wait(now, keep), self._all.wait(now))

    def take(self, chat: str, now: float, *, edit: bool = False) -> None:
        if self.group_per_minute:
            self._bucket(chat, edit, now).take(now)
            self._all.take(now)

    def pause(self, chat: str, until: float) -> None:
        """Nothing goes to `chat` before `until`; an empty name means every chat."""
        self._paused[chat] = max(self._paused.get(chat, 0.0), until)

    def list_wait(self, chat: str, now: float) -> float:
        return max(0.0, self._lists.get(chat, -LIST_EVERY) + LIST_EVERY - now)

    def listed(self, chat: str, now: float) -> None:
        self._lists[chat] = now

    def _bucket(self, chat: str, edit: bool, now: float) -> Bucket:
        buckets = self._edits if edit else self._posts
        if chat not in buckets:
            group = chat.startswith(("-", "@", "~"))  # ~: 企业微信 drops what exceeds 30 a minute
            size = float(min(BURST, self.group_per_minute) if group else BURST)
            rate = self.group_per_minute / 60.0 if group else CHAT_PER_SECOND
            buckets[chat] = Bucket(rate, size, size, now)
        return buckets[chat]


@dataclass(frozen=True, slots=True)
class Item:
    """A row of the outbox, as the queue sees it."""

    row_id: int
    chat: str
    priority: int
    case_id: int | None = None
    new_card: bool = False  # the case has no card in this chat yet
    edit: bool = False
    listable: bool = False  # may stand in a list instead of a card of its own
    ready: bool = True  # False: put off after a failure; holds back the case's later rows
    alert: str = ""  # the place in which a line of the watch is told, together with the others


@dataclass(frozen=True, slots=True)
class Send:
    item: Item


@dataclass(frozen=True, slots=True)
class SendList:
    """New cards of one chat that go out as one list."""

    chat: str
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class SendAlerts:
    """What the watch has to tell in one place: one message."""

    chat: str
    items: tuple[Item, ...]


Step = Send | SendList | SendAlerts


def plan(items: Sequence[Item], limits: Limits, now: float) -> tuple[list[Step], float | None]:
    """Return the steps that may go now, taking their tokens, and the seconds until more may (None: nothing waits)."""
    steps: list[Step] = []
    waits: list[float] = []
    queue = ordered([item for item in items if item.ready])
    held: dict[tuple[str, int | None], int] = {}
    for item in items:
        if item.case_id and not item.ready:
            held[item.chat, item.case_id] = min(item.row_id, held.get((item.chat, item.case_id), item.row_id))
    collapsed, lists, list_waits = _lists(queue, limits, now)
    steps += lists
    waits += list_waits
    gathered: set[str] = set()
    stopped: set[tuple[str, int | None]] = set()
    for item in queue:
        key = (item.chat, item.case_id)
        if item.row_id in collapsed or (item.case_id and held.get(key, item.row_id) < item.row_id):
            continue
        if item.alert in gathered:
            continue
        wait = limits.wait(item.chat, now, edit=item.edit, new_card=item.new_card)
        if wait > 0 or (item.case_id and key in stopped) or len(steps) >= AT_ONCE:
            stopped.add(key)
            waits.append(wait)
            continue
        limits.take(item.chat, now, edit=item.edit)
        if item.alert:
            gathered.add(item.alert)
            steps.append(SendAlerts(item.chat, tuple(i for i in queue if i.alert == item.alert)))
        else:
            steps.append(Send(item))
    return steps, min(waits) if waits else None


def ordered(items: Sequence[Item]) -> list[Item]:
    """Return the items gravest first, those of one case in one chat in the order of their rows."""
    urgency: dict[int, int] = {}
    by_case = sorted(
        (item for item in items if item.case_id), key=lambda i: (i.chat, i.case_id or 0, -i.row_id)
    )
    for _, rows in groupby(by_case, key=lambda item: (item.chat, item.case_id)):
        gravest = 99
        for item in rows:  # the newest first: an older row is at least as urgent
            gravest = min(gravest, item.priority)
            urgency[item.row_id] = gravest
    return sorted(items, key=lambda item: (urgency.get(item.row_id, item.priority), item.row_id))


def _lists(queue: Sequence[Item], limits: Limits, now: float) -> tuple[set[int], list[Step], list[float]]:
    """Make one list of the new cards of each chat where more wait than it takes at present."""
    collapsed: set[int] = set()
    steps: list[Step] = []
    waits: list[float] = []
    cards: dict[str, list[Item]] = {}
    behind = {(item.chat, item.case_id) for item in queue if item.case_id and not item.new_card}
    for item in queue:
        if item.listable and (item.chat, item.case_id) not in behind:
            cards.setdefault(item.chat, []).append(item)
    for chat, waiting in cards.items():
        if len(waiting) <= BACKLOG or limits.group_per_minute == 0:
            continue
        if _free(limits, chat, now) >= len(waiting):
            continue
        collapsed |= {item.row_id for item in waiting}
        wait = max(limits.list_wait(chat, now), limits.wait(chat, now))
        if wait > 0:
            waits.append(wait)
            continue
        limits.take(chat, now)
        limits.listed(chat, now)
        steps.append(SendList(chat, tuple(waiting)))
    return collapsed, steps, waits


def _free(limits: Limits, chat: str, now: float) -> int:
    """Return how many new cards the chat would take at once."""
    probe = limits._bucket(chat, False, now)
    probe.wait(now)
    keep = min(RESERVE, probe.size / 4) if chat.startswith(("-", "@")) else 0.0
    return int(max(0.0, probe.tokens - keep))
