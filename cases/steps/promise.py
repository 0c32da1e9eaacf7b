"""Dates that an answer promised are watched like deadlines: a reminder before, an alert after, until closed."""

from datetime import datetime, time, timedelta

from sqlmodel import col, select

from cases.register import register, tables
from cases.register.desk import Desk
from cases.register.readonly import Case, Draft, Staff
from cases.register.rows import id_of
from cases.register.states import PromiseState, Purpose, State
from cases.register.tables import Promise
from cases.sending import announce
from cases.steps.allowed import Action, demand
from sla.deadline import end_of_day
from sla.promises import promised

BATCH = 100
MORNING, EVENING = time(8), time(21)  # hours in which a citizen is asked
_BROKEN, _REMINDER = 3, 600  # beside the milestones of due dates: behind what is due today, behind reminders


def keep(desk: Desk, case: Case, draft: Draft, text: str) -> None:
    """Note what a released text promises. A correction takes the place of what the earlier text promised."""
    if draft.purpose == Purpose.CORRECTION:
        for row in open_of(desk, case):
            end(desk, row, PromiseState.REPLACED, "答复已更正")
    for found in promised(text, desk.today, desk.calendar):
        row = Promise(
            case_id=id_of(case),
            draft_id=id_of(draft),
            words=found.words,
            due_on=found.due_on,
            due_at=end_of_day(found.due_on, desk.office.zone, desk.office.office_close),
        )
        row.next_look_at = max(desk.now, _reminder_at(desk, row))
        desk.session.add(row)
        desk.audit("promise.made", f"case:{case.no}", words=found.words, due_on=found.due_on)
    desk.session.flush()


def close(desk: Desk, staff: Staff, case: Case, note: str = "") -> list[Promise]:
    """「兑现」: what the answer promised is done. Raises: NotAllowed; Invalid if nothing is open."""
    register.lock(desk, case)
    demand(desk, staff, case, Action.KEEP)
    rows = open_of(desk, case)
    for row in rows:
        row.closed_by = staff.id
        end(desk, row, PromiseState.KEPT, note)
        desk.audit("promise.kept", f"case:{case.no}", words=row.words, due_on=row.due_on, note=row.note)
    announce.card(desk, case)
    return rows


def open_of(desk: Desk, case: Case) -> list[Promise]:
    query = select(Promise).where(Promise.case_id == case.id, Promise.state == PromiseState.OPEN)
    return list(desk.session.exec(query.order_by(col(Promise.due_at), col(Promise.id))).all())


def mine(desk: Desk, staff: Staff) -> list[tuple[Case, Promise]]:
    """Return the promises that this person has to keep, the earliest due first."""
    query = (
        select(tables.Case, Promise)
        .join(Promise, col(Promise.case_id) == col(tables.Case.id))
        .where(tables.Case.handler_id == staff.id, Promise.state == PromiseState.OPEN)
    )
    return list(desk.session.exec(query.order_by(col(Promise.due_at), col(Promise.id))).all())


def watch(desk: Desk) -> int:
    """Remind on the working day before and on the day itself, alert on each working day after; returns how many.

    Call it by timer: it reads only rows whose time has come, and what was told has a unique key.
    """
    query = select(Promise).where(col(Promise.next_look_at) <= desk.now).order_by(col(Promise.next_look_at))
    rows = desk.session.exec(query.limit(BATCH).with_for_update(key_share=True, skip_locked=True)).all()
    for row in rows:
        _tell(desk, row)
        row.next_look_at = _next(desk, row)
        desk.session.add(row)
    return len(rows)


def plan_anew(desk: Desk) -> None:
    """Have every open promise looked at when its time comes by the clock as it now stands."""
    for row in desk.session.exec(select(Promise).where(Promise.state == PromiseState.OPEN)).all():
        row.next_look_at = _next(desk, row)
        desk.session.add(row)


def _ask_citizen(desk: Desk, case: Case, row: Promise) -> None:
    """Ask once whether what was promised was done: by fixed wording, whoever closed the promise meanwhile."""
    if row.asked_at is not None or case.status != State.ANSWERED or case.channel == "comment":
        return
    row.asked_at = desk.now
    announce.notice(
        desk,
        case,
        f"您反映的事项（编号 {case.no}）答复中说「{row.words}」，期限 {row.due_on} 已过。请问办好了吗？"
        "没有办好请回复「没有」，我们继续办理；已经办好请回复「办好了」。",
    )
    desk.audit("promise.asked", f"case:{case.no}", words=row.words, due_on=row.due_on)


def _tell(desk: Desk, row: Promise) -> None:
    case, today = register.by_id(desk, row.case_id), desk.today
    if desk.now >= _ask_at(desk, row):
        _ask_citizen(desk, case, row)
    if row.state != PromiseState.OPEN:
        return
    words = f"{case.no} 的答复承诺「{row.words}」"
    if desk.now < row.due_at:
        when = "今日到期" if today == row.due_on else f"期限 {row.due_on}"
        text = f"【承诺提醒】{words}，{when}。办妥后请发送「兑现 {case.no}」（/done {case.no}）。"
        _alert(desk, case, text, _REMINDER, f"promise:{row.id}:before:{today}")
        return
    if not desk.calendar.is_workday(today) and row.due_on != today - timedelta(days=1):
        return
    text = f"【承诺逾期】{words}，期限 {row.due_on} 已过，尚未兑现。"
    key = f"promise:{row.id}:after:{today}"
    announce.alert(desk, announce.SUPERVISORS, text, _BROKEN, case, key=key, quiet=True)
    _alert(desk, case, f"{text}请立即办理。", _BROKEN, f"{key}:handler")


def _alert(desk: Desk, case: Case, text: str, rank: int, key: str) -> None:
    """Tell the one who has the case, in the chat where it is handled."""
    words = announce.addressed(desk, case, text)
    announce.alert(desk, announce.home(case), words, rank, case, key=key, quiet=True)


def _next(desk: Desk, row: Promise) -> datetime | None:
    """Return when the next word about a promise is due: its day, its end, the question, then each working day."""
    asking = [_ask_at(desk, row)] if row.asked_at is None else []
    if row.state != PromiseState.OPEN:
        return next((at for at in asking if at > desk.now and row.state == PromiseState.KEPT), None)
    the_day = _midnight(desk, datetime.combine(row.due_on, time.min))
    coming = sorted(at for at in (_reminder_at(desk, row), the_day, row.due_at, *asking) if at > desk.now)
    return (
        coming[0] if coming else _midnight(desk, datetime.combine(desk.calendar.add(desk.today, 1), time.min))
    )


def _ask_at(desk: Desk, row: Promise) -> datetime:
    """Return when the citizen may be asked: once the date is past, but not in the night."""
    local = row.due_at.astimezone(desk.office.zone)
    if MORNING <= local.time() < EVENING:
        return row.due_at
    day = local.date() + timedelta(days=1 if local.time() >= EVENING else 0)
    return datetime.combine(day, MORNING, desk.office.zone)


def _reminder_at(desk: Desk, row: Promise) -> datetime:
    return _midnight(desk, datetime.combine(desk.calendar.add(row.due_on, -1), time.min))


def _midnight(desk: Desk, day: datetime) -> datetime:
    return day.replace(tzinfo=desk.office.zone)


def end(desk: Desk, row: Promise, state: str, note: str) -> None:
    """Watch a promise no more: kept, or replaced by what came after it."""
    row.state, row.closed_at, row.note = state, desk.now, note.strip()[:500]
    row.next_look_at = _next(desk, row)
    desk.session.add(row)
