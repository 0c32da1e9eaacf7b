"""The console's door: every request is read, signed in, checked and answered here; pages only say what is on them."""

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol, TypeVar, cast
from urllib.parse import quote

import structlog
from fastapi import Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException

from cases.register import console_sessions, db_errors, people
from cases.register.desk import Actor, Desk, Workplace, acting
from cases.register.errors import Invalid, NotAllowed, NotFound, Refusal, Stale
from cases.register.media_store import MediaStore
from cases.register.readonly import Staff
from cases.register.troubles import Replaced, Unusable
from cases.sending.ports import LanguageModel, ModelFailed
from console.gate import Gate
from console.sessions import RENEW_AFTER, SESSION_COOKIE, WORD_COOKIE, Session, Sessions
from console.sheet import Sheets
from knowledge_base.answering.answerer import Match
from knowledge_base.base.entries import KnowledgeError
from text import system_errors
from text.normalise import storable

T = TypeVar("T")
log = structlog.get_logger()
HOME = "/console/"
SIGN_IN = "/console/signin"
BUILT_IN = "built-in"
PAGES_AT_ONCE = 8
LARGEST_FORM = 1 << 20
LARGEST_UPLOAD = 32 << 20
_STATUS = {ModelFailed: 503, NotFound: 404, NotAllowed: 403, Stale: 409, Invalid: 400}
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


@dataclass(frozen=True, slots=True)
class Facts:
    """What the pages are told of how the program is set up. `settings`: name → value, secrets left out."""

    totp_required: bool = False
    settings: tuple[tuple[str, str], ...] = ()
    accounts: tuple[tuple[str, ...], ...] = ()  # app id, name, mode, customer messages, departments


class ModelShelf(Protocol):
    """The classifier's versions, wherever they are kept."""

    def versions(self) -> list[dict[str, Any]]:
        """Return version, made_at, macro_f1 and in_use of each; `BUILT_IN` names the one that comes with the program."""

    def use(self, version: str, actor: Actor) -> None:
        """Put a version in use; "" is the built-in one. Raises: Refusal."""


@dataclass(frozen=True, slots=True)
class House:
    """What the pages are built on. `clock` is for sessions alone: the demo's jumps sign nobody out."""

    workplace: Workplace
    search: Callable[[str, int, str | None], list[Match]]
    var: Path
    media: MediaStore
    sessions: Sessions
    sheets: Sheets
    clock: Callable[[], datetime]
    gate: Gate
    facts: Facts = field(default_factory=Facts)
    model: LanguageModel | None = None
    shelf: ModelShelf | None = None
    threads: Executor = field(default_factory=lambda: ThreadPoolExecutor(PAGES_AT_ONCE, "page"))

    async def run(self, work: Callable[..., T], *given: Any) -> T:
        """Do what takes its time in a thread of the console's own."""
        return await asyncio.get_running_loop().run_in_executor(self.threads, work, *given)


@dataclass(frozen=True, slots=True)
class Visit:
    """One request of a signed-in person."""

    house: House
    request: Request
    staff: Staff
    signed_in: Session
    form: FormData

    def query(self, name: str) -> str:
        return storable(self.request.query_params.get(name, "")).strip()

    def number(self, name: str, default: int = 1) -> int:
        return whole(self.query(name), default)

    def part(self, name: str) -> str:
        """Return a part of the path."""
        return storable(str(self.request.path_params[name]))

    def field(self, name: str) -> str:
        """Return a form field's text; line ends as the citizen's phone wants them."""
        value = self.form.get(name)
        return storable(value).replace("\r\n", "\n") if isinstance(value, str) else ""

    def fields(self, name: str) -> list[str]:
        return [storable(value) for value in self.form.getlist(name) if isinstance(value, str)]

    def upload(self, name: str) -> UploadFile:
        value = self.form.get(name)
        if not isinstance(value, UploadFile) or not value.filename:
            raise Invalid("请先选择文件。")
        return value

    def act(self, step: Callable[[Desk, Staff], T]) -> T:
        """Have a step done by the visitor, as the register knows the person at this moment."""
        return self.house.workplace.act(lambda desk: step(desk, self._me(desk)), acting(self.staff))

    def look(self, question: Callable[[Desk, Staff], T]) -> T:
        return self.house.workplace.look(lambda desk: question(desk, self._me(desk)))

    def _me(self, desk: Desk) -> Staff:
        me = people.find(desk, self.staff.id)
        if me is None or not me.active:
            raise NotAllowed("您的账号已停用。")
        return me

    @property
    def actor(self) -> Actor:
        return acting(self.staff)

    def page(self, template: str, status: int = 200, **values: Any) -> Response:
        word = self.house.sessions.read_word(self.request.cookies.get(WORD_COOKIE))
        content = self.house.sheets.render(
            template,
            me=self.staff,
            token=self.house.sessions.token(self.signed_in),
            path=self.request.url.path,
            word=word,
            **values,
        )
        response = HTMLResponse(content, status)
        if word:
            response.delete_cookie(WORD_COOKIE, path="/console")
        return response

    def go(self, path: str, word: str = "") -> Response:
        """Send the browser on after a change, with a word for the page it comes to."""
        response = RedirectResponse(quote(path, safe="/?&=%#:-_.~"), 303)
        if word:
            self.set_cookie(response, WORD_COOKIE, self.house.sessions.word(word[:400]))
        return response

    def set_cookie(self, response: Response, name: str, value: str) -> None:
        set_cookie(self.request, response, name, value)


