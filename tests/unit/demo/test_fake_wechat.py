"""The platform's API over HTTP: every call with its token, every answer with its code, whatever is sent to it."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from demo import fake_wechat
from demo.wechat_platform import FakeWeChat
from tests.builders import Clock

POSTS = [
    "/cgi-bin/message/custom/send", "/cgi-bin/message/template/send", "/cgi-bin/comment/list",
    "/cgi-bin/comment/reply/add", "/cgi-bin/comment/reply/delete", "/cgi-bin/comment/markelect",
    "/datacube/getarticletotaldetail", "/cgi-bin/menu/create",
]  # fmt: skip
SECRETS = {"appid": "wxfake00000000000", "secret": "fake-secret"}


@pytest.fixture
def fake() -> FakeWeChat:
    platform = FakeWeChat(Clock())
    platform.wrote("o-1")
    platform.media["m-1"] = (b"\x89PNG", "image/png")
    return platform


@pytest.fixture
async def api(fake: FakeWeChat) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=fake_wechat.app(fake))
    async with httpx.AsyncClient(transport=transport, base_url="http://wechat") as client:
        yield client


async def token(api: httpx.AsyncClient) -> str:
    return str((await api.post("/cgi-bin/stable_token", json=SECRETS)).json()["access_token"])


async def test_both_ways_to_a_token(api: httpx.AsyncClient) -> None:
    stable = (await api.post("/cgi-bin/stable_token", json=SECRETS)).json()
    plain = (await api.get("/cgi-bin/token", params={"grant_type": "client_credential", **SECRETS})).json()
    assert stable["expires_in"] == plain["expires_in"] == 7200
    assert stable["access_token"] != plain["access_token"]
    wrong = (await api.get("/cgi-bin/token", params={**SECRETS, "secret": "no"})).json()
    assert wrong == {"errcode": 40125, "errmsg": "invalid appsecret"}
    assert (await api.get("/cgi-bin/token")).json()["errcode"] == 40013


@pytest.mark.parametrize("path", POSTS)
async def test_without_a_token_nothing_is_done(api: httpx.AsyncClient, fake: FakeWeChat, path: str) -> None:
    for params, code in (({}, 41001), ({"access_token": "made-up"}, 40001)):
        answer = await api.post(path, params=params, json={"button": []})
        assert (answer.status_code, answer.json()["errcode"]) == (200, code)
    assert fake.menu == {} and fake.inbox == {}


BAD = [
    b"",
    b"{",
    b"\xff\xfe",
    b"[]",
    b"null",
    b'"text"',
    b"3",
    b"[" * 20_000,
    b'{"touser": ["o-1"], "msgtype": 4}',
]


@pytest.mark.parametrize("body", BAD, ids=[repr(body[:12]) for body in BAD])
@pytest.mark.parametrize("path", [*POSTS[:7], "/cgi-bin/stable_token"])
async def test_a_body_that_is_none_gets_a_code(api: httpx.AsyncClient, path: str, body: bytes) -> None:
    answer = await api.post(path, params={"access_token": await token(api)}, content=body)
    assert answer.status_code == 200 and answer.json()["errcode"] > 0
    assert "access_token" not in answer.json()


@pytest.mark.parametrize(
    "field",
    [{"msg_data_id": {}}, {"index": "x"}, {"index": None}, {"begin": "x"}, {"count": []}, {"count": "9"}],
)
async def test_a_field_of_another_kind_gets_a_code(
    api: httpx.AsyncClient, fake: FakeWeChat, field: dict[str, Any]
) -> None:
    fake.add_article("1")
    body = {"msg_data_id": "1", "index": 0, "begin": 0, "count": 9, **field}
    answer = await api.post("/cgi-bin/comment/list", params={"access_token": await token(api)}, json=body)
    assert answer.status_code == 200
    assert answer.json()["errcode"] in ((0,) if field == {"count": "9"} else (47001, 88001))


async def test_a_message_reaches_the_phone(api: httpx.AsyncClient, fake: FakeWeChat) -> None:
    body = {"touser": "o-1", "msgtype": "text", "text": {"content": "已办结 👍"}}
    answer = await api.post(
        "/cgi-bin/message/custom/send", params={"access_token": await token(api)}, json=body
    )
    assert answer.json() == {"errcode": 0, "errmsg": "ok"} and fake.texts("o-1") == ["已办结 👍"]


async def test_a_file_is_had_by_its_number(api: httpx.AsyncClient) -> None:
    given = await token(api)

    async def fetch(media_id: str, access: str) -> httpx.Response:
        return await api.get("/cgi-bin/media/get", params={"media_id": media_id, "access_token": access})

    found = await fetch("m-1", given)
    assert (found.content, found.headers["content-type"]) == (b"\x89PNG", "image/png")
    assert (await fetch("m-2", given)).json()["errcode"] == 40007
    assert (await fetch("m-1", "made-up")).json()["errcode"] == 40001


async def test_the_menu_is_kept_as_it_was_given(api: httpx.AsyncClient, fake: FakeWeChat) -> None:
    menu = {"button": [{"type": "click", "name": "查询", "key": "query"}]}
    answer = await api.post("/cgi-bin/menu/create", params={"access_token": await token(api)}, json=menu)
    assert answer.json()["errcode"] == 0 and fake.menu == menu


async def test_who_follows(api: httpx.AsyncClient) -> None:
    given = {"access_token": await token(api)}
    assert (await api.get("/cgi-bin/user/info", params={**given, "openid": "o-1"})).json()["subscribe"] == 1
    assert (await api.get("/cgi-bin/user/info", params={**given, "openid": "o-9"})).json()["errcode"] == 40003


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [
        ({"code": -1}, 200, -1),
        ({"code": 45009}, 200, 45009),
        ({"status": 502}, 502, None),
        ({"hang": 0.01}, 200, 0),
    ],
)
async def test_faults_come_before_anything_is_done(
    api: httpx.AsyncClient, fake: FakeWeChat, fault: dict[str, Any], status: int, code: int | None
) -> None:
    given = {"access_token": await token(api)}
    fake.trouble("/custom/send", **fault)
    body = {"touser": "o-1", "msgtype": "text", "text": {"content": "x"}}
    answer = await api.post("/cgi-bin/message/custom/send", params=given, json=body)
    assert answer.status_code == status
    assert code is None or answer.json()["errcode"] == code
    assert len(fake.texts("o-1")) == (code == 0)
    assert (await api.post("/cgi-bin/message/custom/send", params=given, json=body)).json()["errcode"] == 0
    assert fake.calls.count("/cgi-bin/message/custom/send") == 2
