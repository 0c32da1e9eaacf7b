"""Telegram's updates, one after the other: each is acted on before the next is asked for.

Nothing is lost to a failing step, a lost line or a wrong token: the platform keeps an update until the next
one is asked for.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress

import structlog
from aiogram import Bot
from aiogram.exceptions import (
    ClientDecodeError,
    TelegramAPIError,
    TelegramConflictError,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramUnauthorizedError,
)
from aiogram.types import Update
from pydantic import ValidationError

from cases.register import measures
from cases.register.troubles import Busy, Superseded, Unusable

log = structlog.get_logger()
KINDS = ["message", "edited_message", "callback_query", "my_chat_member"]
POLL_SECONDS = 25
QUICK = 0.3
NOTED_EVERY = 20.0  # seconds
TRIES = 4  # of an update whose step fails for no fault of the database; then it is left


class Updates:
    """Takes updates by long polling, or sets the webhook. `name` and `account` are the bot's own, once known."""

    def __init__(
        self,
        bot: Bot,
        feed: Callable[[Update], Awaitable[object]],
        webhook_url: str,
        webhook_secret: str,
        polled: Callable[[], Awaitable[object]],
    ) -> None:
        """`polled` is told now and then that the platform answers."""
        self._bot, self._feed, self._polled = bot, feed, polled
        self._noted = float("-inf")
        self._webhook_url, self._webhook_secret = webhook_url, webhook_secret
        self._failures = 0
        self.name, self.account = "", bot.id

    async def run(self) -> None:
        """Take updates until cancelled: by long polling, or, with a webhook, only say where it is."""
        await self._insist(self._learn_account)
        if self._webhook_url:
            await self._insist(self._set_webhook)
            await asyncio.Event().wait()
        await self._insist(self._bot.delete_webhook)
        await self._note()
        offset: int | None = None
        while True:
            began = time.monotonic()
            updates = await self._next(offset)
            for update in updates:
                await self._take(update)
                offset = update.update_id + 1
            if not updates and time.monotonic() - began < QUICK:
                await asyncio.sleep(QUICK)  # a platform that does not hold the line

    async def _next(self, offset: int | None) -> list[Update]:
        """Ask for updates; empty after a failure and its pause."""
        try:
            updates = await self._ask(offset)
        except TelegramConflictError:
            log.warning("telegram.conflict", hint="另有程序或旧的 webhook 在取消息")
            await asyncio.sleep(2)
            await self._insist(self._bot.delete_webhook)
            return []
        except (TelegramAPIError, ClientDecodeError, OSError, TimeoutError) as error:
            self._failures += 1
            measures.PLATFORM_ERRORS.labels("telegram", "poll").inc()
            log.warning("telegram.poll_failed", error=type(error).__name__, failures=self._failures)
            await asyncio.sleep(_pause(error, self._failures))
            return []
        self._failures = 0
        await self._note()
        return updates

    async def _note(self) -> None:
        if time.monotonic() - self._noted > NOTED_EVERY:
            self._noted = time.monotonic()
            with suppress(Unusable, Superseded, OSError):  # a database that is away says so elsewhere
                await self._polled()

    async def _set_webhook(self) -> object:
        return await self._bot.set_webhook(
            self._webhook_url, secret_token=self._webhook_secret, allowed_updates=KINDS
        )

    async def _learn_account(self) -> None:
        me = await self._bot.me()
        self.name, self.account = me.username or "", me.id

    async def _insist(self, call: Callable[[], Awaitable[object]]) -> None:
        """Call until the platform has answered; a dead network is logged and tried again."""
        failures = 0
        while True:
            try:
                await call()
                return
            except (ClientDecodeError, TelegramNotFound):
                return  # answered, in a form or by a platform that we do not know; a wrong token shows in polling
            except (TelegramAPIError, OSError, TimeoutError) as error:
                failures += 1
                log.warning("telegram.unreachable", error=type(error).__name__, failures=failures)
                await asyncio.sleep(_pause(error, failures))

    async def _ask(self, offset: int | None) -> list[Update]:
        try:
            return await self._bot.get_updates(
                offset=offset,
                timeout=POLL_SECONDS,
                allowed_updates=KINDS,
                request_timeout=POLL_SECONDS + 10,
            )
        except ClientDecodeError as error:
            if not isinstance(error.data, dict) or error.data.get("ok") is not True:
                raise
            raws = [
                raw for raw in error.data.get("result") or [] if isinstance(raw, dict) and "update_id" in raw
            ]
            return [self.readable(raw) or Update(update_id=raw["update_id"]) for raw in raws]

    def readable(self, raw: object) -> Update | None:
        """Return an update as the platform wrote it; None for one that holds nothing we can read.

        It is passed over: asked for it again and again, the platform would send nothing else.
        Raises: ValueError for what is no update at all.
        """
        if not isinstance(raw, dict) or not isinstance(raw.get("update_id"), int):
            raise ValueError("no update")
        try:
            return Update.model_validate(raw, context={"bot": self._bot})
        except (ValidationError, RecursionError):
            log.warning("telegram.unreadable", update=raw["update_id"])
            return None

    async def _take(self, update: Update) -> None:
        """Have an update acted on before the next is asked for."""
        if update.model_fields_set == {"update_id"}:
            return
        tries = 0
        while True:
            try:
                await self._feed(update)
                return
            except (Busy, Superseded) as error:
                log.warning("telegram.database", update=update.update_id, error=type(error).__name__)
                await asyncio.sleep(2)
            except Exception:
                tries += 1
                log.exception("telegram.update", update=update.update_id, tries=tries)
                if tries >= TRIES:
                    return
                await asyncio.sleep(0.5 * tries)


def _pause(error: Exception, failures: int) -> float:
    if isinstance(error, TelegramRetryAfter):
        return float(error.retry_after)
    if isinstance(error, TelegramUnauthorizedError | TelegramNotFound):
        return 15.0
    return min(0.5 * 2.0 ** min(failures, 6), 15.0)
