"""One citizen's flood starves nobody and loses nothing; judging has an end."""

import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlmodel import select

from bot.wechat import budget, callback, judging, words
from bot.wechat.budget import AT_ONCE, OF_ONE, Budget
from bot.wechat.judging import THREADS, Judging
from bot.wechat.parsing import Push
from bot.wechat.talk import Judged
from cases.register.tables import Message
from tests.unit.bot.wechat.conftest import NUMBER, Post, Town, judge

FLOOD = 60


@pytest.fixture
def stuck() -> Iterator[threading.Event]:
    let = threading.Event()
    yield let
    let.set()


def kept(town: Town) -> int:
    return len(town.workplace.look(lambda desk: desk.session.exec(select(Message.id)).all()))


async def test_a_flood_of_one_citizen_leaves_the_others_theirs_and_each_letter_is_kept(
    town: Town, post: Post
) -> None:
    town.slow = 0.4  # two of the four threads would need twelve seconds for all of them
    with ThreadPoolExecutor(FLOOD + 1) as clients:
        flood = [
            clients.submit(town.say, "ann", f"投诉：第{n}盏路灯不亮", MsgId=str(9000 + n))
            for n in range(FLOOD)
        ]
        time.sleep(0.3)
        began = time.monotonic()
        assert NUMBER.search(town.say("bob", "投诉井盖坏了", MsgId="8000"))
        assert time.monotonic() - began < 3
        said = [each.result() for each in flood]
    answered = [bool(NUMBER.search(each)) for each in said]
    assert AT_ONCE <= sum(answered) <= OF_ONE + 4 and set(said) - {"", words.BUSY}
    assert words.BUSY not in said
    town.slow = 0.0
    await post.deliver()
    assert kept(town) == FLOOD + 1
    assert len({case.citizen_id for case in town.cases()}) == 2


async def test_a_citizen_who_was_served_leaves_nothing_behind() -> None:
    places = Budget()
    async with places.place("ann"):
        assert not places.full_for("ann")
    assert places._lines == {} and places._there == 0


async def test_all_citizens_together_have_an_end_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budget, "OF_ALL", 2)
    places = Budget()
    async with places.place("ann"), places.place("bob"):
        assert places.full_for("cai")
    assert not places.full_for("cai")


def test_what_cannot_even_be_put_on_disk_is_told_so(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budget, "OF_ALL", 0)
    monkeypatch.setattr(callback, "MOST_ASIDE", 0)
    assert town.say("ann", "投诉路灯不亮") == words.BUSY
    assert kept(town) == 0


async def test_threads_that_hang_are_left_behind_and_a_person_judges(
    stuck: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    def hangs(pushes: Sequence[Push]) -> list[Judged]:
        if any("慢" in push.text for push in pushes):
            stuck.wait(60)
        return [Judged(judge(push.text)) for push in pushes]

    monkeypatch.setattr(judging, "AT_LAST", 0.1)
    town_judge = Judging(hangs)
    for _ in range(THREADS):
        given_up = (await town_judge.at_last(_push("投诉：慢"))).triage
        assert given_up.needs_review and not given_up.chitchat and "人工" in given_up.reasons[0]
    assert (await town_judge([_push("投诉路灯不亮")], 5))[0].triage.category == "complaint"


def _push(text: str) -> Push:
    return Push(None, "ann", "gh", "text", "msg:1", None, text)  # type: ignore[arg-type]
