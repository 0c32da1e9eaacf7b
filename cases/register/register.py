"""The register itself: numbers, look-up by number, due dates and the conditional change of state."""

import json
from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, UnaryExpression, and_, or_, update
from sqlmodel import col, select

from cases.register import lapse, readonly, straight
from cases.register.columns import unsearched
from cases.register.desk import Desk
from cases.register.errors import NotFound, Stale
from cases.register.in_turn import TakenInTurn
from cases.register.kinds import Cause
from cases.register.rows import hits, id_of, row_of
from cases.register.states import OPEN, Event, State, after
from cases.register.tables import Case, DueChange
from sla.deadline import Deadline, is_provisional
from sla.milestones import CaseClock

_TAKE = TakenInTurn(
    "INSERT INTO case_number (day, last) VALUES (:day, :count) "
    "ON CONFLICT (day) DO UPDATE SET last = case_number.last + :count RETURNING last"
)
_NEW_CLOCK = (Cause.RECEIVED, Cause.REOPENED)  # causes that start a clock instead of moving its end


def new_numbers(desk: Desk, count: int) -> list[str]:
    """Return the next `count` numbers `YYYYMMDD-NNNN` of today's register; unique over processes."""
    day = desk.today.strftime("%Y%m%d")
    connection = desk.session.connection()
    ((last, *_),) = straight.rows(connection, _TAKE.on(connection), {"day": day, "count": count})
    return [f"{day}-{number:04d}" for number in range(last - count + 1, last + 1)]


def by_number(desk: Desk, no: str) -> readonly.Case:
    case = desk.session.exec(select(Case).where(Case.no == no.strip())).first()
    if case is None:
        raise NotFound(f"没有编号为 {no.strip()[:20]} 的事项。")
    return case


def in_channel(desk: Desk, no: str, channel: str) -> readonly.Case | None:
    """Return the case with this number if it came through this channel."""
    return desk.session.exec(select(Case).where(Case.no == no, Case.channel == channel)).first()


def find(desk: Desk, case_id: int | None) -> readonly.Case | None:
    return desk.session.get(Case, case_id) if case_id else None


def open_ones(desk: Desk, case_ids: Collection[int]) -> list[readonly.Case]:
    """Return those of these cases that are open, gravest first."""
    query = select(Case).where(col(Case.id).in_(case_ids), col(Case.status).in_(OPEN))
    order = (col(Case.urgent).desc(), col(Case.sensitive).desc(), col(Case.due_at), col(Case.id))
    return list(desk.session.exec(query.order_by(*order)).all())


def by_id(desk: Desk, case_id: int | None) -> readonly.Case:
    case = desk.session.get(Case, case_id) if case_id is not None else None
    if case is None:
        raise NotFound("没有这件事项。")
    return case


def is_open(case: readonly.Case) -> bool:
    return case.status in OPEN


def waits_for_a_first_answer(case: readonly.Case) -> bool:
    return is_open(case) and case.first_answered_at is None


def lead(desk: Desk, case: readonly.Case) -> readonly.Case | None:
    """Return the lead case of a mass incident that this case is linked to."""
    return desk.session.get(Case, case.parent_id) if case.parent_id is not None else None


def linked(desk: Desk, case: readonly.Case) -> list[Case]:
    """Return the cases that are answered with this one, oldest first."""
    return list(desk.session.exec(select(Case).where(Case.parent_id == case.id).order_by(col(Case.id))).all())


def lock(desk: Desk, case: readonly.Case) -> None:
    """Hold the case until the transaction ends and see it as it now stands. Locks are taken citizen, case, draft.

    `key_share` lets other transactions still insert rows that refer to it.
    """
    desk.session.refresh(case, with_for_update={"key_share": True})


def is_overdue(case: readonly.Case, now: datetime) -> bool:
    """An open case once overdue stays so, though a later change gave it a later date."""
    return is_open(case) and lapse.since(case, now) is not None


def overdue(now: datetime) -> ColumnElement[bool]:
    """Return the condition for what `is_overdue` says of open cases."""
    return or_(col(Case.due_at) <= now, col(Case.overdue_since) <= now)


def in_time(now: datetime) -> ColumnElement[bool]:
    """Return the condition for open cases of which `overdue` does not hold."""
    since = col(Case.overdue_since)
    return and_(col(Case.due_at) > now, or_(since.is_(None), since > now))


def unlinked() -> ColumnElement[bool]:
    """Return the condition for cases with an answer of their own, as nearly all have one."""
    return unsearched(Case.parent_id).is_(None)


def gravest_first() -> tuple[UnaryExpression[Any], ...]:
    """Return the order of every list of open cases: danger before all else, then what is due first."""
    return (col(Case.urgent).desc(), col(Case.due_at).asc(), col(Case.id).asc())


