"""The handler chat on 企业微信: a callback that is verified and decrypted; orders in words and pressed buttons."""

import asyncio
import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import structlog
from defusedxml import ElementTree
from fastapi import APIRouter, Request, Response
from fastapi.responses import PlainTextResponse
from wechatpy.enterprise.crypto import WeChatCrypto

from bot.handler_chat.cards.cards import SuggestedEntry
from bot.handler_chat.incoming import commands, inbox, spoken, suggesting
from bot.handler_chat.incoming.door import Beside, body_of, recorded
from bot.handler_chat.incoming.inbox import Press, Words
from bot.handler_chat.incoming.suggesting import Suggest
from bot.handler_chat.posting.courier import Courier
from bot.handler_chat.posting.queue import Limits
from bot.handler_chat.wecom import cards as wecom_cards
from bot.handler_chat.wecom.api import WecomApi
from cases.lists import find, views
from cases.register import people
from cases.register.desk import Desk, Workplace
from cases.register.errors import Refusal
from cases.sending import card_codes, chat
from cases.sending.chat import Chats, Place
from cases.steps.suggest import may_suggest

log = structlog.get_logger()
FRESH_SECONDS = 600


class Forged(Exception):
    """A request that did not come from the platform."""


class Unreadable(Exception):
    """A request whose body is not what the platform sends."""


@dataclass(frozen=True, slots=True)
class WecomConfig:
    """One application of the enterprise. Without group chats each colleague gets the messages personally."""

    corp_id: str
    agent_id: str
    secret: str
    token: str
    aes_key: str
    api_base: str = "https://qyapi.weixin.qq.com"
    handler_chat_id: str = ""
    supervisor_chat_id: str = ""
    group_per_minute: int = 20

    @property
    def chats(self) -> Chats:
        return Chats(
            "wecom",
            Place(self.handler_chat_id or "@handlers"),
            Place(self.supervisor_chat_id or "@supervisors"),
            personal=True,
        )


