"""States of a case and of a draft, and the only ways from one to the next."""

from enum import StrEnum

from cases.register.errors import Stale
from cases.register.kinds import Category


class State(StrEnum):
    NEW = "new"
    CLAIMED = "claimed"
    IN_REVIEW = "in_review"
    ANSWERED = "answered"
    AUTO_ANSWERED = "auto_answered"
    REFUSED = "refused"
    CLOSED = "closed"


class Event(StrEnum):
    CLAIM = "claim"
    ASSIGN = "assign"
    RELEASE = "release"  # whoever had it is gone
    TRANSFER = "transfer"
    SUBMIT = "submit"
    RETURN = "return"
    ANSWER = "answer"
    ASK = "ask"
    REFUSE = "refuse"
    CORRECT = "correct"
    REOPEN = "reopen"
    RESUME = "resume"  # what the answer promised was not done: its handler goes on
    CLOSE = "close"
    AUTO_ANSWER = "auto_answer"  # the knowledge base was sure, or the citizen chose
    LEAD_ANSWER = "lead_answer"  # the lead case of a mass incident was answered, and so is this one
    LEAD_REFUSE = "lead_refuse"


OPEN = (State.NEW, State.CLAIMED, State.IN_REVIEW)

TRANSITIONS: dict[tuple[State, Event], State] = {
    (State.NEW, Event.CLAIM): State.CLAIMED,
    (State.NEW, Event.ASSIGN): State.CLAIMED,
    (State.CLAIMED, Event.ASSIGN): State.CLAIMED,
    (State.CLAIMED, Event.RELEASE): State.NEW,
    (State.IN_REVIEW, Event.RELEASE): State.NEW,
    (State.NEW, Event.TRANSFER): State.NEW,
    (State.CLAIMED, Event.TRANSFER): State.NEW,
    (State.IN_REVIEW, Event.TRANSFER): State.NEW,
    (State.CLAIMED, Event.SUBMIT): State.IN_REVIEW,
    (State.IN_REVIEW, Event.SUBMIT): State.IN_REVIEW,
    (State.IN_REVIEW, Event.RETURN): State.CLAIMED,
    (State.IN_REVIEW, Event.ANSWER): State.ANSWERED,
    (State.IN_REVIEW, Event.ASK): State.CLAIMED,
    (State.IN_REVIEW, Event.REFUSE): State.REFUSED,
    (State.ANSWERED, Event.CORRECT): State.ANSWERED,
    (State.ANSWERED, Event.REOPEN): State.NEW,
    (State.ANSWERED, Event.RESUME): State.CLAIMED,
    (State.AUTO_ANSWERED, Event.REOPEN): State.NEW,
    (State.REFUSED, Event.REOPEN): State.NEW,
    (State.NEW, Event.AUTO_ANSWER): State.AUTO_ANSWERED,
    (State.NEW, Event.CLOSE): State.CLOSED,
    (State.CLAIMED, Event.CLOSE): State.CLOSED,
    (State.IN_REVIEW, Event.CLOSE): State.CLOSED,
    (State.NEW, Event.LEAD_ANSWER): State.ANSWERED,
    (State.CLAIMED, Event.LEAD_ANSWER): State.ANSWERED,
    (State.NEW, Event.LEAD_REFUSE): State.REFUSED,
    (State.CLAIMED, Event.LEAD_REFUSE): State.REFUSED,
}

STATE_NAMES = {
    State.NEW: "待认领",
    State.CLAIMED: "办理中",
    State.IN_REVIEW: "审核中",
    State.ANSWERED: "已答复",
    State.AUTO_ANSWERED: "已自动答复",
    State.REFUSED: "不予受理",
    State.CLOSED: "已办结",
}


def after(state: str, event: Event) -> State:
    """Return the state that follows. Raises: Stale if the event cannot happen in `state`."""
    try:
        return TRANSITIONS[State(state), event]
    except KeyError:
        raise Stale(f"本件现在是「{STATE_NAMES[State(state)]}」，不能这样操作。") from None


class DraftState(StrEnum):
    REVIEW = "review"  # waits for the next level
    RETURNED = "returned"
    REPLACED = "replaced"  # a newer version took its place
    WITHDRAWN = "withdrawn"  # the case moved on (transfer, closing)
    APPROVED = "approved"


class OutboxState(StrEnum):
    HELD = "held"  # waits for others to be told in one message with it
    PENDING = "pending"
    SENDING = "sending"
    DONE = "done"
    FAILED = "failed"  # given up
    DROPPED = "dropped"  # came to nothing: what it was about is over, or the platform will not have it


class MediaState(StrEnum):
    PENDING = "pending"
    KEPT = "kept"
    REFUSED = "refused"
    LOST = "lost"


class ExtensionState(StrEnum):
    ASKED = "asked"
    GRANTED = "granted"
    REFUSED = "refused"
    LAPSED = "lapsed"  # the case was answered before anybody decided


class PromiseState(StrEnum):
    OPEN = "open"
    KEPT = "kept"
    REPLACED = "replaced"


class CommentState(StrEnum):
    OPEN = "open"
    REPLIED = "replied"
    DELETED = "deleted"


class CoHandlingState(StrEnum):
    ASKED = "asked"
    GIVEN = "given"
    ENDED = "ended"  # the department no longer sees the case


class Purpose(StrEnum):
    ANSWER = "answer"
    QUESTION = "question"  # 追问
    REFUSAL = "refusal"  # 不予受理
    CORRECTION = "correction"  # 更正
    ADOPTION = "adoption"  # 采纳告知: advice was adopted; the case stays as it is


PURPOSE_NAMES = {
    Purpose.ANSWER: "答复",
    Purpose.QUESTION: "追问",
    Purpose.REFUSAL: "不予受理",
    Purpose.CORRECTION: "更正",
    Purpose.ADOPTION: "采纳告知",
}

RELEASE_EVENTS = {
    Purpose.ANSWER: Event.ANSWER,
    Purpose.QUESTION: Event.ASK,
    Purpose.REFUSAL: Event.REFUSE,
    Purpose.CORRECTION: Event.CORRECT,
}


class DeliveryState(StrEnum):
    PENDING = "pending"  # the worker has it
    SENT = "sent"  # the platform took every part
    NOTIFIED = "notified"  # a template message told the citizen that the answer is there
    WAITING = "waiting"  # 待送达: is handed over with the next passive reply
    HANDED_OVER = "handed_over"  # went out with a passive reply
    POSTED = "posted"  # stands under the article as the comment's reply
    FAILED = "failed"  # the platform refused for good


DELIVERY_NAMES = {
    DeliveryState.PENDING: "发送中",
    DeliveryState.SENT: "已送达",
    DeliveryState.NOTIFIED: "已模板通知",
    DeliveryState.WAITING: "待送达",
    DeliveryState.HANDED_OVER: "已随回复送达",
    DeliveryState.POSTED: "已公开回复",
    DeliveryState.FAILED: "未能送达",
}

CATEGORY_NAMES: dict[str, str] = {
    Category.PRAISE: "表扬感谢",
    Category.ADVICE_INQUIRY: "咨询建议",
    Category.COMPLAINT: "投诉求助",
}
CATEGORIES = tuple(CATEGORY_NAMES)
