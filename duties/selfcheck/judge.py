"""What the register itself can say of a month: the verdict, and the figures that it stands on.

Nothing is judged that the register does not know: without a figure the indicator is asked.
Source: Qingdao West Coast 2020 no. 88, annex 2.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlmodel import col, select

from cases.lists import statistics
from cases.register.desk import Desk
from cases.register.duty_kinds import ReleaseState, TaskState, Verdict
from cases.register.tables.duties import MediaAccount, SelfCheck, SelfCheckTask
from duties.accounts import register as accounts
from duties.releases import gaps, ledger
from duties.rules import days
from sla.deadline import due_words

SLEEPING = timedelta(days=14)  # two weeks without a word: the standard's 「睡眠」


@dataclass(frozen=True, slots=True)
class Month:
    """What is looked at: the accounts in use and the days of the month that are over.

    `standing`: the suspended ones, too; nobody publishes on them, yet they are filed. `own`: the one account of
    a check that is of no other.
    """

    month: str
    first: date
    last: date
    accounts: Sequence[MediaAccount]
    standing: Sequence[MediaAccount]
    own: MediaAccount | None

    def concerns(self, account_id: int | None) -> bool:
        """Tell whether a row of this account, or of the office where it is None, counts in this check."""
        return self.own is None or account_id in (None, self.own.id)


@dataclass(frozen=True, slots=True)
class Judgement:
    verdict: Verdict
    value: str


_UNKNOWN = Judgement(Verdict.NONE, "")


def month_of(desk: Desk, month: str, account: MediaAccount | None) -> Month:
    first, last = days.read_month(month)
    of = [account] if account is not None else accounts.in_use(desk)
    standing = [account] if account is not None else accounts.standing(desk)

    def opened(rows: Sequence[MediaAccount]) -> list[MediaAccount]:
        return [row for row in rows if row.opened_on <= last]

    return Month(month, first, min(last, desk.today), opened(of), opened(standing), account)


def judge(desk: Desk, of: Month) -> dict[str, Judgement]:
    """Return a judgement for each indicator that the register can judge."""
    judged = {code: rule(desk, of) for code, rule in _RULES.items()}
    return {code: judgement for code, judgement in judged.items() if judgement.verdict}


def _ledger(desk: Desk, of: Month) -> Judgement:
    """A5: what was released went through the ledger; articles on the platform that it does not know are a fault."""
    rows = [row for row in ledger.listed(desk, of.month) if of.concerns(row.account_id)]
    released = sum(row.state == ReleaseState.RELEASED for row in rows)
    start = datetime.combine(of.first, time(), tzinfo=desk.office.zone)
    end = datetime.combine(of.last + timedelta(days=1), time(), tzinfo=desk.office.zone)
    unknown = [a.title for a in gaps.unentered(desk) if start <= a.added_at < end]
    if not rows and not unknown:
        return _UNKNOWN
    value = f"台账登记 {len(rows)} 篇，已签发 {released} 篇"
    if unknown:
        return Judgement(
            Verdict.FAULT, f"{value}；平台上有而台账没有 {len(unknown)} 篇：{'、'.join(unknown[:5])}"
        )
    return Judgement(Verdict.OK, value)


def _weekly(desk: Desk, of: Month) -> Judgement:
    """B1: every account, every whole week of the month."""
    if not of.accounts:
        return _UNKNOWN
    found = [(a.name, gaps.weeks_without(desk, a, of.first, of.last)) for a in of.accounts]
    if silent := [(name, weeks) for name, weeks in found if weeks]:  # accounts may share a name
        shown = "；".join(
            f"{name}：{'、'.join(f'{w:%m-%d}' for w in weeks)} 起的一周" for name, weeks in silent
        )
        return Judgement(Verdict.FAULT, f"没有更新：{shown}")
    return Judgement(Verdict.OK, f"{len(of.accounts)} 个账号每周均有更新")


def _awake(desk: Desk, of: Month) -> Judgement:
    """B4: nobody sleeps."""
    if not of.accounts:
        return _UNKNOWN
    last = []
    for account in of.accounts:
        found = [ledger.day_of(desk, r) for r in gaps.released(desk, account)]
        last.append((account.name, max((d for d in found if d <= of.last), default=account.opened_on)))
    asleep = [f"{name} 最近发布 {day}" for name, day in last if of.last - day > SLEEPING]
    if asleep:
        return Judgement(Verdict.FAULT, "；".join(asleep))
    return Judgement(Verdict.OK, "；".join(f"{name} 最近发布 {day}" for name, day in last))


def _answers(desk: Desk, of: Month) -> Judgement:
    """C1: citizens who wrote are answered, and in time. The figures are those of the month's report, word for word."""
    if of.first.year < statistics.FIRST_YEAR:
        return _UNKNOWN
    month = statistics.in_all(desk, of.month)
    if not (month.received or month.answered or month.open_overdue):
        return _UNKNOWN
    rate = f"，按时率 {month.rate:.1%}" if month.rate is not None else ""
    value = (
        f"收到 {month.received} 件，已答复 {month.answered} 件（按时 {month.on_time} 件），"
        f"逾期未办结 {month.open_overdue} 件{rate}"
    )
    late = month.open_overdue or month.on_time < month.answered
    return Judgement(Verdict.FAULT if late else Verdict.OK, value)


