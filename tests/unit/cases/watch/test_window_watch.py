"""Before WeChat's 48 hours end with a case in hand, its chat hears of it once; a clock that differs is told."""

import pytest

from cases.register import memo
from cases.register.tables import Audit, Danger, Outbox
from cases.watch import clock_off, danger_watch, window_watch
from tests import stages
from tests.builders import Bureau


def warned(office: Bureau) -> int:
    return office.workplace.act(window_watch.warn)


@pytest.mark.parametrize(
    ("hours", "told"), [(0, 0), (43.9, 0), (44, 1), (46, 1), (47.9, 1), (48, 0), (50, 0), (500, 0)]
)
def test_it_is_told_in_the_last_four_hours(office: Bureau, hours: float, told: int) -> None:
    no = stages.claimed(office)
    office.clock.advance(hours=hours)
    assert warned(office) == told
    words = office.told(word="【微信窗口】")
    assert len(words) == told and all(no in text for text in words)


def test_it_is_told_once_for_each_contact(office: Bureau) -> None:
    no = stages.claimed(office)
    office.clock.advance(hours=45)
    assert [warned(office) for _ in range(3)] == [1, 0, 0]
    office.writes("请问水管", "citizen-1")  # a new contact: the window opens anew
    assert warned(office) == 0
    office.clock.advance(hours=45)
    assert warned(office) >= 1
    assert len(office.told(word=no)) >= 2


@pytest.mark.parametrize(
    ("stage", "told"),
    [
        ("new", 0),
        ("claimed", 1),
        ("in_review", 1),
        ("answered", 0),
        ("refused", 0),
        ("automatic", 0),
        ("comment", 0),
    ],
)
def test_only_a_case_in_hand_that_can_be_answered_there_is_warned_of(
    office: Bureau, stage: str, told: int
) -> None:
    stages.STAGES[stage](office)
    office.clock.advance(hours=45)
    assert warned(office) == told


def test_one_message_for_each_chat_and_an_accusation_in_the_supervisors_alone(office: Bureau) -> None:
    mine = [stages.claimed(office) for _ in range(3)]
    traffic = office.a_case("投诉公交太慢")
    office.claim("陈师傅", traffic)
    secret = stages.accusation(office)
    office.claim("王主任", secret)
    office.clock.advance(hours=45)
    assert warned(office) == 5
    by_chat = {
        row.target: row.payload["text"]
        for row in office.rows(Outbox, kind="notice")
        if "微信窗口" in row.payload["text"]
    }
    assert set(by_chat) == {"department:1", "department:2", "supervisor"}
    assert all(no in by_chat["department:1"] for no in mine) and traffic in by_chat["department:2"]
    assert secret in by_chat["supervisor"] and secret not in by_chat["department:1"] + by_chat["department:2"]


def test_a_long_list_is_cut_but_counted_in_full(office: Bureau) -> None:
    numbers = [stages.claimed(office) for _ in range(window_watch.SHOWN + 2)]
    office.clock.advance(hours=45)
    assert warned(office) == len(numbers)
    (text,) = office.told(word="【微信窗口】")
    assert f"等 {len(numbers)} 件" in text and text.count("、") == window_watch.SHOWN - 1


OFF: list[tuple[float, str]] = [(1260.0, "慢约 21 分钟"), (-7200.0, "快约 120 分钟"), (600.0, "慢约 10 分钟")]


@pytest.mark.parametrize(("ahead", "words"), OFF)
def test_a_clock_that_differs_is_told_with_the_side_that_is_wrong(
    office: Bureau, ahead: float, words: str
) -> None:
    office.workplace.act(lambda desk: clock_off.note(desk, ahead))
    (text,) = office.told("supervisor", "【时钟】")
    assert words in text
    assert office.workplace.look(lambda desk: memo.CLOCK_OFF.of(desk.session)) == ahead


def test_it_is_told_once_a_day_and_its_end_is_noted(office: Bureau) -> None:
    for ahead in (1260.0, 1300.0, 1310.0):
        office.workplace.act(lambda desk, off=ahead: clock_off.note(desk, off))
    assert len(office.told("supervisor", "【时钟】")) == 1
    office.clock.advance(days=1)
    office.workplace.act(lambda desk: clock_off.note(desk, 1260.0))
    assert len(office.told("supervisor", "【时钟】")) == 2
    office.workplace.act(lambda desk: clock_off.note(desk, 0.0))
    assert office.workplace.look(lambda desk: memo.CLOCK_OFF.of(desk.session)) == 0.0
    noted = len(office.rows(Audit, action="clock.off"))
    office.workplace.act(lambda desk: clock_off.note(desk, 0.0))  # agrees still: nothing to note
    assert len(office.rows(Audit, action="clock.off")) == noted == 5


def test_an_alarm_that_waits_for_a_future_that_is_gone_comes_within_one_interval(office: Bureau) -> None:
    stages.urgent(office)
    office.clock.advance(hours=30)
    office.workplace.act(danger_watch.repeat)
    office.clock.advance(hours=-30)
    office.workplace.act(lambda desk: danger_watch.plan_anew(desk, desk.now))
    (row,) = office.rows(Danger)
    assert row.next_at == office.clock.now
    before = len(office.alarms())
    assert office.workplace.act(danger_watch.repeat) == 1 and len(office.alarms()) > before


def test_an_alarm_of_the_next_minutes_is_left_as_it_is(office: Bureau) -> None:
    stages.urgent(office)
    planned = office.rows(Danger)[0].next_at
    office.workplace.act(lambda desk: danger_watch.plan_anew(desk, desk.now))
    assert office.rows(Danger)[0].next_at == planned
