"""Signing in, staying in, being thrown out."""

import asyncio
import time
from collections.abc import Callable
from datetime import timedelta

import pytest

from cases.register import people, signin, weak
from cases.register.errors import Invalid
from cases.register.tables import Audit, SignInGuard, Staff
from console.gate import FROM_ONE_ADDRESS, Full, Gate
from console.signin import safe
from tests.builders import Bureau
from tests.unit.console.conftest import PASSWORD, Colleague

PAGES = (
    "",
    "cases",
    "cases/20260302-0001",
    "messages",
    "knowledge",
    "reports",
    "staff",
    "audit",
    "account",
    "nowhere",
)


@pytest.mark.parametrize("page", PAGES)
def test_visitors_are_sent_to_sign_in(visitor: Colleague, page: str) -> None:
    response = visitor.client.get(f"/console/{page}")
    assert response.status_code == 303
    assert response.headers["location"].startswith("/console/signin")


@pytest.mark.parametrize(
    "path", ["staff/add", "cases/20260302-0001/claim", "knowledge/import", "signout", "audit"]
)
def test_a_form_without_a_session_changes_nothing(visitor: Colleague, office: Bureau, path: str) -> None:
    before = len(office.rows(Audit))
    assert (
        visitor.client.post(f"/console/{path}", data={"name": "x"}).headers["location"] == "/console/signin"
    )
    assert len(office.rows(Audit)) == before


def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(visitor: Colleague) -> None:
    cookie = visitor.signs_in("zhang").headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "secure" not in cookie
    over_https = visitor.client.post(
        "/console/signin",
        data={"username": "zhang", "password": PASSWORD},
        headers={"X-Forwarded-Proto": "https"},
    )
    assert "secure" in over_https.headers["set-cookie"].lower()


@pytest.mark.parametrize(
    ("user", "password"), [("zhang", "wrong-password"), ("nobody", PASSWORD), ("", ""), ("zhang", "")]
)
def test_a_wrong_pair_is_told_in_the_same_words(visitor: Colleague, user: str, password: str) -> None:
    response = visitor.signs_in(user, password)
    assert response.status_code == 403
    assert signin.WRONG in response.text
    assert "set-cookie" not in response.headers


def test_a_form_from_another_site_signs_nobody_in(visitor: Colleague) -> None:
    response = visitor.client.post(
        "/console/signin",
        data={"username": "zhang", "password": PASSWORD},
        headers={"Sec-Fetch-Site": "cross-site"},
    )
    assert response.status_code == 403


def test_wrong_tries_make_the_next_wait_and_lock_nobody_out(visitor: Colleague, office: Bureau) -> None:
    for _ in range(5):
        assert signin.WRONG in visitor.signs_in("zhang", "guess-guess").text
    began = time.monotonic()
    assert visitor.signs_in("zhang").status_code == 303  # the sixth is right: it waits, and gets in
    assert time.monotonic() - began >= 1.5
    assert office.rows(SignInGuard) == []
    assert len([row for row in office.rows(Audit) if row.action == "signin.wrong"]) == 5


def test_a_known_browser_does_not_wait_for_the_guesses_of_others(
    office: Bureau, visitor: Colleague, signed_in: Callable[[str], Colleague]
) -> None:
    zhang = signed_in("zhang")
    for _ in range(20):
        office.workplace.act(lambda desk: signin.begin(desk, "zhang", "127.0.0.1"))
    began = time.monotonic()
    assert zhang.signs_in("zhang").status_code == 303
    assert time.monotonic() - began < signin.LONGEST_WAIT.total_seconds()
    forged = visitor.client.cookies
    forged.set("huiyin_device", "WyJ6aGFuZyIsICJ4Il0.AAAA", path="/console")
    assert signin.WRONG in visitor.signs_in("zhang", "guess-guess").text


