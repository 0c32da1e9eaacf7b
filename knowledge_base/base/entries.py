"""The entry: one question the office has settled, its answer and where it comes from."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from text.placeholders import hole


class Status(StrEnum):
    CANDIDATE = "candidate"
    PUBLISHED = "published"
    RETIRED = "retired"


CANDIDATE, PUBLISHED, RETIRED = Status.CANDIDATE, Status.PUBLISHED, Status.RETIRED
STATUSES = (CANDIDATE, PUBLISHED, RETIRED)


class KnowledgeError(Exception):
    """Something about the knowledge base that a person can mend; the message is Chinese and says how."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A question with its answer. `status` is one of `STATUSES`; dates are days in the office's zone."""

    id: str
    question: str
    answer: str
    aliases: tuple[str, ...] = ()
    department: str = ""
    topic: str = ""
    source: str = ""
    effective_on: date | None = None
    review_on: date | None = None
    owner: str = ""
    status: str = PUBLISHED
    version: int = 1

    @property
    def wordings(self) -> tuple[str, ...]:
        """The question and its aliases: everything a citizen's words may be compared with."""
        return (self.question, *self.aliases)


def can_answer(entry: Entry, today: date) -> bool:
    """Return whether the entry may speak for the office on that day.

    It must be published, in force (the effective day itself counts) and not past its review day:
    an entry that nobody has looked at in time is taken for expired until its owner reviews it. An answer with
    a hole somebody meant to fill is no answer yet; staff see it all the same and fill the hole.
    Source: MLGK 004—2018 §6.3.2.2; Anning measures 2021, art. 30.
    """
    if entry.status != PUBLISHED:
        return False
    if entry.effective_on is not None and entry.effective_on > today:
        return False
    return (entry.review_on is None or today <= entry.review_on) and not hole(entry.answer)
