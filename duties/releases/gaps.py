"""What the ledger does not know, and how long an account has been silent.

Source: Qingdao 2020-88 art. 10 (weekly), art. 11 (an original every two weeks), annex 2 (「无僵尸、睡眠情况」);
Anning 2021 art. 25 (daily but for holidays, an original a week).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlmodel import col, select

from cases.register import readonly
from cases.register.desk import Desk
from cases.register.duty_kinds import ReleaseState
from cases.register.tables import Article
from cases.register.tables.duties import MediaAccount, Release
from duties.accounts import register
from duties.releases import ledger
from duties.rules import policy
from sla.calendar import WorkCalendar


@dataclass(frozen=True, slots=True)
class Silence:
    """An account that should have been heard of by now. `original`: it is own articles that lack."""

    account: MediaAccount
    last: date
    due_on: date
    original: bool

    @property
    def words(self) -> str:
        return f"「{self.account.name}」自 {self.last} 起没有发布{'原创信息' if self.original else '信息'}"

    def __str__(self) -> str:
        return f"{self.words}，应于 {self.due_on} 前发布"


def silences(desk: Desk) -> list[Silence]:
    """Return the accounts that are silent longer than their standard allows, today included."""
    return [
        silence
        for account in register.in_use(desk)
        for silence in of_account(desk, account, desk.today)
        if desk.today > silence.due_on
    ]


def of_account(desk: Desk, account: MediaAccount, today: date) -> list[Silence]:
    """Return when the next article and the next original one are due, as seen on `today`."""
    rows = [row for row in released(desk, account) if ledger.day_of(desk, row) <= today]
    standard = policy.load().standard(account.standard)
    # who was resting was not silent: the time runs anew from the day of taking up again
    since = max(
        [account.opened_on, *(end for _, end in register.rests(desk, account) if end and end <= today)]
    )
    found = []
    for original, gap in ((False, standard.post_gap_days), (True, standard.original_gap_days)):
        days = [ledger.day_of(desk, r) for r in rows if not original or not ledger.is_reprint(r)]
        last = max([since, *days])
        every_day = standard.posts_every_workday and not original
        found.append(
            Silence(account, last, due_after(last, gap, desk.calendar, every_workday=every_day), original)
        )
    return found


def due_after(last: date, gap: int, calendar: WorkCalendar, *, every_workday: bool) -> date:
    """Return the last day on which the next article is in time. `gap` in calendar days, or workdays."""
    if every_workday and last.year >= 2024:
        return calendar.add(last, gap)
    return last + timedelta(days=gap)


def weeks_without(desk: Desk, account: MediaAccount, first: date, last: date) -> list[date]:
    """Return the weeks (their Mondays) wholly within the span in which nothing was released, and no day was of a rest."""
    days = {ledger.day_of(desk, row) for row in released(desk, account)}
    rests = register.rests(desk, account)
    monday = max(first, account.opened_on)
    monday += timedelta(days=-monday.weekday() % 7)
    empty = []
    while monday + timedelta(days=6) <= last:
        sunday = monday + timedelta(days=6)
        rested = any(start <= sunday and (end is None or end > monday) for start, end in rests)
        if not rested and not any(monday <= day <= sunday for day in days):
            empty.append(monday)
        monday += timedelta(days=7)
    return empty


def released(desk: Desk, account: MediaAccount) -> list[Release]:
    query = select(Release).where(Release.account_id == account.id, Release.state == ReleaseState.RELEASED)
    return list(desk.session.exec(query.order_by(col(Release.released_at))).all())


def unentered(desk: Desk) -> Sequence[readonly.Article]:
    """Return the articles that stand on the platform and that no released entry of the ledger knows, by title."""
    titles = {
        _key(row.title)
        for row in desk.session.exec(select(Release).where(Release.state == ReleaseState.RELEASED))
    }
    articles = desk.session.exec(select(Article).where(Article.title != "").order_by(col(Article.id))).all()
    return [article for article in articles if _key(article.title) not in titles]


def _key(title: str) -> str:
    return "".join(title.split()).lower()
