"""Handlers are warned before a window shuts on a case without an answer."""

from cases.register import people, register
from cases.steps import assign
from cases.watch import window_watch
from tests.unit.bot.wechat.conftest import Town


def warned(town: Town) -> list[str]:
    town.workplace.act(window_watch.warn)
    return [row.payload["text"] for row in town.outbox("chat") if "微信窗口" in row.payload.get("text", "")]


def claim(town: Town, no: str) -> None:
    town.workplace.act(lambda d: assign.claim(d, people.staff_by_id(d, 1), register.by_number(d, no)))


def test_one_warning_four_hours_before_the_window_shuts(town: Town) -> None:
    first, second = town.open_case("ann", "投诉路灯不亮"), town.open_case("bob", "投诉井盖破了")
    answered, nobodys = town.open_case("cid", "投诉噪音"), town.open_case("dan", "投诉油烟")
    claim(town, first)
    claim(town, second)
    town.release(answered, "噪音已处理。")
    town.clock.ahead(hours=43)
    assert warned(town) == []
    town.clock.ahead(hours=1, minutes=1)
    told = warned(town)
    assert len(told) == 1
    assert first in told[0]
    assert second in told[0]
    assert answered not in told[0]
    assert nobodys not in told[0]
    assert warned(town) == told


def test_a_new_message_opens_a_new_window_with_a_warning_of_its_own(town: Town) -> None:
    no = town.open_case("ann", "投诉路灯不亮")
    claim(town, no)
    town.clock.ahead(hours=45)
    assert len(warned(town)) == 1
    town.say("ann", f"补充 {no} 还是不亮")
    assert len(warned(town)) == 1
    town.clock.ahead(hours=45)
    assert len(warned(town)) == 2


def test_a_window_already_shut_is_not_warned_of(town: Town) -> None:
    claim(town, town.open_case("ann", "投诉路灯不亮"))
    town.clock.ahead(hours=49)
    assert warned(town) == []
