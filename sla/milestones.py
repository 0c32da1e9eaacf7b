"""What the watch should have told somebody by now, and when it must look at a case again.

All milestones are computed from the clock and `now`; which of them were told is the caller's record, one row
for each (case, name, day). Nothing here depends on when, or how often, the sweep runs.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sla.calendar import WorkCalendar
from sla.deadline import local_date
from sla.hours import in_quiet_hours, parse_quiet_hours, quiet_until
from sla.policy import Policy
from sla.standing import days_overdue

__all__ = [
    "CaseClock", "Fired", "Firing", "Milestone", "escalation", "gravity", "in_quiet_hours", "milestones", "next_sweep_at",
    "parse_quiet_hours", "quiet_until", "title", "to_fire", "told_to",
]  # fmt: skip

HALF, DUE_SOON, OVERDUE = "half", "due_soon", "overdue"
FIRST_DUE_SOON, FIRST_OVERDUE = "first_answer_due_soon", "first_answer_overdue"
REVIEW_WAITING, UNCLAIMED, UNCLAIMED_HEAD = "review_waiting", "unclaimed", "unclaimed_head"
_BEFORE = "before_"
_TITLES = {
    HALF: "时限过半", DUE_SOON: "即将到期", OVERDUE: "逾期",
    FIRST_DUE_SOON: "首次回应今日到期", FIRST_OVERDUE: "首次回应逾期",
    REVIEW_WAITING: "等候审核", UNCLAIMED: "无人认领", UNCLAIMED_HEAD: "无人认领，请部门负责人安排",
}  # fmt: skip
# Gravest last. Reminders before the due day stand between HALF and UNCLAIMED_HEAD, the nearest the gravest.
_RANK = {
    UNCLAIMED: 0, HALF: 1, UNCLAIMED_HEAD: 1000, REVIEW_WAITING: 1001, FIRST_DUE_SOON: 1002, DUE_SOON: 1003,
    FIRST_OVERDUE: 1004, OVERDUE: 1005,
}  # fmt: skip
GRAVEST = max(_RANK.values())
HANDLER, SUPERVISOR, REVIEWERS = "handler", "supervisor", "reviewers"
_TOLD_TO = {
    UNCLAIMED: (HANDLER,), HALF: (HANDLER,), UNCLAIMED_HEAD: (SUPERVISOR,), REVIEW_WAITING: (REVIEWERS,),
    FIRST_DUE_SOON: (HANDLER,), DUE_SOON: (SUPERVISOR, HANDLER), FIRST_OVERDUE: (SUPERVISOR, HANDLER),
    OVERDUE: (SUPERVISOR, HANDLER),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class CaseClock:
    """What the watch has to know of a case.

    `received_on` is the day the running clock counts from: receipt, or the day of a reopening with a new
    clock. `overdue_since` stays although a later `due_at` was set. `first_due_*` are set for an urgent case
    until its first answer, `unclaimed_since` until somebody claims it, `review_since` while a draft waits for a
    review level: of a closed case (a correction) that is all that is watched.
    """

    received_on: date
    working_days: int
    due_on: date
    due_at: datetime
    first_due_on: date | None = None
    first_due_at: datetime | None = None
    unclaimed_since: datetime | None = None
    review_since: datetime | None = None
    overdue_since: datetime | None = None
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Milestone:
    """`day` is the office's date that the milestone is for, not the date on which a sweep found it."""

    name: str
    day: date


@dataclass(frozen=True, slots=True)
class Firing:
    """One message: `tell` to HANDLER, SUPERVISOR or REVIEWERS, mentioning `also`."""

    to: str
    tell: Milestone
    also: tuple[Milestone, ...]


@dataclass(frozen=True, slots=True)
class Fired:
    """What a sweep does with one case: at most one message to each, and every one of `record` on record."""

    firings: tuple[Firing, ...]
    record: tuple[Milestone, ...]


@dataclass(frozen=True, slots=True)
class _Plan:
    """A milestone reached at `at`, for the day of `at`; if `daily`, again on each later working day."""

    name: str
    at: datetime
    daily: bool = False


def milestones(
    clock: CaseClock, now: datetime, calendar: WorkCalendar, policy: Policy, zone: ZoneInfo
) -> list[Milestone]:
    """Return everything that should have been told by `now`, the gravest last.

    Of a milestone that comes back every working day (overdue, review waiting, unclaimed) only the latest day is listed:
    it speaks for the days before it, so a sleeping machine catches up with one message.
    """
    today = local_date(now, zone)
    reached = []
    for plan in _plans(clock, calendar, policy, zone):
        if now >= plan.at:
            first = local_date(plan.at, zone)
            day = max(first, _last_workday(today, calendar)) if plan.daily else first
            reached.append(Milestone(plan.name, day))
    return sorted(reached, key=lambda milestone: (gravity(milestone.name), milestone.day))


def next_sweep_at(
    clock: CaseClock, now: datetime, calendar: WorkCalendar, policy: Policy, zone: ZoneInfo
) -> datetime | None:
    """Return the next UTC instant after `now` at which a milestone of this case can be reached; None: never.

    Store it beside the case and index it: a sweep then reads only the cases whose instant has come. An open
    case always has one, for overdue comes back each working day. Compute it anew whenever the clock changes.
    """
    plans = list(_plans(clock, calendar, policy, zone))
    coming = [plan.at for plan in plans if plan.at > now]
    if any(plan.daily and plan.at <= now for plan in plans):
        coming.append(_midnight(calendar.add(local_date(now, zone), 1), zone))
    return min(coming).astimezone(UTC) if coming else None


