"""The sweep: each milestone told once, in the right chat, through jumps, sleep and quiet hours."""

from datetime import timedelta

import pytest
from sqlmodel import select

from cases.register.desk import Desk
from cases.register.states import Purpose
from cases.register.tables import Case, FiredMilestone, Outbox
from cases.steps import danger, extend, review
from cases.watch import watch
from sla.hours import parse_quiet_hours
from tests.builders import Bureau

LAST_DAY = (2026, 3, 16)


def names(bureau: Bureau) -> list[str]:
    return [row.name for row in bureau.rows(FiredMilestone)]


@pytest.fixture
def no(bureau: Bureau) -> str:
    number = bureau.a_case("水管坏了")
    bureau.claim("张工", number)
    bureau.sweep()
    return number


def test_a_case_goes_through_its_milestones_once_each(bureau: Bureau, no: str) -> None:
    for day in range(2, 20):
        for hour in (1, 9, 9, 20):
            bureau.clock.set(2026, 3, day, hour)
            bureau.sweep()
    assert names(bureau) == ["half", "before_3", "before_1", "due_soon", "overdue", "overdue", "overdue"]
    assert len(bureau.told("supervisor", "【即将到期】")) == 1
    days = [str(row.day) for row in bureau.rows(FiredMilestone, name="overdue")]
    assert days == ["2026-03-17", "2026-03-18", "2026-03-19"]
    assert len(bureau.told("supervisor", "【逾期】")) == 3
    assert len(bureau.told("department:1", "【提醒】")) == 3
    assert all(no in text for text in bureau.told())


def test_in_one_chat_for_both_each_alert_is_read_once(bureau: Bureau, no: str) -> None:
    bureau.clock.set(*LAST_DAY)
    bureau.sweep()
    bureau.clock.set(2026, 3, 17)
    bureau.sweep()
    assert [len(bureau.told(word=word)) for word in ("即将到期", "逾期")] == [1, 1]


def test_nothing_is_told_before_its_time(bureau: Bureau, no: str) -> None:
    bureau.clock.set(2026, 3, 15, 23, 59)
    bureau.sweep()
    assert "due_soon" not in names(bureau)
    bureau.clock.set(*LAST_DAY, 0)
    bureau.sweep()
    assert "due_soon" in names(bureau) and "overdue" not in names(bureau)
    bureau.clock.set(*LAST_DAY, 23, 59)
    bureau.sweep()
    assert "overdue" not in names(bureau) and bureau.case(no).overdue_since is None
    bureau.clock.set(2026, 3, 17, 0)
    bureau.sweep()
    assert "overdue" in names(bureau) and bureau.case(no).overdue_since == bureau.case(no).due_at


def test_overdue_on_a_weekend_is_told_that_day_and_then_on_working_days(bureau: Bureau) -> None:
    bureau.clock.set(2026, 3, 6)
    no = bureau.a_case("表扬公交司机")  # due on Friday the thirteenth
    for day in (14, 15, 16, 17):
        bureau.clock.set(2026, 3, day)
        bureau.sweep()
    assert [str(row.day) for row in bureau.rows(FiredMilestone, name="overdue")] == [
        "2026-03-14",
        "2026-03-16",
        "2026-03-17",
    ]
    assert all(no in text for text in bureau.told("supervisor", "【逾期】"))


def test_overdue_climbs_from_handler_to_head_to_leader(bureau: Bureau, no: str) -> None:
    said = []
    for day in (17, 18, 19):
        bureau.clock.set(2026, 3, day)
        bureau.sweep()
        said.append(bureau.told("supervisor", "【逾期】")[-1])
    assert "督办" not in said[0] and "1 个工作日" in said[0]
    assert "部门负责人赵局长督办" in said[1] and "2 个工作日" in said[1]
    assert "分管领导王主任督办" in said[2] and "3 个工作日" in said[2]


@pytest.mark.parametrize(
    ("who", "named"), [("赵局长", "分管领导王主任督办"), ("王主任", "部门负责人赵局长督办")]
)
def test_nobody_is_told_to_supervise_themselves(bureau: Bureau, who: str, named: str) -> None:
    number = bureau.a_case("水管坏了")
    bureau.claim(who, number)
    for day in (17, 18):
        bureau.clock.set(2026, 3, day)
        bureau.sweep()
    assert named in bureau.told("supervisor", "【逾期】")[-1]
    bureau.clock.set(2026, 3, 19)
    bureau.sweep()
    assert (f"{who}督办" in bureau.told("supervisor", "【逾期】")[-1]) is False


