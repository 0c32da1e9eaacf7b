"""One's own account: the password, the second factor, and where one is signed in."""

from collections.abc import Sequence

from fastapi import Response

from cases.register import console_sessions, people, second_factor
from cases.register.desk import Desk
from cases.register.errors import Invalid, NotAllowed, Refusal
from cases.register.readonly import ConsoleSession, Staff
from cases.register.rows import id_of
from console.door import Visit, refusal_status
from console.sessions import SESSION_COOKIE


def account(visit: Visit, refused: Refusal | None = None, field: str = "") -> Response:
    has, left = visit.look(lambda desk, me: (second_factor.active(desk, me), second_factor.left(desk, me)))
    return visit.page(
        "account.html",
        refusal_status(refused) if refused else 200,
        has=has,
        left=left,
        needed=second_factor.needed(visit.staff, visit.house.facts.totp_required),
        said=str(refused or ""),
        field=field,
    )


def own_password(visit: Visit) -> Response:
    if not people.password_fits(visit.staff, visit.field("old")):
        return account(visit, NotAllowed("现在的密码不正确。"), "old")
    if visit.field("new") != visit.field("again"):
        return account(visit, Invalid("两次输入的新密码不一致。"), "again")
    if visit.field("new") == visit.field("old"):
        return account(visit, Invalid("新密码不能与现在的相同。"), "new")
    try:
        staff = visit.act(lambda desk, me: people.set_password(desk, id_of(me), visit.field("new")))
    except Invalid as refused:
        return account(visit, refused, "new")
    response = visit.go("/console/account", "密码已修改，其他地方的登录已退出。")
    _sign_in_anew(visit, staff, response)
    return response


def sessions(visit: Visit) -> Response:
    """Where one is signed in; each ends by a button of its own."""
    since = visit.house.clock() - visit.house.sessions.idle

    def question(desk: Desk, me: Staff) -> Sequence[ConsoleSession]:
        return console_sessions.of(desk, me, since)

    return visit.page("sessions.html", rows=visit.look(question), here=visit.signed_in.key)


def end_session(visit: Visit) -> Response:
    key = visit.field("session")
    visit.act(lambda desk, me: console_sessions.end(desk, me, key))
    return visit.go("/console/sessions", "已退出这个登录。")


def end_all(visit: Visit) -> Response:
    """「全部退出」: everywhere but here."""
    staff = visit.act(_end_all)
    response = visit.go("/console/sessions", "其他地方的登录已全部退出。")
    _sign_in_anew(visit, staff, response)
    return response


def begin_factor(visit: Visit) -> Response:
    if visit.look(second_factor.active):
        raise Invalid("您已启用两步验证；要换手机，请先停用再启用。")
    return _offered(visit)


def confirm_factor(visit: Visit) -> Response:
    now = visit.house.clock()
    try:
        codes = visit.act(lambda desk, me: second_factor.confirm(desk, me, visit.field("code"), now))
    except Invalid as wrong:
        return _offered(visit, str(wrong))
    return visit.page("recovery.html", codes=codes, next="/console/account")


def end_factor(visit: Visit) -> Response:
    """Take it away with a code: whoever finds the computer open may not."""
    now = visit.house.clock()
    if second_factor.needed(visit.staff, visit.house.facts.totp_required):
        raise NotAllowed("本单位要求您的角色使用两步验证，不能停用；换手机请由管理员重置。")
    if not visit.act(lambda desk, me: second_factor.passes(desk, me, visit.field("code"), now)):
        return account(visit, NotAllowed(second_factor.WRONG), "code")
    visit.act(second_factor.off)
    return visit.go("/console/account", "已停用两步验证。")


def _offered(visit: Visit, said: str = "") -> Response:
    offered = visit.act(second_factor.offer)
    return visit.page("factor.html", 400 if said else 200, offered=offered, said=said)


def _end_all(desk: Desk, me: Staff) -> Staff:
    people.end_sessions(desk, id_of(me))
    return me


def _sign_in_anew(visit: Visit, staff: Staff, response: Response) -> None:
    """The epoch has moved on, and with it every session but this one."""
    now, house = visit.house.clock(), visit.house
    session = house.sessions.begin(id_of(staff), staff.session_epoch, now)
    client = visit.request.client
    agent = visit.request.headers.get("user-agent", "")

    def begin(desk: Desk) -> None:
        console_sessions.begin(desk, staff, session.key, now, client.host if client else "", agent)

    house.workplace.act(begin)
    visit.set_cookie(response, SESSION_COOKIE, house.sessions.cookie(session, now))