class WecomChat:
    """The door. `drain` is run by one process at a time, the router by all."""

    def __init__(
        self,
        workplace: Workplace,
        config: WecomConfig,
        suggest: Suggest,
        *,
        leading: Workplace | None = None,
        sure: Callable[[], bool] = lambda: True,
    ) -> None:
        """`leading`: for what the one process does that posts; `sure`: whether this one still is it."""
        self._workplace, self._config, self._suggest = workplace, config, suggest
        self._crypto = WeChatCrypto(config.token, config.aes_key, config.corp_id)
        self._api = WecomApi(
            workplace,
            corp_id=config.corp_id,
            secret=config.secret,
            agent_id=config.agent_id,
            api_base=config.api_base,
        )
        self._courier = Courier(
            leading or workplace,
            self._api,
            config.chats,
            partial(suggesting.for_card, suggest),
            Limits(config.group_per_minute),
            sure=sure,
        )
        self._beside = Beside()

    async def drain(self) -> float:
        """Send what may go now; return the seconds until it wants to be called again."""
        return await self._courier.drain()

    async def finish(self, seconds: float) -> None:
        await self._courier.finish(seconds)

    async def close(self) -> None:
        """Let the last changes of cards go out, then hang up."""
        await self._beside.finish()
        await self._api.close()

    def router(self) -> APIRouter:
        """Return the callback's routes: 403 on a bad or old signature, 400 on what cannot be read, 413 over 1 MiB."""
        router = APIRouter()

        @router.get("/wecom")
        async def verify(request: Request) -> Response:
            try:
                return PlainTextResponse(self._open(request, request.query_params.get("echostr", "")))
            except Forged:
                return Response(status_code=403)
            except Unreadable:
                return Response(status_code=400)

        @router.post("/wecom")
        async def push(request: Request) -> Response:
            body = await body_of(request)
            if body is None:
                return Response(status_code=413)
            try:
                fields = _fields(
                    self._open(request, _fields(body.decode("utf-8", "replace")).get("Encrypt", ""))
                )
            except Forged:
                return Response(status_code=403)
            except Unreadable:
                return Response(status_code=400)
            await self._receive(fields)
            return PlainTextResponse("")

        return router

    def _open(self, request: Request, sealed: str) -> str:
        """Return what a request holds. Raises: Forged; Unreadable if it was sealed with another key."""
        given = request.query_params
        timestamp, nonce = given.get("timestamp", ""), given.get("nonce", "")
        wanted = signature(self._config.token, timestamp, nonce, sealed)
        if not secrets.compare_digest(wanted.encode(), given.get("msg_signature", "").encode()):
            raise Forged
        if not timestamp.isdecimal() or len(timestamp) > 12:
            raise Forged
        if abs(self._workplace.clock().timestamp() - int(timestamp)) > FRESH_SECONDS:
            raise Forged
        try:
            opened: str = self._crypto.decrypt_message({"Encrypt": sealed}, wanted, timestamp, nonce)
        except Exception as error:
            raise Unreadable(type(error).__name__) from None
        return opened

    async def _receive(self, fields: dict[str, str]) -> None:
        kind, user = fields.get("MsgType", ""), fields.get("FromUserName", "")
        if kind == "event" and fields.get("Event") == "template_card_event" and user:
            await self._on_press(user, fields)
        if kind in ("", "event") or not user:
            return
        text = fields.get("Content") if kind == "text" else None
        words = Words(
            key=f"wecom:{fields.get('MsgId') or user + ':' + fields.get('CreateTime', '')}"[:200],
            account=user,
            place=Place(f"~{user}"),
            message_id=fields.get("MsgId", ""),
            text=text,
            private=True,
            command=(commands.parse(text) or spoken.as_command(text)) if text else None,
        )
        found = await self._suggested(words)
        await self._workplace.act_async(lambda desk: inbox.written(desk, self._config.chats, words, found))

    async def _on_press(self, user: str, fields: dict[str, str]) -> None:
        """A button of a card. Its key is FromUserName and CreateTime, as the platform advises, and the button."""
        card, data = wecom_cards.pressed(fields.get("EventKey", ""), fields.get("TaskId", ""))
        if not card:
            return
        once = f"{user}:{fields.get('CreateTime', '')}:{card}:{data}"
        press = Press(
            key=f"wecom:press:{hashlib.sha256(once.encode('utf-8', 'surrogatepass')).hexdigest()[:40]}",
            account=user,
            place=Place(f"~{user}"),
            message_id=card,
            data=data,
        )

        await recorded(self._workplace, "wecom", "", card)

        def step(desk: Desk) -> bool:
            answer = inbox.pressed(desk, self._config.chats, press)
            if answer is None:
                return False
            card_codes.keep(desk, card, fields.get("ResponseCode", ""))
            post = chat.post_at(desk, "wecom", "", card)
            return post is not None and not post.live

        if await self._workplace.act_async(step):
            self._beside.start(self._api.grey(card, "已失效"))

    async def _suggested(self, words: Words) -> list[SuggestedEntry]:
        """Look up what `/kb` and 「采用建议」 need, before the transaction."""
        question, account = "", None
        if words.command is not None:
            question = words.command.words if words.command.name == "kb" else ""
        elif words.text and (order := spoken.parse(words.text)) and order.name == spoken.ADOPT:
            case = await self._workplace.look_async(lambda desk: _case(desk, words.account, order.number))
            question, account = (case.text, case.account) if case else ("", None)
            if question:
                return await asyncio.to_thread(suggesting.for_card, self._suggest, question, account)
        if not question:
            return []
        return await asyncio.to_thread(suggesting.suggestions, self._suggest, question, account)


def signature(token: str, timestamp: str, nonce: str, sealed: str) -> str:
    joined = "".join(sorted((token, timestamp, nonce, sealed)))
    return hashlib.sha1(joined.encode("utf-8", "surrogatepass"), usedforsecurity=False).hexdigest()


def _case(desk: Desk, account: str, number: str) -> views.CaseView | None:
    staff = people.staff_by_chat(desk, "wecom", account)
    try:
        case = find.case(desk, staff, number) if staff is not None else None
        return views.view(desk, case) if case is not None and may_suggest(case) else None
    except Refusal:
        return None


def _fields(xml: str) -> dict[str, str]:
    """Return the fields of a push. Raises: Unreadable."""
    try:
        root: Any = ElementTree.fromstring(xml, forbid_dtd=True)
    except Exception as error:
        raise Unreadable(type(error).__name__) from None
    return {child.tag: child.text or "" for child in root}