def test_an_unknown_name_waits_like_a_known_one(office: Bureau) -> None:
    def tries(name: str) -> list[float]:
        begun = [
            office.workplace.act(lambda desk: signin.begin(desk, name, "203.0.113.7")) for _ in range(10)
        ]
        return [attempt.wait.total_seconds() for attempt in begun]

    assert tries("nobody") == tries("zhang") == [0, 0, 0, 0, 1, 2, 4, 8, 8, 8]


def test_one_place_slows_no_other_until_a_name_is_guessed_at_from_everywhere(office: Bureau) -> None:
    def begin(place: str, known: bool = False) -> float:
        attempt = office.workplace.act(lambda desk: signin.begin(desk, "zhang", place, known=known))
        return attempt.wait.total_seconds()

    for _ in range(20):
        begin("203.0.113.7")
    assert begin("203.0.113.8") == 0
    for number in range(signin.ANYWHERE):
        begin(f"198.51.100.{number}")
    assert begin("203.0.113.9") == 1
    assert begin("device:mine", known=True) == 0


async def test_the_gate_is_full_for_a_flood_and_open_for_others(office: Bureau) -> None:
    gate = Gate(office.workplace)

    async def guess(name: str, address: str) -> Staff | type[Full] | None:
        try:
            return await gate.enter(name, "guess-guess", address)
        except Full:
            return Full

    flood = [guess(f"user{n}", "203.0.113.7") for n in range(40)]
    found = await asyncio.gather(*flood, guess("zhang", "203.0.113.8"))
    assert found[:40].count(Full) == 40 - FROM_ONE_ADDRESS
    assert found[40] is None
    assert not gate.here


@pytest.mark.parametrize(
    "password",
    ["12345678", "weak2222", "Password1!", "p@ssw0rd", "qwertyui", "aaaaaaaa", "zhang2026", "woaini1314",
     "abcabc123", "19900307", "1qaz2wsx", "admin@123"],
)  # fmt: skip
def test_a_password_that_is_guessed_first_is_refused(office: Bureau, password: str) -> None:
    with pytest.raises(Invalid, match="密码"):
        office.workplace.act(lambda desk: people.set_password(desk, office.ids["张工"], password, "zhang"))


@pytest.mark.parametrize(
    "password", ["answer-in-time", "雨后春笋般的蓝铅笔", "kite7-lamp-Ost", "Tr8-window-rain", "new-password"]
)
def test_other_passwords_are_taken(password: str) -> None:
    assert weak.why_weak(password, "zhang", "张工") == ""


def test_half_an_hour_idle_signs_out_and_work_keeps_in(
    office: Bureau, signed_in: Callable[[str], Colleague]
) -> None:
    zhang = signed_in("zhang")
    for _ in range(3):
        office.clock.advance(minutes=29)
        zhang.sees("cases")
    office.clock.advance(minutes=30)
    assert zhang.client.get("/console/cases").headers["location"] == "/console/signin?next=/console/cases"


def test_no_session_outlives_twelve_hours(office: Bureau, signed_in: Callable[[str], Colleague]) -> None:
    zhang = signed_in("zhang")
    started = office.clock.now
    while office.clock.now - started < timedelta(hours=11, minutes=50):
        zhang.sees("alive", 204)
        office.clock.advance(minutes=25)
    office.clock.advance(minutes=10)
    assert zhang.client.get("/console/").status_code == 303


def test_disabling_takes_effect_at_once(office: Bureau, signed_in: Callable[[str], Colleague]) -> None:
    zhang = signed_in("zhang")
    office.workplace.act(lambda desk: people.disable_staff(desk, office.ids["张工"]))
    assert zhang.client.get("/console/cases").status_code == 303
    assert zhang.signs_in("zhang").status_code == 403
    li = signed_in("li")
    office.workplace.act(
        lambda desk: setattr(desk.session.get_one(Staff, office.ids["李科长"]), "active", False)
    )
    assert li.client.get("/console/cases").status_code == 303


