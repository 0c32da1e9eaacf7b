"""Telegram as a platform: cards become messages, the Bot API's errors become ours."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from aiogram import Bot
from aiogram.exceptions import (
    ClientDecodeError,
    TelegramAPIError,
    TelegramBadRequest,
    TelegramConflictError,
    TelegramEntityTooLarge,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramServerError,
    TelegramUnauthorizedError,
)
from aiogram.types import (
    ForceReply,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    MessageEntity,
    ReplyParameters,
    User,
)

from bot.handler_chat.cards.cards import Card, Rows
from bot.handler_chat.cards.fitting import LONGEST, clip, units
from bot.handler_chat.cards.platform import AskedPerson, ChatGone, ChatMoved, PlatformDown, PostGone, SlowDown
from cases.register import measures
from cases.sending.chat import Place
from cases.sending.ports import SendFailed
from text.normalise import storable

T = TypeVar("T")
_NO_CHANGE = "message is not modified"
_NO_TOPIC = "message thread not found"
_NO_POST = ("message to edit not found", "message can't be edited", "message_id_invalid", "message not found")
_NO_CHAT = (
    "chat not found",
    "not enough rights",
    "have no rights",
    "kicked",
    "deactivated",
    "user is deleted",
    "chat_write_forbidden",
    "group chat was",
    "topic_closed",
    "need administrator rights",
)


_CODES: dict[type[Exception], str] = {
    TelegramRetryAfter: "429", TelegramForbiddenError: "403", TelegramUnauthorizedError: "401",
    TelegramNotFound: "404", TelegramConflictError: "409", TelegramEntityTooLarge: "413", TelegramMigrateToChat: "400",
    TelegramServerError: "500",
}  # fmt: skip


class TelegramApi:
    """The Bot API behind our port."""

    name = "telegram"

    def __init__(self, bot: Bot) -> None:
        self._bot = bot

    async def post(
        self, place: Place, card: Card, *, reply_to: str = "", asks: AskedPerson | None = None
    ) -> str:
        """Send a message and return its id. A topic that is gone falls back to the group itself."""
        try:
            return await self._post(place, card, reply_to, asks)
        except SendFailed as failure:
            if place.thread_id and _NO_TOPIC in str(failure).lower():
                return await self._post(Place(place.chat_id), card, "", asks)
            raise

    async def _post(self, place: Place, card: Card, reply_to: str, asks: AskedPerson | None) -> str:
        markup: InlineKeyboardMarkup | ForceReply | None = keyboard(card.buttons)
        entities = None
        if asks is not None:
            markup = ForceReply(force_reply=True, selective=True, input_field_placeholder="请在此回复")
            entities = _mention(card.text, asks)
        reply = (
            ReplyParameters(message_id=int(reply_to), allow_sending_without_reply=True) if reply_to else None
        )

        async def send() -> str:
            message = await self._bot.send_message(
                chat_id=place.chat_id,
                text=text_of(card),
                message_thread_id=int(place.thread_id) if place.thread_id else None,
                entities=entities,
                link_preview_options=LinkPreviewOptions(is_disabled=True),
                reply_parameters=reply,
                reply_markup=markup,
            )
            return str(message.message_id)

        return await told(send, lambda result: str(result["message_id"]))

    async def edit(self, chat_id: str, message_id: str, card: Card) -> None:
        async def change() -> None:
            await self._bot.edit_message_text(
                chat_id=chat_id,
                message_id=int(message_id),
                text=text_of(card),
                link_preview_options=LinkPreviewOptions(is_disabled=True),
                reply_markup=keyboard(card.buttons),
            )

        await told(change, lambda _result: None)

    async def edit_buttons(self, chat_id: str, message_id: str, buttons: Rows) -> None:
        async def change() -> None:
            await self._bot.edit_message_reply_markup(
                chat_id=chat_id, message_id=int(message_id), reply_markup=keyboard(buttons)
            )

        await told(change, lambda _result: None)

    async def answer_press(self, query_id: str, text: str, alert: bool) -> None:
        async def answer() -> None:
            await self._bot.answer_callback_query(
                query_id, text=clip(storable(text), 200) or None, show_alert=alert, request_timeout=10
            )

        await told(answer, lambda _result: None)


@contextmanager
def _errors_counted() -> Iterator[None]:
    """Count what goes wrong by the code that the platform gives it; 0: no answer."""
    try:
        yield
    except TelegramBadRequest as error:
        if _NO_CHANGE not in error.message.lower():
            measures.PLATFORM_ERRORS.labels("telegram", "400").inc()
        raise
    except ClientDecodeError:
        raise  # it may have said yes in a form that we do not know
    except (TelegramAPIError, OSError, TimeoutError) as error:
        code = next((code for kind, code in _CODES.items() if isinstance(error, kind)), "0")
        measures.PLATFORM_ERRORS.labels("telegram", code).inc()
        raise


async def told(call: Callable[[], Awaitable[T]], lenient: Callable[[Any], T]) -> T:
    """Await a call of the Bot API and translate what goes wrong.

    An answer that says `ok` in a form that aiogram does not know is taken for what it is: `lenient` reads it.
    Raises: SendFailed and its kin.
    """
    try:
        with measures.timed(measures.DELIVERY.labels("chat")), _errors_counted():
            return await call()
    except TelegramRetryAfter as error:
        raise SlowDown(f"发送过快，{error.retry_after} 秒后重试", float(error.retry_after)) from None
    except TelegramMigrateToChat as error:
        raise ChatMoved("群已升级为超级群", str(error.migrate_to_chat_id)) from None
    except TelegramForbiddenError as error:
        raise ChatGone(f"机器人被移出或屏蔽（{error.message[:120]}）") from None
    except TelegramBadRequest as error:
        found = _bad_request(error.message)
        if found is None:
            return lenient({"message_id": ""})
        raise found from None
    except TelegramEntityTooLarge as error:
        raise SendFailed(f"消息过大（{error.message[:120]}）", final=True) from None
    except ClientDecodeError as error:
        if isinstance(error.data, dict) and error.data.get("ok") is True:
            return lenient(error.data.get("result"))
        raise PlatformDown("平台的回答读不懂") from None
    except (TelegramAPIError, OSError, TimeoutError) as error:
        raise PlatformDown(f"平台暂不可用（{type(error).__name__}）") from None


def keyboard(rows: Rows) -> InlineKeyboardMarkup | None:
    if not rows:
        return None
    made = [[InlineKeyboardButton(text=b.label, callback_data=b.data) for b in row] for row in rows]
    return InlineKeyboardMarkup(inline_keyboard=made)


def text_of(card: Card) -> str:
    return clip(storable(card.text), LONGEST) or "　"


def _bad_request(message: str) -> SendFailed | None:
    """Return what a 400 means; None when the post already shows what it should."""
    words = message.lower()
    if _NO_CHANGE in words:
        return None
    if any(phrase in words for phrase in _NO_POST):
        return PostGone(message[:200])
    if any(phrase in words for phrase in _NO_CHAT):
        return ChatGone(message[:200])
    return SendFailed(f"平台拒绝（{message[:200]}）", final=True)


def _mention(text: str, asks: AskedPerson) -> list[MessageEntity] | None:
    """Name the person asked, so that only their client opens the reply."""
    if not asks.account.isdigit() or not text.startswith(asks.name):
        return None
    user = User(id=int(asks.account), is_bot=False, first_name=asks.name)
    return [MessageEntity(type="text_mention", offset=0, length=units(asks.name), user=user)]