def test_what_a_sweep_found_goes_out_when_its_last_batch_is_through(bureau: Bureau) -> None:
    for _ in range(5):
        bureau.a_case()
    bureau.clock.set(*LAST_DAY)
    states = []
    for _ in range(3):
        bureau.workplace.act(lambda desk: watch.sweep(desk, limit=2))
        states.append({row.state for row in bureau.rows(Outbox, kind="alert")})
    assert states == [{"held"}, {"held"}, {"pending"}]


def test_a_machine_that_slept_catches_up_with_one_message_a_case(bureau: Bureau, no: str) -> None:
    bureau.clock.set(2026, 3, 25)
    assert bureau.sweep() == 1
    assert len(bureau.told("supervisor")) == 1 and len(bureau.told("department:1")) == 1
    assert "已逾期 7 个工作日" in bureau.told("supervisor")[0]
    assert bureau.sweep() == 0


def test_a_reminder_that_comes_late_says_the_days_that_are_left(bureau: Bureau, no: str) -> None:
    bureau.clock.set(2026, 3, 12)  # the reminder of the eleventh was slept through
    bureau.sweep()
    assert "还有 2 个工作日" in bureau.told("department:1")[-1]


def test_a_clock_that_jumps_back_tells_nothing_twice(bureau: Bureau, no: str) -> None:
    bureau.clock.set(2026, 3, 17)
    bureau.sweep()
    before = len(bureau.rows(Outbox))
    for day in (3, 16, 17):
        bureau.clock.set(2026, 3, day, 10)
        bureau.sweep()
    assert len(bureau.rows(Outbox)) == before


def test_a_restart_tells_nothing_twice(bureau: Bureau, no: str) -> None:
    bureau.clock.set(*LAST_DAY)
    bureau.sweep()
    before = len(bureau.rows(Outbox))

    def look_at_all_again(desk: Desk) -> None:
        for case in desk.session.exec(select(Case)):
            case.next_look_at = desk.now

    bureau.workplace.act(look_at_all_again)
    bureau.sweep()
    assert len(bureau.rows(Outbox)) == before


def test_what_was_reached_beside_the_gravest_is_named_with_it(bureau: Bureau) -> None:
    no = bureau.a_case("表扬，但我要跳楼")  # urgent: first answer within a day, and due on the ninth
    bureau.clock.set(2026, 3, 9)
    bureau.sweep()
    (word,) = [
        text
        for text in bureau.told("supervisor")
        if "首次回应" in text and "【紧急】" in text and "承办" in text
    ]
    assert no in word and "【即将到期】" in word
    assert len(bureau.told("supervisor", "即将到期")) == 1


def test_danger_is_told_at_once_and_its_first_answer_is_watched(bureau: Bureau) -> None:
    no = bureau.a_case("我要跳楼")
    assert len(bureau.rows(Outbox, kind="alarm", target="supervisor")) == 1
    bureau.claim("张工", no)
    bureau.clock.set(2026, 3, 4, 0)
    bureau.sweep()
    assert any("首次回应已逾时" in text for text in bureau.told("supervisor"))


def test_an_unclaimed_case_is_told_on_each_working_day_until_somebody_claims(bureau: Bureau) -> None:
    no = bureau.a_case("水管坏了")
    bureau.sweep()
    bureau.clock.advance(hours=4)
    bureau.sweep()
    assert len(bureau.told("department:1", "【待认领】")) == 1
    bureau.clock.set(2026, 3, 3, 9)
    bureau.sweep()
    assert "赵局长" in bureau.told("supervisor", "【待认领】")[0]
    bureau.clock.set(2026, 3, 4, 9)
    for _ in "twice":
        bureau.sweep()
    assert [len(bureau.told(to, "【待认领】")) for to in ("department:1", "supervisor")] == [3, 2]
    assert "已 2 个工作日" in bureau.told("supervisor", "【待认领】")[-1]
    bureau.claim("张工", no)
    bureau.clock.set(2026, 3, 5, 9)
    bureau.sweep()
    assert [len(bureau.told(to, "【待认领】")) for to in ("department:1", "supervisor")] == [3, 2]


def test_a_review_that_waits_reminds_the_reviewers_each_working_day(bureau: Bureau, no: str) -> None:
    bureau.draft("张工", no, "水管周五修好。")
    for day in (3, 4):
        bureau.clock.set(2026, 3, day, 10)
        bureau.sweep()
    rows = [row for row in bureau.rows(Outbox, kind="alert") if row.payload.get("to_reviewers")]
    assert [row.target for row in rows] == ["department:1", "reviewers"] * 2
    first, second = rows[0], rows[2]
    assert "请李科长、周科长、赵局长、王主任尽快办理" in first.payload["text"]  # not the one who wrote it
    assert f"【等候审核】{no}" in first.payload["text"]
    assert "自 03-02 09:00 起等候审核，已 1 个工作日" in first.payload["text"]
    assert "已 2 个工作日" in second.payload["text"]


