"""From which day a thing stands on the month's list, from which it is reminded of, and when it leaves both."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.register.desk import Desk
from duties.accounts import register
from duties.matters import incidents, suggestions
from duties.month import agenda, health, reminders
from duties.people import roster
from duties.rules import days
from duties.selfcheck import record
from tests.builders import CALENDAR, Bureau
from tests.unit.duties.accounts.test_register import opened
from tests.unit.duties.matters.test_matters import passed, taken
from tests.unit.duties.releases.test_ledger import approve, enter, send_back


def due(bureau: Bureau, kind: str, *, pressing: bool = False) -> list[str]:
    question = agenda.pressing if pressing else agenda.agenda
    return [str(item.due_on) for item in bureau.workplace.look(question) if item.kind == kind]


def at(bureau: Bureau, day: str, hour: int = 9) -> None:
    on = date.fromisoformat(day)
    bureau.clock.set(on.year, on.month, on.day, hour)


# advice to be answered by a day; today; on the list; reminded of. The list reaches to the month's end or a week on.
ADVICE = [
    ("2026-03-31", "2026-03-02", True, False),
    ("2026-04-01", "2026-03-02", False, False),
    ("2026-04-01", "2026-03-24", False, False),  # a week from here is 31 March
    ("2026-04-01", "2026-03-25", True, False),
    ("2026-03-13", "2026-03-10", True, False),  # three working days
    ("2026-03-13", "2026-03-11", True, True),
    ("2026-03-16", "2026-03-12", True, True),  # Thursday: Friday and Monday
    ("2026-03-16", "2026-03-11", True, False),
    ("2026-10-09", "2026-09-30", False, False),  # the seven days of a holiday are none that work
    ("2026-10-08", "2026-10-01", True, True),
    ("2026-10-13", "2026-10-09", True, False),
    ("2026-10-13", "2026-10-10", True, True),  # a Saturday that is worked
    ("2026-03-05", "2026-03-20", True, True),  # overdue
]


@pytest.mark.parametrize(("by", "today", "listed", "pressing"), ADVICE)
def test_from_when_it_stands_there(bureau: Bureau, by: str, today: str, listed: bool, pressing: bool) -> None:
    passed(bureau, bureau.a_case("建议增加水管巡查"), day=date.fromisoformat(by))
    at(bureau, today)
    assert due(bureau, "建议") == ([by] if listed else [])
    assert due(bureau, "建议", pressing=True) == ([by] if pressing else [])


# May 2026 ends on a Sunday, January 2026 on a Saturday, February 2026 on a Saturday that is worked
MONTHS = [("2026-05", "2026-05-29"), ("2026-01", "2026-01-30"), ("2026-02", "2026-02-28"), ("2025-09", "2025-09-30"),
          ("2021-10", "2021-10-29")]  # fmt: skip


@pytest.mark.parametrize(("month", "last"), MONTHS)
def test_a_check_has_one_last_day_whenever_one_looks(bureau: Bureau, month: str, last: str) -> None:
    bureau.clock.set(2026, 6, 1)
    bureau.workplace.act(lambda desk: record.start(desk, None, month))
    for today in ("2026-06-01", "2026-07-31", "2026-12-01", *([last] if last >= "2026" else [])):
        at(bureau, today)
        assert last in due(bureau, "自查"), today


@given(st.dates(date(2000, 1, 1), date(2035, 12, 31)))
def test_the_last_working_day_of_a_month(day: date) -> None:
    month = days.month_of(day)
    _, end = days.read_month(month)
    last = days.last_of(month, CALENDAR)
    assert days.month_of(last.on) == month and last.provisional == (not CALENDAR.is_official(day.year))
    assert days.between(last.on, end, CALENDAR) == 0
    assert days.between(last.on - timedelta(days=1), last.on, CALENDAR) == 1


def test_a_month_that_was_begun_is_asked_for_by_its_signature(bureau: Bureau) -> None:
    assert due(bureau, "自查") == []  # an office without accounts is not asked
    opened(bureau)

    def said() -> list[str]:
        return [item.what for item in bureau.workplace.look(agenda.agenda) if item.kind == "自查"]

    assert said() == ["2026-03 自查还没有开始"]
    bureau.workplace.act(lambda desk: record.start(desk, None, "2026-03"))
    assert said() == ["2026-03 自查还没有签署"]
    at(bureau, "2026-04-01")
    assert said() == ["2026-03 自查还没有签署", "2026-04 自查还没有开始"]


def test_a_notice_leaves_the_list_with_its_last_day(bureau: Bureau) -> None:
    number = opened(bureau)

    def step(desk: Desk) -> None:
        register.close(desk, None, register.by_id(desk, number), date(2026, 3, 2), "整合")

    bureau.workplace.act(step)
    at(bureau, "2026-03-23", 23)
    assert due(bureau, "公告") == ["2026-03-23"] and "2026-03-30" in due(bureau, "备案")
    at(bureau, "2026-03-24")
    assert due(bureau, "公告") == [] and "2026-03-30" in due(bureau, "备案")


def test_an_open_incident_presses_at_once_and_a_reported_one_waits(bureau: Bureau) -> None:
    number = taken(bureau, "rumour", text="某地地震")
    assert due(bureau, "事件", pressing=True) == ["2026-03-02"]
    bureau.workplace.act(lambda d: incidents.report(d, None, incidents.by_id(d, number), "网信办"))
    assert due(bureau, "事件", pressing=True) == [] and due(bureau, "事件") == ["None"]


def test_an_article_waits_without_a_date_until_it_is_released(bureau: Bureau) -> None:
    opened(bureau)
    number = enter(bureau, "important")

    def said() -> list[str]:
        return [item.what for item in bureau.workplace.look(agenda.agenda) if item.kind == "发布"]

    assert said() == ["《停水通知》审核中（0/2）"]
    approve(bureau, number, "李科长")
    assert said() == ["《停水通知》审核中（1/2）"]
    send_back(bureau, number, "周科长")
    assert said() == ["《停水通知》已退回（1/2）"]
    assert bureau.workplace.look(agenda.agenda)[-1].due == ""


@pytest.mark.parametrize(("count", "last"), [(20, False), (21, True)])
def test_a_reminder_says_how_many_there_are_though_it_names_twenty(
    bureau: Bureau, count: int, last: bool
) -> None:
    bureau.workplace.act(
        lambda desk: [incidents.add(desk, None, "rumour", text=f"某地地震 {n}") for n in range(count)]
    )
    assert bureau.workplace.act(reminders.tell)
    (text,) = bureau.told("supervisor", "【本月要办】")
    lines = text.splitlines()
    assert lines[0] == f"【本月要办】2026-03-02：{count} 项临近或已过期限"
    assert len(lines) == 1 + 20 + last and (f"……等 {count} 项" in lines[-1]) == last


def test_what_is_overdue_comes_first_and_is_marked(bureau: Bureau) -> None:
    for by in (date(2026, 3, 5), date(2026, 3, 3)):
        passed(bureau, bureau.a_case("建议增加水管巡查"), day=by)
    at(bureau, "2026-03-04")
    bureau.workplace.act(reminders.tell)
    (text,) = bureau.told("supervisor", "【本月要办】")
    head, late, near = text.splitlines()
    assert head.endswith("2 项临近或已过期限，其中逾期 1 项")
    assert late.startswith("（逾期）建议：") and "2026-03-03" in late and not near.startswith("（逾期）")


# the first working day of each quarter, the one before and the one after
@pytest.mark.parametrize(
    ("today", "told"),
    [("2026-04-01", True), ("2026-03-31", False), ("2026-04-02", False), ("2026-10-01", False), ("2026-10-07", False),
     ("2026-10-08", True), ("2026-10-09", False), ("2026-07-01", True), ("2026-05-06", False)],
)  # fmt: skip
def test_the_quarters_digest_comes_on_its_first_working_day(bureau: Bureau, today: str, told: bool) -> None:
    on = date.fromisoformat(today)
    before = date(on.year, (on.month - 1) // 3 * 3 + 1, 1) - timedelta(days=20)
    at(bureau, str(before))
    passed(bureau, bureau.a_case("建议增加水管巡查"), day=date(2026, 12, 1))
    at(bureau, today)
    bureau.workplace.act(reminders.tell)
    assert len(bureau.told("supervisor", "【意见建议季报】")) == told


@pytest.mark.parametrize(("day", "named"), [(2, True), (9, True), (10, False), (1, False)])
def test_the_doctor_names_who_cannot_be_reached_this_week(bureau: Bureau, day: int, named: bool) -> None:
    on = date(2026, 3, day)
    bureau.workplace.act(lambda desk: roster.plan(desk, None, on, on, ["张工"]))
    assert ("收不到「紧急」：张工" in bureau.workplace.look(health.missing)[1]) == named


def test_the_doctor_names_three_and_says_how_many(bureau: Bureau) -> None:
    for n in range(4):
        opened(bureau, name=f"号{n}", unit=f"单位{n}")
    at(bureau, "2026-03-10")
    amiss, said = bureau.workplace.look(health.missing)
    late = len([item for item in bureau.workplace.look(agenda.agenda) if item.overdue(date(2026, 3, 10))])
    assert amiss and f"逾期 {late} 项" in said and late > 3 and said.partition("）；")[0].endswith("……")


@pytest.mark.parametrize(
    ("start", "end", "found"), [(0, 1, 1), (1, 2, 0), (-1, 0, 0), (-1, 1, 1), (0, 0, 0)]
)  # hours from the minute in which it was passed on
def test_a_span_holds_its_first_moment_and_not_its_last(
    bureau: Bureau, start: int, end: int, found: int
) -> None:
    passed(bureau, bureau.a_case("建议增加水管巡查"))
    moment = datetime(2026, 3, 2, 1, tzinfo=UTC)
    bounds: tuple[Any, Any] = (moment + timedelta(hours=start), moment + timedelta(hours=end))
    assert len(bureau.workplace.look(lambda d: suggestions.passed_within(d, *bounds))) == found
