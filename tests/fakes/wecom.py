"""A 企业微信 for tests: its server API over real HTTP on 127.0.0.1, and people who write to the application.

It runs in a thread of its own. What people write is signed and encrypted by the platform's rules and posted
to the program's callback by `push`, over real HTTP or into an ASGI application, as the caller gives it.
"""

import asyncio
import itertools
import threading
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from aiohttp import web
from wechatpy.enterprise.crypto import WeChatCrypto
from wechatpy.utils import WeChatSigner

from tests.fakes import wecom_checks

T = TypeVar("T")
CORP, AGENT, SECRET, TOKEN = "wwcorp1234567890", "1000002", "wecom-secret", "callbacktoken"
AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"


@dataclass
class Sent:
    """A message as its receivers see it now."""

    users: tuple[str, ...]  # empty for a group chat
    chat: str
    kind: str
    text: str
    task_id: str = ""
    buttons: list[dict[str, Any]] = field(default_factory=list)
    replaced: str = ""  # what stands on the one button that cannot be pressed
    changes: int = 0

    @property
    def labels(self) -> list[str]:
        """The buttons that can be pressed."""
        return [] if self.replaced else [str(button["text"]) for button in self.buttons]

    def key(self, label: str) -> str:
        return next(str(button["key"]) for button in self.buttons if button["text"] == label)

    def show(self, card: dict[str, Any]) -> None:
        title = card.get("main_title") or {}
        parts = (title.get("title"), title.get("desc"), card.get("sub_title_text"))
        self.text = "\n".join(str(part) for part in parts if part)
        self.buttons, self.replaced = card.get("button_list", []), str(card.get("replace_text") or "")