def test_a_wish_for_more_time_is_named_while_it_can_still_be_granted(bureau: Bureau, no: str) -> None:
    bureau.on("张工", no, lambda d, staff, case: extend.ask(d, staff, case, "情况复杂"))
    bureau.clock.set(*LAST_DAY)
    bureau.sweep()
    assert "延期申请尚未决定，今日之后不能再同意" in bureau.told("supervisor", "【即将到期】")[0]


def test_a_closed_case_is_looked_at_no_more(bureau: Bureau) -> None:
    no = bureau.answered()
    bureau.clock.set(2026, 4, 30)
    assert bureau.sweep() == 0 and bureau.case(no).next_look_at is None


def test_quiet_hours_hold_back_all_but_urgent_alerts(bureau: Bureau, no: str) -> None:
    night = bureau.with_office(quiet=parse_quiet_hours("20:00-08:00"))
    bureau.clock.set(2026, 3, 16, 0, 1)
    night.sweep()
    night.writes("我要跳楼")
    held = {row.kind: row.not_before for row in bureau.rows(Outbox, lane="chat", target="supervisor")}
    eight = bureau.clock.set(2026, 3, 16, 8)
    assert held["alert"] == eight
    assert held["alarm"] == eight - timedelta(hours=7, minutes=59)


def test_an_accusation_is_told_in_the_supervisors_chat_only(bureau: Bureau) -> None:
    bureau.a_case("举报局长，水管坏了")
    for day in (3, 9, 11, 13, 16, 17):
        bureau.clock.set(2026, 3, day)
        bureau.sweep()
    assert {row.target for row in bureau.rows(Outbox, kind="alert")} == {"supervisor"}


def test_batches_look_at_everything(bureau: Bureau) -> None:
    for _ in range(7):
        bureau.a_case()
    bureau.clock.set(*LAST_DAY)
    swept = [bureau.workplace.act(lambda desk: watch.sweep(desk, limit=3)).looked_at for _ in range(4)]
    assert swept == [3, 3, 1, 0]


def reminders(bureau: Bureau) -> list[str]:
    """Return the texts put up for reviewers, oldest first."""
    rows = [row for row in bureau.rows(Outbox, kind="alert") if row.payload.get("to_reviewers")]
    return [row.payload["text"] for row in rows if row.target.startswith("department")]


def test_the_handler_of_an_urgent_case_keeps_the_reminders_of_its_clock(bureau: Bureau) -> None:
    no = bureau.a_case("水管坏了，我要跳楼")  # first answer by the third, due on the sixteenth
    bureau.claim("张工", no)
    told = {}
    for day in range(2, 17):
        before = len(bureau.told("department:1"))
        bureau.clock.set(2026, 3, day)
        bureau.sweep()
        told[day] = "".join(bureau.told("department:1")[before:])
    assert "张工：【提醒】" in told[3] and "首次回应今日到期" in told[3]
    for day in (4, 5, 6):
        assert "张工：【催办】" in told[day] and "首次回应已逾时" in told[day]
    assert told[7] == told[8] == ""  # the weekend
    assert "【时限过半】" in told[9]
    assert "【距到期还有 3 个工作日】" in told[11] and "【距到期还有 1 个工作日】" in told[13]
    assert "【催办】" in told[16] and "【即将到期】" in told[16]


def test_the_handler_of_an_urgent_case_that_was_answered_first_is_reminded_as_any_other(
    bureau: Bureau,
) -> None:
    no = bureau.a_case("水管坏了，我要跳楼")
    bureau.claim("张工", no)
    bureau.approve("王主任", bureau.draft("张工", no, "请问您的具体地址？", Purpose.QUESTION))
    for day in range(3, 14):
        bureau.clock.set(2026, 3, day)
        bureau.sweep()
    texts = bureau.told("department:1", "【提醒】")
    assert ["过半" in texts[0], "3 个工作日" in texts[1], "1 个工作日" in texts[2]] == [True, True, True]
    assert len(texts) == 3 and bureau.told(word="首次回应已逾时") == []


def test_reviewers_of_an_overdue_case_are_reminded_on_each_working_day(bureau: Bureau, no: str) -> None:
    bureau.clock.set(2026, 3, 18)
    bureau.sweep()
    bureau.draft("张工", no, "水管周五修好。")
    counts = []
    for day in range(18, 25):
        bureau.clock.set(2026, 3, day, 10)
        bureau.sweep()
        counts.append(len(reminders(bureau)))
    assert counts == [0, 1, 2, 2, 2, 3, 4]  # the weekend adds none
    assert len(bureau.told("supervisor", "【逾期】")) == 5  # both go on beside each other