def _earlier(desk: Desk, of: Month) -> Judgement:
    """D1: the month before was checked and signed. The first one of all has none before it."""
    before = days.month_before(of.month)
    query = select(SelfCheck).where(col(SelfCheck.month) <= before)
    rows = [row for row in desk.session.exec(query).all() if of.concerns(row.account_id)]
    if not rows:
        return Judgement(Verdict.OK, "本月已开展自查（首次）")
    signed = [row for row in rows if row.month == before and row.signed_at is not None]
    if signed:
        return Judgement(Verdict.OK, f"{before} 自查已签署，结果已留存")
    return Judgement(Verdict.FAULT, f"{before} 没有已签署的自查记录")


def _filed(desk: Desk, of: Month) -> Judgement:
    """D2: every account's filing is handed in, or not yet due."""
    if not of.standing:
        return _UNKNOWN
    ids = {account.id for account in of.standing}
    late = [
        f"{account.name}（{accounts.KINDS[event.kind]}，时限 {due_words(event.filing_due_on, event.provisional)}）"
        for account, event in accounts.unfiled(desk)
        if account.id in ids and event.filing_due_on < desk.today
    ]
    if late:
        return Judgement(Verdict.FAULT, f"逾期未备案：{'、'.join(late)}")
    return Judgement(Verdict.OK, f"{len(of.standing)} 个账号已备案或在备案时限内")


def _mended(desk: Desk, of: Month) -> Judgement:
    """D4: the faults found before are mended in time."""
    query = select(SelfCheck, SelfCheckTask).join(
        SelfCheckTask, col(SelfCheckTask.check_id) == col(SelfCheck.id)
    )
    rows = [
        task
        for check, task in desk.session.exec(query.where(SelfCheckTask.state != TaskState.WITHDRAWN)).all()
        if of.concerns(check.account_id) and task.due_on >= of.first and desk.office.today(task.at) <= of.last
    ]
    if not rows:
        return _UNKNOWN
    late = [t for t in rows if (t.done_on or desk.today) > t.due_on]
    value = f"应整改 {len(rows)} 项，逾期 {len(late)} 项"
    return Judgement(Verdict.FAULT if late else Verdict.OK, value)


_RULES: dict[str, Callable[[Desk, Month], Judgement]] = {
    "A5": _ledger,
    "B1": _weekly,
    "B4": _awake,
    "C1": _answers,
    "D1": _earlier,
    "D2": _filed,
    "D4": _mended,
}
