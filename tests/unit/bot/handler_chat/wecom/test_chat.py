"""企业微信 over real HTTP: the whole way in words, the callback's defences, the platform's failures."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

import pytest
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient, Response
from sqlalchemy import update
from sqlmodel import select
from wechatpy.enterprise.crypto import WeChatCrypto

from bot.handler_chat.wecom.chat import WecomChat, WecomConfig
from bot.handler_chat.wecom.reply_codes import pieces
from cases.knowledge import learn
from cases.register.desk import Desk as RegisterDesk
from cases.register.tables import Department, Outbox
from cases.sending.chat import remedy, troubles
from knowledge_base.answering.answerer import Match
from knowledge_base.base.entries import Entry
from tests.fakes.wecom import AES_KEY, AGENT, CORP, SECRET, TOKEN, FakeWecom
from tests.unit.bot.handler_chat.conftest import LI, WANG, ZHANG, ZHAO, Bureau, running


@pytest.fixture
def wecom() -> Iterator[FakeWecom]:
    with FakeWecom() as fake:
        yield fake


@dataclass
class Desk:
    """A chat with people in it."""

    bureau: Bureau
    wecom: FakeWecom
    client: AsyncClient
    door: WecomChat

    async def write(self, user: int, text: str, msg_id: str = "") -> Response:
        at = int(self.bureau.workplace.clock().timestamp())
        plain = self.wecom.text(f"u{user}", text, msg_id)
        response: Response = await self.wecom.push(self.client.post, plain, at)
        assert response.status_code == 200
        return response

    async def hears(self, user: int, containing: str) -> str:
        return (await self.wecom.until(lambda: self.wecom.to(f"u{user}", containing)))[-1].text


def known(_text: str, _top: int, _account: str | None) -> list[Match]:
    return [Match(Entry("e1", "居住证怎么办", "请到派出所办理居住证。"), 0.9, True)]


@pytest.fixture
async def desk(bureau: Bureau, wecom: FakeWecom) -> AsyncIterator[Desk]:
    config = WecomConfig(CORP, AGENT, SECRET, TOKEN, AES_KEY, wecom.base, group_per_minute=0)
    bureau.workplace.act(lambda d: d.session.execute(update(Department).values(chat_id="")))
    door = WecomChat(bureau.workplace, config, known)
    app = FastAPI()
    app.include_router(door.router())
    async with (
        AsyncClient(transport=ASGITransport(app=app), base_url="http://test") as client,
        running(door),
    ):
        yield Desk(bureau, wecom, client, door)


async def test_the_whole_way_in_words(desk: Desk) -> None:
    no = desk.bureau.letter("请问居住证怎么办理？")
    card = await desk.hears(ZHANG, no)
    assert "「不予受理 0001 理由」" in card and "咨询建议" in card  # what has no room as a button
    assert not desk.wecom.to(f"u{ZHAO}", no)  # another department's colleague
    await desk.write(ZHANG, "草稿 0001 太早了")
    assert "请先认领" in await desk.hears(ZHANG, "请先认领")
    await desk.write(ZHANG, "认领 0001")
    await desk.hears(ZHANG, "已认领")
    await desk.write(ZHANG, "草稿 0001 请携带身份证\n到派出所办理居住证。")
    review = await desk.hears(LI, "待审核")
    assert "请携带身份证\n到派出所办理居住证。" in review
    await desk.write(LI, "退回 0001 请写明地址")
    await desk.hears(ZHANG, "请写明地址")
    await desk.write(ZHANG, f"草稿 {no} 请到人民路派出所办理居住证。")
    await desk.hears(LI, "人民路")
    await desk.write(ZHANG, "通过 0001")
    await desk.hears(ZHANG, "审核人权限")
    await desk.write(LI, "通过0001")
    await desk.hears(LI, "已通过")
    assert desk.bureau.case(no).status == "answered"
    await desk.write(ZHANG, "更正 0001 请到解放路派出所办理居住证。")
    await desk.hears(LI, "解放路")
    await desk.write(LI, "通过 0001")
    await desk.wecom.until(lambda: desk.bureau.drafts(no)[-1] == "correction:approved")


async def test_adopting_a_suggestion_claims_and_drafts(desk: Desk) -> None:
    desk.bureau.workplace.act(lambda d: learn.bring_in(d, known("", 1, None)[0].entry))
    no = desk.bureau.letter("请问居住证怎么办理？")
    assert "采用建议" in (await desk.wecom.until(lambda: desk.wecom.cards(f"u{ZHANG}", no)))[0].labels
    await desk.write(ZHANG, "采用建议 0001")
    await desk.hears(LI, "待审核")
    assert desk.bureau.case(no).handler_id == desk.bureau.staff[ZHANG]


async def test_strangers_learn_nothing_and_a_message_counts_once(desk: Desk) -> None:
    no = desk.bureau.letter("请问居住证怎么办理？")
    await desk.hears(ZHANG, no)
    await desk.write(99, "查看 0001")
    assert await desk.hears(99, "") == "您没有使用权限。"
    for _ in range(3):
        await desk.write(ZHANG, "认领 0001", msg_id="777")
    await desk.hears(ZHANG, "已认领")
    await desk.write(ZHANG, "我的")
    await desk.hears(ZHANG, "我的在办 1 件")
    assert len(desk.wecom.to(f"u{ZHANG}", "已认领")) == 1
    await desk.write(ZHANG, "帮助")
    assert "草稿 0007" in await desk.hears(ZHANG, "办件用法")


async def test_a_pass_is_only_of_a_text_that_was_shown(desk: Desk) -> None:
    no = desk.bureau.letter("请问居住证怎么办理？")
    await desk.hears(ZHANG, no)
    await desk.write(ZHANG, "认领 0001")
    desk.wecom.fail("message/send", 45009, times=50)
    await desk.write(ZHANG, "草稿 0001 请到派出所办理居住证。")
    await desk.write(LI, "通过 0001")
    assert desk.bureau.drafts(no) == ["answer:review"]


async def test_a_stale_token_is_fetched_anew_once(desk: Desk) -> None:
    first = desk.bureau.letter("请问一？")
    await desk.hears(ZHANG, first)
    desk.wecom.expire()
    second = desk.bureau.letter("请问二？")
    await desk.hears(ZHANG, second)
    assert desk.wecom.tokens == 2


@pytest.mark.parametrize(("errcode", "status"), [(-1, 200), (0, 502)])
async def test_a_busy_platform_is_tried_again(desk: Desk, errcode: int, status: int) -> None:
    desk.wecom.fail("message/send", errcode, status=status)
    no = desk.bureau.letter("请问一？")
    await desk.hears(ZHANG, no)
    assert len(desk.wecom.to(f"u{ZHANG}", no)) == 1


async def test_verification_and_forged_requests(desk: Desk) -> None:
    at = int(desk.bureau.workplace.clock().timestamp())
    query = desk.wecom.echo("hello 123", at)
    answer = await desk.client.get("/wecom", params=query)
    assert (answer.status_code, answer.text) == (200, "hello 123")
    assert (await desk.client.get("/wecom", params={**query, "msg_signature": "0" * 40})).status_code == 403
    assert (await desk.client.get("/wecom")).status_code == 403
    old = desk.wecom.echo("hello", at - 700)
    assert (await desk.client.get("/wecom", params=old)).status_code == 403
    plain = desk.wecom.text("u11", "认领 0001")
    other = WeChatCrypto(TOKEN, AES_KEY, "another-corp")
    query, body = desk.wecom.sealed(plain, at, other)
    assert (await desk.client.post("/wecom", params=query, content=body)).status_code == 400


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<xml",
        b"\xff\xfe\x00",
        b"<xml><Encrypt>!!!</Encrypt></xml>",
        b'<!DOCTYPE x [<!ENTITY a "b">]><xml><Encrypt>&a;</Encrypt></xml>',
        b"<x>" * 20_000,
    ],
)
async def test_hostile_bodies_are_refused(desk: Desk, body: bytes) -> None:
    assert (await desk.client.post("/wecom", content=body)).status_code in (400, 403)


async def test_too_large_a_body(desk: Desk) -> None:
    assert (await desk.client.post("/wecom", content=b"a" * (1 << 20) + b"b")).status_code == 413


@pytest.mark.parametrize("text", ["短", "行\n" * 900, "字" * 3000, "😀" * 1000])
def test_pieces_put_together_are_the_text(text: str) -> None:
    found = pieces(text)
    assert "".join(found).strip() == text.strip()
    assert all(len(piece.encode()) <= 2000 for piece in found)


async def test_danger_is_taken_by_word_or_button_and_the_others_hear_of_it(desk: Desk) -> None:
    no = desk.bureau.letter("我要跳楼")
    alarm = (await desk.wecom.until(lambda: desk.wecom.cards(f"u{WANG}", no, "我来处置")))[-1]
    assert "110" in await desk.hears(WANG, "先做")
    await desk.write(ZHANG, "我来处置 0001")
    await desk.hears(ZHANG, "由您处置")
    await desk.wecom.until(lambda: desk.wecom.to(f"u{WANG}", "已由张三于") or "已由张三于" in alarm.text)
    await desk.write(LI, f"我来处置 {no}")
    assert "张三" in await desk.hears(LI, "接手处置")


async def test_a_false_alarm_is_called_off_in_words(desk: Desk) -> None:
    no = desk.bureau.letter("我要跳楼")
    await desk.wecom.until(lambda: desk.wecom.cards(f"u{LI}", no, "解除紧急"))
    await desk.write(ZHANG, "解除紧急 0001 他说没事")
    assert "审核" in await desk.hears(ZHANG, "权限")
    assert desk.bureau.case(no).urgent
    await desk.write(LI, "解除紧急 0001 已电话核实，是台词")
    await desk.hears(LI, f"{no} 已解除紧急")
    assert not desk.bureau.case(no).urgent


async def test_whom_a_success_did_not_reach_is_noticed_and_said(desk: Desk) -> None:
    desk.wecom.unreachable = {f"u{ZHANG}"}
    no = desk.bureau.letter("请问居住证怎么办理？")
    told = await desk.hears(WANG, "【消息未送达】")
    assert "张三" in told and desk.wecom.to(f"u{WANG}", no)
    assert f"wecom:~u{ZHANG}" in desk.bureau.workplace.look(troubles)
    assert "核对这位同事的企业微信账号" in remedy(f"wecom:~u{ZHANG}") and "该群" in remedy("telegram:-1001/7")
    desk.wecom.unreachable = set()
    other = desk.bureau.letter("请问护照怎么办理？")
    await desk.hears(ZHANG, other)
    await desk.wecom.until(lambda: not desk.bureau.workplace.look(troubles))


async def test_a_sending_that_reached_nobody_is_no_success(desk: Desk) -> None:
    desk.wecom.unreachable = {f"u{ZHANG}"}
    await desk.write(ZHANG, "帮助")

    def kept(d: RegisterDesk) -> bool:
        return any(row.state == "pending" and row.attempts for row in d.session.exec(select(Outbox)))

    await desk.wecom.until(lambda: desk.bureau.workplace.look(kept))
    assert any("没有送达" in why for why in desk.bureau.workplace.look(troubles).values())