Page = Callable[[Visit], Response]
SlowPage = Callable[[Visit], Awaitable[Response]]  # one that waits for somebody else holds no thread


def whole(text: str, default: int = 0) -> int:
    """Read a whole number that a browser sent; anything else is `default`."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else default


def open_to_all(house: House, page: Callable[[House, Request, FormData], Response]) -> Any:
    """Make an endpoint of a page that asks for no sign-in."""

    async def answer(request: Request) -> Response:
        form = await _form(request)
        return await house.run(page, house, request, form)

    return _endpoint(house, answer)


def entrance(house: House, page: Callable[[House, Request, FormData], Awaitable[Response]]) -> Any:
    """Make an endpoint of a page that asks for no sign-in and waits for others itself."""

    async def answer(request: Request) -> Response:
        return await page(house, request, await _form(request))

    return _endpoint(house, answer)


def signed_in(house: House, page: Page | SlowPage) -> Any:
    """Make an endpoint of a page for signed-in people; others are sent to sign in."""

    async def answer(request: Request) -> Response:
        now = house.clock()
        session = house.sessions.read(request.cookies.get(SESSION_COOKIE), now)
        staff = await house.run(_person, house, session) if session else None
        if session is None or staff is None:
            return _to_sign_in(request)
        form = await _form(request)
        if request.method == "POST" and not house.sessions.token_fits(session, _token(form)):
            raise NotAllowed("页面已过期或请求来自别处，没有做任何改动。请返回、刷新页面后重试。")
        visit = Visit(house, request, staff, session, form)
        try:
            response = await _answered(house, page, visit)
        except (Refusal, KnowledgeError) as error:
            response = visit.page("refused.html", refusal_status(error), said=str(error), form=form)
        if now - session.seen >= RENEW_AFTER and "set-cookie" not in response.headers:
            await house.run(_seen, house, session, now)
            visit.set_cookie(response, SESSION_COOKIE, house.sessions.cookie(session, now))
        return response

    return _endpoint(house, answer)


async def _answered(house: House, page: Page | SlowPage, visit: Visit) -> Response:
    if inspect.iscoroutinefunction(page):
        slow: Response = await page(visit)
        return slow
    return await house.run(cast(Page, page), visit)


def _endpoint(house: House, answer: Callable[[Request], Awaitable[Response]]) -> Any:
    async def endpoint(request: Request) -> Response:
        try:
            response = await answer(request)
        except Refusal as error:
            response = plain_page(house, str(error), refusal_status(error))
        except (
            Unusable,
            OSError,
        ) as error:  # a full disk, a database that is away: the truth, and no trace
            log.error("console.register", path=request.url.path, error=type(error).__name__)
            response = plain_page(house, _away(error), 503)
        except HTTPException as error:
            response = plain_page(house, _WORDS.get(error.status_code, "请求无法处理。"), error.status_code)
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    return endpoint


_GONE = "数据库文件在服务运行时被换走或删除，没有保存。请立即告知系统管理员。"
_WORDS = {
    400: "请求的内容读不懂，请返回重试。",
    411: "请求没有写明长度，不能受理。",
    413: "内容过大：表单最多 1 MB，文件最多 32 MB。",
}


def _away(error: Exception) -> str:
    """Return why the register could not be read or written."""
    if isinstance(error, Replaced):
        return _GONE
    why = system_errors.in_chinese(error) if isinstance(error, OSError) else db_errors.in_chinese(error)
    return f"登记簿暂时不能读写，没有保存：{why}。请稍后重试。"


def plain_page(house: House, said: str, status: int) -> Response:
    return HTMLResponse(house.sheets.render("plain.html", said=said), status)


def refusal_status(error: Exception) -> int:
    return next((status for kind, status in _STATUS.items() if isinstance(error, kind)), 400)


def set_cookie(request: Request, response: Response, name: str, value: str, life: int | None = None) -> None:
    secure = request.url.scheme == "https"
    response.set_cookie(
        name, value, max_age=life, path="/console", httponly=True, samesite="lax", secure=secure
    )


def _person(house: House, session: Session) -> Staff | None:
    """Return the person of a session while the account is active and the session was not ended."""

    def question(desk: Desk) -> Staff | None:
        staff = people.find(desk, session.staff_id)
        known = staff is not None and staff.active and staff.session_epoch == session.epoch
        return staff if known and staff and console_sessions.lives(desk, staff, session.key) else None

    return house.workplace.look(question)


def _seen(house: House, session: Session, now: datetime) -> None:
    house.workplace.act(lambda desk: console_sessions.seen(desk, session.key, now))


def _to_sign_in(request: Request) -> Response:
    back = request.url.path if request.method == "GET" else HOME
    query = f"?next={quote(back)}" if back not in (HOME, "/console/alive") else ""
    return RedirectResponse(SIGN_IN + query, 303)


def _token(form: FormData) -> str:
    value = form.get("token")
    return value if isinstance(value, str) else ""


async def _form(request: Request) -> FormData:
    """Read a form, which must say its length first: nothing is read that is too large."""
    if request.method != "POST":
        return FormData()
    length = request.headers.get("content-length", "")
    if not length.isascii() or not length.isdigit():
        raise HTTPException(411)
    upload = request.headers.get("content-type", "").startswith("multipart/form-data")
    if len(length) > 12 or int(length) > (LARGEST_UPLOAD if upload else LARGEST_FORM):
        raise HTTPException(413)
    try:
        return await request.form(max_files=1, max_fields=1000)
    except (UnicodeDecodeError, ValueError):
        raise HTTPException(400) from None
