"""The watch: one sweep over the cases whose time has come, each milestone told once.

A milestone told is a unique row (case, milestone, day), written in the same transaction as the outbox row
that tells it: killed at any moment, nothing is lost and nothing doubled.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, update
from sqlmodel import col, func, select
from sqlmodel.sql.expression import SelectOfScalar

from cases import announce, extend, outbox, people, register, review, upkeep
from cases import draft as drafts
from cases.desk import Desk
from cases.states import CATEGORY_NAMES, OPEN, DeliveryState
from cases.tables import Case, Delivery, Message, Milestone, Outbox
from sla.deadline import due_words
from sla.hours import in_quiet_hours
from sla.milestones import (
    DUE_SOON,
    FIRST_OVERDUE,
    OVERDUE,
    REVIEW_WAITING,
    UNCLAIMED,
    UNCLAIMED_HEAD,
    escalation,
    milestones,
    next_sweep_at,
    title,
    to_fire,
)
from sla.milestones import Milestone as Reached
from sla.standing import days_overdue

BATCH = 50  # cases of one transaction: a push that comes meanwhile waits for no more than these
SHOWN = 30  # numbers that the digest lists of each kind
DIGEST_HOURS = (8, 10)  # never sent late: a machine that slept past ten sends none


@dataclass(frozen=True, slots=True)
class Swept:
    looked_at: int
    told: int


def sweep(desk: Desk, limit: int = BATCH) -> Swept:
    """Look at up to `limit` cases whose `next_look_at` has come. Call again while `looked_at` equals `limit`."""
    rows = desk.session.exec(due(desk.now, limit).with_for_update(key_share=True, skip_locked=True)).all()
    on_record: dict[int, list[Reached]] = {}
    for row in desk.session.exec(select(Milestone).where(col(Milestone.case_id).in_([c.id for c in rows]))):
        on_record.setdefault(row.case_id, []).append(Reached(row.name, row.day))
    told = sum(_look(desk, case, on_record.get(case.id or 0, [])) for case in rows)
    return Swept(len(rows), told)


def due(now: datetime, limit: int) -> SelectOfScalar[Case]:
    """Return the query for the cases whose time has come. It reads `ix_cases_look` and no other rows."""
    return select(Case).where(col(Case.next_look_at) <= now).order_by(col(Case.next_look_at)).limit(limit)


def _look(desk: Desk, case: Case, recorded: list[Reached]) -> bool:
    if not register.is_open(case):
        case.next_look_at = None
        desk.session.add(case)
        return False
    office = desk.office
    case.overdue_since = register.late_since(case, desk.now)
    clock = register.clock(desk, case)
    reached = milestones(clock, desk.now, desk.calendar, office.policy, office.zone)
    firing = to_fire(reached, recorded, desk.today)
    for milestone in firing.record:
        desk.session.add(Milestone(case_id=case.id or 0, name=milestone.name, day=milestone.day, at=desk.now))
    if firing.tell is not None:
        _tell(desk, case, firing.tell, firing.also)
    case.next_look_at = next_sweep_at(clock, desk.now, desk.calendar, office.policy, office.zone)
    desk.session.add(case)
    return firing.tell is not None


def _tell(desk: Desk, case: Case, milestone: Reached, also: tuple[Reached, ...]) -> None:
    """One message about the gravest; what was reached beside it is named in it.

    What can wait is not said of a case that is closed when the quiet hours end; that one fell overdue is.
    """
    beside = "".join(f"【{title(other.name)}】" for other in also)
    key = f"milestone:{case.id}:{milestone.name}:{milestone.day}"
    due_ = due_words(case.due_on, case.provisional)
    line = f"{case.no}（{CATEGORY_NAMES[case.category]}，时限 {due_}）"
    who = people.staff_name(desk.session, case.handler_id) or "无人认领"
    if milestone.name == OVERDUE:
        days = days_overdue(case.due_on, desk.today, desk.calendar)
        count = f"已逾期 {days} 个工作日" if days else "已逾期"
        text = f"【逾期】{line}{count}，承办：{who}。{_climb(desk, case)}{beside}"
        announce.supervisors(desk, text, key=key, case=case)
        text = f"【催办】{line}时限已过，请立即办理。"
        announce.handler(desk, case, text, key=f"{key}:handler", while_open=True)
    elif milestone.name == DUE_SOON:
        text = f"【即将到期】{line}今日到期，承办：{who}。{_wish(desk, case)}{beside}"
        announce.supervisors(desk, text, key=key, case=case, while_open=True)
        text = f"【今日到期】{line}请今日答复。"
        announce.handler(desk, case, text, key=f"{key}:handler", while_open=True)
    elif milestone.name == FIRST_OVERDUE:
        text = f"【紧急】{case.no} 首次回应已逾时，承办：{who}。{beside}"
        announce.supervisors(desk, text, key=key, case=case, urgent=True)
    elif milestone.name == REVIEW_WAITING:
        announce.reviewers(desk, case, f"【等候审核】{line}{_waits(desk, case)}{beside}", key=key)
    elif milestone.name == UNCLAIMED:
        announce.card(desk, case)
        text = f"【待认领】{line}仍无人认领。"
        announce.tell(desk, announce.home(case), text, key=key, case=case, quiet=True, while_open=True)
    elif milestone.name == UNCLAIMED_HEAD:
        text = f"【待认领】{line}无人认领，{_names(desk, case.department_id)}请安排。{beside}"
        announce.supervisors(desk, text, key=key, case=case, while_open=True)
    else:
        left = desk.calendar.count(desk.today, case.due_on)
        words = (
            f"距到期还有 {left} 个工作日" if milestone.name.startswith("before_") else title(milestone.name)
        )
        announce.handler(desk, case, f"【提醒】{line}{words}。{beside}", key=key, while_open=True)


def _wish(desk: Desk, case: Case) -> str:
    """Say that a wish for more time waits: after today nobody can consent to it any more."""
    latest = extend.latest(desk.session, case)
    waits = latest is not None and latest.state == "asked"
    return "延期申请尚未决定，今日之后不能再同意。" if waits else ""


def _waits(desk: Desk, case: Case) -> str:
    """Say which review a draft waits for, and since when."""
    under = drafts.under_review(desk.session, case)
    level = review.level_name(under) if under else "审核"
    if case.review_since is None:
        return f"的草稿等候{level}，请尽快办理。"
    since = case.review_since.astimezone(desk.office.zone)
    days = desk.calendar.count(since.date(), desk.today)
    return f"的草稿自 {since:%m-%d %H:%M} 起等候{level}，已 {days} 个工作日，请尽快办理。"


def _climb(desk: Desk, case: Case) -> str:
    step = escalation(case.due_on, desk.today, desk.calendar, desk.office.policy)
    if step == "handler":
        return ""
    return f"请{_names(desk, case.department_id if step == 'head' else None)}督办。"


def _names(desk: Desk, department_id: int | None) -> str:
    found = people.heads(desk.session, department_id) or people.heads(desk.session, None)
    title_ = "部门负责人" if department_id is not None else "分管领导"
    return f"{title_}{'、'.join(staff.name for staff in found)}"


def digest(desk: Desk) -> bool:
    """Tell the supervisors in the morning of a working day how things stand; once a day, never late.

    Owners of knowledge entries are told of review days beside it. Returns True when it was put up.
    One that could not be sent in its hours is dropped.
    """
    today = desk.today
    if not _in_digest_hours(desk):
        _drop_digests(desk, [today - timedelta(days=back) for back in range(8)])
        return False
    if not is_digest_time(desk):
        return False
    key = _digest_key(today)
    if desk.session.exec(select(Outbox.id).where(Outbox.key == key)).first() is not None:
        return False
    announce.supervisors(desk, "\n".join(_standing(desk)), key=key, priority=outbox.NORMAL)
    upkeep.remind(desk)
    return True


def is_digest_time(desk: Desk) -> bool:
    """Tell whether a digest may go: in its hours of a working day, unless alerts rest longer."""
    if not _in_digest_hours(desk) or not desk.office.chat_on or not desk.calendar.is_workday(desk.today):
        return False
    return not in_quiet_hours(desk.now, desk.office.quiet, desk.office.zone)


def _in_digest_hours(desk: Desk) -> bool:
    return DIGEST_HOURS[0] <= desk.now.astimezone(desk.office.zone).hour < DIGEST_HOURS[1]


def _standing(desk: Desk) -> list[str]:
    open_, today = col(Case.status).in_(OPEN), desk.today
    in_time = col(Case.due_at) > desk.now
    later = [col(Case.due_on) > today, col(Case.due_on) <= desk.calendar.add(today, 3)]
    waiting = select(func.count()).select_from(Delivery)
    waiting = waiting.where(Delivery.state == DeliveryState.WAITING, Delivery.kind != "notice")
    small = select(func.count()).select_from(Message)
    small = small.where(
        col(Message.case_id).is_(None), col(Message.received_at) >= desk.now - timedelta(days=1)
    )
    return [
        f"【晨报】{today}",
        f"今日到期 {_numbers(desk, open_, in_time, col(Case.due_on) == today)}",
        f"三个工作日内到期 {_numbers(desk, open_, in_time, *later)}",
        f"逾期未办结 {_count(desk, open_, register.overdue(desk.now))} 件",
        f"待送达 {desk.session.exec(waiting).one()} 件；未立件消息（近一日）{desk.session.exec(small).one()} 条；"
        f"敏感 {_count(desk, open_, col(Case.sensitive).is_(True))} 件",
        *_by_head(desk, [open_, in_time, col(Case.due_on) == today], [open_, in_time, *later]),
    ]


def _by_head(desk: Desk, today: list[ColumnElement[bool]], soon: list[ColumnElement[bool]]) -> list[str]:
    """Return a line for each department's supervisors: what is theirs to look after."""
    lines = []
    for department in people.departments(desk.session):
        names = "、".join(staff.name for staff in people.heads(desk.session, department.id))
        if names:
            own = col(Case.department_id) == department.id
            late = _count(desk, col(Case.status).in_(OPEN), register.overdue(desk.now), own)
            lines.append(
                f"{names}（{department.name}）：今日到期 {_count(desk, *today, own)} 件，"
                f"三个工作日内 {_count(desk, *soon, own)} 件，逾期 {late} 件"
            )
    return lines


def _numbers(desk: Desk, *where: ColumnElement[bool]) -> str:
    """Return how many cases there are, and the first of their numbers."""
    total = _count(desk, *where)
    shown = desk.session.exec(select(Case.no).where(*where).order_by(col(Case.due_on)).limit(SHOWN)).all()
    more = "等" if total > len(shown) else ""
    return f"{total} 件：{'、'.join(shown) or '无'}{more}"


def _count(desk: Desk, *where: ColumnElement[bool]) -> int:
    return desk.session.exec(select(func.count()).select_from(Case).where(*where)).one()


def _digest_key(day: date) -> str:
    return f"digest:{day}"


def _drop_digests(desk: Desk, days: list[date]) -> None:
    desk.session.execute(
        update(Outbox)
        .where(col(Outbox.key).in_([_digest_key(day) for day in days]), col(Outbox.state) == "pending")
        .values(state="dropped", done_at=desk.now, error="晨报已过时")
    )
