"""「本月要办」: everything that is due, in one list, the overdue first.

Source: MLGK 004—2018 §5, §6.2, §7.1; Qingdao 2020-88 art. 6, 7, 10, 11, 15, 16; Anning 2021 art. 16, 17, 25, 30, 39.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from sqlmodel import func, select

from cases.register.desk import Desk
from cases.register.duty_kinds import AccountState, IncidentState, ReleaseState, SuggestionState
from cases.register.tables.duties import AccountEvent, Release, SelfCheck
from duties.accounts import register
from duties.matters import incidents, suggestions
from duties.people import handover, roster
from duties.releases import gaps, ledger
from duties.rules import days
from duties.selfcheck import record
from duties.selfcheck.indicators import BY_CODE
from sla.deadline import due_words, is_provisional

PAGES = "/console/duties"
SOON = 2  # working days before a date from which it is reminded of
_MONTHS_BACK = 12  # how far back a self-check that was never begun is asked for
_ROSTER_AHEAD = timedelta(days=7)  # how far a roster should reach


@dataclass(frozen=True, slots=True)
class AgendaItem:
    """One thing to do. Without a date it waits for somebody, as a review does."""

    kind: str
    what: str
    due_on: date | None
    provisional: bool
    link: str

    @property
    def due(self) -> str:
        return due_words(self.due_on, self.provisional) if self.due_on else ""

    def overdue(self, today: date) -> bool:
        return self.due_on is not None and self.due_on < today

    def __str__(self) -> str:
        return f"{self.kind}：{self.what}{f'，期限 {self.due}' if self.due_on else ''}"


def agenda(desk: Desk) -> list[AgendaItem]:
    """Return what is overdue, due until the month's end, or waiting; the earliest first, what has no date last."""
    _, end = days.read_month(days.month_of(desk.today))
    # in a month's last days the next week's matters count, too
    end = max(end, desk.today + timedelta(days=7))
    found = [item for part in _PARTS for item in part(desk)]
    wanted = [item for item in found if item.due_on is None or item.due_on <= end]
    return sorted(wanted, key=lambda item: (item.due_on or date.max, item.kind, item.what))


def pressing(desk: Desk) -> list[AgendaItem]:
    """Return what a reminder names today: overdue, due today, or within two working days."""
    limit = desk.calendar.add(desk.today, SOON)
    return [item for item in agenda(desk) if item.due_on is not None and item.due_on <= limit]


def _filings(desk: Desk) -> Iterator[AgendaItem]:
    for account, event in register.unfiled(desk):
        what = f"「{account.name}」{register.KINDS[event.kind]}备案"
        yield AgendaItem(
            "备案", what, event.filing_due_on, event.provisional, f"{PAGES}/accounts/{account.id}"
        )


def _notices(desk: Desk) -> Iterator[AgendaItem]:
    for account in register.listed(desk):
        for event in register.events(desk, account) if account.state == AccountState.CLOSING else ():
            if event.notice_to is not None and event.notice_to >= desk.today:
                guess = is_provisional(event.on, event.notice_to, desk.calendar)
                what = f"「{account.name}」关停公告期满，届时注销账号"
                yield AgendaItem("公告", what, event.notice_to, guess, f"{PAGES}/accounts/{account.id}")


def _releases(desk: Desk) -> Iterator[AgendaItem]:
    rows = desk.session.exec(select(Release).where(Release.state != ReleaseState.RELEASED)).all()
    for row in rows:
        what = f"《{row.title}》{ledger.STATES[row.state]}（{row.level}/{row.levels}）"
        yield AgendaItem("发布", what, None, False, f"{PAGES}/releases/{row.id}")
    for silence in _next_posts(desk):
        yield AgendaItem("更新", silence.words, silence.due_on, False, f"{PAGES}/releases")
    for article in gaps.unentered(desk):
        yield AgendaItem("台账", f"平台上的《{article.title}》台账中没有", None, False, f"{PAGES}/releases")


