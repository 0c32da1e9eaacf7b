"""The stand-in for Telegram, spoken to by the very library that speaks to the real one."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import TelegramBadRequest, TelegramConflictError, TelegramUnauthorizedError
from aiogram.types import ForceReply, InlineKeyboardButton, InlineKeyboardMarkup, ReplyParameters
from fastapi import FastAPI

from demo.fake_telegram import FakeTelegram, ShownToPresser
from demo.stage import Stage
from tests.builders import Clock
from tests.unit.demo.conftest import Serve

TOKEN, GROUP, LIN = "100000001:secret-of-the-demo", "-1001000000001", 90001


@pytest.fixture
def stage() -> Stage:
    return Stage()


@pytest.fixture
def telegram(stage: Stage) -> FakeTelegram:
    return FakeTelegram(stage, TOKEN, Clock(), {LIN: "林晓燕"}, first_update=500)


@pytest.fixture
async def bot(telegram: FakeTelegram, serve: Serve) -> AsyncIterator[Bot]:
    app = FastAPI()
    app.include_router(telegram.router())
    bot = a_bot(await serve(app))
    yield bot
    await bot.session.close()


def a_bot(url: str, token: str = TOKEN) -> Bot:
    return Bot(token, session=AiohttpSession(api=TelegramAPIServer.from_base(url)))


def keyboard(data: str = "claim:1") -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="认领", callback_data=data)]])


async def test_a_card_is_posted_edited_and_answered(bot: Bot, telegram: FakeTelegram, stage: Stage) -> None:
    assert (await bot.get_me()).username == "huiyin_demo_bot"
    assert await bot.delete_webhook()
    card = await bot.send_message(
        int(GROUP), "新来信 <b>0001</b>", parse_mode="HTML", reply_markup=keyboard()
    )
    assert card.text == "新来信 0001"
    pressing = asyncio.create_task(telegram.press(GROUP, LIN, card.message_id, "claim:1", 5))
    (update,) = await bot.get_updates(timeout=5)
    query = update.callback_query
    assert query is not None
    assert (query.data, query.from_user.first_name) == ("claim:1", "林晓燕")
    assert query.message is not None
    assert query.message.message_id == card.message_id
    await query.answer("已认领", show_alert=True).as_(bot)
    assert await pressing == ShownToPresser("已认领", alert=True)
    await bot.edit_message_text("办理中", chat_id=int(GROUP), message_id=card.message_id)
    shown = stage.get("chat", f"{GROUP}:{card.message_id}")
    assert shown is not None
    assert (shown["text"], shown["markup"], shown["edited"]) == ("办理中", {}, True)


async def test_a_reply_names_what_it_replies_to(bot: Bot, telegram: FakeTelegram) -> None:
    ask = await bot.send_message(
        int(GROUP), "写明理由", reply_markup=ForceReply(selective=True, input_field_placeholder="理由")
    )
    telegram.say(GROUP, LIN, "材料不齐", ask.message_id)
    (update,) = await bot.get_updates(timeout=5)
    message = update.message
    assert message is not None
    assert message.text == "材料不齐"
    assert message.reply_to_message is not None
    assert message.reply_to_message.message_id == ask.message_id
    assert message.chat.type == "supergroup"
    assert message.from_user is not None
    assert message.from_user.id == LIN
    answer = await bot.send_message(
        int(GROUP), "收到", reply_parameters=ReplyParameters(message_id=message.message_id)
    )
    assert answer.reply_to_message is not None


async def test_an_update_is_given_until_it_is_confirmed(bot: Bot, telegram: FakeTelegram) -> None:
    telegram.say(GROUP, LIN, "/mine")
    telegram.say(GROUP, LIN, "/help")
    first, second = await bot.get_updates()
    assert first.message is not None
    assert first.message.entities is not None
    assert first.message.entities[0].type == "bot_command"
    assert [u.update_id for u in await bot.get_updates()] == [500, 501]
    assert [u.update_id for u in await bot.get_updates(offset=first.update_id + 1)] == [second.update_id]
    assert await bot.get_updates(offset=second.update_id + 1) == []


async def test_what_the_platform_refuses(bot: Bot, telegram: FakeTelegram) -> None:
    card = await bot.send_message(int(GROUP), "一", reply_markup=keyboard())
    refused = {
        "not modified": bot.edit_message_text(
            "一", chat_id=int(GROUP), message_id=card.message_id, reply_markup=keyboard()
        ),
        "to edit not found": bot.edit_message_text("二", chat_id=int(GROUP), message_id=9999),
        "text is empty": bot.send_message(int(GROUP), "  "),
        "too long": bot.send_message(int(GROUP), "长" * 4097),
        "BUTTON_DATA_INVALID": bot.send_message(int(GROUP), "三", reply_markup=keyboard("x" * 65)),
        "query is too old": bot.answer_callback_query("1"),
        "replied not found": bot.send_message(
            int(GROUP), "四", reply_parameters=ReplyParameters(message_id=9999)
        ),
        "can't be edited": bot.edit_message_text(
            "五", chat_id=int(GROUP), message_id=telegram.say(GROUP, LIN, "我说的")
        ),
    }
    for words, call in refused.items():
        with pytest.raises(TelegramBadRequest, match=words):
            await call


async def test_a_wrong_token_and_a_second_poller(bot: Bot) -> None:
    stranger = a_bot(str(bot.session.api.base).removesuffix("/bot{token}/{method}"), "2:wrong")
    with pytest.raises(TelegramUnauthorizedError):
        await stranger.get_me()
    await stranger.session.close()
    first = asyncio.create_task(bot.get_updates(timeout=20))
    await bot.get_me()
    second = asyncio.create_task(bot.get_updates(timeout=20))
    with pytest.raises(TelegramConflictError):
        await first
    second.cancel()


async def test_a_bot_that_says_nothing_leaves_a_word(bot: Bot, telegram: FakeTelegram) -> None:
    card = await bot.send_message(int(GROUP), "一", reply_markup=keyboard())
    assert "没有回应" in (await telegram.press(GROUP, LIN, card.message_id, "claim:1", 0.05)).text
    assert (await telegram.press(GROUP, LIN, 4242, "claim:1", 0.05)).alert


async def test_after_a_restart_numbers_go_on(bot: Bot, stage: Stage) -> None:
    card = await bot.send_message(int(GROUP), "一")
    again = FakeTelegram(stage, TOKEN, Clock(), {LIN: "林晓燕"}, first_update=900)
    assert again.say(GROUP, LIN, "二") == card.message_id + 1
