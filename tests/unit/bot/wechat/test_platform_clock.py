"""A machine whose clock is wrong: it is said, and no letter is lost for it; a replay is refused as before."""

from datetime import timedelta

import httpx
import pytest
from sqlmodel import func, select

from bot.wechat import platform_clock
from bot.wechat.platform_clock import ENOUGH, KEPT, NEAR, SPAN, PlatformClock
from cases.register import memo
from cases.register.tables import Message, Outbox
from tests.fakes import wechat
from tests.flow.program import until
from tests.unit.bot.wechat.conftest import AES_KEY, APP_ID, TOKEN, Town

OFF = -1260.0  # our clock is 21 minutes fast


class Watch:
    """A platform's clock beside ours, and a steady one that is turned by hand."""

    def __init__(self) -> None:
        self.said: list[float] = []
        self.now = 1000.0
        self.clock = PlatformClock(self.said.append, lambda: self.now)
        self.clock.agrees()
        self.said.clear()

    def push(self, after: float = 0.0, off: float = OFF) -> bool:
        self.now += after
        return self.clock.differs(int(1_772_413_200 + self.now + off), off)


def test_three_pushes_say_it_and_a_minute_of_them_settles_it() -> None:
    it = Watch()
    assert [it.push(), it.push(5), it.push(5)] == [False, False, False]
    assert it.said == [OFF]
    assert it.push(SPAN - 10)
    assert it.push(5)
    assert it.said == [OFF]
    it.push(3600)
    assert it.said == [OFF, OFF]


def test_a_push_that_is_fresh_takes_it_back() -> None:
    it = Watch()
    for _ in range(ENOUGH):
        it.push(SPAN)
    it.clock.agrees()
    assert it.said == [OFF, 0.0]
    assert not it.push(SPAN)
    it.clock.agrees()
    assert it.said == [OFF, 0.0]


def test_a_replay_settles_nothing() -> None:
    it = Watch()
    for _ in range(10):
        it.now += SPAN
        assert not it.clock.differs(1_772_413_200, 1_772_413_200 - it.now)  # one and the same, ever older
    for n in range(10):
        assert not it.push(SPAN, OFF - n * (NEAR + 1))  # each of a distance of its own
    assert it.said == []


def test_what_was_seen_yesterday_counts_no_more() -> None:
    it = Watch()
    assert [it.push(), it.push(KEPT + 1), it.push(KEPT + 1), it.push(KEPT + 1)] == [False] * 4
    assert it.said == []


def test_what_an_earlier_process_said_is_taken_back_by_the_first_push() -> None:
    said: list[float] = []
    clock = PlatformClock(said.append)
    clock.agrees()
    clock.agrees()
    assert said == [0.0]


def test_letters_come_in_though_our_clock_is_wrong(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform_clock, "SPAN", 0.0)
    town.say("ann", "你好")

    def written(n: int, ahead: float) -> httpx.Response:
        at = town.clock() + timedelta(seconds=ahead)
        xml = wechat.push_xml("ben", "text", at, Content="投诉路灯不亮", MsgId=str(800 + n))
        return town.post(wechat.encrypted(TOKEN, AES_KEY, APP_ID, xml, at))

    assert [written(n, 1260 + 2 * n).status_code for n in range(5)] == [403, 403, 200, 200, 200]
    assert written(1, 1400).status_code == 403, "another distance is a replay still"

    def told(desk: object) -> tuple[float, int, int]:
        session = desk.session  # type: ignore[attr-defined]
        rows = session.exec(
            select(func.count()).select_from(Outbox).where(Outbox.key.startswith("clock-off"))
        )
        return (
            memo.CLOCK_OFF.of(session),
            rows.one(),
            session.exec(select(func.count()).select_from(Message)).one(),
        )

    until(lambda: town.workplace.look(told)[0] != 0)
    ahead, announced, letters = town.workplace.look(told)
    assert 1200 < ahead < 1270
    assert announced == 1
    town.say("ann", "路灯好了")
    until(lambda: town.workplace.look(told)[0] == 0)
    assert letters >= 4