def _next_posts(desk: Desk) -> Iterator[gaps.Silence]:
    """Return when accounts have to be heard of next, while that is near or past; the same day is said once."""
    near = desk.calendar.add(desk.today, SOON)
    for account in register.in_use(desk):
        said: set[date] = set()
        for silence in gaps.of_account(desk, account, desk.today):
            if silence.due_on <= near and silence.due_on not in said:
                said.add(silence.due_on)
                yield silence


def _selfchecks(desk: Desk) -> Iterator[AgendaItem]:
    """A month is checked until its last working day; one that was not begun or not signed stays on the list."""
    checks = desk.session.exec(select(SelfCheck)).all()
    begun = {check.month for check in checks}
    for month in _months_to_check(desk, begun):
        if month not in begun:
            due = days.last_of(month, desk.calendar)
            yield AgendaItem("自查", f"{month} 自查还没有开始", due.on, due.provisional, f"{PAGES}/selfcheck")
    for check in checks:
        if check.signed_at is None:
            due = days.last_of(check.month, desk.calendar)
            what = f"{check.month} 自查还没有签署"
            yield AgendaItem("自查", what, due.on, due.provisional, f"{PAGES}/selfcheck/{check.id}")
    for check, task in record.open_tasks(desk):
        what = f"{check.month} 自查 {task.code} {BY_CODE[task.code].words}"
        yield AgendaItem("整改", what, task.due_on, task.provisional, f"{PAGES}/selfcheck/{check.id}")


def _months_to_check(desk: Desk, begun: Collection[str]) -> list[str]:
    """Return this month and those before it since the first account was entered or the first check begun, a year at most."""
    entered = desk.session.exec(select(func.min(AccountEvent.at))).one()
    first = min([*begun, *([days.month_of(desk.office.today(entered))] if entered else [])], default="")
    months = [days.month_of(desk.today)] if first else []
    while months and len(months) < _MONTHS_BACK and months[-1] > first:
        months.append(days.month_before(months[-1]))
    return months


def _incidents(desk: Desk) -> Iterator[AgendaItem]:
    for row in incidents.listed(desk):
        if row.state != IncidentState.CLOSED:
            due = desk.office.today(row.taken_at) if row.state == IncidentState.OPEN else None
            what = f"第 {row.id} 号{incidents.KINDS[row.kind]}{incidents.STATES[row.state]}"
            yield AgendaItem("事件", what, due, False, f"{PAGES}/incidents")


def _watch(desk: Desk) -> Iterator[AgendaItem]:
    if not roster.in_use(desk):
        return
    empty = roster.unplanned(desk, desk.today, desk.today + _ROSTER_AHEAD)
    if empty:
        more = f"等 {len(empty)} 天" if len(empty) > 1 else ""
        yield AgendaItem("值班", f"{empty[0]}{more}没有排班", empty[0], False, f"{PAGES}/roster")


def _advice(desk: Desk) -> Iterator[AgendaItem]:
    for row in suggestions.listed(desk):
        line = suggestions.shown(desk, row)
        if row.state == SuggestionState.PASSED:
            what = f"{line['no']} 待{line['department']}反馈"
            yield AgendaItem("建议", what, row.feedback_by, row.provisional, f"{PAGES}/suggestions")
        elif line["told"] in ("none", "back"):
            words = suggestions.TOLD[line["told"]]
            yield AgendaItem(
                "建议", f"{line['no']} 已采纳，告知来信人的文字{words}", None, False, f"{PAGES}/suggestions"
            )


def _handovers(desk: Desk) -> Iterator[AgendaItem]:
    for row in handover.open_ones(desk):
        shown = handover.shown(desk, row)
        left = sum(item["done_at"] is None for item in shown["items"])
        todo = f"还有 {left} 项没有办" if left else "待签字"
        gone = "" if shown["to_active"] else f"{shown['to']}已停用，请换接收人，"
        what = f"{shown['from']} → {shown['to']}，{gone}{todo}"
        yield AgendaItem("交接", what, row.due_on, row.provisional, f"{PAGES}/handovers")


_PARTS: tuple[Callable[[Desk], Iterator[AgendaItem]], ...] = (
    _filings, _notices, _releases, _selfchecks, _incidents, _watch, _advice, _handovers,
)  # fmt: skip
