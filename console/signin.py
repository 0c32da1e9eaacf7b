"""Signing in and out."""

import asyncio
from datetime import datetime

from fastapi import Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.datastructures import FormData

from cases.register import console_sessions, people, second_factor, signin
from cases.register.errors import Invalid
from cases.register.readonly import Staff
from cases.register.rows import id_of
from console.door import HOME, House, Visit, set_cookie
from console.gate import Full
from console.sessions import DEVICE_COOKIE, DEVICE_LIFE, SESSION_COOKIE
from text.normalise import storable


def form(house: House, request: Request, _form: FormData) -> Response:
    return _page(house, request.query_params.get("next", ""))


async def enter(house: House, request: Request, form: FormData) -> Response:
    """Take user name and password, then a code where there is a second factor.

    A wrong pair is told in the same words whatever was wrong with it.
    """
    username, back = _text(form, "username"), _text(form, "next")
    if request.headers.get("sec-fetch-site") == "cross-site":
        return _page(house, back, "请在本页面登录。", 403, username)
    if passed := house.sessions.read_pass(_text(form, "pass"), house.clock()):
        staff = await house.run(_holder, house, *passed)
        if staff is None:
            return _page(house, back, "登录已过期，请重新输入用户名和密码。", 403)
        return await _with_code(house, request, staff, form)
    device = house.sessions.device(request.cookies.get(DEVICE_COOKIE), username)
    address = request.client.host if request.client else ""
    try:
        staff = await house.gate.enter(username, _text(form, "password"), address, device)
    except Full:
        response = _page(house, back, "正在登录的人太多，请过几秒再试一次。", 429, username)
        response.headers["Retry-After"] = "5"
        return response
    if staff is None:
        return _page(house, back, signin.WRONG, 403, username)
    return await _with_code(house, request, staff, form)


async def _with_code(house: House, request: Request, staff: Staff, form: FormData) -> Response:
    """The password was right: let in whoever needs no second factor, ask the others for a code."""
    back, code, now = _text(form, "next"), _text(form, "code").strip(), house.clock()
    has, needs = await house.run(_state, house, staff)
    if not has and not needs:
        return await house.run(_let_in, house, request, staff, back)
    if code:
        wait = await house.run(house.workplace.act, lambda desk: second_factor.wait(desk, staff))
        await asyncio.sleep(wait.total_seconds())
    if has:
        right: bool = bool(code) and await house.run(_passes, house, staff, code, now)
        if right:
            return await house.run(_let_in, house, request, staff, back)
        return _ask(house, staff, back, "", second_factor.WRONG if code else "")
    if code:
        try:
            codes = await house.run(_confirm, house, staff, code, now)
        except Invalid as wrong:
            offered = await house.run(_offer, house, staff)
            return _ask(house, staff, back, offered, str(wrong))
        shown = HTMLResponse(house.sheets.render("recovery.html", codes=codes, next=safe(back), me=None))
        return await house.run(_let_in, house, request, staff, back, shown)
    return _ask(house, staff, back, await house.run(_offer, house, staff))


def _ask(house: House, staff: Staff, back: str, offered: str, said: str = "") -> Response:
    """Ask for a code; with `offered`, the address of a secret that a telephone has to take first."""
    ticket = house.sessions.new_pass(id_of(staff), staff.session_epoch, house.clock())
    content = house.sheets.render("code.html", ticket=ticket, next=back, offered=offered, said=said)
    return HTMLResponse(content, 403 if said else 200)


def _let_in(
    house: House, request: Request, staff: Staff, back: str, response: Response | None = None
) -> Response:
    now = house.clock()
    session = house.sessions.begin(id_of(staff), staff.session_epoch, now)
    address = request.client.host if request.client else ""
    agent = request.headers.get("user-agent", "")
    house.workplace.act(
        lambda desk: console_sessions.begin(desk, staff, session.key, now, address, storable(agent))
    )
    response = response or RedirectResponse(safe(back), 303)
    set_cookie(request, response, SESSION_COOKIE, house.sessions.cookie(session, now))
    username = staff.username or ""
    if not house.sessions.device(request.cookies.get(DEVICE_COOKIE), username):
        set_cookie(request, response, DEVICE_COOKIE, house.sessions.new_device(username), DEVICE_LIFE)
    return response


def _holder(house: House, staff_id: int, epoch: int) -> Staff | None:
    staff = house.workplace.look(lambda desk: people.find(desk, staff_id))
    return staff if staff and staff.active and staff.session_epoch == epoch else None


def _state(house: House, staff: Staff) -> tuple[bool, bool]:
    """Return whether the person has a second factor, and whether they must have one."""
    has = house.workplace.look(lambda desk: second_factor.active(desk, staff))
    return has, second_factor.needed(staff, house.facts.totp_required)


def _passes(house: House, staff: Staff, code: str, now: datetime) -> bool:
    return house.workplace.act(lambda desk: second_factor.passes(desk, staff, code, now))


def _offer(house: House, staff: Staff) -> str:
    return house.workplace.act(lambda desk: second_factor.offer(desk, staff))


def _confirm(house: House, staff: Staff, code: str, now: datetime) -> list[str]:
    return house.workplace.act(lambda desk: second_factor.confirm(desk, staff, code, now))


def leave(visit: Visit) -> Response:
    """「退出」: this session ends, so that a copied cookie is worth nothing; those elsewhere go on."""
    visit.act(lambda desk, me: console_sessions.end(desk, me, visit.signed_in.key))
    response = RedirectResponse("/console/signin", 303)
    response.delete_cookie(SESSION_COOKIE, path="/console")
    return response


def alive(visit: Visit) -> Response:
    """Somebody is typing: the session is renewed at the door."""
    return Response(status_code=204)


def safe(back: str) -> str:
    """Return where to go after signing in: a page of the console and nothing else."""
    plain = back.startswith(HOME) and "//" not in back and "\\" not in back and back.isprintable()
    return back if plain and not back.startswith("/console/signin") else HOME


def _page(house: House, back: str, said: str = "", status: int = 200, username: str = "") -> Response:
    content = house.sheets.render(
        "signin.html",
        next=back,
        said=said,
        username=username[:100],
        minutes=int(house.sessions.idle.total_seconds() // 60),
    )
    return HTMLResponse(content, status)


def _text(form: FormData, name: str) -> str:
    value = form.get(name)
    return storable(value) if isinstance(value, str) else ""
