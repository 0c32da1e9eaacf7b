"""The ways in and out. A channel is one `Channel`: what it cannot do is said here, so that no step asks for its name.

Its door receives (`cases.steps.receive.Incoming` with its name), the worker of its lane delivers.
"""

from dataclasses import dataclass

from sqlmodel import select

from cases.register.desk import Desk
from cases.register.readonly import Case
from cases.register.tables import Source

API_PREFIX = "api:"


@dataclass(frozen=True, slots=True)
class Channel:
    """What a way in and out can do. `lane` is the outbox lane on which its deliveries go; empty: they are fetched."""

    title: str
    lane: str
    private: bool = True  # else what is answered stands where everybody reads it
    joins: bool = True  # further messages within the window join the open case
    small_talk: bool = True  # else every message is a case
    answers_itself: bool = True  # the knowledge base may answer, or offer what may be meant
    notices: bool = True  # fixed wording about a change reaches the citizen
    window: bool = False  # the platform lets us write for a while after a message only
    commands: bool = False  # its citizens are told what to send (「评价 …」「补充 …」)


WECHAT = Channel("公众号消息", "citizen", window=True, commands=True)
COMMENT = Channel(
    "图文留言", "comment", private=False, joins=False, small_talk=False, answers_itself=False, notices=False
)
API = Channel("其他渠道", "api")

_BY_NAME = {"wechat": WECHAT, "comment": COMMENT}


def channel(name: str) -> Channel:
    """Return the channel that a case names. Raises: KeyError for one that was never built."""
    return API if name.startswith(API_PREFIX) else _BY_NAME[name]


def title(name: str) -> str:
    """Return what people call a channel: a source of other channels by its own name."""
    return _BY_NAME[name].title if name in _BY_NAME else name.removeprefix(API_PREFIX)


def is_public(desk: Desk, case: Case) -> bool:
    """Tell whether the answer to a case will stand where everybody reads it: a source says it of itself."""
    if not case.channel.startswith(API_PREFIX):
        return not channel(case.channel).private
    query = select(Source.public).where(Source.name == case.channel.removeprefix(API_PREFIX))
    return bool(desk.session.exec(query).first())
