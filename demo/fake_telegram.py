"""A stand-in for the Telegram Bot API: two groups and private chats, played by the page.

The door to the handler chat talks to it over HTTP exactly as it talks to the real platform.
"""

import asyncio
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from demo.bot_api import (
    BOT,
    CHAT_ID,
    BotApiError,
    chat_of,
    checked_markup,
    checked_text,
    plain,
    read_fields,
)
from demo.stage import Stage

STREAM = "chat"
LONGEST_POLL = 50.0
KEPT_UPDATES = 1000


@dataclass(frozen=True, slots=True)
class ShownToPresser:
    """What the platform shows to the one who pressed a button."""

    text: str
    alert: bool


class FakeTelegram:
    """Chats, members and updates. Times are those of the demo's clock, seconds since 1970 on the wire."""

    def __init__(
        self,
        stage: Stage,
        token: str,
        clock: Callable[[], datetime],
        people: dict[int, str],
        first_update: int,
    ) -> None:
        """`first_update`: where update numbers start; it must lie above all of earlier runs."""
        self._stage, self._token, self._clock, self._people = stage, token, clock, people
        self._numbers = count(first_update)
        posts = [int(item.key.rsplit(":", 1)[1]) for item in stage.of(STREAM)]
        self._posts = count(max(posts, default=0) + 1)
        self._updates: list[dict[str, Any]] = []
        self._news = asyncio.Event()
        self._poll = 0
        self._ended = False
        self._pressed: dict[str, asyncio.Future[ShownToPresser]] = {}
        self._methods: dict[str, Callable[[dict[str, Any]], Any]] = {
            "getme": lambda fields: BOT,
            "getwebhookinfo": lambda fields: {
                "url": "",
                "has_custom_certificate": False,
                "pending_update_count": 0,
            },
            "getchat": self._get_chat,
            "sendmessage": self._send,
            "senddocument": self._send,
            "editmessagetext": self._edit,
            "editmessagereplymarkup": self._edit_markup,
            "deletemessage": self._delete,
            "answercallbackquery": self._answer,
        }

    def end(self) -> None:
        """The server is about to stop: answer whoever polls."""
        self._ended = True
        self._news.set()

    # what people do

    def say(self, chat_id: str, user_id: int, text: str, reply_to: int | None = None) -> int:
        """A person writes in a chat; returns the number of the message."""
        number = next(self._posts)
        body = self._post(chat_id, number, user_id, text, reply_to=reply_to)
        self._publish({"message": self._message(body)})
        return number

    async def press(
        self, chat_id: str, user_id: int, message_id: int, data: str, patience: float
    ) -> ShownToPresser:
        """A person presses an inline button; wait up to `patience` seconds for the bot's answer."""
        body = self._stage.get(STREAM, f"{chat_id}:{message_id}")
        if body is None:
            return ShownToPresser("这条消息已不存在。", alert=True)
        number = next(self._numbers)
        waiting: asyncio.Future[ShownToPresser] = asyncio.get_running_loop().create_future()
        self._pressed[str(number)] = waiting
        query = {
            "id": str(number),
            "from": self._user(user_id),
            "chat_instance": chat_id,
            "data": data,
            "message": self._message(body),
        }
        self._publish({"callback_query": query}, number)
        try:
            async with asyncio.timeout(patience):
                return await waiting
        except TimeoutError:
            return ShownToPresser("机器人没有回应，请稍后再试。", alert=True)
        finally:
            self._pressed.pop(str(number), None)

    # what the bot does

    def router(self) -> APIRouter:
        router = APIRouter()

        @router.api_route("/bot{token}/{method}", methods=["GET", "POST"], include_in_schema=False)
        async def call(token: str, method: str, request: Request) -> JSONResponse:
            fields: dict[str, Any] = dict(request.query_params)
            try:
                if request.headers.get("content-type", "").startswith("application/json"):
                    fields |= await request.json()
                else:
                    fields |= await request.form()
                return JSONResponse(
                    {"ok": True, "result": await self._call(token, method, read_fields(fields))}
                )
            except (ValueError, TypeError, AttributeError, KeyError, RecursionError):
                wrong = {
                    "ok": False,
                    "error_code": 400,
                    "description": "Bad Request: can't parse the request",
                }
                return JSONResponse(wrong, status_code=400)
            except BotApiError as error:
                answer = {"ok": False, "error_code": error.code, "description": error.description}
                if error.parameters:
                    answer["parameters"] = error.parameters
                return JSONResponse(answer, status_code=error.code)

        return router

    async def _call(self, token: str, method: str, fields: dict[str, Any]) -> Any:
        if not hmac.compare_digest(token.encode(), self._token.encode()):
            raise BotApiError(401, "Unauthorized")
        if method.lower() == "getupdates":
            return await self._get_updates(fields)
        found = self._methods.get(method.lower())
        # the rest only has to succeed: setMyCommands, sendChatAction, …
        return found(fields) if found else True

    async def _get_updates(self, fields: dict[str, Any]) -> list[dict[str, Any]]:
        """Long polling. A later poller takes over; the earlier one gets 409, as on the platform."""
        self._poll += 1
        mine = self._poll
        offset, limit = int(fields.get("offset") or 0), int(fields.get("limit") or 100)
        self._updates = [update for update in self._updates if update["update_id"] >= offset]
        deadline = asyncio.get_running_loop().time() + min(float(fields.get("timeout") or 0), LONGEST_POLL)
        self._news.set()  # wakes an earlier poller, which then sees that it was replaced
        while True:
            if self._updates or self._ended:
                return self._updates[:limit]
            self._news.clear()
            try:
                async with asyncio.timeout_at(deadline):
                    await self._news.wait()
            except TimeoutError:
                return []
            if mine != self._poll:
                raise BotApiError(409, "Conflict: terminated by other getUpdates request")

    def _send(self, fields: dict[str, Any]) -> dict[str, Any]:
        chat_id, mode = self._known_chat(fields), str(fields.get("parse_mode") or "")
        text = checked_text(fields.get("text") or fields.get("caption") or "（文件）", mode)
        markup = checked_markup(fields.get("reply_markup"))
        reply = fields.get("reply_parameters") or {}
        reply_to = int(reply.get("message_id") or fields.get("reply_to_message_id") or 0) or None
        if reply_to and self._stage.get(STREAM, f"{chat_id}:{reply_to}") is None:
            if not reply.get("allow_sending_without_reply"):
                raise BotApiError(400, "Bad Request: message to be replied not found")
            reply_to = None
        body = self._post(
            chat_id, next(self._posts), BOT["id"], text, mode=mode, markup=markup, reply_to=reply_to
        )
        return self._message(body)

    def _edit(self, fields: dict[str, Any]) -> dict[str, Any]:
        body, mode = self._known_post(fields), str(fields.get("parse_mode") or "")
        text = checked_text(fields.get("text"), mode)
        return self._changed(body, text=text, mode=mode, markup=checked_markup(fields.get("reply_markup")))

    def _edit_markup(self, fields: dict[str, Any]) -> dict[str, Any]:
        return self._changed(self._known_post(fields), markup=checked_markup(fields.get("reply_markup")))

    def _delete(self, fields: dict[str, Any]) -> bool:
        body = self._known_post(fields)
        self._stage.put(STREAM, f"{body['chat']}:{body['id']}", body | {"deleted": True})
        return True

    def _answer(self, fields: dict[str, Any]) -> bool:
        waiting = self._pressed.get(str(fields.get("callback_query_id")))
        if waiting is None or waiting.done():
            raise BotApiError(
                400, "Bad Request: query is too old and response timeout expired or query ID is invalid"
            )
        waiting.set_result(ShownToPresser(str(fields.get("text") or ""), bool(fields.get("show_alert"))))
        return True

    def _get_chat(self, fields: dict[str, Any]) -> dict[str, Any]:
        return chat_of(self._known_chat(fields)) | {"accent_color_id": 0, "max_reaction_count": 1}

    # keeping and showing

    def _post(
        self, chat_id: str, number: int, user_id: int, text: str, *, mode: str = "",
        markup: dict[str, Any] | None = None, reply_to: int | None = None,
    ) -> dict[str, Any]:  # fmt: skip
        body = {
            "chat": chat_id,
            "id": number,
            "user": user_id,
            "name": BOT["first_name"] if user_id == BOT["id"] else self._people.get(user_id, "陌生人"),
            "bot": user_id == BOT["id"],
            "text": text,
            "mode": mode,
            "markup": markup or {},
            "reply_to": reply_to,
            "at": self._clock().timestamp(),
            "edited": False,
        }
        self._stage.put(STREAM, f"{chat_id}:{number}", body)
        return body

    def _changed(self, body: dict[str, Any], **values: Any) -> dict[str, Any]:
        changed = body | values
        if changed == body:
            raise BotApiError(
                400,
                "Bad Request: message is not modified: specified new message content and reply markup are "
                "exactly the same as a current content and reply markup of the message",
            )
        changed["edited"] = True
        self._stage.put(STREAM, f"{body['chat']}:{body['id']}", changed)
        return self._message(changed)

    def _message(self, body: dict[str, Any], *, deep: bool = True) -> dict[str, Any]:
        message: dict[str, Any] = {
            "message_id": body["id"],
            "date": int(body["at"]),
            "chat": chat_of(body["chat"]),
            "from": self._user(body["user"]),
            "text": plain(body["text"], body["mode"]),
        }
        if body["text"].startswith("/"):
            length = len(body["text"].split()[0])
            message["entities"] = [{"type": "bot_command", "offset": 0, "length": length}]
        if "inline_keyboard" in body["markup"]:
            message["reply_markup"] = body["markup"]
        replied = self._stage.get(STREAM, f"{body['chat']}:{body['reply_to']}") if body["reply_to"] else None
        if deep and replied is not None:
            message["reply_to_message"] = self._message(replied, deep=False)
        return message

    def _user(self, user_id: int) -> dict[str, Any]:
        if user_id == BOT["id"]:
            return BOT
        return {"id": user_id, "is_bot": False, "first_name": self._people.get(user_id, "陌生人")}

    def _publish(self, update: dict[str, Any], number: int | None = None) -> None:
        self._updates.append({"update_id": next(self._numbers) if number is None else number, **update})
        del self._updates[:-KEPT_UPDATES]
        self._news.set()

    @staticmethod
    def _known_chat(fields: dict[str, Any]) -> str:
        chat_id = str(fields.get("chat_id") or "")
        if not CHAT_ID.fullmatch(chat_id):
            raise BotApiError(400, "Bad Request: chat not found")
        return chat_id

    def _known_post(self, fields: dict[str, Any]) -> dict[str, Any]:
        body = self._stage.get(STREAM, f"{self._known_chat(fields)}:{fields.get('message_id')}")
        if body is None or body.get("deleted"):
            raise BotApiError(400, "Bad Request: message to edit not found")
        if not body["bot"]:
            raise BotApiError(400, "Bad Request: message can't be edited")
        return body
