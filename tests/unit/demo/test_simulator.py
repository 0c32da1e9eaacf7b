"""The simulator on an application at work: phones, chats, the clock and the web site, through the office's own doors."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn

from app import settings as settings_
from app.clock import OffsetClock
from app.serve.ahead import Application
from app.serve.server import listen
from bot.wechat import callback
from bot.wechat.accounts import Account
from bot.wechat.talk import Judged
from cases.register.tables import Case
from demo import simulator
from demo.model import NAME, drafted, missed
from demo.phones import ARTICLE_TITLE, PLACES, WeChatWithPhones, seed_comments
from demo.sample_data import files
from demo.stage import Stage
from tests.builders import Bureau, Clock, a_bureau, a_store, by_words

PNG = "data:image/png;base64," + base64.b64encode(b"\x89PNG of a pipe").decode()
CITIZENS = [person.openid for person in files.citizens()]


@dataclass
class Playing:
    """A demo that runs: what its page may ask, and the office behind it."""

    page: httpx.AsyncClient
    office: Bureau
    swept: list[str]
    begun_anew: list[str]

    async def write(self, openid: str, **said: Any) -> httpx.Response:
        return await self.page.post(f"/demo/phone/{openid}", json=said)

    async def shown(self) -> list[dict[str, Any]]:
        """Return what the page would draw, oldest first."""
        async with self.page.stream("GET", "/demo/events") as events:
            async for line in events.aiter_lines():
                if line.startswith("data: "):
                    return list(json.loads(line.removeprefix("data: ")))
        return []

    async def bubbles(self, openid: str) -> list[str]:
        return [
            item["text"]
            for item in await self.shown()
            if item["stream"] == "phone" and item["openid"] == openid
        ]


@pytest.fixture
async def demo(tmp_path: Path) -> AsyncIterator[Playing]:
    listening = listen("127.0.0.1", 0)
    port = listening.getsockname()[1]
    clock = OffsetClock(tmp_path / "clock")
    office = a_bureau(a_store(tmp_path / "demo.db"), clock)  # type: ignore[arg-type] # it advances by jumps
    keys = simulator.WECHAT
    account = Account(keys.app_id, simulator.APP_SECRET, keys.token, keys.aes_key)
    swept, anew = list[str](), list[str]()
    doors = callback.doors(
        office.workplace,
        (account,),
        lambda pushes: [Judged(by_words(push.text), None) for push in pushes],
        var=tmp_path,
    )
    app = Application(doors)
    end = simulator.mount(
        app,
        office.workplace,
        clock,
        lambda: swept.append("swept"),
        port,
        tmp_path,
        lambda: anew.append("anew"),
    )
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, timeout_graceful_shutdown=1))
    running = asyncio.create_task(server.serve(sockets=[listening]))
    while not server.started:
        await asyncio.sleep(0.005)
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as page:
        yield Playing(page, office, swept, anew)
    end()
    server.should_exit = True
    await running
    office.store.close()


async def test_a_letter_goes_the_whole_way_and_its_receipt_comes_back(demo: Playing) -> None:
    citizen = CITIZENS[0]
    assert (await demo.write(citizen, text="投诉水管漏水")).json() == {"ok": True}
    (case,) = demo.office.rows(Case)
    mine, receipt = await demo.bubbles(citizen)
    assert mine == "投诉水管漏水" and case.no in receipt and str(case.due_on) in receipt
    assert await demo.bubbles(CITIZENS[1]) == []
    await demo.write(CITIZENS[1], text=f"查询 {case.no}")
    assert "水管" not in "".join(await demo.bubbles(CITIZENS[1])), "another citizen's case"


async def test_every_kind_of_message_becomes_what_it_is(demo: Playing) -> None:
    citizen = CITIZENS[0]
    said: list[dict[str, str]] = [
        {"kind": "text", "text": "水管坏了 <b>&</b> ]]>"},
        {"kind": "voice", "text": "水管坏了"},
        {"kind": "image", "data": PNG},
        {"kind": "location", "data": "hall"},
        {"kind": "menu", "data": "help"},
        {"kind": "follow", "data": "no"},
        {"kind": "follow", "data": "yes"},
    ]
    for one in said:
        assert (await demo.write(citizen, **one)).status_code == 200, one
    shown = await demo.bubbles(citizen)
    assert [text for text in shown if text in ("水管坏了 <b>&</b> ]]>", "水管坏了", "[图片]", PLACES["hall"][0])] == [
        "水管坏了 <b>&</b> ]]>", "水管坏了", "[图片]", PLACES["hall"][0],
    ]  # fmt: skip
    assert any("取消关注" in text for text in shown) and any("已关注" in text for text in shown)
    (picture,) = [item for item in await demo.shown() if item.get("media")]
    found = await demo.page.get(f"/demo/media/{picture['media']}")
    assert (found.content, found.headers["content-type"]) == (b"\x89PNG of a pipe", "image/png")
    assert found.headers["x-content-type-options"] == "nosniff"
    assert (await demo.page.get("/demo/media/none")).status_code == 404


BAD = [
    ({"kind": "text", "text": "  "}, "请先写点什么"),
    ({"kind": "comment", "text": ""}, "请先写点什么"),
    ({"kind": "nothing", "text": "x"}, "请先写点什么"),
    ({"kind": "image", "data": ""}, "PNG、JPEG 或 GIF"),
    ({"kind": "image", "data": "data:text/html;base64,eA=="}, "PNG、JPEG 或 GIF"),
    ({"kind": "image", "data": "data:image/svg+xml;base64,eA=="}, "PNG、JPEG 或 GIF"),
    ({"kind": "image", "data": "data:image/png;base64,"}, "2 MB"),
    ({"kind": "image", "data": "data:image/png;base64,$$$"}, "读不出来"),
    (
        {"kind": "image", "data": "data:image/png;base64," + base64.b64encode(bytes((2 << 20) + 1)).decode()},
        "2 MB",
    ),
]


async def test_what_a_phone_cannot_send_is_said_and_shown_nowhere(demo: Playing) -> None:
    for said, why in BAD:
        answer = await demo.write(CITIZENS[0], **said)
        assert answer.status_code == 422 and why in answer.json()["detail"], said["kind"]
    assert (await demo.write("o-nobody", text="x")).status_code == 404
    assert (await demo.page.post(f"/demo/phone/{CITIZENS[0]}", content=b"{")).status_code == 422
    assert (await demo.write(CITIZENS[0], text="长" * 100_001)).status_code == 422
    assert await demo.bubbles(CITIZENS[0]) == [] and demo.office.rows(Case) == []


async def test_only_the_demos_own_page_acts(demo: Playing) -> None:
    chat = simulator.HANDLERS.chat_id
    posts: list[tuple[str, dict[str, Any]]] = [
        (f"/demo/phone/{CITIZENS[0]}", {"text": "x"}),
        (f"/demo/chat/{chat}/message", {"user": 1, "text": "x"}),
        (f"/demo/chat/{chat}/press", {"user": 1, "message_id": 1, "data": "x"}),
        ("/demo/clock", {"to": "hour"}),
        ("/demo/reset", {}),
    ]
    for path, body in posts:
        for site, code in (("cross-site", 403), ("same-site", 403)):
            answer = await demo.page.post(path, json=body, headers={"Sec-Fetch-Site": site})
            assert answer.status_code == code, path
    assert demo.begun_anew == demo.swept == [] and await demo.bubbles(CITIZENS[0]) == []
    assert (
        await demo.page.post("/demo/reset", json={}, headers={"Sec-Fetch-Site": "none"})
    ).status_code == 200
    assert demo.begun_anew == ["anew"]


async def test_the_clock_goes_ahead_to_a_working_morning(demo: Playing) -> None:
    office = demo.office.workplace.office
    before = demo.office.workplace.clock()
    for to in ("hour", "workday", "week"):
        shown = (await demo.page.post("/demo/clock", json={"to": to})).json()
        now = demo.office.workplace.clock()
        assert now > before and abs(shown["now"] - now.timestamp()) < 60
        if to != "hour":
            local = now.astimezone(office.zone)
            assert (local.hour, local.minute) == (9, 0) and office.calendar().is_workday(local.date())
        before = now
    assert demo.swept == ["swept"] * 3
    for to in ("yesterday", "", "-1"):
        assert (await demo.page.post("/demo/clock", json={"to": to})).status_code == 422
    assert demo.office.workplace.clock() - before < timedelta(minutes=1)


async def test_a_chat_that_is_none_is_not_written_to(demo: Playing) -> None:
    for chat in ("abc", "--5", "0", "²", "9" * 30):
        said = await demo.page.post(f"/demo/chat/{chat}/message", json={"user": 1, "text": "x"})
        pressed = await demo.page.post(
            f"/demo/chat/{chat}/press", json={"user": 1, "message_id": 1, "data": "x"}
        )
        assert said.status_code == pressed.status_code == 404
    chat = simulator.HANDLERS.chat_id
    assert (
        await demo.page.post(f"/demo/chat/{chat}/message", json={"user": 1, "text": ""})
    ).status_code == 422
    pressed = await demo.page.post(f"/demo/chat/{chat}/press", json={"user": 1, "message_id": 9, "data": "x"})
    assert pressed.json() == {"text": "这条消息已不存在。", "alert": True}
    assert [item for item in await demo.shown() if item["stream"] == "chat"] == []


async def test_the_cast_is_who_can_be_played(demo: Playing) -> None:
    cast = (await demo.page.get("/demo/cast")).json()
    assert [person["openid"] for person in cast["citizens"]] == CITIZENS
    assert [chat["chat_id"] for chat in cast["chats"]] == [
        simulator.HANDLERS.chat_id,
        simulator.SUPERVISORS.chat_id,
    ]
    assert cast["stranger"]["user"] not in {member["user"] for member in cast["staff"]}
    assert {place["key"] for place in cast["places"]} == set(PLACES)
    assert cast["article"]["title"] == ARTICLE_TITLE and cast["waiting"] == {}


async def test_the_pages_files_and_no_others(demo: Playing) -> None:
    assert (await demo.page.get("/", follow_redirects=True)).headers["content-type"].startswith("text/html")
    for name, kind in (("page.css", "text/css"), ("page.js", "text/javascript")):
        assert (await demo.page.get(f"/demo/static/{name}")).headers["content-type"].startswith(kind)
    for name in ("page_api.py", "..%2Fpage_api.py", "%2Fetc%2Fpasswd"):
        assert (await demo.page.get(f"/demo/static/{name}")).status_code == 404


async def test_comments_under_the_article(demo: Playing) -> None:
    before = [item for item in await demo.shown() if item["stream"] == "comment"]
    assert (await demo.write(CITIZENS[0], kind="comment", text="什么时候轮到我们小区？")).status_code == 200
    after = [item for item in await demo.shown() if item["stream"] == "comment"]
    assert len(after) == len(before) + 1 and after[-1]["text"] == "什么时候轮到我们小区？"
    assert all(item["reply"] == "" for item in after)


@pytest.mark.parametrize(
    "numbers",
    [
        "",
        "../answers",
        "20260302-0001",
        "x.y.z",
        "..%2F..%2Fhealthz",
        "20260302-0001.20260302-0002",
        "1" * 3000,
    ],
)
async def test_the_web_sites_cookie_may_hold_anything(demo: Playing, numbers: str) -> None:
    page = await demo.page.get("/demo/website", headers={"Cookie": f"demo_numbers={numbers}"})
    assert page.status_code == 200 and "text" in page.text


async def test_the_web_site_says_when_it_cannot_take_a_letter(demo: Playing) -> None:
    """Nobody serves /api/v1/ here: what was written is still in the form."""
    page = await demo.page.post("/demo/website", data={"id": "w-1", "text": "路灯坏了 <i>三天</i>"})
    assert page.status_code == 200 and "暂时提交不了" in page.text
    assert "路灯坏了 &lt;i&gt;三天&lt;/i&gt;" in page.text and "demo_visitor" in page.headers["set-cookie"]


async def test_the_played_model_proposes_from_what_it_is_given(demo: Playing) -> None:
    models = (await demo.page.get("/demo/model/models")).json()
    assert [row["id"] for row in models["data"]] == [NAME]
    task = {
        "来信": "水管何时修好？费用谁出？",
        "来源": [{"编号": "K1", "内容": "问：修水管\n答：三日内修好。"}],
    }
    body = {"model": NAME, "messages": [{"role": "user", "content": json.dumps(task, ensure_ascii=False)}]}
    answer = (await demo.page.post("/demo/model/chat/completions", json=body)).json()
    said = json.loads(answer["choices"][0]["message"]["content"])
    assert said["sources"] == ["K1"] and "三日内修好。" in said["draft"]


@pytest.mark.parametrize(
    ("letter", "draft", "left"),
    [
        ("水管何时修好？费用谁出？", "水管三日内修好。", ["费用谁出？"]),
        ("水管何时修好？费用谁出？", "水管三日内修好，费用由物业出。", []),
        ("谢谢你们。", "不客气。", []),
        ("甲？乙？丙丁戊？己庚辛？壬癸子？", "无", ["甲？", "乙？", "丙丁戊？"]),
    ],
)
def test_the_played_model_names_what_a_draft_leaves_out(letter: str, draft: str, left: list[str]) -> None:
    assert missed({"来信": letter, "草稿": draft}) == {"missed": left}


def test_without_a_source_the_played_model_promises_nothing() -> None:
    said = drafted({"来源": []})
    assert said["sources"] == [] and "核实" in said["draft"]


def test_the_demos_settings_are_settings(tmp_path: Path) -> None:
    found = settings_.read(simulator.settings(8123, tmp_path), tmp_path / "none")
    assert found.wechat_on and found.telegram_on and found.model_on and not found.wecom_on
    for base in (found.wechat_api_base, found.telegram_api_base, found.llm_base_url):
        assert base.startswith("http://127.0.0.1:8123/demo/")
    assert len(simulator.WECHAT.aes_key) == 43


def test_comments_of_an_earlier_run_keep_their_numbers_and_replies(tmp_path: Path) -> None:
    clock = Clock()
    stage = Stage(tmp_path / "stage.db")
    first = WeChatWithPhones(stage, clock, "wx", "s")
    seed_comments(first, stage)
    body = {"msg_data_id": first.article.msg_data_id, "index": 0}
    first.comment_reply({**body, "user_comment_id": 2, "content": "已安排"})
    first.under_article("o-1", "某人", "新的留言")
    kept = first.comment_list({**body, "count": 49})
    again_stage = Stage(tmp_path / "stage.db")
    again = WeChatWithPhones(again_stage, clock, "wx", "s")
    seed_comments(again, again_stage)
    assert again.comment_list({**body, "count": 49}) == kept
    assert [row["reply"] != {} for row in kept["comment"]].count(True) == 1


def test_a_menu_message_and_a_template_are_drawn_with_their_parts() -> None:
    stage, clock = Stage(), Clock()
    platform = WeChatWithPhones(stage, clock, "wx", "s")
    platform.wrote("o-1")
    lines = [{"id": 1, "content": "满意"}, {"id": 2, "content": "不满意"}]
    menu = {"head_content": "请评价", "list": lines, "tail_content": "谢谢"}
    platform.custom_send({"touser": "o-1", "msgtype": "msgmenu", "msgmenu": menu})
    data = {"thing2": {"value": "已答复"}, "date": {"value": "2026-03-02"}}
    platform.template_send({"touser": "o-1", "template_id": "t", "data": data})
    menu_shown, template = (item.body for item in stage.of("phone"))
    assert (menu_shown["text"], menu_shown["tail"]) == ("请评价", "谢谢")
    assert menu_shown["choices"] == [{"id": "1", "text": "满意"}, {"id": "2", "text": "不满意"}]
    assert template["fields"] == ["已答复", "2026-03-02"] and template["kind"] == "template"


@pytest.mark.parametrize("text", ["\\ud83d", "\\u0000\\u000b水管坏了", "\\ufffe 水管\\u001b[2J"])
async def test_half_an_emoji_or_a_control_character_breaks_no_page(demo: Playing, text: str) -> None:
    """They come as JSON may spell them; whatever is done with them, the next letter is taken and shown."""
    chat = f"/demo/chat/{simulator.HANDLERS.chat_id}/message"
    json_ = {"Content-Type": "application/json"}
    for path, body in (
        (f"/demo/phone/{CITIZENS[0]}", f'{{"text": "{text}"}}'),
        (f"/demo/phone/{CITIZENS[0]}", f'{{"kind": "comment", "text": "{text}"}}'),
        (chat, f'{{"user": 90001, "text": "{text}"}}'),
    ):
        answer = await demo.page.post(path, content=body, headers=json_)
        assert answer.status_code in (200, 422), answer.text
    assert (await demo.write(CITIZENS[0], text="投诉路灯坏了")).json() == {"ok": True}
    assert "投诉路灯坏了" in await demo.bubbles(CITIZENS[0])
