"""The wire of the played chat: what its fields mean, what it refuses, and that nothing sent to it breaks it."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st

from demo import bot_api
from demo.bot_api import BotApiError
from demo.fake_telegram import FakeTelegram
from demo.stage import Stage
from tests.builders import Clock

TOKEN, GROUP, LIN = "100000001:secret-of-the-demo", "-1001000000001", 90001


@pytest.mark.parametrize(
    ("written", "means"),
    [
        ("5", 5), ("-5", -5), ("true", True), ("null", None), ('{"a": 1}', {"a": 1}), ("[1]", [1]), ("", ""),
        ("{", "{"), ("-", "-"), ("truth", "truth"), ("HTML", "HTML"), ("nobody", "nobody"), ("0012", "0012"),
    ],
)  # fmt: skip
def test_a_field_that_holds_json_is_opened(written: str, means: object) -> None:
    assert bot_api.read_fields({"reply_markup": written, "n": 3}) == {"reply_markup": means, "n": 3}


@given(st.text())
def test_what_people_wrote_is_never_opened(text: str) -> None:
    for name in ("text", "caption", "data"):
        assert bot_api.read_fields({name: text}) == {name: text}


@given(st.text(alphabet=st.characters(exclude_characters="<>&\r", exclude_categories=["Cs"])))
def test_plain_words_are_seen_as_they_are(text: str) -> None:
    assert bot_api.plain(text, "HTML") == bot_api.plain(text, "") == text


@pytest.mark.parametrize(
    ("written", "mode", "seen"),
    [
        ("<b>办理</b>中", "HTML", "办理中"),
        ("<b>办理</b>中", "html", "办理中"),
        ("<b>办理</b>中", "", "<b>办理</b>中"),
        ("1 &lt; 2 &amp; 3", "HTML", "1 < 2 & 3"),
        ("<code>20260302-0001</code>", "HTML", "20260302-0001"),
        ('<a href="https://x">这里</a>', "HTML", "这里"),
        ("&#x27;", "HTML", "'"),
    ],
)
def test_what_the_reader_sees(written: str, mode: str, seen: str) -> None:
    assert bot_api.plain(written, mode) == seen


@pytest.mark.parametrize(
    ("text", "mode", "refused"),
    [
        ("", "", "text is empty"), ("  \n", "", "text is empty"), ("<b></b>", "HTML", "text is empty"), (None, "", "empty"),
        (5, "", "text is empty"), ("长" * 4096, "", ""), ("长" * 4097, "", "too long"), ("👍" * 2048, "", ""),
        ("👍" * 2049, "", "too long"), (f"<b>{'长' * 4096}</b>", "HTML", ""), (f"<b>{'长' * 4096}</b>", "", "too long"),
        ("&amp;" * 4096, "HTML", ""),
    ],
)  # fmt: skip
def test_a_text_counts_as_it_is_seen(text: object, mode: str, refused: str) -> None:
    if refused:
        with pytest.raises(BotApiError) as error:
            bot_api.checked_text(text, mode)
        assert error.value.code == 400 and refused in error.value.description
    else:
        assert bot_api.checked_text(text, mode) == text


def keyboard(**button: Any) -> dict[str, Any]:
    return {"inline_keyboard": [[button]]}


@pytest.mark.parametrize(
    ("markup", "refused"),
    [
        (None, ""), ({}, ""), ("", ""), (keyboard(text="认领", callback_data="x" * 64), ""),
        (keyboard(text="认领", callback_data="办" * 21), ""), (keyboard(text="认领", callback_data="办" * 22), "BUTTON_DATA"),
        (keyboard(text="", callback_data="x"), "text is empty"), (keyboard(callback_data="x"), "text is empty"),
        ("keyboard", "object expected"), (["x"], "object expected"), ({"force_reply": True}, ""),
    ],
)  # fmt: skip
def test_buttons_are_looked_at(markup: object, refused: str) -> None:
    if refused:
        with pytest.raises(BotApiError) as error:
            bot_api.checked_markup(markup)
        assert refused in error.value.description
    else:
        assert bot_api.checked_markup(markup) == (markup or {})


@pytest.mark.parametrize(("chat", "kind"), [("-1001000000001", "supergroup"), ("90001", "private")])
def test_a_chat_is_a_group_or_a_person(chat: str, kind: str) -> None:
    assert bot_api.chat_of(chat)["type"] == kind and bot_api.chat_of(chat)["id"] == int(chat)


@pytest.fixture
def telegram() -> FakeTelegram:
    return FakeTelegram(Stage(), TOKEN, Clock(), {LIN: "林晓燕"}, first_update=500)


@pytest.fixture
async def api(telegram: FakeTelegram) -> AsyncIterator[httpx.AsyncClient]:
    app = FastAPI()
    app.include_router(telegram.router())
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url=f"http://api/bot{TOKEN}") as client:
        yield client


ODD: list[tuple[str, dict[str, Any]]] = [
    ("sendMessage", {}),
    ("sendMessage", {"chat_id": "@channel", "text": "x"}),
    ("sendMessage", {"chat_id": "--5", "text": "x"}),
    ("sendMessage", {"chat_id": "²", "text": "x"}),
    ("sendMessage", {"chat_id": "0", "text": "x"}),
    ("sendMessage", {"chat_id": "9" * 40, "text": "x"}),
    ("sendMessage", {"chat_id": GROUP, "text": "x", "reply_parameters": 5}),
    ("sendMessage", {"chat_id": GROUP, "text": "x", "reply_parameters": {"message_id": "x"}}),
    ("sendMessage", {"chat_id": GROUP, "text": "x", "reply_to_message_id": 77}),
    ("sendMessage", {"chat_id": GROUP, "text": "x", "reply_markup": {"inline_keyboard": 5}}),
    ("sendMessage", {"chat_id": GROUP, "text": "x", "reply_markup": {"inline_keyboard": ["x"]}}),
    ("editMessageText", {"chat_id": GROUP, "text": "x"}),
    ("editMessageText", {"chat_id": GROUP, "message_id": "x", "text": "x"}),
    ("deleteMessage", {"chat_id": GROUP, "message_id": 77}),
    ("answerCallbackQuery", {}),
    ("getUpdates", {"offset": "x"}),
    ("getUpdates", {"timeout": "soon"}),
    ("getChat", {"chat_id": ""}),
]


@pytest.mark.parametrize(("method", "fields"), ODD)
@pytest.mark.parametrize("as_json", [True, False])
async def test_what_is_odd_is_a_bad_request(
    api: httpx.AsyncClient, method: str, fields: dict[str, Any], as_json: bool
) -> None:
    if as_json:
        answer = await api.post(f"/{method}", json=fields)
    else:
        coded = {
            name: value if isinstance(value, str) else json.dumps(value) for name, value in fields.items()
        }
        answer = await api.post(f"/{method}", data=coded)
    said = answer.json()
    assert (answer.status_code, said["ok"], said["error_code"]) == (400, False, 400)
    assert said["description"].startswith("Bad Request")


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"3", b"\xff", b"[" * 20_000])
async def test_json_that_is_none_is_a_bad_request(api: httpx.AsyncClient, body: bytes) -> None:
    answer = await api.post("/sendMessage", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 400 and answer.json()["ok"] is False


async def test_a_method_that_is_not_played_succeeds(api: httpx.AsyncClient) -> None:
    for method in ("setMyCommands", "sendChatAction", "SETWEBHOOK"):
        assert (await api.post(f"/{method}")).json() == {"ok": True, "result": True}
    assert (await api.get("/getMe")).json()["result"]["is_bot"] is True
    wrong = await api.get(str(api.base_url).replace(TOKEN, "1:wrong") + "getMe")
    assert (wrong.status_code, wrong.json()["description"]) == (401, "Unauthorized")


async def test_a_post_that_was_taken_away_can_no_longer_be_edited(
    api: httpx.AsyncClient, telegram: FakeTelegram
) -> None:
    sent = (await api.post("/sendMessage", json={"chat_id": GROUP, "text": "一"})).json()["result"]
    at = {"chat_id": GROUP, "message_id": sent["message_id"]}
    assert (await api.post("/deleteMessage", json=at)).json()["result"] is True
    for method in ("deleteMessage", "editMessageText", "editMessageReplyMarkup"):
        assert (await api.post(f"/{method}", json={**at, "text": "二"})).status_code == 400
    own = telegram.say(GROUP, LIN, "我说的")
    for method in ("deleteMessage", "editMessageText"):
        answer = await api.post(f"/{method}", json={"chat_id": GROUP, "message_id": own, "text": "二"})
        assert "can't be edited" in answer.json()["description"]


async def test_who_is_not_in_the_cast_is_a_stranger(api: httpx.AsyncClient, telegram: FakeTelegram) -> None:
    telegram.say(GROUP, 77001, "/case 20260302-0001")
    (update,) = (await api.get("/getUpdates")).json()["result"]
    assert update["message"]["from"] == {"id": 77001, "is_bot": False, "first_name": "陌生人"}
    assert update["message"]["entities"] == [{"type": "bot_command", "offset": 0, "length": 5}]


async def test_of_many_updates_so_many_are_given_as_asked_for(
    api: httpx.AsyncClient, telegram: FakeTelegram
) -> None:
    for n in range(7):
        telegram.say(GROUP, LIN, f"第 {n} 句")
    first = (await api.get("/getUpdates", params={"limit": 3})).json()["result"]
    assert [update["update_id"] for update in first] == [500, 501, 502]
    rest = (await api.get("/getUpdates", params={"offset": 503})).json()["result"]
    assert [update["update_id"] for update in rest] == [503, 504, 505, 506]
    assert (await api.get("/getUpdates", params={"offset": 507})).json()["result"] == []
    telegram.end()
    assert (await api.get("/getUpdates", params={"timeout": 50})).json()["result"] == []
