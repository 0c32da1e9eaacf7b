"""One update after the other: what cannot be read is passed over, what fails is tried again, and nothing stops the line."""

from collections.abc import Awaitable, Callable

import pytest
from aiogram import Bot
from aiogram.exceptions import (
    TelegramAPIError,
    TelegramConflictError,
    TelegramNetworkError,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramUnauthorizedError,
)
from aiogram.methods import GetMe
from aiogram.types import Update

from bot.handler_chat.telegram import updates as module
from bot.handler_chat.telegram.updates import TRIES, Updates, _pause
from cases.register.troubles import Busy
from tests.fakes import prompt

MESSAGE = {
    "message_id": 5, "date": 1772412400, "chat": {"id": -100, "type": "supergroup", "title": "群"},
    "from": {"id": 7, "is_bot": False, "first_name": "张三"}, "text": "/mine",
}  # fmt: skip


async def nothing(*_: object) -> None: ...


def updates(feed: Callable[[Update], Awaitable[object]] = nothing) -> Updates:
    return Updates(Bot("1:a"), feed, "", "", nothing)


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The pauses that were made, none of them waited for."""
    return prompt.counted(monkeypatch.setattr, module)


def test_an_update_is_read() -> None:
    read = updates().readable({"update_id": 9, "message": MESSAGE})
    assert read is not None and read.message is not None and read.message.text == "/mine"


@pytest.mark.parametrize(
    "message",
    [{}, {"message_id": "x"}, [], 5, "text", {**MESSAGE, "date": "yesterday"}, {**MESSAGE, "chat": None}],
)
def test_what_cannot_be_read_is_passed_over(message: object) -> None:
    assert updates().readable({"update_id": 9, "message": message}) is None


@pytest.mark.parametrize(
    "raw", [None, [], "x", {}, {"update_id": "9"}, {"update_id": None}, {"message": MESSAGE}]
)
def test_what_is_no_update_is_said(raw: object) -> None:
    with pytest.raises(ValueError, match="no update"):
        updates().readable(raw)


async def test_an_update_that_holds_nothing_reaches_nobody() -> None:
    fed: list[int] = []

    async def feed(update: Update) -> None:
        fed.append(update.update_id)

    line = updates(feed)
    await line._take(Update(update_id=1))
    await line._take(Update.model_validate({"update_id": 2, "message": MESSAGE}))
    assert fed == [2]


@pytest.mark.parametrize("failures", [0, 1, TRIES - 1, TRIES, TRIES + 3])
async def test_a_step_that_fails_is_tried_so_often_and_then_left(failures: int, slept: list[float]) -> None:
    tried = 0

    async def feed(_: Update) -> None:
        nonlocal tried
        tried += 1
        if tried <= failures:
            raise RuntimeError

    await updates(feed)._take(Update.model_validate({"update_id": 2, "message": MESSAGE}))
    assert (
        tried == min(failures + 1, TRIES)
        and slept == sorted(slept)
        and len(slept) == min(failures, TRIES - 1)
    )


async def test_a_database_that_is_busy_is_waited_for_however_long(slept: list[float]) -> None:
    tried = 0

    async def feed(_: Update) -> None:
        nonlocal tried
        tried += 1
        if tried <= 50:
            raise Busy("SELECT 1", None, OSError())

    await updates(feed)._take(Update.model_validate({"update_id": 2, "message": MESSAGE}))
    assert tried == 51 and len(slept) == 50, (
        "the platform keeps the update no longer once the next is asked for"
    )


ME = GetMe()


@pytest.mark.parametrize(
    ("error", "failures", "seconds"),
    [
        (TelegramRetryAfter(ME, "slow", 37), 1, 37.0),
        (TelegramUnauthorizedError(ME, "Unauthorized"), 1, 15.0),
        (TelegramNotFound(ME, "Not Found"), 9, 15.0),
        (TelegramNetworkError(ME, "away"), 1, 1.0),
        (TelegramConflictError(ME, "Conflict"), 3, 4.0),
        (TimeoutError(), 5, 15.0),
        (OSError(), 1000, 15.0),
    ],
)
def test_the_pause_after_a_failure_grows_to_its_bound(
    error: Exception, failures: int, seconds: float
) -> None:
    assert _pause(error, failures) == seconds


@pytest.mark.parametrize("failures", [0, 1, 5])
async def test_a_call_is_insisted_on_until_the_platform_answers(failures: int, slept: list[float]) -> None:
    called = 0

    async def call() -> None:
        nonlocal called
        called += 1
        if called <= failures:
            raise TelegramAPIError(ME, "away") if called % 2 else OSError

    await updates()._insist(call)
    assert called == failures + 1 and len(slept) == failures


async def test_a_platform_that_knows_no_such_call_has_answered(slept: list[float]) -> None:
    async def call() -> None:
        raise TelegramNotFound(ME, "Not Found")

    await updates()._insist(call)
    assert slept == []
