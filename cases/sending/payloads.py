"""What an outbox row carries: a frozen class for each kind of job, dumped when it is put up and parsed where it is done."""

from dataclasses import MISSING, dataclass, fields
from typing import Any, ClassVar, Self

from cases.register.kinds import Job
from cases.register.readonly import Outbox


@dataclass(frozen=True, slots=True)
class Payload:
    """`jobs` are the kinds of row that carry it. What is as it is by default is not written."""

    jobs: ClassVar[tuple[Job, ...]] = ()

    def dump(self) -> dict[str, Any]:
        return {
            each.name: value
            for each in fields(self)
            if (value := getattr(self, each.name)) != each.default or each.default is MISSING
        }

    @classmethod
    def of(cls, row: Outbox) -> Self:
        """Parse a row's payload; what an earlier version wrote beside is left out. Raises: KeyError if something lacks."""
        given = row.payload
        lacks = [each.name for each in fields(cls) if each.default is MISSING and each.name not in given]
        if lacks:
            raise KeyError(f"{row.kind} {row.id}: {', '.join(lacks)}")
        return cls(**{each.name: _frozen(given[each.name]) for each in fields(cls) if each.name in given})


@dataclass(frozen=True, slots=True)
class OfCase(Payload):
    """A card of a case; a comment to be shown; a rating to be offered."""

    jobs = (Job.CASE_CARD, Job.ELECT, Job.RATING)
    case_id: int


@dataclass(frozen=True, slots=True)
class ShownCard(Payload):
    jobs = (Job.SHOW_CARD,)
    case_id: int
    to: str
    reply_to: str = ""


@dataclass(frozen=True, slots=True)
class FreshCard(Payload):
    """`beside`: the older card stays. `moved`: none where one was posted since, as in another department's own chat."""

    jobs = (Job.FRESH_CARD,)
    case_id: int
    to: str
    beside: bool = False
    moved: bool = False


@dataclass(frozen=True, slots=True)
class CoCard(Payload):
    jobs = (Job.CO_CARD,)
    case_id: int
    department_id: int
    to: str


@dataclass(frozen=True, slots=True)
class ReviewCard(Payload):
    jobs = (Job.REVIEW_CARD,)
    draft_id: int
    round: int
    case_id: int


@dataclass(frozen=True, slots=True)
class ExtensionCard(Payload):
    jobs = (Job.EXTENSION_CARD,)
    extension_id: int
    case_id: int


@dataclass(frozen=True, slots=True)
class CandidateCard(Payload):
    jobs = (Job.CANDIDATE_CARD,)
    entry_id: str
    to: str
    case_id: int | None = None


@dataclass(frozen=True, slots=True)
class Alarm(Payload):
    """`times`: how often it has been told with this one."""

    jobs = (Job.ALARM,)
    case_id: int
    to: str
    times: int


@dataclass(frozen=True, slots=True)
class NoticeLine(Payload):
    """A line of text. The conditions are looked at when it could be sent."""

    jobs = (Job.NOTICE,)
    to: str
    text: str = ""
    case_id: int | None = None
    while_open: bool = False
    not_after: str = ""
    not_where: str = ""
    to_reviewers: bool = False
    reply_to: str = ""


@dataclass(frozen=True, slots=True)
class WatchLine(NoticeLine):
    """A line of what the watch found; the smallest (rank, due time) stands first."""

    jobs = (Job.ALERT,)
    no: str = ""
    grave: tuple[int, str] = (0, "")


@dataclass(frozen=True, slots=True)
class ToAsk(Payload):
    jobs = (Job.ASK,)
    ask_id: int
    to: str
    text: str = ""
    reply_to: str = ""


@dataclass(frozen=True, slots=True)
class List(Payload):
    """A page of somebody's list; `list` names which."""

    jobs = (Job.LIST,)
    list: str
    staff_id: int
    to: str
    page: int = 0
    reply_to: str = ""


@dataclass(frozen=True, slots=True)
class Choices(Payload):
    """Buttons (label, data) to choose from."""

    jobs = (Job.CHOICES,)
    buttons: tuple[tuple[str, str], ...]
    case_id: int
    to: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class ToDeliver(Payload):
    jobs = (Job.DELIVERY,)
    delivery_id: int


@dataclass(frozen=True, slots=True)
class LateReply(Payload):
    """`sealed` in Base64."""

    jobs = (Job.TEXT,)
    citizen_id: int
    sealed: str


@dataclass(frozen=True, slots=True)
class LatePush(Payload):
    """`sealed` in Base64; `told`: its citizen has heard that it came."""

    jobs = (Job.LATE,)
    sealed: str
    told: bool = False


@dataclass(frozen=True, slots=True)
class ToFetch(Payload):
    jobs = (Job.FETCH,)
    media_id: int
    account: str = ""


@dataclass(frozen=True, slots=True)
class ToPropose(Payload):
    jobs = (Job.PROPOSE,)
    case_id: int
    staff_id: int
    to: str


@dataclass(frozen=True, slots=True)
class ToLookAt(Payload):
    jobs = (Job.SECOND_LOOK,)
    draft_id: int


def case_of(row: Outbox) -> int | None:
    """Return the case that a row of any kind is about, where it says so."""
    found: int | None = row.payload.get("case_id")
    return found


def delivery_of(row: Outbox) -> int | None:
    found: int | None = row.payload.get("delivery_id")
    return found


def to_of(row: Outbox) -> str:
    """Return the chat that a row of any kind names; empty where it goes to its target."""
    return str(row.payload.get("to") or "")


def _frozen(value: Any) -> Any:
    return tuple(_frozen(each) for each in value) if isinstance(value, list) else value
