"""What a server says of itself: ready only where letters can be kept, errors without their insides, names in answers."""

import shutil
import socket
from collections import namedtuple
from pathlib import Path
from typing import Any

import pytest
from fastapi import APIRouter
from fastapi.testclient import TestClient
from sqlalchemy import text
from starlette.types import Receive, Scope, Send

from app.serve import metrics, server
from app.serve.ahead import Application
from app.serve.request_ids import HEADER, RequestIds
from app.settings import BadSetting
from app.wiring import Services, build
from cases.register.store import Store, newest
from tests.builders import TEST_KEY, a_store
from tests.unit.app.installation import services_in, settings_of


@pytest.fixture
def services(tmp_path: Path) -> Services:
    return services_in(tmp_path)


@pytest.fixture
def client(services: Services) -> TestClient:
    """The health pages alone: neither timers nor doors are started."""
    app = Application({})
    app.add_middleware(RequestIds)
    server._health(app, services)
    router = APIRouter()

    @router.get("/broken")
    async def broken() -> None:
        raise ValueError("a secret of the inside")

    app.include_router(router)
    return TestClient(app, raise_server_exceptions=False)


def test_it_is_ready_when_the_register_can_be_written(client: TestClient) -> None:
    assert (client.get("/healthz").status_code, client.get("/healthz").text) == (200, "ok")
    ready = client.get("/readyz")
    assert (ready.status_code, ready.json()) == (200, {"ready": True, "reason": ""})


Usage = namedtuple("Usage", "total used free")


@pytest.mark.parametrize(
    ("free", "ready"), [(server.LEAST_ROOM, True), (server.LEAST_ROOM - 1, False), (0, False)]
)
def test_without_room_it_is_not_ready_and_says_how_little_there_is(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, free: int, ready: bool
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: Usage(1 << 40, 0, free))
    answer = client.get("/readyz")
    assert answer.json()["ready"] is ready and answer.status_code == (200 if ready else 503)
    assert ("磁盘已满" in answer.json()["reason"]) is not ready


def test_a_register_of_before_is_not_ready_and_one_of_a_later_version_is(services: Services) -> None:
    def at(revision: str) -> str:
        with services.store.write() as session:
            session.connection().execute(text("UPDATE alembic_version SET version_num = :v"), {"v": revision})
        return server.not_ready(services)

    assert at("0003") == "数据库尚未升级"
    assert at(newest()) == "" == at("9999")


def test_a_register_that_is_gone_is_said_without_its_address(services: Services, tmp_path: Path) -> None:
    for file in tmp_path.glob("huiyin.db*"):
        file.unlink()
    (tmp_path / "huiyin.db").mkdir()
    services.store.engine.dispose()
    why = server.not_ready(services)
    assert "被换走或删除" in why
    assert str(tmp_path) not in why


def test_an_error_of_ours_tells_nobody_its_inside(client: TestClient) -> None:
    answer = client.get("/broken")
    assert (answer.status_code, answer.text) == (500, "程序内部错误，请稍后再试。")


def test_the_numbers_are_for_programs_and_hold_nothing_personal(client: TestClient) -> None:
    answer = client.get("/metrics")
    assert answer.status_code == 200 and answer.headers["content-type"] == metrics.CONTENT_TYPE_LATEST
    assert "huiyin_cases_overdue 0.0" in answer.text


@pytest.mark.parametrize(
    ("given", "kept"),
    [("abcdefgh", True), ("A-b_9" * 5, True), ("x" * 64, True), ("x" * 65, False), ("short", False), ("", False),
     ("has space in it", False), ("line\tbreak00", False), ("<script>alert</script>", False)],
)  # fmt: skip
def test_a_name_of_the_proxy_is_kept_if_it_is_fit(client: TestClient, given: str, kept: bool) -> None:
    answer = client.get("/healthz", headers={HEADER: given} if given else {})
    name = answer.headers[HEADER]
    assert (name == given) is kept and 8 <= len(name) <= 64


def test_every_answer_has_a_name_of_its_own(client: TestClient) -> None:
    names = {client.get(path).headers[HEADER] for path in ("/healthz", "/readyz", "/nothing", "/healthz")}
    assert len(names) == 4


