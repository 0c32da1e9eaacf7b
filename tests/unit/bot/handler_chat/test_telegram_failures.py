"""Telegram at its worst, over real HTTP: limits, removed bots, upgraded groups, lost answers, repeated updates."""

from collections.abc import AsyncIterator

import pytest
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient
from sqlmodel import select

from bot.handler_chat.telegram.chat import TelegramChat
from cases.knowledge import learn
from cases.register.tables import Audit, ChatUpdate, Meta, Outbox
from cases.sending import chat as chats
from knowledge_base.answering.answerer import Match
from knowledge_base.base.entries import Entry
from tests.fakes.telegram import FakeTelegram
from tests.unit.bot.handler_chat.conftest import (
    HANDLERS,
    LI,
    STRANGER,
    SUPERVISORS,
    WATER,
    ZHANG,
    Bureau,
    config,
    nothing,
    running,
)


def left_over(bureau: Bureau) -> int:
    query = select(Outbox).where(Outbox.lane == "chat", Outbox.state != "done")
    return len(bureau.workplace.look(lambda desk: desk.session.exec(query).all()))


async def test_retry_after_is_obeyed_and_nothing_is_lost(
    bureau: Bureau, telegram: FakeTelegram, chat: TelegramChat
) -> None:
    telegram.fail("sendMessage", 429, "Too Many Requests: retry after 1", retry_after=1)
    no = bureau.letter("请问怎么办居住证？")
    await telegram.until(lambda: telegram.in_chat(HANDLERS, no))
    sends = [given for method, given in telegram.calls if method == "sendMessage"]
    assert len(sends) == 2
    await telegram.until(lambda: left_over(bureau) == 0)


@pytest.mark.parametrize("status", [500, 502])
async def test_an_error_of_the_platform_is_tried_again(
    bureau: Bureau, telegram: FakeTelegram, chat: TelegramChat, status: int
) -> None:
    telegram.fail("sendMessage", status, "Bad Gateway")
    no = bureau.letter("请问怎么办居住证？")
    assert len(await telegram.until(lambda: telegram.in_chat(HANDLERS, no))) == 1


async def test_a_refused_message_does_not_hold_up_the_others(
    bureau: Bureau, telegram: FakeTelegram, chat: TelegramChat
) -> None:
    telegram.fail("sendMessage", 400, "Bad Request: can't parse entities")
    first = bureau.letter("请问一？")
    second = bureau.letter("请问二？")
    await telegram.until(lambda: telegram.in_chat(HANDLERS, second))
    assert not telegram.in_chat(HANDLERS, first)
    failed = bureau.workplace.look(
        lambda d: d.session.exec(select(Outbox).where(Outbox.state == "failed")).one()
    )
    assert "can't parse" in failed.error


async def test_a_bot_removed_from_a_group_keeps_its_messages_and_tells_the_supervisors(
    bureau: Bureau, telegram: FakeTelegram, chat: TelegramChat
) -> None:
    telegram.fail(
        "sendMessage", 403, "Forbidden: bot was kicked from the supergroup chat", times=99, chat=WATER
    )
    no = bureau.letter("投诉停水")
    await telegram.until(lambda: telegram.in_chat(SUPERVISORS, "群聊故障"))
    other = bureau.letter("请问居住证？")
    await telegram.until(lambda: telegram.in_chat(HANDLERS, other))
    troubles = bureau.workplace.look(chats.troubles)
    assert list(troubles) == [f"telegram:{WATER}"] and "kicked" in troubles[f"telegram:{WATER}"]
    telegram.mend()
    bureau.later(minutes=20)
    await telegram.until(lambda: telegram.in_chat(WATER, no))
    await telegram.until(lambda: not bureau.workplace.look(chats.troubles))


async def test_a_group_that_became_a_supergroup_is_followed(
    bureau: Bureau, telegram: FakeTelegram, chat: TelegramChat
) -> None:
    new = -1009999
    telegram.migrate(HANDLERS, new)
    no = bureau.letter("请问居住证？")
    card = (await telegram.until(lambda: telegram.in_chat(new, no)))[0]
    await telegram.answered(telegram.press(ZHANG, card, "认领"))
    await telegram.until(lambda: "张三" in card.text)
    assert bureau.case(no).handler_id == bureau.staff[ZHANG]


