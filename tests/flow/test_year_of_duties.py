"""A year of one office with two accounts, day by day under a clock that moves, on each database."""

import io
from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import openpyxl
from docx import Document

from cases.register.tables import Outbox
from cases.register.tables.duties import (
    AccountEvent,
    Incident,
    MediaAccount,
    Release,
    SelfCheck,
    SelfCheckTask,
)
from duties.accounts import forms, register
from duties.matters import incidents
from duties.month import agenda, reminders
from duties.people import roster
from duties.releases import ledger
from duties.releases import views as release_views
from duties.rules import days
from duties.selfcheck import record, views
from tests.builders import CALENDAR, Bureau

FIRST, LAST = date(2026, 1, 5), date(2026, 12, 31)
ARTICLES, LEVELS = 60, ("李科长", "周科长", "王主任")
OPENING = {"第一责任人姓名": "张三", "第一责任人职务": "主任", "媒体链接": "mlfb"}
CLOSING = date(2026, 11, 2)


class Year:
    """What happens on which day; every morning the reminder's timer runs."""

    def __init__(self, bureau: Bureau) -> None:
        self.bureau = bureau
        self.numbers: list[int] = []
        self.checks: list[int] = []

    def act(self, step: Any) -> Any:
        return self.bureau.workplace.act(step)

    def play(self) -> None:
        day, workdays = FIRST, 0
        while day <= LAST:
            self.bureau.clock.set(day.year, day.month, day.day, 9)
            self.act(reminders.tell)
            if CALENDAR.is_workday(day):
                self.work(day, workdays)
                workdays += 1
            day += timedelta(days=1)

    def work(self, day: date, nth: int) -> None:
        if nth == 0:
            self.open()
        if nth % 4 == 0 and len(self.numbers) < ARTICLES:
            self.article(day)
        if day == date(2026, 6, 15):
            self.change_of_leader(day)
        if day == date(2026, 8, 20):
            self.rumour()
        if day == CLOSING:
            self.close(day)
        if day.month != CALENDAR.add(day, 1).month:  # the month's last working day
            self.selfcheck(day)
        self.hand_in(day)
        self.mend(day)

    def open(self) -> None:
        def step(desk: Any) -> None:
            mine = register.NewAccount("弥勒发布", "微信公众号", "市政府办公室", FIRST, "mlgk", "", OPENING)
            other = register.NewAccount("弥勒微博", "微博", "市政府办公室", FIRST, "qingdao")
            for new in (mine, other):
                register.add(desk, None, new)
            roster.plan(desk, None, FIRST, LAST, ["张工", "刘工", "李科长"])

        self.act(step)

    def article(self, day: date) -> None:
        account = len(self.numbers) % 2 if day < CLOSING else 0

        def add(desk: Any, staff: Any) -> int:
            row = register.listed(desk)[account]
            new = ledger.NewRelease(f"{day} 要闻", "grave", body="全文")
            return ledger.add(desk, staff, row, new).id or 0

        number = self.bureau.act("张工", add)
        for who in LEVELS:
            self.bureau.act(who, lambda d, s: ledger.approve(d, s, ledger.by_id(d, number)))
        self.numbers.append(number)

    def change_of_leader(self, day: date) -> None:
        def step(desk: Any) -> None:
            row = register.listed(desk)[0]
            register.change(desk, None, row, day, "第一责任人由张三变更为李四", {"第一责任人姓名": "李四"})

        self.act(step)

    def rumour(self) -> None:
        def step(desk: Any) -> None:
            row = incidents.add(desk, None, "rumour", text="网传某地停水一周")
            incidents.report(desk, None, row, "市委网信办")
            incidents.close(desk, None, row, "已发布权威信息")

        self.act(step)

    def close(self, day: date) -> None:
        self.act(lambda d: register.close(d, None, register.listed(d)[1], day, "与微信账号整合"))

    def selfcheck(self, day: date) -> None:
        def check(desk: Any) -> int:
            made = record.start(desk, None, days.month_of(day))
            for item in record.items(desk, made):
                if not item.verdict:
                    faulty = item.code == "B2" and day.month == 5
                    record.answer(desk, None, made, item.code, "fault" if faulty else "ok")
            return made.id or 0

        number = self.act(check)
        self.bureau.act("王主任", lambda d, s: record.sign(d, s, record.by_id(d, number)))
        self.checks.append(number)

    def hand_in(self, day: date) -> None:
        """Filings are handed in on their last day."""

        def step(desk: Any) -> None:
            for account, event in register.unfiled(desk):
                if event.filing_due_on <= day:
                    register.filed(desk, None, account, event.kind)

        self.act(step)

    def mend(self, day: date) -> None:
        def step(desk: Any) -> None:
            for check, task in record.open_tasks(desk):
                if task.due_on <= day:
                    record.mend(desk, None, check, task.code, "已改")

        self.act(step)


