"""A date that may still move with the next notice says so to citizens and staff, whatever tells it."""

import json
from collections.abc import Callable

import pytest

from cases.lists import views
from cases.register import extensions, register
from cases.register.desk import Desk
from cases.register.tables import Audit, Case, Message, Staff
from cases.steps import assign, extend, rate, receive, split
from console.wording import told
from sla.deadline import due_words
from tests.builders import SHANGHAI, Bureau, a_triage
from tests.unit.cases.watch.test_calendar_change import import_and_recount

DUE = "2027-01-08（暂定）"  # ten working days after 24 December 2026
LATER = "2027-01-22（暂定）"  # twenty
PRAISE = "2026-12-31"  # five: known for certain


@pytest.fixture
def no(bureau: Bureau) -> str:
    """A claimed case whose date lies in a year without a notice."""
    bureau.clock.set(2026, 12, 24)
    number = bureau.a_case()
    bureau.claim("张工", number)
    return number


def to(category: str) -> Callable[[Desk, Staff, Case], None]:
    return lambda desk, staff, case: assign.reclassify(desk, staff, case, category)


def extended(bureau: Bureau, no: str) -> None:
    asked = bureau.on("张工", no, lambda desk, staff, case: extend.ask(desk, staff, case, "现场勘查").id)
    bureau.act("王主任", lambda desk, staff: extend.decide(desk, staff, extensions.by_id(desk, asked), True))


def test_an_extension(bureau: Bureau, no: str) -> None:
    extended(bureau, no)
    assert f"新的答复时限为 {LATER}。" in bureau.notices()[-1]
    assert f"已同意，新时限 {LATER}（王主任）" in bureau.told("department:1")[-1]


def test_a_refused_extension_names_no_date(bureau: Bureau, no: str) -> None:
    asked = bureau.on("张工", no, lambda desk, staff, case: extend.ask(desk, staff, case, "现场勘查").id)
    bureau.act("王主任", lambda desk, staff: extend.decide(desk, staff, extensions.by_id(desk, asked), False))
    assert "未获同意（王主任）" in bureau.told("department:1")[-1] and bureau.notices() == []


def test_a_transfer(bureau: Bureau, no: str) -> None:
    bureau.on("张工", no, lambda desk, staff, case: assign.transfer(desk, staff, case, "交通局"))
    assert f"答复时限不变：{DUE}。" in bureau.notices()[-1]


@pytest.mark.parametrize(
    ("before", "after", "old", "new"),
    [("advice_inquiry", "complaint", DUE, LATER), ("praise", "advice_inquiry", PRAISE, DUE)],
)
def test_a_change_of_category_words_both_dates(
    bureau: Bureau, no: str, before: str, after: str, old: str, new: str
) -> None:
    if before != "advice_inquiry":
        bureau.on("张工", no, to(before))
        assert f"答复时限为 {old}。" in bureau.notices()[-1]
    bureau.on("张工", no, to(after))
    assert f"答复时限为 {new}。" in bureau.notices()[-1]
    assert f"时限由 {old} 延至 {new}。" in bureau.told("supervisor", "【改类】")[-1]


def test_a_reopening(bureau: Bureau) -> None:
    bureau.clock.set(2026, 12, 24)
    no = bureau.answered()
    bureau.workplace.act(lambda desk: rate.rate(desk, register.by_number(desk, no), "不满意"))
    view = bureau.workplace.look(lambda desk: views.view(desk, register.by_number(desk, no)))
    assert due_words(view.line.due_on, view.line.provisional) == DUE and view.answered


def test_small_talk_made_a_case(bureau: Bureau) -> None:
    bureau.clock.set(2026, 12, 24)
    bureau.writes("你好", judged=a_triage(chitchat=True))
    message = bureau.rows(Message)[-1].id or 0
    bureau.act("张工", lambda desk, staff: receive.small_talk_to_case(desk, message, None, staff))
    assert f"，答复时限 {DUE}。" in bureau.notices()[-1]


def test_a_message_split_off(bureau: Bureau) -> None:
    bureau.clock.set(2026, 12, 24)
    no = bureau.a_case("水管坏了", "resident")
    bureau.a_case("请问公交几点停运", "resident")
    message = bureau.rows(Message)[-1].id or 0
    bureau.on("张工", no, lambda desk, staff, case: split.split(desk, staff, case, message).no)
    assert any(f"答复时限 {DUE}。" in text for text in bureau.notices())


def test_a_date_that_a_notice_settles(bureau: Bureau, no: str) -> None:
    import_and_recount(bureau)
    assert f"由 {DUE} 调整为 2027-01-09。" in bureau.notices()[-1]


@pytest.mark.parametrize(
    ("day", "to", "word"),
    [
        ((2026, 12, 31), "department:1", "【提醒】"),
        ((2027, 1, 8), "supervisor", "【即将到期】"),
        ((2027, 1, 8), "department:1", "【今日到期】"),
        ((2027, 1, 9), "supervisor", "【逾期】"),
        ((2027, 1, 9), "department:1", "【催办】"),
    ],
)
def test_reminders_and_alerts(bureau: Bureau, no: str, day: tuple[int, int, int], to: str, word: str) -> None:
    bureau.clock.set(*day)
    bureau.sweep()
    texts = bureau.told(to, word)
    assert texts and all(f"{no}（咨询建议，时限 {DUE}）" in text for text in texts)


@pytest.mark.parametrize(
    ("before", "late_on", "after", "told"),
    [
        ("advice_inquiry", (2027, 1, 11), "complaint", DUE),
        ("praise", (2027, 1, 4), "advice_inquiry", PRAISE),
    ],
)
def test_an_overdue_from_before_a_change_of_category(
    bureau: Bureau, no: str, before: str, late_on: tuple[int, int, int], after: str, told: str
) -> None:
    if before != "advice_inquiry":
        bureau.on("张工", no, to(before))
    bureau.clock.set(*late_on)
    bureau.on("张工", no, to(after))
    bureau.sweep()
    assert f"改类前已于 {told} 到期，" in bureau.told("supervisor", "【逾期】")[-1]


@pytest.mark.parametrize(("day", "mark"), [(30, ""), (31, "（暂定）")])
def test_the_time_of_an_urgent_first_answer(bureau: Bureau, day: int, mark: str) -> None:
    bureau.clock.set(2026, 12, day)
    no = bureau.a_case("我要跳楼")
    when = "01-01T00:00" if day == 30 else "01-05T00:00"
    assert (first := bureau.case(no).first_answer_due_at) and when in first.astimezone(SHANGHAI).isoformat()
    view = bureau.workplace.look(lambda desk: views.view(desk, register.by_number(desk, no)))
    assert view.first_answer_provisional is bool(mark)


def test_the_trail_knows_which_dates_were_provisional(bureau: Bureau, no: str) -> None:
    bureau.on("张工", no, to("praise"))
    marks = [json.loads(row.detail) for row in bureau.rows(Audit, action="case.due")]
    assert [(m["provisional"], m["was_provisional"]) for m in marks] == [(True, False), (False, True)]
    assert told(marks[1]).endswith(f"时限：2026-12-31；原时限：{DUE}")
