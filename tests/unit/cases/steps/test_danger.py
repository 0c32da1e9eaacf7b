"""Danger is told of until a person has it in hand, whatever the hour; the first who takes it has it."""

from datetime import date, timedelta

import pytest

from cases.register.desk import Desk
from cases.register.errors import Invalid, NotAllowed, Stale
from cases.register.people import NewStaff
from cases.register.tables import Audit, Danger, Outbox
from cases.steps import danger
from cases.watch import danger_watch
from sla.hours import parse_quiet_hours
from tests.builders import Bureau


def alarms(bureau: Bureau) -> list[tuple[str, int]]:
    return [(row.payload["to"], row.payload["times"]) for row in bureau.rows(Outbox, kind="alarm")]


def repeat(bureau: Bureau) -> int:
    return bureau.workplace.act(danger_watch.repeat)


def test_it_comes_again_and_the_third_time_to_the_leaders_too(bureau: Bureau) -> None:
    bureau.a_case("水管坏了，我要跳楼")
    assert alarms(bureau) == [("supervisor", 1)]
    for minutes, expected in ((9, 0), (1, 1), (9, 0), (1, 1)):
        bureau.clock.advance(minutes=minutes)
        assert repeat(bureau) == expected
    leader = f"staff:{bureau.ids['王主任']}"
    assert alarms(bureau) == [("supervisor", 1), ("supervisor", 2), ("supervisor", 3), (leader, 3)]


@pytest.mark.parametrize(
    ("when", "quiet"),
    [((2026, 3, 7, 11), "10:00-12:00"), ((2026, 3, 4, 3), "20:00-08:00")],
    ids=["a Saturday", "at night"],
)
def test_nights_saturdays_and_quiet_hours_hold_nothing_back(
    bureau: Bureau, when: tuple[int, int, int, int], quiet: str
) -> None:
    night = bureau.with_office(quiet=parse_quiet_hours(quiet))
    night.clock.set(*when)
    night.a_case("我要跳楼")
    night.clock.advance(minutes=10)
    assert repeat(night) == 1
    assert all(row.not_before <= night.clock.now for row in night.rows(Outbox, kind="alarm"))


def test_whoever_takes_it_first_has_it_and_the_repeats_stop(bureau: Bureau) -> None:
    no = bureau.a_case("水管坏了，我要跳楼")
    bureau.on("张工", no, danger.take)
    bureau.clock.advance(hours=3)
    assert repeat(bureau) == 0
    with pytest.raises(Stale, match="张工已于 03-02 09:00 接手处置"):
        bureau.on("王主任", no, danger.take)
    with pytest.raises(Stale, match="您已接手处置本件"):
        bureau.on("张工", no, danger.take)
    (entry,) = bureau.rows(Audit, action="danger.take")
    assert (entry.actor, entry.subject) == ("张工", f"case:{no}")


def test_only_those_who_work_on_it_or_supervise_may_take_it(bureau: Bureau) -> None:
    no = bureau.a_case("水管坏了，我要跳楼")
    with pytest.raises(NotAllowed):
        bureau.on("陈师傅", no, danger.take)  # of another department
    with pytest.raises(NotAllowed):
        bureau.on("钱管理", no, danger.take)
    bureau.on("王主任", no, danger.take)


def test_a_closed_case_alarms_nobody(bureau: Bureau) -> None:
    no = bureau.a_case("水管坏了，我要跳楼")
    bureau.claim("张工", no)
    bureau.approve("王主任", bureau.draft("张工", no, "请立即拨打 110，我们已联系社区。"))
    bureau.clock.advance(hours=3)
    assert repeat(bureau) == 0 and bureau.rows(Danger)[0].next_at is None
    with pytest.raises(Stale):
        bureau.on("王主任", no, danger.take)


def test_an_office_may_have_it_told_once(bureau: Bureau) -> None:
    once = bureau.with_office(danger_repeat=timedelta())
    once.a_case("我要跳楼")
    once.clock.advance(days=3)
    assert repeat(once) == 0 and alarms(once) == [("supervisor", 1)]


def test_danger_that_comes_with_an_addition_is_an_alarm_of_its_own(bureau: Bureau) -> None:
    no = bureau.a_case("水管坏了", "someone")
    assert alarms(bureau) == []
    bureau.writes("我要跳楼", "someone")
    assert alarms(bureau) == [("supervisor", 1)]
    bureau.on("张工", no, danger.take)
    bureau.clock.advance(minutes=1)
    bureau.writes("我现在就要跳楼了", "someone")
    told = bureau.told(word=f"【紧急】{no} 的来信人又写")
    assert len(told) == 2 and all("张工" in text and "现在就要跳楼" in text for text in told)


def test_outside_office_hours_whoever_is_on_watch_is_told_too(bureau: Bureau) -> None:
    watched = bureau.with_office(on_watch=lambda _desk, _day, _times: [bureau.ids["刘工"]])
    watched.a_case("我要跳楼")
    watched.clock.set(2026, 3, 2, 20)
    watched.a_case("我要跳楼")
    assert alarms(watched) == [("supervisor", 1), ("supervisor", 1), (f"staff:{bureau.ids['刘工']}", 1)]


def test_a_roster_is_asked_for_the_office_s_day(bureau: Bureau) -> None:
    asked: list[date] = []

    def roster(_desk: Desk, day: date, _times: int) -> list[int]:
        asked.append(day)
        return []

    bureau.with_office(on_watch=roster).clock.set(2026, 3, 3, 0, 30)
    bureau.with_office(on_watch=roster).a_case("我要跳楼")
    assert asked == [date(2026, 3, 3)]


def test_without_a_leader_the_supervisors_go_on_being_told(bureau: Bureau) -> None:
    bureau.hire(NewStaff("某管理", "admin"))
    bureau.a_case("我要跳楼")
    for _ in range(5):
        bureau.clock.advance(minutes=10)
        repeat(bureau)
    assert [times for to, times in alarms(bureau) if to == "supervisor"] == [1, 2, 3, 4, 5, 6]


def test_a_false_alarm_is_called_off_by_a_reviewer_with_a_reason_and_may_rise_again(bureau: Bureau) -> None:
    no = bureau.a_case("水管坏了，我要跳楼", "amy")
    with pytest.raises(NotAllowed):
        bureau.on("张工", no, lambda d, s, c: danger.call_off(d, s, c, "看过了"))
    with pytest.raises(Invalid):
        bureau.on("李科长", no, lambda d, s, c: danger.call_off(d, s, c, " "))
    bureau.on("李科长", no, lambda d, s, c: danger.call_off(d, s, c, "电话 13800138000 核实：是玩笑话"))
    case = bureau.case(no)
    assert (case.urgent, case.first_answer_due_at, bureau.rows(Danger)) == (False, None, [])
    (entry,) = bureau.rows(Audit, action="danger.call_off")
    assert entry.actor == "李科长" and "玩笑话" in entry.detail and "13800138000" not in entry.detail
    assert bureau.told("supervisor", "【解除紧急】")
    with pytest.raises(Stale):
        bureau.on("王主任", no, lambda d, s, c: danger.call_off(d, s, c, "再解除一次"))
    bureau.clock.advance(minutes=30)
    assert repeat(bureau) == 0
    bureau.clock.advance(seconds=-1790)
    assert bureau.a_case("我真的要跳楼", "amy") == no
    assert bureau.case(no).urgent and alarms(bureau)[-1] == ("supervisor", 1) and bureau.chain().ok
