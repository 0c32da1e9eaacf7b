"""The handler chat on Telegram, through aiogram: long polling or webhook. Handlers only translate.

An update is acknowledged to the platform only after its step is on disk, and its key is kept with that step:
killed at any moment, an update is acted on exactly once.
"""

import asyncio
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import structlog
from aiogram import Bot, Dispatcher, Router
from aiogram.client.telegram import TelegramAPIServer
from aiogram.types import CallbackQuery, ChatMemberUpdated, Message, Update
from fastapi import APIRouter, Request, Response

from bot.handler_chat.cards.cards import SuggestedEntry
from bot.handler_chat.incoming import commands, inbox, suggesting
from bot.handler_chat.incoming.door import Beside, body_of, recorded
from bot.handler_chat.incoming.inbox import Press, Words
from bot.handler_chat.incoming.pressed import Reaction
from bot.handler_chat.incoming.suggesting import Suggest
from bot.handler_chat.posting.courier import Courier
from bot.handler_chat.posting.queue import Limits
from bot.handler_chat.telegram import spelling
from bot.handler_chat.telegram.api import TelegramApi
from bot.handler_chat.telegram.one_host import OneHost
from bot.handler_chat.telegram.updates import Updates
from cases.register import memo
from cases.register.desk import Desk, Workplace
from cases.sending import chat
from cases.sending.chat import Chats, Place

log = structlog.get_logger()
UNCHANGED = "修改消息不会改变已提交的草稿，请重新回复卡片。"


@dataclass(frozen=True, slots=True)
class TelegramConfig:
    """Chat ids as Telegram writes them, with `/<topic>` for a topic of a forum."""

    token: str
    handler_chat_id: str
    api_base: str = "https://api.telegram.org"
    supervisor_chat_id: str = ""
    webhook_url: str = ""
    webhook_secret: str = ""
    group_per_minute: int = 20

    @property
    def chats(self) -> Chats:
        handlers = Place.of(self.handler_chat_id)
        supervisors = Place.of(self.supervisor_chat_id) if self.supervisor_chat_id else handlers
        return Chats("telegram", handlers, supervisors)