async def test_the_service_message_of_an_upgrade_is_followed(
    bureau: Bureau, telegram: FakeTelegram, chat: TelegramChat
) -> None:
    telegram.say(ZHANG, None, HANDLERS, migrate_to_chat_id=-1008888)
    known = lambda: bureau.workplace.look(lambda d: d.session.get(Meta, f"chat_moved:telegram:{HANDLERS}"))  # noqa: E731
    await telegram.until(known)
    no = bureau.letter("请问居住证？")
    await telegram.until(lambda: telegram.in_chat(-1008888, no))


async def test_a_deleted_card_comes_back_when_the_case_moves(
    bureau: Bureau, telegram: FakeTelegram, chat: TelegramChat
) -> None:
    no = bureau.letter("请问居住证？")
    card = (await telegram.until(lambda: telegram.in_chat(HANDLERS, no)))[0]
    telegram.delete(card)
    await telegram.answered(telegram.press_data(ZHANG, card, f"claim:{bureau.case(no).id}"))
    again = (await telegram.until(lambda: telegram.in_chat(HANDLERS, no)))[0]
    assert again.message_id != card.message_id and "张三" in again.text


async def test_a_repeated_update_is_acted_on_once(
    bureau: Bureau, telegram: FakeTelegram, chat: TelegramChat
) -> None:
    no = bureau.letter("请问居住证？")
    card = (await telegram.until(lambda: telegram.in_chat(HANDLERS, no)))[0]
    await telegram.answered(telegram.press(ZHANG, card, "认领"))
    telegram.say(ZHANG, "请到派出所办理居住证。", HANDLERS, reply_to=card.message_id)
    await telegram.until(lambda: telegram.in_chat(HANDLERS, "待审核"))
    telegram.push_again()
    telegram.push_again()
    telegram.say(ZHANG, "/help", ZHANG)
    await telegram.until(lambda: telegram.in_chat(ZHANG, "办件用法"))
    assert bureau.drafts(no) == ["answer:review"]


async def test_the_lane_goes_on_after_a_restart_within_its_limits(
    bureau: Bureau, telegram: FakeTelegram
) -> None:
    telegram.per_minute = 20
    door = TelegramChat(bureau.workplace, config(telegram, per_minute=20), nothing)
    numbers = [bureau.letter(f"请问居住证{n}？") for n in range(40)]
    for _ in range(3):
        await door.drain()
    await door.close()
    second = TelegramChat(bureau.workplace, config(telegram, per_minute=20), nothing)
    for _ in range(3):
        await second.drain()
    listed = "\n".join(post.text for post in telegram.in_chat(HANDLERS))
    assert all(no in listed for no in numbers)
    assert telegram.refused == 0 and len(telegram.in_chat(HANDLERS)) < 20
    assert len(telegram.in_chat(HANDLERS, "【新事项 40 件】")) == 1
    await second.close()


async def test_a_listed_case_is_called_up_by_its_number(bureau: Bureau, telegram: FakeTelegram) -> None:
    door = TelegramChat(bureau.workplace, config(telegram, per_minute=20), nothing)
    numbers = [bureau.letter(f"请问居住证{n}？") for n in range(30)]
    async with running(door):
        await telegram.until(lambda: telegram.in_chat(HANDLERS, "【新事项"))
        telegram.say(ZHANG, f"/case {numbers[7]}", HANDLERS)
        card = (
            await telegram.until(lambda: [p for p in telegram.in_chat(HANDLERS, numbers[7]) if p.buttons])
        )[0]
        await telegram.answered(telegram.press(ZHANG, card, "认领"))
        await telegram.until(lambda: "张三" in card.text)


async def test_a_wrong_token_stops_nothing_but_the_chat(bureau: Bureau, telegram: FakeTelegram) -> None:
    wrong = config(telegram)
    door = TelegramChat(
        bureau.workplace, type(wrong)("1:wrong", str(HANDLERS), telegram.base, group_per_minute=0), nothing
    )
    bureau.letter("请问居住证？")
    pause = await door.drain()
    assert pause > 0 and left_over(bureau) == 1
    await door.close()


async def test_a_leftover_webhook_is_deleted_before_polling(bureau: Bureau, telegram: FakeTelegram) -> None:
    telegram.webhook = {"url": "http://127.0.0.1:9/old", "secret": "old"}
    async with running(TelegramChat(bureau.workplace, config(telegram), nothing)):
        await telegram.until(lambda: not telegram.webhook)
        telegram.say(ZHANG, "/help")
        await telegram.until(lambda: telegram.in_chat(ZHANG, "/mine"))


