"""What a colleague typed is taken or given back, never dropped: old cards, late hands, anonymous senders, hidden links."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient

from bot.handler_chat.telegram.chat import TelegramChat
from cases.register.tables import Draft
from cases.steps import assign
from tests.fakes.telegram import FakeTelegram, Post
from tests.unit.bot.handler_chat.conftest import (
    HANDLERS,
    LI,
    WANG,
    ZHANG,
    Bureau,
    config,
    nothing,
)

ANSWER = "请携带身份证到派出所办理居住证。"
ANONYMOUS = {"id": 1087968824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}


async def claimed(bureau: Bureau, telegram: FakeTelegram, who: int = ZHANG) -> tuple[str, Post]:
    no = bureau.letter("请问居住证怎么办理？")
    card = (await telegram.until(lambda: telegram.in_chat(HANDLERS, no)))[0]
    await telegram.answered(telegram.press(who, card, "认领"))
    return no, card


def say(telegram: FakeTelegram, who: int, card: Post, text: str | None, **more: Any) -> int:
    return telegram.say(who, text, int(card.chat_id), card.message_id, **more)


async def told(telegram: FakeTelegram, said: int) -> str:
    return (await telegram.until(lambda: [p for p in telegram.posts if p.reply_to == said]))[-1].text


def text_of(bureau: Bureau) -> str:
    def read(desk: Any) -> str:
        return str(desk.office.vault.open(desk.session.get(Draft, 1).text_sealed))

    return bureau.workplace.look(read)


async def test_a_draft_may_reply_to_an_older_card_of_the_case(
    bureau: Bureau, telegram: FakeTelegram, chat: TelegramChat
) -> None:
    no, old = await claimed(bureau, telegram)
    telegram.say(ZHANG, f"/case {no}", HANDLERS)
    await telegram.until(lambda: "失效" in old.text)
    say(telegram, ZHANG, old, ANSWER)
    await telegram.until(lambda: telegram.in_chat(HANDLERS, "待审核"))
    assert bureau.drafts(no) == ["answer:review"]


async def test_a_refused_draft_is_given_back_with_who_did_what(
    bureau: Bureau, telegram: FakeTelegram, chat: TelegramChat
) -> None:
    no, card = await claimed(bureau, telegram)
    said = await told(telegram, say(telegram, LI, card, ANSWER))
    assert "其他同事" in said and said.endswith(ANSWER)
    say(telegram, ZHANG, card, ANSWER)
    review = (await telegram.until(lambda: telegram.in_chat(HANDLERS, "待审核")))[-1]
    await telegram.answered(telegram.press(LI, review, "通过"))
    said = await told(telegram, say(telegram, ZHANG, card, "更完整的答复：" + ANSWER))
    assert "李四已于 03-02 09:00 签发了答复" in said and "更完整的答复" in said
    late = await telegram.answered(telegram.press_data(WANG, card, f"claim:{bureau.case(no).id}"))
    assert "李四已于" in str(late["text"])


async def test_an_anonymous_administrator_is_told_and_gets_the_draft_back(
    bureau: Bureau, telegram: FakeTelegram, chat: TelegramChat
) -> None:
    no, card = await claimed(bureau, telegram)
    group = {"id": HANDLERS, "type": "supergroup", "title": "办理群"}
    said = say(telegram, ZHANG, card, ANSWER, **{"from": ANONYMOUS, "sender_chat": group})
    answer = await told(telegram, said)
    assert "匿名" in answer and ANSWER in answer and bureau.drafts(no) == []
    telegram.say(
        ZHANG, "大家早", HANDLERS, **{"from": ANONYMOUS, "sender_chat": group}
    )  # nothing to do with us
    telegram.say(ZHANG, "/mine", HANDLERS)
    await telegram.until(lambda: telegram.in_chat(HANDLERS, "我的在办"))
    assert len(telegram.in_chat(HANDLERS, "匿名")) == 1


async def test_the_address_behind_words_is_written_out(
    bureau: Bureau, telegram: FakeTelegram, chat: TelegramChat
) -> None:
    _, card = await claimed(bureau, telegram)
    link = {"type": "text_link", "offset": 4, "length": 4, "url": "https://example.gov.cn/jzz"}
    say(telegram, ZHANG, card, "😀请在这里预约后办理居住证。", entities=[link])
    await telegram.until(lambda: telegram.in_chat(HANDLERS, "待审核"))
    assert text_of(bureau) == "😀请在这里预约（https://example.gov.cn/jzz）后办理居住证。"


async def test_struck_words_and_captions_are_given_back_with_the_reason(
    bureau: Bureau, telegram: FakeTelegram, chat: TelegramChat
) -> None:
    no, card = await claimed(bureau, telegram)
    struck = {"type": "strikethrough", "offset": 0, "length": 2}
    said = await told(telegram, say(telegram, ZHANG, card, "不用带身份证到派出所办理。", entities=[struck]))
    assert "删除线" in said and "不用带身份证" in said
    photo = [{"file_id": "a", "file_unique_id": "b", "width": 1, "height": 1}]
    said = await told(telegram, say(telegram, ZHANG, card, None, photo=photo, caption=ANSWER))
    assert "请用文字回复" in said and ANSWER in said
    assert bureau.drafts(no) == []


async def test_what_a_returned_text_is_asked_for_too_late_is_given_back(
    bureau: Bureau, telegram: FakeTelegram, chat: TelegramChat
) -> None:
    no, card = await claimed(bureau, telegram)
    await telegram.answered(telegram.press(ZHANG, card, "追问"))
    question = (await telegram.until(lambda: telegram.in_chat(HANDLERS, "【追问】")))[-1]
    bureau.act(WANG, lambda d, staff: assign.transfer(d, staff, _case(d, no), "民政局"))
    said = await told(telegram, say(telegram, ZHANG, question, "请问您的户籍地在哪里？"))
    assert "王五已于" not in said and "户籍地在哪里" in said  # who it is refused for is no matter of lateness
    assert "认领" in said


def _case(desk: Any, no: str) -> Any:
    from cases.register import register

    return register.by_number(desk, no)


@pytest.fixture
async def webhook(bureau: Bureau, telegram: FakeTelegram) -> AsyncIterator[AsyncClient]:
    hook = config(telegram, webhook_url="https://example.com/telegram", webhook_secret="s3cret")
    door = TelegramChat(bureau.workplace, hook, nothing)
    app = FastAPI()
    app.include_router(door.router())
    headers = {"X-Telegram-Bot-Api-Secret-Token": "s3cret"}
    async with AsyncClient(transport=ASGITransport(app=app), base_url="http://t", headers=headers) as client:
        yield client
    await door.close()


@pytest.mark.parametrize(
    ("update", "status"),
    [
        ({"update_id": 1, "brand_new_kind": {"a": 1}}, 200),
        ({"update_id": 2, "message": {"message_id": 1}}, 200),
        ({"update_id": 3, "message": "?"}, 200),
        ({"update_id": 4}, 200),
        ({"message": {}}, 400),
        ([1], 400),
    ],
)
async def test_the_webhook_passes_over_what_it_cannot_read_as_polling_does(
    webhook: AsyncClient, update: Any, status: int
) -> None:
    assert (await webhook.post("/telegram", json=update)).status_code == status