def test_a_year_of_one_office_with_two_accounts(bureau: Bureau, tmp_path: Path) -> None:
    year = Year(bureau)
    bureau.clock.set(2026, 1, 5)
    year.play()
    nothing_was_forgotten(bureau)
    the_records_are_whole(bureau, year, tmp_path)
    the_papers_are_filled(bureau)


def nothing_was_forgotten(bureau: Bureau) -> None:
    """Each filing was handed in by its day and had been reminded of, in at most one message a day."""
    events = {(event.kind, event.account_id): event for event in bureau.rows(AccountEvent)}
    assert {key: str(event.filing_due_on) for key, event in events.items()} == {
        ("open", 1): "2026-01-12", ("open", 2): "2026-01-14", ("change", 1): "2026-06-23",
        ("close", 2): "2026-12-02",
    }  # fmt: skip
    assert str(events["close", 2].notice_to) == "2026-11-23"
    assert all(event.filed_on == event.filing_due_on for event in events.values())
    assert [account.state for account in bureau.rows(MediaAccount)] == ["open", "closed"]
    told = [row for row in bureau.rows(Outbox, lane="chat") if row.key.startswith("duties:")]
    assert len({row.key for row in told}) == len(told)
    mornings = {row.created_at.astimezone(bureau.workplace.office.zone).date() for row in told}
    assert all(CALENDAR.is_workday(day) for day in mornings)
    texts = "\n".join(row.payload["text"] for row in told)
    assert all(
        word in texts for word in ("开设备案", "变更备案", "关停备案", "公告期满", "自查还没有开始", "B2")
    )
    assert "（逾期）备案" not in texts
    left = bureau.workplace.look(agenda.agenda)
    assert {item.kind for item in left} <= {"更新", "值班", "自查"}


def the_records_are_whole(bureau: Bureau, year: Year, folder: Path) -> None:
    rows = bureau.rows(Release)
    assert len(rows) == ARTICLES
    assert {(row.state, row.level) for row in rows} == {("released", 3)}
    assert bureau.workplace.look(lambda d: release_views.export(d, "2026-03", folder / "l.xlsx")) > 3
    checks = bureau.rows(SelfCheck)
    assert [check.month for check in checks] == [f"2026-{month:02d}" for month in range(1, 13)]
    assert all(check.signed_by == "王主任" for check in checks)
    lines = bureau.workplace.look(lambda desk: views.year(desk, 2026))
    assert all(line["intact"] for line in lines)
    assert "B2" in lines[4]["faults"]
    task = next(task for task in bureau.rows(SelfCheckTask) if task.code == "B2")
    assert (str(task.due_on), task.state, task.done_on) == ("2026-06-05", "done", task.due_on)
    bureau.workplace.look(lambda desk: views.export_year(desk, 2026, folder / "y.xlsx"))
    sheet = openpyxl.load_workbook(folder / "y.xlsx").active
    assert sheet is not None
    assert sheet.max_column == 14
    (incident,) = bureau.rows(Incident)
    assert incident.state == "closed"
    span = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]
    kept = bureau.workplace.look(lambda d: Counter(roster.on(d, day)[0].name for day in span))
    assert max(kept.values()) - min(kept.values()) <= 1
    assert bureau.chain().ok


def the_papers_are_filled(bureau: Bureau) -> None:
    for number, kind, word in (
        (1, "open", "弥勒发布"),
        (1, "change", "李四"),
        (2, "close", "2026年11月23日"),
    ):
        made = bureau.workplace.look(
            lambda d, n=number, k=kind: forms.form(d, register.by_id(d, n), k)  # type: ignore[misc]
        )
        paper = Document(io.BytesIO(made.content))
        cells = "\n".join(cell.text for table in paper.tables for row in table.rows for cell in row.cells)
        assert word in cells
