"""What rows of the duties are of, and their states. The words stand in the database, which takes no others."""

from enum import StrEnum


class StandardCode(StrEnum):
    """Whose rules an account is registered by."""

    MLGK = "mlgk"
    QINGDAO = "qingdao"
    ANNING = "anning"
    HENGNAN = "hengnan"


class AccountState(StrEnum):
    OPEN = "open"
    SUSPENDED = "suspended"
    CLOSING = "closing"  # announced; closed when the notice is over
    CLOSED = "closed"


class AccountStep(StrEnum):
    """What happened to an account; each is filed."""

    OPEN = "open"
    CHANGE = "change"
    SUSPEND = "suspend"
    RESUME = "resume"
    CLOSE = "close"


class Weight(StrEnum):
    """How much an article weighs: how many reviews it needs."""

    ORDINARY = "ordinary"
    IMPORTANT = "important"
    GRAVE = "grave"


class ReleaseState(StrEnum):
    REVIEW = "review"
    RETURNED = "returned"
    RELEASED = "released"


class ReleaseDeed(StrEnum):
    SUBMIT = "submit"
    APPROVE = "approve"
    RETURN = "return"


class Verdict(StrEnum):
    """What was found of an indicator of the self-check."""

    NONE = ""  # not judged, not answered yet
    OK = "ok"
    FAULT = "fault"


class TaskState(StrEnum):
    OPEN = "open"
    DONE = "done"
    WITHDRAWN = "withdrawn"  # the indicator was answered anew


class IncidentKind(StrEnum):
    UNLAWFUL = "unlawful"
    IMPOSTOR = "impostor"
    RUMOUR = "rumour"


class IncidentState(StrEnum):
    OPEN = "open"
    REPORTED = "reported"
    CLOSED = "closed"


class WatchDay(StrEnum):
    """What kind of day a watch falls on."""

    WORKDAY = "workday"
    REST = "weekend"
    HOLIDAY = "holiday"


class SwapState(StrEnum):
    ASKED = "asked"
    AGREED = "agreed"
    REFUSED = "refused"
    LAPSED = "lapsed"  # the roster moved


class SuggestionState(StrEnum):
    PASSED = "passed"
    ADOPTED = "adopted"
    DECLINED = "declined"
