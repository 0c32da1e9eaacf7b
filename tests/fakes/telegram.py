"""A Telegram for tests: the Bot API over real HTTP on 127.0.0.1, with people who press, reply and write.

It runs in a thread of its own, so that it serves a program in another process as well as one in this loop.
"""

import asyncio
import itertools
import json
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from aiohttp import ClientSession, web

T = TypeVar("T")
BOT_ID = 7001
TOKEN = f"{BOT_ID}:TEST-token"
BOT = {"id": BOT_ID, "is_bot": True, "first_name": "回音", "username": "huiyin_bot"}


@dataclass
class Post:
    """A message of the bot as people see it now."""

    chat_id: str
    message_id: int
    text: str
    buttons: list[list[dict[str, str]]]
    reply_to: int | None = None
    thread_id: int | None = None
    force_reply: bool = False
    raw: dict[str, Any] = field(default_factory=dict)
    edits: int = 0
    at: float = 0.0

    @property
    def labels(self) -> list[str]:
        return [button["text"] for row in self.buttons for button in row]

    def data(self, label: str) -> str:
        return next(b["callback_data"] for row in self.buttons for b in row if b["text"] == label)


@dataclass
class Failure:
    method: str
    status: int
    description: str
    parameters: dict[str, Any]
    times: int
    chat_id: str | None = None
    hang: float = 0.0  # seconds to say nothing; the deed itself is done
    deed: bool = False