@pytest.mark.parametrize(("text", "at_once"), [("我要跳楼，水管坏了", True), ("水管坏了", False)])
def test_of_what_fell_overdue_at_night_only_danger_does_not_wait(
    bureau: Bureau, text: str, at_once: bool
) -> None:
    night = bureau.with_office(quiet=parse_quiet_hours("20:00-08:00"))
    night.claim("张工", night.a_case(text))
    night.clock.set(2026, 3, 17, 0, 1)  # the machine slept until the day after the last one
    night.sweep()
    rows = bureau.rows(Outbox, target="supervisor", kind="alert")
    (row,) = [r for r in rows if "【逾期】" in r.payload["text"]]
    assert ("【首次回应逾期】" in row.payload["text"]) is at_once
    eight = bureau.clock.set(2026, 3, 17, 8)
    assert row.not_before == (eight - timedelta(hours=7, minutes=59) if at_once else eight)


@pytest.fixture
def correction(bureau: Bureau) -> int:
    """A correction of an answered case that waits for review since Monday at nine; it is Tuesday at ten, unswept."""
    draft_id = bureau.draft("张工", bureau.answered(), "更正：水管下周修好。", Purpose.CORRECTION)
    bureau.clock.set(2026, 3, 3, 8, 59)
    assert bureau.sweep() == 0
    bureau.clock.set(2026, 3, 3, 10)
    return draft_id


def test_a_correction_that_waits_reminds_the_reviewers_each_working_day(
    bureau: Bureau, correction: int
) -> None:
    for day in (3, 4):
        bureau.clock.set(2026, 3, day, 10)
        bureau.sweep()
    first, second = reminders(bureau)
    assert "自 03-02 09:00 起等候审核，已 1 个工作日" in first and "已 2 个工作日" in second
    rows = [row for row in bureau.rows(Outbox, kind="alert") if row.payload.get("to_reviewers")]
    assert rows and not any(row.payload.get("while_open") for row in rows)  # the case itself is closed


@pytest.mark.parametrize("how", ["approved", "returned", "withdrawn"])
def test_a_correction_that_waits_no_more_reminds_nobody(bureau: Bureau, correction: int, how: str) -> None:
    bureau.sweep()
    if how == "approved":
        bureau.approve("李科长", correction)
    elif how == "returned":
        bureau.send_back("李科长", correction, "请写明日期")
    else:
        bureau.workplace.act(lambda desk: review.withdraw(desk, desk.session.get_one(Case, 1), "撤回"))
    bureau.clock.set(2026, 3, 4, 10)
    bureau.sweep()
    assert len(reminders(bureau)) == 1
    assert (bureau.rows(Case)[0].next_look_at, bureau.rows(Case)[0].review_since) == (None, None)


def test_a_correction_that_is_submitted_anew_is_watched_anew(bureau: Bureau, correction: int) -> None:
    bureau.sweep()
    bureau.send_back("李科长", correction, "请写明日期")
    bureau.draft("张工", bureau.rows(Case)[0].no, "更正：水管3月9日修好。", Purpose.CORRECTION)
    bureau.clock.set(2026, 3, 4, 9, 59)
    bureau.sweep()
    assert len(reminders(bureau)) == 1
    bureau.clock.set(2026, 3, 4, 10)
    bureau.sweep()
    assert len(reminders(bureau)) == 2


def test_a_correction_between_two_levels_goes_on_reminding(bureau: Bureau) -> None:
    strict = bureau.with_office(review_levels=2)
    no = strict.a_case()
    strict.claim("张工", no)
    answer = strict.draft("张工", no, "水管周五修好。")
    assert [strict.approve(who, answer) for who in ("李科长", "周科长")] == [False, True]
    correction = strict.draft("张工", no, "更正：水管下周修好。", Purpose.CORRECTION)
    assert strict.approve("李科长", correction) is False
    strict.clock.set(2026, 3, 3, 10)
    strict.sweep()
    assert "等候复审" in "".join(reminders(strict))


def test_an_alarm_that_was_taken_is_in_somebodys_hands(bureau: Bureau) -> None:
    no = bureau.a_case("水管坏了，我要跳楼")
    bureau.on("王主任", no, danger.take)
    bureau.clock.set(2026, 3, 4, 3)
    bureau.sweep()
    (late,) = bureau.told("supervisor", "首次回应已逾时")
    assert "承办：王主任（已接手处置）" in late and "承办：无人认领" not in late
