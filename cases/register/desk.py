"""The desk at which one step is done: one transaction, one moment, one person."""

from __future__ import annotations

import asyncio
import contextvars
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, TypeVar
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy.exc import (
    DBAPIError,
    IntegrityError,
    InternalError,
    OperationalError,
    SQLAlchemyError,
)
from sqlmodel import Session

from cases.register import audit, binding, departments, looking, measures, memo, readonly
from cases.register.errors import Refusal
from cases.register.own_file import Replaced
from cases.register.readonly import Case, Staff
from cases.register.store import Store
from cases.register.turn import Turn, Withdrawn
from cases.register.vault import Vault
from sla.calendar import WorkCalendar
from sla.deadline import Deadline, deadline
from sla.hours import DAYTIME, OfficeHours, QuietHours
from sla.policy import Policy
from text.masking import mask
from text.normalise import storable

if TYPE_CHECKING:  # the models are heavy: a command that needs none should not load them
    from classifier.triage import Triage
    from knowledge_base.answering.answerer import Match

T = TypeVar("T")
Fence = Callable[[Session], None]  # raises Superseded
log = structlog.get_logger()
_WRITTEN = frozenset({"reason", "note", "why", "words", "error", "said"})  # facts of the trail that are prose
ALL_LANES = "*"
_LANES = "lanes"
RECORD_PAUSE, LONGEST_PAUSE = 0.2, 5.0  # seconds between tries to record what has happened outside
_BETWEEN_NUMBERS = re.compile(r"[、,，;；/]")


def ring(session: Session, *lanes: str) -> None:
    """Have the workers of these lanes look at the outbox as soon as the transaction is on disk."""
    session.info.setdefault(_LANES, set()).update(lanes)


def nobody(_desk: Desk, _day: date, _times: int) -> Sequence[int]:
    """The watch of an office that keeps no roster."""
    return ()


@dataclass(frozen=True, slots=True)
class Office:
    """What the office has decided: its rules and what its steps may use. Read once at the start."""

    zone: ZoneInfo
    vault: Vault
    policy: Policy
    calendar: Callable[[], WorkCalendar]
    triage: Callable[[str], Triage]
    match: Callable[[str], Match | None]  # the entry that answers by itself, if one is sure
    office_close: time | None = None
    review_levels: int = 1
    merge_window: timedelta = timedelta(seconds=300)
    auto_answer: bool = True
    chat_on: bool = True
    sweep_every: timedelta = timedelta(seconds=60)
    comments_on: bool = True
    quiet: QuietHours | None = None
    danger_repeat: timedelta = timedelta(minutes=10)  # zero: an alarm is told once
    office_hours: OfficeHours = DAYTIME
    on_watch: Callable[[Desk, date, int], Sequence[int]] = nobody  # told of danger on a day for the n-th time
    departments_of: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # app id → names; none: all
    model_on: bool = False  # a language model of the office's own may propose drafts
    triage_words: Callable[[Sequence[str]], list[Triage]] | None = None  # many texts at once, by words alone
    # a further line, as judged alone, beside the letter that it joins; None: it stands as judged
    further: Callable[[Triage, str, str], Triage] | None = None

    def today(self, now: datetime) -> date:
        return now.astimezone(self.zone).date()


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts. `staff_id` is empty for citizens, the system and the command line."""

    name: str
    staff_id: int | None = None


SYSTEM = Actor("系统")
CITIZEN = Actor("来信人")
COMMAND_LINE = Actor("管理员（命令行）")


def acting(staff: Staff) -> Actor:
    return Actor(staff.name, staff.id)


@dataclass(slots=True)
class Desk:
    """Steps take a desk and change the register through its session; nothing is sent from here."""

    session: Session
    office: Office
    now: datetime
    actor: Actor = SYSTEM
    trail: list[audit.TrailEntry] = field(default_factory=list)
    _departments: list[readonly.Department] | None = field(default=None, init=False, repr=False)
    _own_numbers: tuple[str, ...] | None = field(default=None, init=False, repr=False)

    @property
    def calendar(self) -> WorkCalendar:
        return self.office.calendar()

    @property
    def today(self) -> date:
        return self.office.today(self.now)

    @property
    def departments(self) -> list[readonly.Department]:
        """Return the departments, oldest first; read once in a step."""
        if self._departments is None:
            self._departments = [*departments.known(self.session)]
        return self._departments

    def noted(self, what: memo.Family[T], name: str = "") -> T:
        return what.of(self.session, name)

    def note(self, what: memo.Family[T], value: T, name: str = "") -> None:
        what.put(self.session, value, name)

    def at(self, moment: datetime) -> Desk:
        """Return the desk as it stands at another moment: an office that is played lives faster than its clock."""
        return Desk(self.session, self.office, moment)

    def departments_changed(self) -> None:
        """Have the departments read again."""
        self._departments = self._own_numbers = None

    @property
    def own_numbers(self) -> tuple[str, ...]:
        """Return the telephone numbers that the office's departments list: they are no personal data."""
        if self._own_numbers is None:
            listed = [department.phone for department in self.departments if department.phone]
            split = (number.strip() for phone in listed for number in _BETWEEN_NUMBERS.split(phone))
            self._own_numbers = tuple(split)
        return self._own_numbers

    def seat(self, staff: Staff) -> None:
        """From here on it is this colleague who acts."""
        self.actor = acting(staff)

    @contextmanager
    def undoing(self) -> Iterator[None]:
        """What a step that is refused within the block had begun is undone, and not in the trail; the desk stays usable."""
        noted = len(self.trail)
        try:
            with self.session.begin_nested():
                yield
        except Refusal:
            del self.trail[noted:]
            raise

    def audit(self, action: str, subject: str, **facts: Any) -> None:
        """Note what was done; the rows are chained when the transaction commits.

        The trail stays for ever: what people wrote stands in it masked.
        """
        facts = {k: self.masked(v) if k in _WRITTEN and isinstance(v, str) else v for k, v in facts.items()}
        self.trail.append(audit.TrailEntry(self.now, self.actor.name, action, subject, audit.detail(**facts)))

    def masked(self, words: str) -> str:
        """Return what somebody wrote with personal data masked; the office's own numbers are none."""
        return mask(storable(words), self.own_numbers) if words else words

    def deadline(self, counted_from: datetime, working_days: int) -> Deadline:
        return deadline(counted_from, working_days, self.calendar, self.office.zone, self.office.office_close)

    def working_days(self, case: Case) -> int:
        days = self.office.policy.limit(case.category)
        return days + (self.office.policy.extension if case.extended else 0)


