"""What the demo's page asks for and does. Nothing here touches a case: the page acts as people do, on the platforms."""

import asyncio
import inspect
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, Protocol

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import HTMLResponse, StreamingResponse
from jinja2 import Environment, FileSystemLoader
from pydantic import BaseModel, BeforeValidator, Field

from cases.register.desk import Workplace
from demo import phone_history
from demo.bot_api import CHAT_ID
from demo.citizen_push import NoAnswer
from demo.fake_telegram import FakeTelegram
from demo.phones import ARTICLE_TITLE, PLACES, BadFile, Phones, WeChatWithPhones
from demo.sample_data import files
from demo.stage import Stage, StageItem
from text.normalise import storable

HERE = Path(__file__).parent
PATIENCE = 9.0  # seconds that a pressed button waits for the bot's answer
QUIET = 15.0  # seconds without news after which the stream gives a sign of life
MORNING = 9
STATIC = {"page.css": "text/css", "page.js": "text/javascript", "faces.js": "text/javascript"}


class Clock(Protocol):
    """The demo's clock: it only ever goes ahead."""

    def __call__(self) -> datetime: ...
    def jump(self, by: timedelta) -> datetime: ...


@dataclass(frozen=True, slots=True)
class Chat:
    key: str
    chat_id: str
    title: str


@dataclass(frozen=True, slots=True)
class Theatre:
    """Everything behind the page."""

    stage: Stage
    telegram: FakeTelegram
    platform: WeChatWithPhones
    phones: Phones
    workplace: Workplace
    clock: Clock
    sweep: Callable[[], Awaitable[object] | object]
    chats: tuple[Chat, ...]
    begin_anew: Callable[[], None]  # stops the server; it starts again without what visitors did


def _whole(value: Any) -> Any:
    """Half an emoji, as JSON may spell it, can be neither kept nor shown."""
    return storable(value) if isinstance(value, str) else value


Typed = Annotated[str, BeforeValidator(_whole)]


class SaidBody(BaseModel):
    kind: Typed = "text"
    text: Typed = Field("", max_length=100_000)
    data: Typed = Field("", max_length=4 << 20)
    menu_id: Typed = ""


class PostedBody(BaseModel):
    user: int
    text: Typed = Field(min_length=1, max_length=20_000)
    reply_to: int | None = None


class PressBody(BaseModel):
    user: int
    message_id: int
    data: Typed


class Jump(BaseModel):
    to: Typed


def router(theatre: Theatre) -> APIRouter:
    routes = APIRouter(prefix="/demo")
    routes.add_api_route("/", _page, methods=["GET"], response_class=HTMLResponse)
    routes.add_api_route("/static/{name}", _static, methods=["GET"])

    @routes.get("/cast")
    async def cast() -> dict[str, Any]:
        return await _cast(theatre)

    @routes.get("/events")
    async def events(since: int = 0) -> Response:
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        return StreamingResponse(
            _stream(theatre.stage, since), media_type="text/event-stream", headers=headers
        )

    @routes.get("/waiting")
    async def waiting() -> dict[str, int]:
        return await theatre.workplace.look_async(phone_history.waiting)

    @routes.get("/media/{media_id}")
    async def media(media_id: str) -> Response:
        found = theatre.phones.file(media_id)
        if found is None:
            raise HTTPException(404, "图片没有保留到这次启动。")
        return Response(found[0], media_type=found[1], headers={"X-Content-Type-Options": "nosniff"})

    _phone_routes(routes, theatre)
    _chat_routes(routes, theatre)
    _time_routes(routes, theatre)
    return routes


def _time_routes(routes: APIRouter, theatre: Theatre) -> None:
    @routes.post("/clock")
    async def jump(asked: Jump, request: Request) -> dict[str, Any]:
        _same_site(request)
        theatre.clock.jump(_distance(theatre, asked.to))
        await _swept(theatre)
        return show_clock(theatre)

    @routes.post("/reset")
    async def reset(request: Request) -> dict[str, bool]:
        _same_site(request)
        theatre.begin_anew()
        return {"ok": True}


def _phone_routes(routes: APIRouter, theatre: Theatre) -> None:
    people = {person.openid: person for person in files.citizens()}

    @routes.post("/phone/{openid}")
    async def send(openid: str, said: SaidBody, request: Request) -> dict[str, bool]:
        _same_site(request)
        if openid not in people:
            raise HTTPException(404, "没有这部手机。")
        try:
            await _send(theatre, openid, people[openid].name, said)
        except NoAnswer as silent:
            raise HTTPException(502, str(silent)) from None
        except BadFile as bad:
            raise HTTPException(422, str(bad)) from None
        return {"ok": True}


