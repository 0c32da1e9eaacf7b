"""The second factor and the list of sessions: a code counts once, a lost telephone locks nobody out, one ends by itself."""

import re
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from httpx import Client, Response

from cases.register import second_factor
from cases.register.tables import Audit, ConsoleSession, SecondFactor
from console import pages
from console.door import Facts
from tests.builders import Bureau
from tests.unit.console.conftest import PASSWORD, Colleague, Stage

SignIn = Callable[[str], Colleague]


@pytest.fixture
def strict(office: Bureau, stage: tuple[Stage, str], url: str, tmp_path: object) -> str:
    """A console that wants a second factor of supervisors and administrators."""
    from fastapi import FastAPI

    app = FastAPI()
    app.include_router(
        pages.router(office.workplace, lambda *_: [], tmp_path, facts=Facts(totp_required=True))  # type: ignore[arg-type]
    )
    stage[0].app = app
    return stage[1]


def secret_on(page: str) -> str:
    found = re.search(r"otpauth://totp/[^\"<]+", page)
    assert found is not None
    return parse_qs(urlsplit(found[0].replace("&amp;", "&")).query)["secret"][0]


def code_of(office: Bureau, secret: str, later: int = 0) -> str:
    return second_factor.code_at(secret, int(office.clock.now.timestamp()) // 30 + later)


def hands_in(client: Client, page: str, code: str) -> Response:
    """Fill the page's form as a browser does."""
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))
    return client.post("/console/signin", data={**hidden, "code": code})


def test_the_codes_are_those_of_the_standard() -> None:
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # RFC 6238, appendix B: "12345678901234567890"
    assert [second_factor.code_at(secret, t // 30) for t in (59, 1111111109, 20000000000)] == [
        "287082", "081804", "353130",
    ]  # fmt: skip


def test_a_supervisor_sets_up_a_telephone_and_signs_in_with_its_codes(office: Bureau, strict: str) -> None:
    with Client(base_url=strict) as client:
        wang = Colleague(client)
        first = wang.signs_in("wang")
        assert first.status_code == 200 and client.get("/console/").status_code == 303
        secret = secret_on(first.text)
        wrong = hands_in(client, first.text, "000000")
        assert wrong.status_code == 403 and 'data-error-for="code"' in wrong.text
        assert secret_on(wrong.text) == secret
        code = code_of(office, secret)
        done = hands_in(client, wrong.text, code)
        recovery = re.findall(r"data-recovery>([\w-]+)<", done.text)
        assert len(set(recovery)) == 10
        wang.sees("")
        asked = wang.signs_in("wang")
        assert "otpauth" not in asked.text and 'name="code"' in asked.text
        assert hands_in(client, asked.text, code).status_code == 403  # it has counted
        assert hands_in(client, asked.text, code_of(office, secret, 9)).status_code == 403
        office.clock.advance(seconds=30)
        assert hands_in(client, asked.text, code_of(office, secret)).status_code == 303
        at_once = {"username": "wang", "password": PASSWORD, "code": recovery[0]}
        assert client.post("/console/signin", data=at_once).status_code == 303
        assert client.post("/console/signin", data=at_once).status_code == 403
        assert office.rows(Audit, action="signin.recovery")
        office.clock.advance(minutes=11)
        assert (
            hands_in(client, asked.text, code_of(office, secret)).status_code == 403
        )  # the password is too long ago
    assert office.chain().ok


def test_who_need_not_signs_in_without_and_may_have_one(office: Bureau, strict: str) -> None:
    with Client(base_url=strict) as client:
        zhang = Colleague(client)
        assert zhang.signs_in("zhang").status_code == 303
        secret = secret_on(zhang.sees("second-factor"))
        assert zhang.sends("second-factor", code="123456").status_code == 400
        assert (
            len(re.findall("data-recovery", zhang.sends("second-factor", code=code_of(office, secret)).text))
            == 10
        )
        assert "还有 10 个恢复码" in zhang.sees("account")
        assert zhang.signs_in("zhang").status_code == 200
        assert zhang.sends("second-factor/off", code="000000").status_code == 403
        office.clock.advance(seconds=30)
        assert zhang.sends("second-factor/off", code=code_of(office, secret)).status_code == 303
        assert office.rows(SecondFactor) == []


def test_sessions_end_one_by_one_and_all_at_once(office: Bureau, signed_in: SignIn) -> None:
    here, there, third = signed_in("zhang"), signed_in("zhang"), signed_in("zhang")
    other = signed_in("li")
    keys = re.findall(r'data-session="(\w+)"', here.sees("sessions"))
    assert len(keys) == 3
    mine = re.search(r'data-session="(\w+)">(?:(?!</td>).)*本次登录', there.sees("sessions"))
    assert mine is not None
    assert other.sends("sessions/end", session=mine[1]).status_code == 404
    assert here.sends("sessions/end", session=mine[1]).status_code == 303
    assert there.client.get("/console/").status_code == 303
    third.sees("")
    assert third.sends("signout").status_code == 303
    here.sees("cases")
    again = signed_in("zhang")
    assert here.sends("sessions/end-all").status_code == 303
    here.sees("cases")
    assert again.client.get("/console/").status_code == 303
    other.sees("")
    assert len(office.rows(ConsoleSession, staff_id=office.ids["李科长"])) == 1


def test_an_administrator_resets_the_factor_of_a_lost_telephone(office: Bureau, signed_in: SignIn) -> None:
    zhang, admin = signed_in("zhang"), signed_in("admin")
    secret = secret_on(zhang.sees("second-factor"))
    zhang.sends("second-factor", code=code_of(office, secret))
    assert 'data-act="factor-reset"' in admin.sees("staff")
    assert admin.sends("staff/factor", staff=str(office.ids["张工"])).status_code == 303
    assert office.rows(SecondFactor) == []
    assert zhang.client.get("/console/").status_code == 303  # signed out
    assert zhang.signs_in("zhang").status_code == 303  # without a code
    own = admin.sends("staff/factor", staff=str(office.ids["钱管理"]))
    assert own.status_code >= 400 and "另一位管理员" in own.text
