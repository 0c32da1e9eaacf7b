"""Signing in and out."""

from fastapi import Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.datastructures import FormData

from cases.register import people, signin
from cases.register.errors import Invalid, NotAllowed
from console.door import HOME, House, Visit, set_cookie
from console.gate import Full
from console.sessions import DEVICE_COOKIE, DEVICE_LIFE, SESSION_COOKIE
from text.normalise import storable


def form(house: House, request: Request, _form: FormData) -> Response:
    return _page(house, request.query_params.get("next", ""))


async def enter(house: House, request: Request, form: FormData) -> Response:
    """Take user name and password; a wrong pair is told in the same words whatever was wrong with it."""
    username, password, back = (_text(form, name) for name in ("username", "password", "next"))
    if request.headers.get("sec-fetch-site") == "cross-site":
        return _page(house, back, "请在本页面登录。", 403, username)
    device = house.sessions.device(request.cookies.get(DEVICE_COOKIE), username)
    address = request.client.host if request.client else ""
    try:
        staff = await house.gate.enter(username, password, address, device)
    except Full:
        response = _page(house, back, "正在登录的人太多，请过几秒再试一次。", 429, username)
        response.headers["Retry-After"] = "5"
        return response
    if staff is None:
        return _page(house, back, signin.WRONG, 403, username)
    now = house.clock()
    session = house.sessions.begin(staff.id or 0, staff.session_epoch, now)
    response = RedirectResponse(safe(back), 303)
    set_cookie(request, response, SESSION_COOKIE, house.sessions.cookie(session, now))
    if not device:
        set_cookie(request, response, DEVICE_COOKIE, house.sessions.new_device(username), DEVICE_LIFE)
    return response


def leave(visit: Visit) -> Response:
    """Sign out everywhere, so that a copied cookie is worth nothing."""
    visit.act(lambda desk, me: people.end_sessions(desk, me.id or 0))
    response = RedirectResponse("/console/signin", 303)
    response.delete_cookie(SESSION_COOKIE, path="/console")
    return response


def alive(visit: Visit) -> Response:
    """Somebody is typing: the session is renewed at the door."""
    return Response(status_code=204)


def account(visit: Visit) -> Response:
    return visit.page("account.html")


def own_password(visit: Visit) -> Response:
    if not people.password_fits(visit.staff, visit.field("old")):
        raise NotAllowed("现在的密码不正确。")
    if visit.field("new") != visit.field("again"):
        raise Invalid("两次输入的新密码不一致。")
    if visit.field("new") == visit.field("old"):
        raise Invalid("新密码不能与现在的相同。")
    staff = visit.act(lambda desk, me: people.set_password(desk, me.id or 0, visit.field("new")))
    now = visit.house.clock()
    session = visit.house.sessions.begin(staff.id or 0, staff.session_epoch, now)
    response = visit.go("/console/account", "密码已修改，其他地方的登录已退出。")
    visit.set_cookie(response, SESSION_COOKIE, visit.house.sessions.cookie(session, now))
    return response


def safe(back: str) -> str:
    """Return where to go after signing in: a page of the console and nothing else."""
    plain = back.startswith(HOME) and "//" not in back and "\\" not in back and back.isprintable()
    return back if plain and not back.startswith("/console/signin") else HOME


def _page(house: House, back: str, said: str = "", status: int = 200, username: str = "") -> Response:
    content = house.sheets.render("signin.html", next=back, said=said, username=username[:100])
    return HTMLResponse(content, status)


def _text(form: FormData, name: str) -> str:
    value = form.get(name)
    return storable(value) if isinstance(value, str) else ""
