"""What wants a person now: by their role, the gravest first, and never more than they can take in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlmodel import col, select

from cases.lists import browse, filters, views
from cases.lists.filters import Wanted
from cases.lists.views import CaseLine
from cases.register import nudges, people, readonly, tables
from cases.register.desk import Desk
from cases.register.permissions import ADMIN, REVIEWER, SUPERVISOR, holds
from cases.register.readonly import Staff
from cases.register.rows import id_of
from cases.register.states import ExtensionState
from cases.register.tables import Case, Extension
from cases.steps.allowed import Action, refusal
from sla.calendar_check import missing_year

SHOWN = 6
_HANDLER = ("urgent", "returned", "mine", "promised", "unclaimed")
_REVIEWER = ("urgent", "my_review", "returned", "mine", "promised", "unclaimed")
_SUPERVISOR = (
    "urgent", "sensitive", "my_review", "extension", "overdue", "dissatisfied", "mine", "promised", "unclaimed",
)  # fmt: skip
_TITLES = {
    "urgent": "紧急", "sensitive": "敏感和检举", "my_review": "等我审核", "extension": "延期待批", "overdue": "逾期",
    "dissatisfied": "不满意，重新办理", "returned": "退回给我修改", "mine": "我在办的", "promised": "我答应过的",
    "unclaimed": "无人认领",
}  # fmt: skip
_OWN = ("returned", "promised")  # of these lists only what is in the person's own hands


@dataclass(frozen=True, slots=True)
class TodayLine:
    """A case with what there is to know before it is opened. `takes`: its danger is this person's to take."""

    line: CaseLine
    excerpt: str
    note: str
    takes: bool


@dataclass(frozen=True, slots=True)
class Section:
    code: str
    title: str
    total: int
    link: str
    lines: list[TodayLine]


@dataclass(frozen=True, slots=True)
class Task:
    """A line of the check list of the first days."""

    words: str
    done: bool
    link: str


def sections(desk: Desk, me: Staff, counted: Mapping[str, int] | None = None) -> list[Section]:
    """Return what there is to do, without what is empty; a case stands under the first heading that it fits.

    `counted`: how many cases of some lists there are, where that is known already.
    """
    if holds(me, ADMIN):
        return []
    codes = _SUPERVISOR if holds(me, SUPERVISOR) else _REVIEWER if holds(me, REVIEWER) else _HANDLER
    found, told = [], set[int]()
    for code in codes:
        own = "&mine=1" if code in _OWN else ""
        where = filters.conditions(desk, me, Wanted(code, mine=bool(own)))
        known = (counted or {}).get(code) if not own else None
        total = browse.count(desk, *where) if known is None else known
        if not total:
            continue
        where.append(col(Case.id).not_in(told))
        rows = browse.first(desk, SHOWN, where, filters.order(Wanted(code)))
        if not rows:
            continue
        told |= {id_of(row) for row in rows}
        found.append(
            Section(
                code, _TITLES[code], total, f"/console/cases?status={code}{own}", _lines(desk, me, code, rows)
            )
        )
    return found


def first_steps(desk: Desk, served: bool = False) -> list[Task]:
    """Return what an office sets up in its first days, and what of it is done. `served`: an account is set."""
    staff = [s for s in desk.session.exec(select(tables.Staff)).all() if s.active]
    roles = {s.role for s in staff}
    departments = desk.departments
    workers = bool(roles & {"handler", "reviewer", "supervisor"})
    bare = [
        d.name for d in departments if not any(s.department_id == d.id and holds(s, REVIEWER) for s in staff)
    ]
    reviewed = any(s.department_id is None and holds(s, REVIEWER) for s in staff) or not bare
    return [
        Task("设置部门及其主题，来信才能自动分办", bool(departments), "/console/departments"),
        Task("登记承办人、审核人和督办人", workers, "/console/staff"),
        Task(
            "每个部门都有人审核" + ("" if reviewed else f"：{'、'.join(bare[:5])}还没有"),
            bool(departments) and reviewed, "/console/departments",
        ),
        Task("接好办理群（Telegram 或企业微信），提醒才能送到人", desk.office.chat_on, "/console/settings"),
        Task("登记公众号，来信才会进来", served or _has_letters(desk), "/console/accounts"),
        Task("放假安排齐全，时限才不是暂定", missing_year(desk.today, desk.calendar) is None, "/console/policy"),
    ]  # fmt: skip


def _has_letters(desk: Desk) -> bool:
    return desk.session.exec(select(Case.id).limit(1)).first() is not None


def _lines(desk: Desk, me: Staff, code: str, cases: Sequence[readonly.Case]) -> list[TodayLine]:
    lines = [views.line(desk, case) for case in cases]
    begins = browse.excerpts(desk, lines)
    urged = nudges.latest(desk, [case.no for case in cases])
    return [
        TodayLine(
            line, begins.get(line.no, ""), "　".join(filter(None, (_note(desk, code, case), _urged(desk, urged.get(case.no))))),
            line.urgent and refusal(desk, me, case, Action.TAKE) is None,
        )
        for line, case in zip(lines, cases, strict=True)
    ]  # fmt: skip


def _urged(desk: Desk, nudged: nudges.Nudged | None) -> str:
    return f"{nudged.by} {nudged.at.astimezone(desk.office.zone):%m-%d} 催办" if nudged is not None else ""


def _note(desk: Desk, code: str, case: readonly.Case) -> str:
    if code == "my_review" and case.review_since is not None:
        return f"已等候 {long(desk.now - case.review_since)}"
    if code == "unclaimed" and case.unclaimed_since is not None:
        return f"无人认领已 {long(desk.now - case.unclaimed_since)}"
    if code == "overdue" and case.due_at < desk.now:
        return f"逾期 {long(desk.now - case.due_at)}"
    if code == "extension":
        query = select(Extension).where(Extension.case_id == case.id, Extension.state == ExtensionState.ASKED)
        wish = desk.session.exec(query).first()
        return f"{people.staff_name(desk, wish.asked_by)}：{wish.reason[:40]}" if wish else ""
    return ""


def long(span: timedelta) -> str:
    """Return a span as people say it."""
    hours = max(0, int(span.total_seconds() // 3600))
    return f"{hours // 24} 天" if hours >= 48 else f"{hours} 小时" if hours else "不到 1 小时"