@pytest.fixture
async def client(bureau: Bureau, telegram: FakeTelegram) -> AsyncIterator[AsyncClient]:
    more = {"webhook_url": "http://127.0.0.1:9/telegram", "webhook_secret": "s3cret"}
    door = TelegramChat(bureau.workplace, config(telegram, **more), nothing)
    app = FastAPI()
    app.include_router(door.router())
    async with AsyncClient(transport=ASGITransport(app=app), base_url="http://test") as client:
        yield client
    await door.close()


def message(update_id: int, text: str, user: int = LI) -> dict[str, object]:
    person = {"id": user, "is_bot": False, "first_name": "x"}
    chat = {"id": user, "type": "private", "first_name": "x"}
    return {
        "update_id": update_id,
        "message": {"message_id": 1, "date": 1, "chat": chat, "from": person, "text": text},
    }


async def test_the_webhook_wants_its_secret_and_acts_once(bureau: Bureau, client: AsyncClient) -> None:
    header = {"X-Telegram-Bot-Api-Secret-Token": "s3cret"}
    assert (await client.post("/telegram", json=message(1, "/help"))).status_code == 403
    wrong = {"X-Telegram-Bot-Api-Secret-Token": "s3creT"}
    assert (await client.post("/telegram", json=message(1, "/help"), headers=wrong)).status_code == 403
    for _ in range(2):
        assert (await client.post("/telegram", json=message(1, "/help"), headers=header)).status_code == 200
    rows = bureau.workplace.look(lambda d: d.session.exec(select(Outbox).where(Outbox.lane == "chat")).all())
    assert len(rows) == 1 and "办件用法" in rows[0].payload["text"]
    keys = bureau.workplace.look(lambda d: d.session.exec(select(ChatUpdate.key)).all())
    assert keys == ["telegram:1"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"[]", 400),
        (b'{"update_id": "x"}', 400),
        (b"[" * 60_000, 400),
        (b" " * 1_100_000, 413),
    ],
)
async def test_hostile_webhook_bodies(client: AsyncClient, body: bytes, status: int) -> None:
    header = {"X-Telegram-Bot-Api-Secret-Token": "s3cret"}
    assert (await client.post("/telegram", content=body, headers=header)).status_code == status


async def test_unreadable_updates_do_not_stop_the_polling(
    bureau: Bureau, telegram: FakeTelegram, chat: TelegramChat
) -> None:
    telegram.push({"message": {"message_id": "not a number", "chat": 5}})
    telegram.say(STRANGER, "/case 0001")
    post = (await telegram.until(lambda: telegram.in_chat(STRANGER)))[0]
    assert post.text == "您没有使用权限。"


async def test_a_new_process_counts_what_the_old_one_posted(bureau: Bureau, telegram: FakeTelegram) -> None:
    telegram.per_minute = 20
    first = TelegramChat(bureau.workplace, config(telegram, per_minute=20), nothing)
    for n in range(15):
        bureau.letter(f"请问居住证{n}？")
    await first.drain()
    assert len(telegram.in_chat(HANDLERS)) == 15
    await first.close()
    second = TelegramChat(bureau.workplace, config(telegram, per_minute=20), nothing)
    for n in range(10):
        bureau.letter(f"请问社保{n}？")
    await second.drain()
    await second.close()
    assert telegram.refused == 0
    assert len(telegram.in_chat(HANDLERS, "【新事项 10 件】")) == 1


async def test_a_refused_step_leaves_nothing_behind_not_even_a_trail(
    bureau: Bureau, telegram: FakeTelegram
) -> None:
    entry = Entry("e1", "居住证怎么办", "请于XX到派出所办理居住证。")
    bureau.workplace.act(lambda desk: learn.bring_in(desk, entry))
    door = TelegramChat(bureau.workplace, config(telegram), lambda *_asked: [Match(entry, 0.9, True)])
    async with running(door):
        no = bureau.letter("请问居住证怎么办？")
        card = (await telegram.until(lambda: telegram.in_chat(HANDLERS, no)))[0]
        answer = await telegram.answered(telegram.press(ZHANG, card, "采用建议"))
    assert "占位" in answer["text"] and bureau.case(no).status == "new"
    actions = bureau.workplace.look(lambda d: d.session.exec(select(Audit.action)).all())
    assert "case.claim" not in actions
