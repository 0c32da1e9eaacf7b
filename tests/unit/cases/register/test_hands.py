"""Work that hangs holds up nobody else's."""

import asyncio
import threading
from collections.abc import Iterator

import pytest

from cases.register.hands import MOST_POOLS, Hands


@pytest.fixture
def stuck() -> Iterator[threading.Event]:
    let = threading.Event()
    yield let
    let.set()


async def test_what_stood_in_line_behind_work_that_hangs_is_done_by_other_threads(
    stuck: threading.Event,
) -> None:
    hands = Hands(1, "hands")
    hangs = asyncio.create_task(hands.do(lambda: stuck.wait(60), 0.2))
    behind = [asyncio.create_task(hands.do(lambda n=n: n, 20)) for n in range(3)]  # type: ignore[misc]
    assert await asyncio.gather(*behind) == [0, 1, 2]
    with pytest.raises(TimeoutError):
        await hangs


async def test_whoever_gives_up_in_the_line_is_not_done_later(stuck: threading.Event) -> None:
    hands, done = Hands(1, "hands"), []
    hangs = asyncio.create_task(hands.do(lambda: stuck.wait(60), 20))
    given_up = asyncio.create_task(hands.do(lambda: done.append("never"), 20))
    await asyncio.sleep(0)
    given_up.cancel()
    with pytest.raises(asyncio.CancelledError):
        await given_up
    stuck.set()
    assert await hangs and await hands.do(lambda: "next", 20) == "next"
    assert done == []


async def test_threads_have_an_end_too_and_come_back_when_they_are_let_go(stuck: threading.Event) -> None:
    hands = Hands(1, "hands")
    for _ in range(MOST_POOLS):
        with pytest.raises(TimeoutError):
            await hands.do(lambda: stuck.wait(60), 0.01)
    with pytest.raises(TimeoutError):
        await hands.do(lambda: "no thread is left", 0.05)
    stuck.set()
    assert await hands.do(lambda: "back", 20) == "back"


async def test_what_the_work_raises_is_raised() -> None:
    with pytest.raises(ZeroDivisionError):
        await Hands(1, "hands").do(lambda: 1 // 0, 20)