def move(desk: Desk, case: readonly.Case, event: Event, **values: Any) -> None:
    """Change the state of `case` by `event`; exactly one of many at once succeeds.

    Raises: Stale if the case has meanwhile moved or the event cannot happen now.
    """
    before = case.status
    target = after(before, event)
    desk.session.flush()
    where = [col(Case.id) == case.id, col(Case.status) == before]
    if "handler_id" in values or event is Event.CLAIM:
        where.append(
            col(Case.handler_id).is_(None)
            if case.handler_id is None
            else col(Case.handler_id) == case.handler_id
        )
    found = hits(desk.session, update(Case).where(*where).values(status=target.value, **values))
    if found != 1:
        raise Stale("本件刚刚被其他同事处理。")
    desk.session.refresh(case)
    if is_open(case):
        lapse.follow(desk, case)
    else:
        lapse.end(desk, case)
    look_again(desk, case)
    desk.audit(f"case.{event.value}", f"case:{case.no}", before=before, after=case.status, **_plain(values))


def set_due(desk: Desk, case: readonly.Case, cause: str, note: str = "") -> None:
    """Count the due date anew from `case.clock_from` and keep the history of what moved it, and why."""
    was, was_provisional = case.due_on, case.provisional
    if cause not in _NEW_CLOCK:
        lapse.note(desk, case)
    due = count_due(desk, case, desk.now)
    desk.session.add(case)
    desk.session.flush()
    desk.session.add(DueChange(**due_change(desk, case, due, cause, was, note, was_provisional)))
    if cause not in _NEW_CLOCK:
        lapse.forgive(desk, case, cause)
        lapse.follow(desk, case)
    lapse.note(desk, case)
    look_again(desk, case)


def count_due(desk: Desk, case: readonly.Case, urgent_since: datetime) -> Deadline:
    """Put on the case when it is due, and, if it is urgent, its first answer; nothing is written yet."""
    case = row_of(Case, case)
    due, values = counted(desk, case, urgent_since)
    for name, value in values.items():
        setattr(case, name, value)
    return due


def counted(desk: Desk, case: readonly.Case, urgent_since: datetime) -> tuple[Deadline, dict[str, Any]]:
    """Return when a case is due, and what is to stand on it of that."""
    due = desk.deadline(case.clock_from, desk.working_days(case))
    values = {"due_on": due.due_on, "due_at": due.due_at, "provisional": due.provisional}
    if case.urgent and case.first_answered_at is None:
        since = case.urgent_since or urgent_since
        values |= {"urgent_since": since, "first_answer_due_at": first_answer_due(desk, since)}
    return due, values


def due_change(
    desk: Desk,
    case: readonly.Case,
    due: Deadline,
    cause: str,
    was: date | None = None,
    note: str = "",
    was_provisional: bool = False,
) -> dict[str, Any]:
    """Return the row that says what set or moved a due date, and note it in the audit trail."""
    desk.audit(
        "case.due",
        f"case:{case.no}",
        cause=cause,
        due_on=due.due_on,
        provisional=due.provisional,
        was=was,
        was_provisional=was_provisional,
        days=due.working_days,
    )
    named = desk.calendar.named_days(due.received_on, due.due_on)
    return {
        "case_id": id_of(case),
        "at": desk.now,
        "cause": cause,
        "category": case.category,
        "working_days": due.working_days,
        "counted_from": case.clock_from,
        "was_due_on": was,
        "due_on": due.due_on,
        "due_at": due.due_at,
        "provisional": due.provisional,
        "note": note,
        "named_days": {day.isoformat(): name for day, name in named.items()},
    }


def first_answer_due(desk: Desk, since: datetime) -> datetime:
    """Return when the first answer to a case that is urgent since then is due."""
    return desk.deadline(since, desk.office.policy.urgent_first_answer).due_at


def first_answer_provisional(desk: Desk, case: readonly.Case) -> bool:
    """Tell whether the time of an urgent case's first answer may still move with a notice."""
    if case.first_answer_due_at is None:
        return False
    since = desk.office.today(case.urgent_since or case.clock_from)
    last = desk.office.today(case.first_answer_due_at - timedelta(microseconds=1))
    return is_provisional(since, last, desk.calendar)


def clock(desk: Desk, case: readonly.Case) -> CaseClock:
    """Return what the pure rules of `sla.milestones` need to know of an open case."""
    first = case.first_answer_due_at if case.first_answered_at is None else None
    return CaseClock(
        received_on=desk.office.today(case.clock_from),
        working_days=desk.working_days(case),
        due_on=case.due_on,
        due_at=case.due_at,
        first_due_on=desk.office.today(first - timedelta(microseconds=1)) if first else None,
        first_due_at=first,
        unclaimed_since=case.unclaimed_since if case.status == State.NEW else None,
        review_since=case.review_since if case.status == State.IN_REVIEW or not is_open(case) else None,
        overdue_since=case.overdue_since,
        closed=not is_open(case),
    )


def look_again(desk: Desk, case: readonly.Case) -> None:
    """Have the next sweep look at this case: whatever its clock says may have changed.

    Of a closed case a correction that waits for review is watched.
    """
    case = row_of(Case, case)
    case.next_look_at = desk.now if is_open(case) or case.review_since is not None else None
    desk.session.add(case)


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    return {
        key: value for key, value in values.items() if isinstance(json_safe(value), str | int | float | bool)
    }


def json_safe(value: Any) -> Any:
    return value if isinstance(value, str | int | float | bool) else json.dumps(value, default=str)