class FakeTelegram:
    """Start with `with FakeTelegram() as telegram:`; everything public may be called from any thread."""

    def __init__(self, per_minute: int = 0) -> None:
        self.per_minute = per_minute  # 0: no limit; else the strict bucket of a group
        self.posts: list[Post] = []
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.answers: dict[str, dict[str, Any]] = {}
        self.webhook: dict[str, str] = {}
        self.refused = 0
        self._failures: list[Failure] = []
        self._updates: deque[dict[str, Any]] = deque()
        self._ids, self._update_ids = itertools.count(100), itertools.count(5000)
        self._query_ids = itertools.count(900)
        self._people: dict[int, dict[int, dict[str, Any]]] = {}
        self._lock = threading.RLock()
        self._polling = 0
        self._buckets: dict[str, tuple[float, float]] = {}
        self._moved: dict[str, str] = {}
        self._ready = threading.Event()
        self._loop = asyncio.new_event_loop()
        self.port = 0

    def __enter__(self) -> "FakeTelegram":
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        assert self._ready.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._hang_up(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    async def _hang_up(self) -> None:
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    # what people do

    def say(
        self, user: int, text: str | None, chat: int | None = None, reply_to: int | None = None, **extra: Any
    ) -> int:
        """Somebody writes; in private when no chat is named. Returns the message's id."""
        chat_id = user if chat is None else chat
        message: dict[str, Any] = {
            "message_id": next(self._ids),
            "date": int(time.time()),
            "chat": _chat(chat_id),
            "from": {"id": user, "is_bot": False, "first_name": f"人{user}"},
            **extra,
        }
        if text is not None:
            message["text"] = text
        if reply_to is not None:
            message["reply_to_message"] = self._as_replied(chat_id, reply_to)
        self._push({"message": message})
        return int(message["message_id"])

    def press(self, user: int, post: Post, label: str) -> str:
        """Somebody presses a button by its label; returns the query's id."""
        return self.press_data(user, post, post.data(label))

    def press_data(self, user: int, post: Post, data: str) -> str:
        query_id = str(next(self._query_ids))
        message = {**self._as_replied(int(post.chat_id), post.message_id), "from": BOT}
        person = {"id": user, "is_bot": False, "first_name": f"人{user}"}
        self._push(
            {
                "callback_query": {
                    "id": query_id,
                    "from": person,
                    "chat_instance": "x",
                    "message": message,
                    "data": data,
                }
            }
        )
        return query_id

    def push_again(self, update_id: int | None = None) -> None:
        """The platform repeats its latest update with the same id."""
        with self._lock:
            again = dict(self.last_update)
            self._updates.append(again)
        self._deliver(again)

    def push(self, body: dict[str, Any]) -> None:
        self._push(body)

    # what goes wrong

    def fail(
        self,
        method: str,
        status: int,
        description: str = "",
        times: int = 1,
        chat: int | None = None,
        hang: float = 0.0,
        deed: bool = False,
        **parameters: Any,
    ) -> None:
        """The next `times` calls of `method` fail; with `deed` they take effect before they do."""
        self._failures.append(
            Failure(
                method,
                status,
                description,
                parameters,
                times,
                None if chat is None else str(chat),
                hang,
                deed,
            )
        )

    def mend(self) -> None:
        self._failures.clear()

    def migrate(self, before: int, after: int) -> None:
        self._moved[str(before)] = str(after)

    # what is seen

    def in_chat(self, chat: int, containing: str = "") -> list[Post]:
        with self._lock:
            return [p for p in self.posts if p.chat_id == str(chat) and containing in p.text]

    def wait(self, what: Callable[[], T], seconds: float = 10.0) -> T:
        """Return the first true value of `what`. For a test in another thread than the program's loop."""
        until = time.monotonic() + seconds
        while not (found := what()):
            assert time.monotonic() < until, self.story()
            time.sleep(0.01)
        return found

    async def until(self, what: Callable[[], T], seconds: float = 10.0) -> T:
        """Return the first true value of `what`, letting the running loop work meanwhile."""
        end = time.monotonic() + seconds
        while not (found := what()):
            assert time.monotonic() < end, self.story()
            await asyncio.sleep(0.01)
        return found

    async def answered(self, query_id: str) -> dict[str, Any]:
        return await self.until(lambda: self.answers.get(query_id))  # type: ignore[return-value]

    def story(self) -> str:
        with self._lock:
            return "\n---\n".join(
                f"[{p.chat_id}/{p.message_id}] {p.text} {p.labels}" for p in self.posts[-12:]
            )

    # the platform

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._start())
        self._ready.set()
        self._loop.run_forever()

    async def _start(self) -> None:
        app = web.Application(client_max_size=1 << 22)
        app.router.add_route("*", "/bot{token}/{method}", self._call)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        self.port = runner.addresses[0][1]

    async def _call(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        given = await self._parameters(request)
        if request.match_info["token"] != TOKEN:
            return _error(401, "Unauthorized")
        with self._lock:
            self.calls.append((method, given))
        failure = self._failure(method, given)
        if failure is not None and failure.hang:
            await asyncio.sleep(failure.hang)
        if failure is not None and not failure.deed:
            return _error(failure.status, failure.description, **failure.parameters)
        if method == "getUpdates":
            return await self._get_updates(given)
        deed = getattr(self, f"_do_{method}", None)
        if deed is None:
            return _error(404, "Not Found")
        response: web.Response = deed(given)
        return response if failure is None else _error(failure.status, failure.description)

    async def _parameters(self, request: web.Request) -> dict[str, Any]:
        data = await request.post() if request.content_type != "application/json" else await request.json()
        values = {**request.query, **data}
        return {key: _read(value) if isinstance(value, str) else value for key, value in values.items()}

    def _failure(self, method: str, given: dict[str, Any]) -> Failure | None:
        with self._lock:
            for failure in self._failures:
                chat = failure.chat_id
                if (
                    failure.times > 0
                    and failure.method in (method, "*")
                    and chat in (None, str(given.get("chat_id")))
                ):
                    if method == "getUpdates" and failure.method == "*":
                        continue
                    failure.times -= 1
                    return failure
        return None

    async def _get_updates(self, given: dict[str, Any]) -> web.Response:
        if self.webhook or self._polling:
            return _error(409, "Conflict: terminated by other getUpdates request or webhook")
        self._polling += 1
        try:
            with self._lock:
                while self._updates and self._updates[0]["update_id"] < int(given.get("offset") or 0):
                    self._updates.popleft()
            until = time.monotonic() + float(given.get("timeout") or 0)
            while not self._updates and time.monotonic() < until:
                await asyncio.sleep(0.01)
            with self._lock:
                return _ok(list(self._updates)[:100])
        finally:
            self._polling -= 1

    def _do_getMe(self, given: dict[str, Any]) -> web.Response:
        return _ok(BOT)

    def _do_deleteWebhook(self, given: dict[str, Any]) -> web.Response:
        self.webhook = {}
        return _ok(True)

    def _do_setWebhook(self, given: dict[str, Any]) -> web.Response:
        self.webhook = {"url": str(given["url"]), "secret": str(given.get("secret_token", ""))}
        return _ok(True)

    def _do_sendMessage(self, given: dict[str, Any]) -> web.Response:
        chat_id = str(given["chat_id"])
        if chat_id in self._moved:
            return _error(
                400,
                "Bad Request: group chat was upgraded to a supergroup chat",
                migrate_to_chat_id=int(self._moved[chat_id]),
            )
        text = str(given.get("text", ""))
        if not text or len(text.encode("utf-16-le")) // 2 > 4096:
            return _error(
                400, "Bad Request: message is too long" if text else "Bad Request: message text is empty"
            )
        if (wait := self._over_limit(chat_id)) > 0:
            self.refused += 1
            return _error(429, f"Too Many Requests: retry after {wait}", retry_after=wait)
        if bad := _bad_markup(given):
            return _error(400, bad)
        markup = given.get("reply_markup") or {}
        reply = given.get("reply_parameters") or {}
        post = Post(
            chat_id=chat_id,
            message_id=next(self._ids),
            text=text,
            buttons=markup.get("inline_keyboard", []),
            reply_to=reply.get("message_id"),
            thread_id=given.get("message_thread_id"),
            force_reply=bool(markup.get("force_reply")),
            raw=given,
            at=time.monotonic(),
        )
        with self._lock:
            self.posts.append(post)
        return _ok(self._as_message(post))

    def _do_sendDocument(self, given: dict[str, Any]) -> web.Response:
        return self._do_sendMessage({**given, "text": str(given.get("caption") or "（文件）")})

    def _do_editMessageText(self, given: dict[str, Any]) -> web.Response:
        return self._edit(given, text=str(given["text"]))

    def _do_editMessageReplyMarkup(self, given: dict[str, Any]) -> web.Response:
        return self._edit(given, text=None)

    def _edit(self, given: dict[str, Any], text: str | None) -> web.Response:
        with self._lock:
            post = self._find(str(given["chat_id"]), int(given["message_id"]))
            if post is None:
                return _error(400, "Bad Request: message to edit not found")
            if bad := _bad_markup(given):
                return _error(400, bad)
            buttons = (given.get("reply_markup") or {}).get("inline_keyboard", [])
            if (text is None or post.text == text) and post.buttons == buttons:
                return _error(
                    400, "Bad Request: message is not modified: specified new message content is the same"
                )
            post.text, post.buttons, post.edits = (
                text if text is not None else post.text,
                buttons,
                post.edits + 1,
            )
            return _ok(self._as_message(post))

    def _do_answerCallbackQuery(self, given: dict[str, Any]) -> web.Response:
        query_id = str(given["callback_query_id"])
        self.answers[query_id] = {
            "text": str(given.get("text") or ""),
            "alert": bool(given.get("show_alert")),
        }
        return _ok(True)

    def delete(self, post: Post) -> None:
        with self._lock:
            self.posts.remove(post)

    def _over_limit(self, chat_id: str) -> int:
        if not self.per_minute or not chat_id.startswith("-"):
            return 0
        now = time.monotonic()
        tokens, at = self._buckets.get(chat_id, (float(self.per_minute), now))
        tokens = min(float(self.per_minute), tokens + (now - at) * self.per_minute / 60)
        if tokens < 1:
            self._buckets[chat_id] = (tokens, now)
            return int((1 - tokens) * 60 / self.per_minute) + 1
        self._buckets[chat_id] = (tokens - 1, now)
        return 0

    def _push(self, body: dict[str, Any]) -> None:
        with self._lock:
            update = {"update_id": next(self._update_ids), **body}
            self.last_update = update
            if not self.webhook:
                self._updates.append(update)
        self._deliver(update)

    def _deliver(self, update: dict[str, Any]) -> None:
        if self.webhook:
            asyncio.run_coroutine_threadsafe(self._post_update(update), self._loop)

    async def _post_update(self, update: dict[str, Any]) -> None:
        headers = {"X-Telegram-Bot-Api-Secret-Token": self.webhook["secret"]}
        for _ in range(20):
            async with (
                ClientSession() as session,
                session.post(self.webhook["url"], json=update, headers=headers) as response,
            ):
                if response.status < 300:
                    return
            await asyncio.sleep(0.2)

    def _find(self, chat_id: str, message_id: int) -> Post | None:
        return next((p for p in self.posts if (p.chat_id, p.message_id) == (chat_id, message_id)), None)

    def _as_replied(self, chat_id: int, message_id: int) -> dict[str, Any]:
        post = self._find(str(chat_id), message_id)
        if post is not None:
            return self._as_message(post)
        return {
            "message_id": message_id,
            "date": int(time.time()),
            "chat": _chat(chat_id),
            "from": BOT,
            "text": "（旧消息）",
        }

    def _as_message(self, post: Post) -> dict[str, Any]:
        message: dict[str, Any] = {
            "message_id": post.message_id,
            "date": int(time.time()),
            "chat": _chat(int(post.chat_id)),
            "from": BOT,
            "text": post.text,
        }
        if post.thread_id:
            message |= {"message_thread_id": int(post.thread_id), "is_topic_message": True}
        return message


def _chat(chat_id: int) -> dict[str, Any]:
    if chat_id > 0:
        return {"id": chat_id, "type": "private", "first_name": f"人{chat_id}"}
    return {"id": chat_id, "type": "supergroup", "title": f"群{chat_id}"}


def _bad_markup(given: dict[str, Any]) -> str:
    rows = (given.get("reply_markup") or {}).get("inline_keyboard", [])
    for button in (button for row in rows for button in row):
        if not 1 <= len(button.get("callback_data", "").encode()) <= 64:
            return "Bad Request: BUTTON_DATA_INVALID"
        if not button.get("text"):
            return "Bad Request: text buttons are unallowed"
    return ""


def _read(value: str) -> Any:
    if value[:1] in "[{":
        try:
            return json.loads(value)
        except ValueError:
            return value
    return {"true": True, "false": False}.get(value, value)


def _ok(result: Any) -> web.Response:
    return web.json_response({"ok": True, "result": result})


def _error(status: int, description: str, **parameters: Any) -> web.Response:
    body: dict[str, Any] = {"ok": False, "error_code": status, "description": description or "error"}
    if parameters:
        body["parameters"] = parameters
    return web.json_response(body, status=status)