class FakeWecom:
    """Start with `with FakeWecom() as wecom:`; everything public may be called from any thread."""

    def __init__(self) -> None:
        self.unreachable: set[str] = set()  # named in `invaliduser` of a sending that is called a success
        self.sent: list[Sent] = []
        self.calls: list[str] = []
        self.tokens = 0
        self.valid = ""
        self.last_plain = ""  # the latest callback, to be delivered again
        self._codes: dict[str, Sent] = {}  # each changes its card once
        self._failures: list[tuple[str, int, int]] = []  # path, errcode, http status
        self._ids = itertools.count(1)
        self._seconds = itertools.count(int(time.time()))  # no two presses of a person in the same second
        self._lock = threading.RLock()
        self._ready = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._crypto = WeChatCrypto(TOKEN, AES_KEY, CORP)
        self.port = 0

    def __enter__(self) -> "FakeWecom":
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

    def fail(self, path: str, errcode: int = 0, times: int = 1, status: int = 200) -> None:
        self._failures += [(path, errcode, status)] * times

    def expire(self) -> None:
        self.valid = "another"

    def to(self, user: str, containing: str = "") -> list[Sent]:
        with self._lock:
            return [s for s in self.sent if user in (*s.users, s.chat) and containing in s.text]

    def cards(self, user: str, containing: str = "", label: str = "") -> list[Sent]:
        """The cards that a person sees, oldest first; with this button if one is named."""
        return [s for s in self.to(user, containing) if s.buttons and (not label or label in s.labels)]

    def lapse(self) -> None:
        """72 hours go by: no code changes a card any more."""
        self._codes.clear()

    async def until(self, what: Callable[[], T], seconds: float = 10.0) -> T:
        end = time.monotonic() + seconds
        while not (found := what()):
            assert time.monotonic() < end, "\n---\n".join(
                f"{s.users}{s.chat}: {s.text}" for s in self.sent[-10:]
            )
            await asyncio.sleep(0.01)
        return found

    # what people write

    def text(self, user: str, text: str, msg_id: str = "") -> str:
        return self.xml(user, f"<MsgType>text</MsgType><Content>{_escaped(text)}</Content>", msg_id)

    def press(self, user: str, card: Sent, key: str) -> str:
        """Return the callback of a pressed button; `key` as the card holds it."""
        code = self._code(card)
        self.last_plain = (
            f"<xml><ToUserName>{CORP}</ToUserName><FromUserName>{user}</FromUserName>"
            f"<CreateTime>{next(self._seconds)}</CreateTime><MsgType>event</MsgType>"
            f"<Event>template_card_event</Event><EventKey>{_escaped(key)}</EventKey><TaskId>{card.task_id}</TaskId>"
            f"<CardType>button_interaction</CardType><ResponseCode>{code}</ResponseCode><AgentID>{AGENT}</AgentID></xml>"
        )
        return self.last_plain

    def _code(self, card: Sent) -> str:
        code = f"rc{next(self._ids)}"
        with self._lock:
            self._codes[code] = card
        return code

    def xml(self, user: str, inner: str, msg_id: str = "") -> str:
        msg_id = msg_id or str(10_000 + next(self._ids))
        self.last_plain = (
            f"<xml><ToUserName>{CORP}</ToUserName><FromUserName>{user}</FromUserName>"
            f"<CreateTime>{int(time.time())}</CreateTime>{inner}<MsgId>{msg_id}</MsgId><AgentID>{AGENT}</AgentID></xml>"
        )
        return self.last_plain

    def sealed(self, plain: str, at: int, crypto: WeChatCrypto | None = None) -> tuple[dict[str, str], str]:
        """Return the query and body of a callback that carries `plain`."""
        import xml.etree.ElementTree as ET

        body = (crypto or self._crypto).encrypt_message(plain, "nonce1", str(at))
        fields = {child.tag: child.text or "" for child in ET.fromstring(body)}  # noqa: S314
        query = {"msg_signature": fields["MsgSignature"], "timestamp": str(at), "nonce": "nonce1"}
        return query, f"<xml><ToUserName>{CORP}</ToUserName><Encrypt>{fields['Encrypt']}</Encrypt></xml>"

    def echo(self, plain: str, at: int) -> dict[str, str]:
        query, body = self.sealed(plain, at)
        sealed = body.partition("<Encrypt>")[2].partition("</Encrypt>")[0]
        signer = WeChatSigner()
        signer.add_data(TOKEN, str(at), "nonce1", sealed)
        return {**query, "msg_signature": signer.signature, "echostr": sealed}

    async def push(self, post: Callable[..., Awaitable[Any]], plain: str, at: int) -> Any:
        query, body = self.sealed(plain, at)
        return await post("/wecom", params=query, content=body.encode())

    # the platform

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._start())
        self._ready.set()
        self._loop.run_forever()

    async def _start(self) -> None:
        app = web.Application()
        app.router.add_get("/cgi-bin/gettoken", self._get_token)
        app.router.add_post("/cgi-bin/message/send", self._send)
        app.router.add_post("/cgi-bin/appchat/send", self._appchat)
        app.router.add_post("/cgi-bin/message/update_template_card", self._update_card)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        self.port = runner.addresses[0][1]

    async def _get_token(self, request: web.Request) -> web.Response:
        if request.query.get("corpid") != CORP or request.query.get("corpsecret") != SECRET:
            return web.json_response({"errcode": 40001, "errmsg": "invalid credential"})
        self.tokens += 1
        self.valid = f"token{self.tokens}"
        return web.json_response(
            {"errcode": 0, "errmsg": "ok", "access_token": self.valid, "expires_in": 7200}
        )

    def _refusal(self, request: web.Request) -> web.Response | None:
        path = request.path.removeprefix("/cgi-bin/")
        self.calls.append(path)
        for failure in self._failures:
            if failure[0] == path:
                self._failures.remove(failure)
                if failure[2] != 200:
                    return web.Response(status=failure[2], text="Bad Gateway")
                return web.json_response({"errcode": failure[1], "errmsg": "failed"})
        if request.query.get("access_token") != self.valid:
            return web.json_response({"errcode": 42001, "errmsg": "access_token expired"})
        return None

    async def _send(self, request: web.Request) -> web.Response:
        if (refusal := self._refusal(request)) is not None:
            return refusal
        body = await request.json()
        users = tuple(user for user in str(body.get("touser", "")).split("|") if user)
        if not users:
            return _error(wecom_checks.NOBODY)
        if str(body.get("agentid")) != AGENT:
            return _error(wecom_checks.NO_AGENT)
        missed = [user for user in users if user in self.unreachable]
        reached = tuple(user for user in users if user not in self.unreachable)
        if missed and not reached:
            return web.json_response({"errcode": 0, "errmsg": "ok", "invaliduser": "|".join(missed)})
        return self._keep(reached, "", body, missed)

    async def _appchat(self, request: web.Request) -> web.Response:
        if (refusal := self._refusal(request)) is not None:
            return refusal
        body = await request.json()
        return self._keep((), str(body["chatid"]), body)

    async def _update_card(self, request: web.Request) -> web.Response:
        if (refusal := self._refusal(request)) is not None:
            return refusal
        body = await request.json()
        if code := wecom_checks.change(body):
            return _error(code)
        with self._lock:
            card = self._codes.pop(str(body.get("response_code")), None)
            if card is None:
                return _error(wecom_checks.BAD_PARAMETER, "invalid response_code")
            card.changes += 1
            if "template_card" in body:
                card.show(body["template_card"])
            else:
                card.replaced = str(body["button"]["replace_name"])
        return web.json_response({"errcode": 0, "errmsg": "ok", "invaliduser": []})

    def _keep(
        self, users: tuple[str, ...], chat: str, body: dict[str, Any], missed: Sequence[str] = ()
    ) -> web.Response:
        with self._lock:
            used = {sent.task_id for sent in self.sent}
            if code := wecom_checks.message(body, group=bool(chat), tasks=used):
                return _error(code)
            kind = str(body["msgtype"])
            sent = Sent(users, chat, kind, str(body[kind].get("content", "")))
            answer: dict[str, Any] = {"errcode": 0, "errmsg": "ok"}
            answer |= {"invaliduser": "|".join(missed)} if missed else {}
            if kind == "template_card":
                sent.task_id = str(body[kind]["task_id"])
                sent.show(body[kind])
                answer["response_code"] = self._code(sent)
            self.sent.append(sent)
        return web.json_response(answer if chat else {**answer, "msgid": f"m{next(self._ids)}"})


def _error(code: int, why: str = "refused") -> web.Response:
    return web.json_response({"errcode": code, "errmsg": why})


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
