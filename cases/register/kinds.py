"""What rows are of: lanes, jobs, posts, deliveries, causes. The words stand in the database, which takes no others."""

from enum import StrEnum


class Lane(StrEnum):
    """A queue of the outbox; each has a worker."""

    CHAT = "chat"
    CITIZEN = "citizen"
    COMMENT = "comment"
    MEDIA = "media"
    PUSH = "push"
    API = "api"
    MODEL = "model"


class Job(StrEnum):
    """What an outbox row has done."""

    CASE_CARD = "case_card"
    FRESH_CARD = "fresh_card"  # a new card of a case that has one already
    SHOW_CARD = "show_card"  # asked for by a command
    CO_CARD = "co_card"
    REVIEW_CARD = "review_card"
    EXTENSION_CARD = "extension_card"
    CANDIDATE_CARD = "candidate_card"
    ALARM = "alarm"
    NOTICE = "notice"
    ALERT = "alert"  # a line of what the watch found
    ASK = "ask"
    LIST = "list"
    CHOICES = "choices"
    DELIVERY = "delivery"
    TEXT = "text"  # a late reply, by customer-service message
    LATE = "late"  # a push that could not be answered in time
    FETCH = "fetch"
    ELECT = "elect"  # a comment is shown to all readers
    RATING = "rating"
    PROPOSE = "propose"
    SECOND_LOOK = "second_look"


class Posted(StrEnum):
    """What a message of ours in a handler chat stands for."""

    CASE = "case"
    CO = "co"
    REVIEW = "review"
    PART = "part"  # of a text too long for its review card
    ASK = "ask"
    EXTENSION = "extension"
    CANDIDATE = "candidate"
    LIST = "list"
    NOTICE = "notice"
    CHOICES = "choices"
    ALARM = "alarm"


class Sent(StrEnum):
    """What a delivery is to its citizen: a reviewed text by its purpose, an automatic answer, or fixed wording."""

    ANSWER = "answer"
    QUESTION = "question"
    REFUSAL = "refusal"
    CORRECTION = "correction"
    ADOPTION = "adoption"
    AUTO = "auto"
    NOTICE = "notice"


class Ended(StrEnum):
    """How an answer came about, for the figures."""

    ANSWER = "answer"
    REFUSAL = "refusal"
    AUTO = "auto"


class Cause(StrEnum):
    """What set or moved a due date."""

    RECEIVED = "received"
    REOPENED = "reopened"
    RECLASSIFIED = "reclassified"
    EXTENDED = "extended"
    URGENT = "urgent"
    CALENDAR = "calendar"
    OFFICE_CLOSE = "office_close"


class Asked(StrEnum):
    """What a question put to a member of staff is about."""

    RETURN = "return"
    EXTEND = "extend"
    QUESTION = "question"
    REFUSE = "refuse"
    CORRECT = "correct"
    OPINION = "opinion"
    CALM = "calm"


class FoundBy(StrEnum):
    """How an article whose comments are polled became known."""

    ADDED = "added"
    DATACUBE = "datacube"


class QuestionKind(StrEnum):
    """What a citizen was asked."""

    BELONGS = "belongs"  # does the new case belong to an answered one?
    CHOOSE = "choose"  # which of these entries was meant?


class Role(StrEnum):
    HANDLER = "handler"
    REVIEWER = "reviewer"
    SUPERVISOR = "supervisor"
    ADMIN = "admin"


class Category(StrEnum):
    PRAISE = "praise"
    ADVICE_INQUIRY = "advice_inquiry"
    COMPLAINT = "complaint"
