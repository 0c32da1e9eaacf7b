"""The words of the watch: what is told of a milestone, to whom, and whether it can wait for the morning."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, Unpack

from sqlmodel import col, select

from cases.register import drafts, people
from cases.register.desk import Desk
from cases.register.readonly import Case
from cases.register.states import CATEGORY_NAMES, ExtensionState
from cases.register.tables import Danger, Extension, Staff
from cases.sending import announce
from cases.steps import review
from cases.steps.rights import NAMED, reviewers
from sla.deadline import due_words, is_provisional
from sla.milestones import (
    DUE_SOON,
    FIRST_OVERDUE,
    GRAVEST,
    HANDLER,
    OVERDUE,
    SUPERVISOR,
    UNCLAIMED,
    UNCLAIMED_HEAD,
    Firing,
    Milestone,
    escalation,
    gravity,
    title,
)
from sla.standing import days_overdue


class Alerts:
    """Gathers the outbox rows of one sweep's transaction; what several cases need is read once."""

    def __init__(self, desk: Desk, cases: Sequence[Case]) -> None:
        self.rows: list[dict[str, Any]] = []
        self._desk = desk
        self._heads: dict[int | None, list[Staff]] = {}
        asked = select(Extension.case_id).where(
            col(Extension.case_id).in_([case.id for case in cases]), Extension.state == ExtensionState.ASKED
        )
        self._wishes = set(desk.session.exec(asked).all())

    def tell(self, case: Case, firing: Firing) -> None:
        """One line about the gravest; what was reached beside it is named in it."""
        if not self._desk.office.chat_on:
            return
        beside = "".join(f"【{title(other.name)}】" for other in firing.also)
        key = f"milestone:{case.id}:{firing.tell.name}:{firing.tell.day}:{firing.to}"
        if firing.to == SUPERVISOR:
            self._supervisors(case, firing, beside, key)
        elif firing.to == HANDLER:
            self._handler(case, firing.tell, beside, key)
        else:
            self._reviewers(case, firing.tell, beside, key)

    def _supervisors(self, case: Case, firing: Firing, beside: str, key: str) -> None:
        """What can wait is not said of a case that is closed when the quiet hours end; that one fell overdue is."""
        line, name = self._line(case), firing.tell.name
        who = self._who(case)
        if name == OVERDUE:
            text = f"【逾期】{line}{self._how_late(case)}，承办：{who}。{self._climb(case)}{beside}"
        elif name == DUE_SOON:
            wish = "延期申请尚未决定，今日之后不能再同意。" if case.id in self._wishes else ""
            text = f"【即将到期】{line}今日到期，承办：{who}。{wish}{beside}"
        elif name == FIRST_OVERDUE:
            text = f"【紧急】{case.no} 首次回应已逾时，承办：{who}。{beside}"
        else:
            names = self._names(case.department_id)
            text = f"【待认领】{line}{self._unclaimed(case)}，请{names}安排。{beside}"
        urgent = FIRST_OVERDUE in (name, *(other.name for other in firing.also))
        can_wait = name in (DUE_SOON, UNCLAIMED_HEAD)
        how: announce.Telling = {"key": key, "quiet": not urgent, "while_open": can_wait}
        self._put(announce.SUPERVISORS, text, firing.tell, case, **how)

    def _who(self, case: Case) -> str:
        """Return who has the case; while nobody has claimed it, who took its alarm."""
        session = self._desk.session
        if case.handler_id is not None:
            return people.staff_name(self._desk, case.handler_id)
        alarm = session.get(Danger, case.id) if case.urgent else None
        if alarm is not None and alarm.taken_by is not None:
            return f"{people.staff_name(self._desk, alarm.taken_by)}（已接手处置）"
        return "无人认领"

    def _handler(self, case: Case, milestone: Milestone, beside: str, key: str) -> None:
        line = self._line(case)
        only: announce.Telling = {"key": key, "while_open": True}
        if milestone.name in (OVERDUE, DUE_SOON, FIRST_OVERDUE):
            only["not_where"] = announce.SUPERVISORS  # in one chat for both the line above says it
        if milestone.name == UNCLAIMED:
            announce.card(self._desk, case)
            text = f"【待认领】{line}{self._unclaimed(case)}。{beside}"
        elif milestone.name == OVERDUE:
            text = f"【催办】{line}时限已过，请立即办理。{beside}"
        elif milestone.name == FIRST_OVERDUE:
            text = f"【催办】{line}首次回应已逾时，请立即回应来信人。{beside}"
        elif milestone.name == DUE_SOON:
            text = f"【今日到期】{line}请今日答复。{beside}"
        else:
            left = self._desk.calendar.count(self._desk.today, case.due_on)
            before = milestone.name.startswith("before_")
            words = f"距到期还有 {left} 个工作日" if before else title(milestone.name)
            text = f"【提醒】{line}{words}。{beside}"
        self._put(announce.home(case), announce.addressed(self._desk, case, text), milestone, case, **only)

    def _reviewers(self, case: Case, milestone: Milestone, beside: str, key: str) -> None:
        """Where the card of the draft lies; a chat before which it lies no more is not told when its turn comes."""
        text = f"【等候审核】{self._line(case)}{self._waits(case)}{beside}"
        under = drafts.under_review(self._desk, case)
        above = [announce.SUPERVISORS] if under is not None and under.supervisor_last else []
        for to in (announce.home(case), *above, announce.REVIEWERS):
            how: announce.Telling = {"while_open": case.closed_at is None, "to_reviewers": True}
            if to != announce.home(case):
                how["not_where"] = announce.home(case)
            how["key"] = key if to == announce.home(case) else f"{key}:{to}"
            self._put(to, text, milestone, case, **how)

    def _put(
        self, to: str, text: str, milestone: Milestone, case: Case, **how: Unpack[announce.Telling]
    ) -> None:
        how.setdefault("quiet", True)
        rank = GRAVEST - gravity(milestone.name)
        self.rows.append(announce.alert_line(self._desk, to, text, rank, case, **how))

    def _line(self, case: Case) -> str:
        due = due_words(case.due_on, case.provisional)
        return f"{case.no}（{CATEGORY_NAMES[case.category]}，时限 {due}）"

    def _how_late(self, case: Case) -> str:
        day = self._overdue_day(case)
        days = days_overdue(day, self._desk.today, self._desk.calendar)
        guessed = is_provisional(self._desk.office.today(case.clock_from), day, self._desk.calendar)
        before = f"改类前已于 {due_words(day, guessed)} 到期，" if case.due_on > day else ""
        return f"{before}已逾期 {days} 个工作日" if days else f"{before}已逾期"

    def _overdue_day(self, case: Case) -> date:
        """Return the last day on which the case was in time."""
        if case.overdue_since is None:
            return case.due_on
        return min(case.due_on, self._desk.office.today(case.overdue_since - timedelta(microseconds=1)))

    def _unclaimed(self, case: Case) -> str:
        since = case.unclaimed_since or case.registered_at
        days = self._desk.calendar.count(self._desk.office.today(since), self._desk.today)
        local = since.astimezone(self._desk.office.zone)
        return f"自 {local:%m-%d %H:%M} 起无人认领" + (f"，已 {days} 个工作日" if days else "")

    def _waits(self, case: Case) -> str:
        """Say which review a draft waits for, since when, and who may pass it."""
        under = drafts.under_review(self._desk, case)
        level = review.level_name(under) if under else "审核"
        able = reviewers(self._desk, case, under) if under else []
        names = f"请{'、'.join(able[:NAMED])}尽快办理" if able else "请尽快办理"
        if case.review_since is None:
            return f"的草稿等候{level}，{names}。"
        since = case.review_since.astimezone(self._desk.office.zone)
        days = self._desk.calendar.count(since.date(), self._desk.today)
        return f"的草稿自 {since:%m-%d %H:%M} 起等候{level}，已 {days} 个工作日，{names}。"

    def _climb(self, case: Case) -> str:
        day = self._overdue_day(case)
        step = escalation(day, self._desk.today, self._desk.calendar, self._desk.office.policy)
        if step == "handler":
            return ""
        names = self._names(case.department_id if step == "head" else None, case.handler_id)
        return f"请{names}督办。" if names else ""

    def _names(self, department_id: int | None, handler_id: int | None = None) -> str:
        """Return the department's supervisors or the office's leaders; nobody supervises their own case."""
        ranks = [(department_id, "部门负责人")] if department_id is not None else []
        for unit, title_ in (*ranks, (None, "分管领导")):
            names = [staff.name for staff in self._heads_of(unit) if staff.id != handler_id]
            if names:
                return f"{title_}{'、'.join(names)}"
        return ""

    def _heads_of(self, department_id: int | None) -> list[Staff]:
        if department_id not in self._heads:
            self._heads[department_id] = people.heads(self._desk, department_id)
        return self._heads[department_id]