def test_a_new_password_ends_the_sessions_made_with_the_old(
    office: Bureau, signed_in: Callable[[str], Colleague]
) -> None:
    here, elsewhere = signed_in("zhang"), signed_in("zhang")
    wrong = here.sends("account", old="not-the-old-one", new="new-password", again="new-password")
    assert wrong.status_code == 403
    assert here.sends("account", old=PASSWORD, new="new-password", again="new-passwort").status_code == 400
    assert here.sends("account", old=PASSWORD, new="short", again="short").status_code == 400
    assert here.sends("account", old=PASSWORD, new="new-password", again="new-password").status_code == 303
    here.sees("cases")
    assert elsewhere.client.get("/console/cases").status_code == 303
    assert elsewhere.signs_in("zhang", "new-password").status_code == 303


def test_signing_out_makes_a_copied_cookie_worthless(
    signed_in: Callable[[str], Colleague], visitor: Colleague
) -> None:
    zhang = signed_in("zhang")
    visitor.client.cookies.update(zhang.client.cookies)
    visitor.sees("cases")
    assert zhang.sends("signout").status_code == 303
    assert visitor.client.get("/console/cases").status_code == 303


@pytest.mark.parametrize("forged", ["", "x", "WzEsMCwxLDEsIm4iXQ.AAAA", "é", "[1,0,1,1]"])
def test_a_forged_cookie_is_no_cookie(visitor: Colleague, forged: str) -> None:
    response = visitor.client.get("/console/", headers={"Cookie": f"huiyin_session={forged}".encode()})
    assert response.status_code == 303


def test_a_form_without_the_token_changes_nothing(
    office: Bureau, signed_in: Callable[[str], Colleague]
) -> None:
    no = office.a_case()
    zhang = signed_in("zhang")
    for data in ({}, {"token": ""}, {"token": "0" * 64}, {"token": signed_in("li").token()}):
        assert zhang.client.post(f"/console/cases/{no}/claim", data=data).status_code == 403
    assert office.case(no).status == "new"
    assert zhang.sends(f"cases/{no}/claim").status_code == 303
    assert office.case(no).status == "claimed"


@pytest.mark.parametrize(
    ("back", "to"),
    [
        ("/console/cases/20260302-0001", "/console/cases/20260302-0001"),
        ("", "/console/"),
        ("https://evil.example/", "/console/"),
        ("//evil.example", "/console/"),
        ("/console//evil.example", "/console/"),
        ("/console/\\evil", "/console/"),
        ("/console/a\r\nSet-Cookie: x=1", "/console/"),
        ("/console/signin", "/console/"),
    ],
)
def test_signing_in_leads_only_into_the_console(back: str, to: str) -> None:
    assert safe(back) == to


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ({"Content-Type": "application/x-www-form-urlencoded"}, b"username=" + b"a" * (1 << 20), 413),
        ({"Content-Type": "multipart/form-data; boundary=x"}, b"no boundary here", 400),
        ({"Content-Type": "multipart/form-data"}, b"--x--", 400),
        ({"Content-Type": "application/json"}, b"{}", 403),
        ({"Content-Type": "application/x-www-form-urlencoded"}, b"username=%ff%fe&password=%00", 403),
    ],
)
def test_what_is_no_form_is_refused_in_words(
    visitor: Colleague, headers: dict[str, str], body: bytes, status: int
) -> None:
    response = visitor.client.post("/console/signin", content=body, headers=headers)
    assert response.status_code == status
    assert "<html" in response.text


def test_every_page_carries_the_headers_that_keep_it_to_itself(visitor: Colleague) -> None:
    headers = visitor.client.get("/console/signin").headers
    assert headers["cache-control"] == "no-store"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("console.css", 200),
        ("console.js", 200),
        ("mark.svg", 200),
        ("..%2fdoor.py", 303),
        ("nothing.css", 404),
    ],
)
def test_only_the_static_files_are_served(visitor: Colleague, name: str, status: int) -> None:
    assert visitor.client.get(f"/console/static/{name}").status_code == status