def to_fire(reached: Sequence[Milestone], recorded: Collection[Milestone], today: date) -> Fired:
    """Choose what to tell of what `milestones` returned, given what is on record for the case.

    To each whom it concerns one message, about the gravest. What is older and no graver than something already told of
    the same kind (after a calendar or closing-hour change, say) is recorded without a word. What is on record
    for a day after `today` was told by a clock that ran ahead: it silences nothing but itself.
    """
    fresh = [milestone for milestone in reached if milestone not in recorded]
    told = [milestone for milestone in recorded if milestone.day <= today]
    worth = [milestone for milestone in fresh if not any(_covers(earlier, milestone) for earlier in told)]
    firings = [
        _firing(to, [m for m in worth if to in told_to(m.name)]) for to in (SUPERVISOR, HANDLER, REVIEWERS)
    ]
    return Fired(tuple(firing for firing in firings if firing is not None), tuple(fresh))


def told_to(name: str) -> tuple[str, ...]:
    """Return whom a milestone concerns."""
    return (HANDLER,) if name.startswith(_BEFORE) else _TOLD_TO[name]


def _firing(to: str, worth: Sequence[Milestone]) -> Firing | None:
    if not worth:
        return None
    tell = max(worth, key=lambda milestone: (gravity(milestone.name), milestone.day))
    others = sorted(worth, key=lambda milestone: gravity(milestone.name))
    gravest = {_kind(m.name): m for m in others if _kind(m.name) != _kind(tell.name)}
    return Firing(to, tell, tuple(gravest.values()))


def escalation(due_on: date, day: date, calendar: WorkCalendar, policy: Policy) -> str:
    """Return up to whom an overdue case has climbed on `day`: "handler", "head" or "leader".

    "head" is the supervisor of the department, "leader" the supervisor without one.
    """
    days = days_overdue(due_on, day, calendar)
    if days >= policy.escalate_leader_from:
        return "leader"
    return "head" if days >= policy.escalate_head_from else "handler"


def title(name: str) -> str:
    """Return the Chinese words for a milestone's name."""
    if name.startswith(_BEFORE):
        return f"距到期还有 {name.removeprefix(_BEFORE)} 个工作日"
    return _TITLES[name]


def _plans(clock: CaseClock, calendar: WorkCalendar, policy: Policy, zone: ZoneInfo) -> Iterator[_Plan]:
    if clock.review_since:
        yield _Plan(
            REVIEW_WAITING, _later(clock.review_since, policy.review_waiting, calendar, zone), daily=True
        )
    if clock.closed:
        return
    yield from _towards_due(clock, calendar, policy, zone)
    if clock.first_due_on and clock.first_due_at:
        yield _Plan(FIRST_DUE_SOON, _midnight(clock.first_due_on, zone))
        yield _Plan(FIRST_OVERDUE, clock.first_due_at, daily=True)
    if clock.unclaimed_since:
        since = clock.unclaimed_since
        yield _Plan(UNCLAIMED, since + timedelta(hours=policy.unclaimed_offer_again_hours), daily=True)
        yield _Plan(UNCLAIMED_HEAD, _later(since, policy.unclaimed_to_head, calendar, zone), daily=True)


def _towards_due(clock: CaseClock, calendar: WorkCalendar, policy: Policy, zone: ZoneInfo) -> Iterator[_Plan]:
    yield _Plan(OVERDUE, clock.overdue_since or clock.due_at, daily=True)
    if clock.overdue_since and clock.overdue_since < clock.due_at:
        return  # overdue already: nobody is told that a later date draws near
    if policy.remind_half_time and clock.working_days > 1:
        half = calendar.add(clock.received_on, (clock.working_days + 1) // 2)
        yield _Plan(HALF, _midnight(half, zone))
    for n in policy.remind_days_before:
        if n < clock.working_days:
            yield _Plan(f"{_BEFORE}{n}", _midnight(calendar.add(clock.due_on, -n), zone))
    yield _Plan(DUE_SOON, _midnight(clock.due_on, zone))


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.min, tzinfo=zone).astimezone(UTC)


def _later(since: datetime, working_days: int, calendar: WorkCalendar, zone: ZoneInfo) -> datetime:
    """Return the same time of day, `working_days` working days after `since`."""
    local = since.astimezone(zone)
    day = calendar.add(local.date(), working_days)
    return datetime.combine(day, local.time(), tzinfo=zone).astimezone(UTC)


def _last_workday(day: date, calendar: WorkCalendar) -> date:
    return day if calendar.is_workday(day) else calendar.add(day, -1)


def gravity(name: str) -> int:
    """Return how grave a milestone is, up to GRAVEST."""
    return 500 - int(name.removeprefix(_BEFORE)) if name.startswith(_BEFORE) else _RANK[name]


def _kind(name: str) -> str:
    if name in (FIRST_DUE_SOON, FIRST_OVERDUE):
        return "first_answer"
    if name in (UNCLAIMED, UNCLAIMED_HEAD):
        return "unclaimed"
    return "review" if name == REVIEW_WAITING else "clock"


def _covers(told: Milestone, milestone: Milestone) -> bool:
    same = _kind(told.name) == _kind(milestone.name)
    return same and told.day >= milestone.day and gravity(told.name) >= gravity(milestone.name)
