"""The watch: one sweep over the cases whose time has come, each milestone told once.

A milestone told is a unique row (case, milestone, day), written in the same transaction as the outbox row
that tells it: killed at any moment, nothing is lost and nothing doubled.
"""

from dataclasses import dataclass
from datetime import timedelta

from sqlmodel import col, func, select

from cases import announce, outbox, people, register
from cases.desk import Desk
from cases.states import CATEGORY_NAMES, OPEN, DeliveryState
from cases.tables import Case, Delivery, Message, Milestone
from sla.milestones import (
    DUE_SOON,
    FIRST_OVERDUE,
    OVERDUE,
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

BATCH = 200
DIGEST_HOURS = (8, 10)  # never sent late: a machine that slept past ten sends none


@dataclass(frozen=True, slots=True)
class Swept:
    looked_at: int
    told: int


def sweep(desk: Desk, limit: int = BATCH) -> Swept:
    """Look at up to `limit` cases whose `next_look_at` has come. Call again while `looked_at` equals `limit`."""
    rows = desk.session.exec(
        select(Case).where(col(Case.next_look_at) <= desk.now).order_by(col(Case.next_look_at)).limit(limit)
    ).all()
    told = sum(_look(desk, case) for case in rows)
    return Swept(len(rows), told)


def _look(desk: Desk, case: Case) -> bool:
    if not register.is_open(case):
        case.next_look_at = None
        desk.session.add(case)
        return False
    office = desk.office
    if desk.now >= case.due_at and case.overdue_since is None:
        case.overdue_since = case.due_at
    clock = register.clock(desk, case)
    reached = milestones(clock, desk.now, desk.calendar, office.policy, office.zone)
    told = desk.session.exec(select(Milestone).where(Milestone.case_id == case.id)).all()
    recorded = [Reached(row.name, row.day) for row in told]
    firing = to_fire(reached, recorded)
    for milestone in firing.record:
        desk.session.add(Milestone(case_id=case.id or 0, name=milestone.name, day=milestone.day, at=desk.now))
    if firing.tell is not None:
        _tell(desk, case, firing.tell)
    case.next_look_at = next_sweep_at(clock, desk.now, desk.calendar, office.policy, office.zone)
    desk.session.add(case)
    return firing.tell is not None


def _tell(desk: Desk, case: Case, milestone: Reached) -> None:
    key = f"milestone:{case.id}:{milestone.name}:{milestone.day}"
    line = f"{case.no}（{CATEGORY_NAMES[case.category]}，时限 {case.due_on}{'暂定' if case.provisional else ''}）"
    who = people.staff_name(desk.session, case.handler_id) or "无人认领"
    if milestone.name == OVERDUE:
        days = days_overdue(case.due_on, desk.today, desk.calendar)
        count = f"已逾期 {days} 个工作日" if days else "已逾期"
        text = f"【逾期】{line}{count}，承办：{who}。{_climb(desk, case)}"
        announce.supervisors(desk, text, key=key, case=case)
        announce.handler(desk, case, f"【逾期】{line}{count}，请立即办理。", key=f"{key}:handler")
    elif milestone.name == DUE_SOON:
        announce.supervisors(desk, f"【即将到期】{line}今日到期，承办：{who}。", key=key, case=case)
        announce.handler(desk, case, f"【今日到期】{line}请今日答复。", key=f"{key}:handler")
    elif milestone.name == FIRST_OVERDUE:
        text = f"【紧急】{case.no} 首次回应已逾时，承办：{who}。"
        announce.supervisors(desk, text, key=key, case=case, urgent=True)
    elif milestone.name == UNCLAIMED:
        announce.card(desk, case)
        announce.tell(
            desk, announce.home(case), f"【待认领】{line}仍无人认领。", key=key, case=case, quiet=True
        )
    elif milestone.name == UNCLAIMED_HEAD:
        text = f"【待认领】{line}无人认领，{_names(desk, case.department_id)}请安排。"
        announce.supervisors(desk, text, key=key, case=case)
    else:
        announce.handler(desk, case, f"【提醒】{line}{title(milestone.name)}。", key=key)


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
    """Tell the supervisors in the morning of a working day how things stand; once a day, never late."""
    local = desk.now.astimezone(desk.office.zone)
    if not DIGEST_HOURS[0] <= local.hour < DIGEST_HOURS[1] or not desk.calendar.is_workday(local.date()):
        return False
    session, today = desk.session, desk.today
    soon = desk.calendar.add(today, 3)
    due = session.exec(
        select(col(Case.no), col(Case.due_on))
        .where(
            col(Case.status).in_(OPEN),
            col(Case.due_on) >= today,
            col(Case.due_on) <= soon,
            col(Case.due_at) > desk.now,
        )
        .order_by(col(Case.due_on))
        .limit(60)
    ).all()

    def count(*where: object) -> int:
        return session.exec(select(func.count()).select_from(Case).where(*where)).one()  # type: ignore[arg-type]

    open_ = col(Case.status).in_(OPEN)
    waiting = session.exec(
        select(func.count())
        .select_from(Delivery)
        .where(Delivery.state == DeliveryState.WAITING, Delivery.kind != "notice")
    ).one()
    small = session.exec(
        select(func.count())
        .select_from(Message)
        .where(col(Message.case_id).is_(None), col(Message.received_at) >= desk.now - timedelta(days=1))
    ).one()
    lines = [
        f"【晨报】{today}",
        f"今日到期 {sum(on == today for _, on in due)} 件：{'、'.join(no for no, on in due if on == today) or '无'}",
        f"三个工作日内到期 {sum(on > today for _, on in due)} 件：{'、'.join(no for no, on in due if on > today) or '无'}",
        f"逾期未办结 {count(open_, col(Case.due_at) <= desk.now)} 件",
        f"待送达 {waiting} 件；未立件消息（近一日）{small} 条；敏感 {count(open_, col(Case.sensitive).is_(True))} 件",
    ]
    key = f"digest:{today}"
    announce.supervisors(desk, "\n".join(lines), key=key, priority=outbox.NORMAL)
    return True