class TelegramChat:
    """The door. `drain` and `poll` are run by one process at a time, the router by all."""

    def __init__(
        self,
        workplace: Workplace,
        config: TelegramConfig,
        suggest: Suggest,
        *,
        leading: Workplace | None = None,
        sure: Callable[[], bool] = lambda: True,
    ) -> None:
        """`leading`: for what the one process does that posts and polls; `sure`: whether this one still is it."""
        leading = leading or workplace
        self._workplace = workplace if config.webhook_url else leading
        self._config, self._suggest = config, suggest
        session = OneHost(api=TelegramAPIServer.from_base(config.api_base), timeout=30)
        self._bot = Bot(config.token, session=session)
        self._api = TelegramApi(self._bot)
        self._courier = Courier(
            leading,
            self._api,
            config.chats,
            partial(suggesting.for_card, suggest),
            Limits(config.group_per_minute),
            sure=sure,
        )
        self._dispatcher = Dispatcher()
        self._dispatcher.include_router(self._handlers())
        self._updates = Updates(
            bot=self._bot,
            feed=self._feed,
            webhook_url=config.webhook_url,
            webhook_secret=config.webhook_secret,
            polled=lambda: leading.act_async(lambda desk: desk.note(memo.CHAT_POLLED, desk.now)),
        )
        self._beside = Beside()

    async def drain(self) -> float:
        """Send what may go now; return the seconds until it wants to be called again."""
        return await self._courier.drain()

    async def finish(self, seconds: float) -> None:
        await self._courier.finish(seconds)

    async def close(self) -> None:
        """Let the last answers go out, then hang up."""
        await self._beside.finish()
        await self._bot.session.close()

    async def poll(self) -> None:
        """Take updates until cancelled: by long polling, or, with a webhook, only say where it is."""
        await self._updates.run()

    async def _feed(self, update: Update) -> None:
        await self._dispatcher.feed_update(self._bot, update)

    def router(self) -> APIRouter:
        """Return the webhook's route; 403 without the secret header."""
        router = APIRouter()

        @router.post("/telegram")
        async def webhook(request: Request) -> Response:
            given = request.headers.get("X-Telegram-Bot-Api-Secret-Token", "")
            wanted = self._config.webhook_secret
            if not wanted or not secrets.compare_digest(given.encode(), wanted.encode()):
                return Response(status_code=403)
            body = await body_of(request)
            if body is None:
                return Response(status_code=413)
            try:
                update = self._updates.readable(json.loads(body))
            except (ValueError, RecursionError):
                return Response(status_code=400)
            if update is not None:
                await self._feed(update)
            return Response(status_code=200)

        return router

    def _handlers(self) -> Router:
        router = Router()
        router.callback_query.register(self._on_press)
        router.message.register(self._on_message)
        router.edited_message.register(self._on_edited)
        router.my_chat_member.register(self._on_membership)
        return router

    async def _on_press(self, query: CallbackQuery, event_update: Update) -> None:
        if query.message is None or query.data is None:
            self._beside.start(self._api.answer_press(query.id, "这张卡片太旧，请发送 /case 编号。", True))
            return
        place = Place(
            str(query.message.chat.id),
            _topic(query.message) if isinstance(query.message, Message) else "",
        )
        press = Press(
            key=f"telegram:{event_update.update_id}",
            account=str(query.from_user.id),
            place=place,
            message_id=str(query.message.message_id),
            data=query.data,
        )
        answer = await self._workplace.act_async(lambda desk: inbox.pressed(desk, self._config.chats, press))
        self._beside.start(self._answer(query.id, press, answer or Reaction("")))

    async def _answer(self, query_id: str, press: Press, answer: Reaction) -> None:
        await self._api.answer_press(query_id, answer.text, answer.alert)
        if answer.buttons is not None:
            await self._api.edit_buttons(press.place.chat_id, press.message_id, answer.buttons)
        if answer.card is not None:
            await self._api.edit(press.place.chat_id, press.message_id, answer.card)

    async def _on_message(self, message: Message, event_update: Update) -> None:
        if message.migrate_to_chat_id:
            before, after = str(message.chat.id), str(message.migrate_to_chat_id)
            await self._workplace.act_async(lambda desk: chat.chat_moved(desk, "telegram", before, after))
            return
        if message.from_user is None or (message.from_user.is_bot and message.sender_chat is None):
            return
        words = await self._words(message, event_update)
        if not inbox.concerns_us(words):
            return
        if message.sender_chat is not None:  # an administrator who writes as the group, or a channel
            await self._workplace.act_async(lambda desk: inbox.anonymous(desk, words))
            return
        found: list[SuggestedEntry] = []
        if words.command is not None and words.command.name == "kb":
            found = await self._known(words)
        await self._workplace.act_async(lambda desk: inbox.written(desk, self._config.chats, words, found))

    async def _known(self, words: Words) -> list[SuggestedEntry]:
        question = words.command.words if words.command else ""
        if not question:
            return []
        return await asyncio.to_thread(suggesting.suggestions, self._suggest, question)

    async def _words(self, message: Message, update: Update) -> Words:
        text = spelling.text_of(message)
        written = text if message.text is not None else None
        return Words(
            key=f"telegram:{update.update_id}",
            account=str(message.from_user.id if message.from_user else ""),
            place=Place(str(message.chat.id), _topic(message)),
            message_id=str(message.message_id),
            text=written,
            private=message.chat.type == "private",
            reply_to=await self._replied_to(message),
            command=commands.parse(written, self._updates.name) if written else None,
            caption=text or "",
            trouble=spelling.trouble(message),
        )

    async def _replied_to(self, message: Message) -> str:
        """Return the id of our own post that a message replies to. One just posted may not be recorded yet."""
        replied = message.reply_to_message
        if replied is None:
            return ""
        chat_id, message_id = str(message.chat.id), str(replied.message_id)
        sender = replied.from_user
        ours = sender is None or sender.id in (self._bot.id, self._updates.account)
        if await recorded(self._workplace, "telegram", chat_id, message_id, wait=ours):
            return message_id
        return message_id if ours else ""

    async def _on_edited(self, message: Message, event_update: Update) -> None:
        """Somebody edited a reply in place: say that nothing changes by it."""
        if message.from_user is None or not await self._replied_to(message):
            return
        place, key = Place(str(message.chat.id), _topic(message)), f"telegram:{event_update.update_id}"

        def tell(desk: Desk) -> None:
            if chat.once(desk, key):
                chat.refuse(desk, place, UNCHANGED, key=f"edited:{key}", reply_to=str(message.message_id))

        await self._workplace.act_async(tell)

    async def _on_membership(self, change: ChatMemberUpdated) -> None:
        """We were removed from a group, or are back."""
        chat_id, status = str(change.chat.id), str(change.new_chat_member.status)
        if change.chat.type == "private":
            return
        if status in ("left", "kicked"):
            await self._workplace.act_async(
                lambda desk: chat.trouble(desk, "telegram", chat_id, "机器人被移出群")
            )
        else:
            await self._workplace.act_async(lambda desk: chat.recovered(desk, "telegram", chat_id))


def _topic(message: Message) -> str:
    return str(message.message_thread_id) if message.is_topic_message and message.message_thread_id else ""