async def test_what_is_no_request_passes_by() -> None:
    seen: list[str] = []

    async def app(scope: Scope, _receive: Receive, _send: Send) -> None:
        seen.append(scope["type"])

    async def nothing(*_: Any) -> Any:
        return None

    await RequestIds(app)({"type": "lifespan"}, nothing, nothing)
    assert seen == ["lifespan"]


def test_a_door_ahead_answers_before_the_framework_and_with_a_name() -> None:
    seen: list[str] = []

    async def door(scope: Scope, _receive: Receive, send: Send) -> None:
        seen.append(scope["path"])
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"door"})

    app = Application({"/wechat": door})

    @app.get("/wechat/other")
    async def other() -> str:
        return "framework"

    with TestClient(app) as client:
        assert client.get("/wechat").text == "door" and HEADER in client.get("/wechat").headers
        assert client.get("/wechat/other").json() == "framework"
        assert client.post("/wechat").text == "door"
        assert client.get("/wechat/").status_code == 404
    assert seen == ["/wechat"] * 3


def test_an_address_that_is_taken_is_named_in_one_line() -> None:
    first = server.listen("127.0.0.1", 0)
    port = first.getsockname()[1]
    with pytest.raises(BadSetting, match=f"端口 127.0.0.1:{port} 不能使用"):
        server.listen("127.0.0.1", port)
    first.close()
    again = server.listen("127.0.0.1", port)  # what was refused holds nothing
    assert again.get_inheritable()
    again.close()


@pytest.mark.parametrize("host", ["192.0.2.1", "2001:db8::1", "not.an.address.invalid"])
def test_an_address_that_is_not_ours_is_named(host: str) -> None:
    with pytest.raises((BadSetting, socket.gaierror)) as refused:
        server.listen(host, 0)
    assert str(refused.value).count("\n") == 0


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({}, ["公众号未接入", "承办人聊天未接入"]),
        ({"WECHAT_APP_ID": "wx1", "WECHAT_APP_SECRET": "s", "WECHAT_TOKEN": "t"}, ["承办人聊天未接入"]),
        ({"TELEGRAM_BOT_TOKEN": "1:x", "HANDLER_CHAT_ID": "-1"}, ["公众号未接入"]),
    ],
)
def test_what_is_off_is_said_at_the_start(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], more: dict[str, str], said: list[str]
) -> None:
    server.say_what_is_off(settings_of(tmp_path, **more))
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == len(said) and all(words in line for words, line in zip(said, lines, strict=True))


def test_what_pages_know_of_the_settings_holds_no_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    given = settings_of(tmp_path, WECHAT_APP_ID="wx1", WECHAT_APP_SECRET="geheim-1", WECHAT_TOKEN="geheim-2")
    facts = server._facts(given)
    assert "geheim" not in repr(facts) and TEST_KEY.decode() not in repr(facts) and "wx1" in repr(facts)
    assert {"geheim-1", "geheim-2", TEST_KEY.decode()} <= set(server.secrets_of(given))


def test_settings_become_the_office_that_they_describe(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "accounts.toml").write_text(
        '[[account]]\nname="a"\napp_id="wx2"\nsecret="s"\ntoken="t"\ndepartments=["城建局"]\n'
    )
    given = settings_of(
        tmp_path, REVIEW_LEVELS="2", MERGE_WINDOW_SECONDS="7", OFFICE_CLOSE="17:30", QUIET_HOURS="22:00-07:00",
        DANGER_REPEAT_MINUTES="0", AUTO_ANSWER="false", WECHAT_COMMENT_POLL_SECONDS="0", TIMEZONE="Asia/Urumqi",
    )  # fmt: skip
    store: Store = a_store(tmp_path / "huiyin.db")
    office = build(given, var=tmp_path, store=store).workplace.office
    assert (office.review_levels, office.merge_window.seconds, office.auto_answer) == (2, 7, False)
    assert str(office.office_close) == "17:30:00" and office.quiet is not None and not office.danger_repeat
    assert (office.chat_on, office.comments_on, str(office.zone)) == (False, False, "Asia/Urumqi")
    assert office.departments_of == {"": ("城建局",), "wx2": ("城建局",)}
    store.close()