async def _send(theatre: Theatre, openid: str, name: str, said: SaidBody) -> None:
    phones, text = theatre.phones, said.text
    if said.kind == "text" and text.strip():
        await phones.text(openid, text, said.menu_id)
    elif said.kind == "voice":
        await phones.voice(openid, text)
    elif said.kind == "image":
        await phones.image(openid, said.data)
    elif said.kind == "location":
        await phones.location(openid, said.data)
    elif said.kind == "menu":
        await phones.click(openid, said.data)
    elif said.kind == "follow":
        await phones.follow(openid, following=said.data == "yes")
    elif said.kind == "comment" and text.strip():
        theatre.platform.under_article(openid, name, text)
    else:
        raise BadFile("请先写点什么。")


def _chat_routes(routes: APIRouter, theatre: Theatre) -> None:
    @routes.post("/chat/{chat_id}/message")
    async def post(chat_id: str, posted: PostedBody, request: Request) -> dict[str, int]:
        _same_site(request)
        _known(chat_id)
        return {"id": theatre.telegram.say(chat_id, posted.user, posted.text, posted.reply_to)}

    @routes.post("/chat/{chat_id}/press")
    async def press(chat_id: str, pressed: PressBody, request: Request) -> dict[str, Any]:
        _same_site(request)
        _known(chat_id)
        return asdict(
            await theatre.telegram.press(chat_id, pressed.user, pressed.message_id, pressed.data, PATIENCE)
        )


def _known(chat_id: str) -> None:
    if not CHAT_ID.fullmatch(chat_id):
        raise HTTPException(404, "没有这个会话。")


def show_clock(theatre: Theatre) -> dict[str, Any]:
    """Tell every page what time it is in the demo, and whether the office works today."""
    now, office = theatre.clock(), theatre.workplace.office
    today, calendar = office.today(now), office.calendar()
    shown = {
        "now": now.timestamp(),
        "zone": str(office.zone),
        "workday": calendar.is_workday(today),
        "reason": calendar.reason(today),
        "next": str(calendar.add(today, 1)),
    }
    theatre.stage.put("clock", "now", shown)
    return shown


async def _cast(theatre: Theatre) -> dict[str, Any]:
    staff = [asdict(member) | {"user": int(member.telegram_id)} for member in files.staff()]
    return {
        "citizens": [asdict(person) for person in files.citizens()],
        "staff": staff,
        "stranger": {"user": 77001, "name": "路人", "title": "未登记的陌生人"},
        "chats": [asdict(chat) for chat in theatre.chats],
        "places": [{"key": key, "label": place[0]} for key, place in PLACES.items()],
        "article": {"title": ARTICLE_TITLE},
        "clock": show_clock(theatre),
        "waiting": await theatre.workplace.look_async(phone_history.waiting),
    }


async def _stream(stage: Stage, since: int) -> AsyncIterator[str]:
    yield "retry: 1000\n\n"
    while not stage.ended:
        try:
            items = await stage.changed(since, QUIET)
        except asyncio.CancelledError:
            return
        if items:
            since = items[-1].seq
            yield f"id: {since}\ndata: {json.dumps([_wire(item) for item in items], ensure_ascii=False)}\n\n"
        else:
            yield ": \n\n"


def _wire(item: StageItem) -> dict[str, Any]:
    return {"stream": item.stream, "key": item.key, **item.body}


def _distance(theatre: Theatre, to: str) -> timedelta:
    now, office = theatre.clock(), theatre.workplace.office
    if to == "hour":
        return timedelta(hours=1)
    days = {"workday": 1, "week": 5}.get(to)
    if days is None:
        raise HTTPException(422, "没有这种跳转。")
    day = office.calendar().add(office.today(now), days)
    return datetime(day.year, day.month, day.day, MORNING, tzinfo=office.zone) - now


async def _swept(theatre: Theatre) -> None:
    outcome = theatre.sweep()
    if inspect.isawaitable(outcome):
        await outcome


def _same_site(request: Request) -> None:
    """Only the demo's own page acts: another site in the same browser cannot."""
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise HTTPException(403, "请在演示页面上操作。")


async def _page() -> HTMLResponse:
    templates = Environment(loader=FileSystemLoader(HERE / "templates"), autoescape=True)
    stamp = int(max((HERE / "static" / name).stat().st_mtime for name in STATIC))
    return HTMLResponse(templates.get_template("page.html").render(stamp=stamp))


async def _static(name: str) -> Response:
    if name not in STATIC:
        raise HTTPException(404)
    return Response((HERE / "static" / name).read_bytes(), media_type=f"{STATIC[name]}; charset=utf-8")