@contextmanager
def at_desk(
    store: Store,
    office: Office,
    now: datetime,
    actor: Actor = SYSTEM,
    turn: Turn | None = None,
    fence: Fence | None = None,
) -> Iterator[Desk]:
    """Open a transaction for one step; commit with its audit rows at the end, or leave nothing."""
    with store.write(lambda: turn is not None and turn.withdrawn) as session:
        if turn is not None and turn.withdrawn:
            raise Withdrawn
        binding.use(session, office.vault)
        desk = Desk(session, office, now, actor)
        yield desk
        if fence is not None:
            fence(session)
        if desk.trail:
            audit.append(session, office.vault, desk.trail)
        session.flush()
        if turn is not None:
            turn.commit()


@dataclass(frozen=True, slots=True)
class Workplace:
    """Store, office and clock: what a door needs to have a step done. `committed` is told which lanes have something new.

    `threads` are the door's own: one door that is flooded leaves the others theirs. `fence` is asked at the end of each
    transaction whether the process still is the one that may do this, and keeps it so until the commit.
    """

    store: Store
    office: Office
    clock: Callable[[], datetime]
    committed: Callable[[Collection[str]], None] = lambda _lanes: None
    threads: Executor | None = None
    fence: Fence | None = None

    def act(self, step: Callable[[Desk], T], actor: Actor = SYSTEM, turn: Turn | None = None) -> T:
        """Do a step in a transaction of its own. A step that lost a race for a unique key, or was cut off, is done anew.

        With a `turn`, the step counts only if it is committed before it is withdrawn. Raises: Withdrawn.
        """
        for last in (False, False, True):
            try:
                with (
                    measures.timed(measures.TRANSACTION),
                    at_desk(self.store, self.office, self.clock(), actor, turn, self.fence) as desk,
                ):
                    result = step(desk)
                _log(desk)
                break
            except Replaced as error:
                if turn is not None and surely_rolled_back(error):
                    turn.rolled_back()
                raise
            except (IntegrityError, OperationalError, InternalError) as error:
                if turn is not None and surely_rolled_back(error):
                    turn.rolled_back()
                waited = turn is not None and not isinstance(error, IntegrityError)
                if error.connection_invalidated and turn is not None and not turn.committing:
                    waited = False  # it broke before anything could be kept, mostly while it rested
                if last or waited:  # who waits for a turn has no time for a second wait
                    raise
        if lanes := desk.session.info.get(_LANES):
            self.committed(lanes)
        return result

    def look(self, question: Callable[[Desk], T]) -> T:
        """Answer a question from the register. Raises: RuntimeError for one that changes a row."""
        with self.store.read() as session:
            looking.only(session)
            answer = question(Desk(session, self.office, self.clock()))
            looking.unchanged(session)
            return answer

    async def act_async(
        self, step: Callable[[Desk], T], actor: Actor = SYSTEM, turn: Turn | None = None
    ) -> T:
        """`act` from an async edge: thread, session and transaction are opened here and nowhere else."""
        here = contextvars.copy_context()  # what the log is to say of the request
        return await asyncio.get_running_loop().run_in_executor(
            self.threads, here.run, self.act, step, actor, turn
        )

    async def look_async(self, question: Callable[[Desk], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self.threads, self.look, question)

    async def record(self, step: Callable[[Desk], T]) -> T:
        """`act_async` for what has happened outside already: tried until the register takes it.

        A platform that took a text is not asked twice because the disk was full or the database away. No fence keeps
        out what is true.
        """
        known = replace(self, fence=None)
        pause = RECORD_PAUSE
        while True:
            try:
                return await known.act_async(step)
            except IntegrityError:
                raise
            except (SQLAlchemyError, OSError):
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE)


def _log(desk: Desk) -> None:
    """Tell the log what was done and on which cases, once it is committed: names of actions, never words."""
    if desk.trail:
        cases = {e.subject.removeprefix("case:") for e in desk.trail if e.subject.startswith("case:")}
        log.info("done", actions=sorted({entry.action for entry in desk.trail}), cases=sorted(cases))


def surely_rolled_back(error: Exception) -> bool:
    """Tell whether an error of the database leaves nothing behind; a connection lost while committing may."""
    if isinstance(error, Replaced):
        return not error.committed
    return isinstance(error, DBAPIError) and not error.connection_invalidated
