"""What people do in the chat, over real HTTP: reviews, reasons, extensions, categories, refusals, forgeries."""

from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from sqlalchemy import delete

from bot.handler_chat.telegram.chat import TelegramChat
from cases.register import people, register
from cases.register.desk import Desk
from cases.register.tables import ChatPost
from cases.steps import assign, receive
from tests.fakes.telegram import FakeTelegram, Post
from tests.unit.bot.handler_chat.conftest import (
    CHEN,
    HANDLERS,
    LI,
    QIAN,
    STRANGER,
    SUPERVISORS,
    WANG,
    WATER,
    ZHANG,
    ZHAO,
    Bureau,
    config,
    judge,
    make_bureau,
    nothing,
    running,
)

ANSWER = "请携带身份证到派出所办理居住证。"


@dataclass
class Room:
    """The chat as a test speaks of it."""

    bureau: Bureau
    telegram: FakeTelegram

    async def card(self, no: str, chat: int = HANDLERS) -> Post:
        return (await self.telegram.until(lambda: [p for p in self.telegram.in_chat(chat, no) if p.buttons]))[
            0
        ]

    async def last(self, containing: str, chat: int = HANDLERS) -> Post:
        return (await self.telegram.until(lambda: self.telegram.in_chat(chat, containing)))[-1]

    async def press(self, user: int, post: Post, label: str) -> str:
        return str((await self.telegram.answered(self.telegram.press(user, post, label)))["text"])

    async def forge(self, user: int, post: Post, data: str) -> str:
        return str((await self.telegram.answered(self.telegram.press_data(user, post, data)))["text"])

    def reply(self, user: int, post: Post, text: str) -> int:
        return self.telegram.say(user, text, int(post.chat_id), reply_to=post.message_id)

    async def claimed(
        self, user: int = ZHANG, text: str = "请问居住证怎么办理？", chat: int = HANDLERS
    ) -> tuple[str, Post]:
        no = self.bureau.letter(text)
        card = await self.card(no, chat)
        await self.press(user, card, "认领")
        return no, card

    async def drafted(
        self, user: int = ZHANG, text: str = "请问居住证怎么办理？", chat: int = HANDLERS
    ) -> tuple[str, Post, Post]:
        no, card = await self.claimed(user, text, chat)
        self.reply(user, card, ANSWER)
        return no, card, await self.last("待审核", chat)


@pytest.fixture
async def room(bureau: Bureau, telegram: FakeTelegram, chat: TelegramChat) -> Room:
    return Room(bureau, telegram)


@pytest.mark.parametrize("to", ["question", "review card", "case card"])
async def test_a_return_asks_for_its_reason(room: Room, to: str) -> None:
    no, card, review = await room.drafted()
    assert "退回理由" in await room.press(LI, review, "退回")
    question = await room.last("写明退回理由")
    assert (
        question.force_reply and question.text.startswith("李四：") and question.reply_to == review.message_id
    )
    assert question.raw["entities"][0]["user"]["id"] == LI
    room.reply(WANG, question, "我来写理由")
    assert "另一位同事" in (await room.last("另一位同事")).text
    room.reply(LI, {"question": question, "review card": review, "case card": card}[to], "请写明地址")
    await room.telegram.until(lambda: room.bureau.drafts(no) == ["answer:returned"])
    await room.last("退回：请写明地址")
    await room.telegram.until(lambda: "已退回：请写明地址" in review.text and not review.buttons)
    await room.telegram.until(lambda: "被退回：请写明地址" in card.text)
    room.reply(ZHANG, card, "请到人民路派出所办理居住证。")
    again = await room.last("第 2 稿")
    late = await room.forge(LI, review, "pass:1:1")
    assert late.startswith("这张卡片已失效，请看最新的卡片。张三已于") and late.endswith("提交了草稿。")
    assert "已通过" in await room.press(LI, again, "通过")


async def test_a_reply_to_a_review_card_without_pressing_return_does_nothing(room: Room) -> None:
    no, _card, review = await room.drafted()
    room.reply(LI, review, "写得不好")
    await room.last("请先按「退回」")
    room.reply(ZHANG, review, "改一下")
    await room.last("修改草稿请回复事项卡片")
    assert room.bureau.drafts(no) == ["answer:review"]


async def test_replying_again_replaces_the_draft_and_kills_the_old_card(room: Room) -> None:
    no, card, first = await room.drafted()
    room.reply(ZHANG, card, "请携带户口本办理居住证。")
    second = await room.last("户口本")
    await room.telegram.until(lambda: "被新稿替换" in first.text)
    data = second.data("通过").replace(":2:", ":1:")
    assert "失效" in await room.forge(LI, first, data)
    assert room.bureau.drafts(no) == ["answer:replaced", "answer:review"]
    assert "已通过" in await room.press(LI, second, "通过")
    assert room.bureau.drafts(no) == ["answer:replaced", "answer:approved"]


async def test_nobody_passes_a_text_of_which_they_wrote_a_version(room: Room) -> None:
    no, _, review = await room.drafted(LI)
    assert "自己起草" in await room.press(LI, review, "通过")
    assert "自己起草" in await room.press(LI, review, "退回")
    assert room.bureau.drafts(no) == ["answer:review"]
    assert review.labels == ["通过", "退回"]


async def test_two_levels_want_two_people(tmp_path: Path, telegram: FakeTelegram) -> None:
    bureau = make_bureau(tmp_path / "two.db", review_levels=2)
    async with running(TelegramChat(bureau.workplace, config(telegram), nothing)):
        room = Room(bureau, telegram)
        no, _card, first = await room.drafted()
        assert "初审 1/2" in first.text
        assert "待下一级" in await room.press(LI, first, "通过")
        second = await room.last("复审 2/2")
        await telegram.until(lambda: not first.buttons and "李四" in first.text)
        assert "两级" in await room.press(LI, second, "通过")
        assert bureau.case(no).status == "in_review"
        assert "交付发送" in await room.press(WANG, second, "通过")
        assert bureau.case(no).status == "answered"
        await telegram.until(lambda: "李四、王五" in second.text)
    bureau.workplace.store.close()


async def test_danger_wants_a_supervisor_and_reaches_the_supervisors(room: Room) -> None:
    _, _, review = await room.drafted(text="有人要跳楼，请问居住证？")
    await room.last("【紧急】", SUPERVISORS)
    assert "须由督办人审核" in review.text
    copy = await room.last("待审核", SUPERVISORS)
    assert "督办人审核" in await room.press(LI, review, "通过")
    assert "已通过" in await room.press(WANG, copy, "通过")
    await room.telegram.until(lambda: "已通过（王五）" in review.text and "已通过（王五）" in copy.text)


async def test_an_accusation_is_seen_by_supervisors_alone(room: Room) -> None:
    no = room.bureau.letter("举报科长收水费不开票")
    card = await room.card(no, SUPERVISORS)
    assert "检举" in card.text and "转办" not in card.labels
    room.telegram.say(ZHANG, f"/case {no}", HANDLERS)
    await room.last(f"没有编号为 {no} 的事项")
    other = room.bureau.letter("请问居住证？")
    mine = await room.card(other)
    assert "权限" in await room.forge(ZHANG, card, f"claim:{room.bureau.case(no).id}")
    assert "不符" in await room.forge(ZHANG, mine, f"claim:{room.bureau.case(no).id}")
    room.telegram.say(WANG, f"/case {no}", HANDLERS)
    await room.last("请私聊机器人查看")
    assert not room.telegram.in_chat(HANDLERS, "收水费")
    room.telegram.say(WANG, f"/case {no}")
    assert "收水费" in (await room.card(no, WANG)).text
    assert "已认领" in await room.press(WANG, card, "认领")


async def test_an_extension_is_asked_for_and_consented_to_by_another(room: Room) -> None:
    no, card = await room.claimed()
    assert "延期" in await room.press(ZHANG, card, "延期")
    room.reply(ZHANG, await room.last("【延期】"), "需要现场核实")
    wish = await room.last("延期申请", SUPERVISORS)
    assert "需要现场核实" in wish.text and "2026-03-16 → 2026-03-30" in wish.text
    await room.last("等待督办人同意")
    await room.telegram.until(lambda: "延期" not in card.labels)
    assert "督办人权限" in await room.press(LI, wish, "同意延期")
    assert "2026-03-30" in await room.press(WANG, wish, "同意延期")
    await room.telegram.until(lambda: "✅ 已同意（王五）" in wish.text and not wish.buttons)
    await room.telegram.until(lambda: "时限：2026-03-30　已延期" in card.text)
    assert "每件只能延期一次" in await room.forge(ZHANG, card, f"ext:{room.bureau.case(no).id}")


async def test_nobody_consents_to_their_own_extension(room: Room) -> None:
    no, card = await room.claimed(WANG)
    await room.press(WANG, card, "延期")
    room.reply(WANG, await room.last("【延期】"), "需要现场核实")
    wish = await room.last("延期申请", SUPERVISORS)
    assert "自己的延期申请" in await room.press(WANG, wish, "同意延期")
    assert "不同意延期" in await room.press(CHEN, wish, "不同意")
    assert not room.bureau.case(no).extended
    await room.telegram.until(lambda: "延期" in card.labels and "未获同意" in card.text)


async def test_a_change_of_category_takes_effect_at_once(room: Room) -> None:
    no = room.bureau.letter("请问居住证怎么办理？")
    card = await room.card(no)
    await room.press(ZHANG, card, "改类")
    await room.telegram.until(lambda: "投诉求助" in card.labels)
    assert "时限由 2026-03-16 改为 2026-03-30" in await room.press(ZHANG, card, "投诉求助")
    await room.telegram.until(lambda: "投诉求助（100%）" in card.text and "认领" in card.labels)
    assert "延至 2026-03-30" in (await room.last("【改类】", SUPERVISORS)).text
    await room.press(ZHANG, card, "改类")
    await room.telegram.until(lambda: "返回" in card.labels)
    await room.press(ZHANG, card, "返回")
    await room.telegram.until(lambda: "认领" in card.labels)


async def test_a_sent_answer_is_corrected_by_a_reviewed_text(room: Room) -> None:
    no, card, review = await room.drafted()
    await room.press(LI, review, "通过")
    await room.telegram.until(lambda: card.labels == ["更正"])
    room.reply(ZHANG, card, "再补一句居住证")
    await room.last("需要更正请按")
    assert "其他同事" in await room.press(LI, card, "更正")
    await room.press(ZHANG, card, "更正")
    room.reply(ZHANG, await room.last("【更正】"), "更正：居住证请到解放路派出所办理。")
    again = await room.last("更正（第 2 稿）")
    await room.press(LI, again, "通过")
    assert room.bureau.drafts(no) == ["answer:approved", "correction:approved"]


async def test_of_many_claims_one_wins_and_the_others_learn_who(room: Room) -> None:
    no = room.bureau.letter("请问居住证？")
    card = await room.card(no)
    people_ = [ZHANG, LI, WANG]
    queries = [room.telegram.press(user, card, "认领") for user in people_]
    said = [str((await room.telegram.answered(query))["text"]) for query in queries]
    assert sum("已认领 " in text for text in said) == 1
    assert sum("本件已由张三认领" in text for text in said) == 2


@pytest.mark.parametrize(
    "data",
    [
        "",
        "x",
        "claim",
        "claim:",
        "claim:x",
        "claim:99999999999",
        "pass:1",
        "cat:1:praise:x",
        "to:1:p999999999999",
        "use:1:nobody",
        "list:mine:0:77",
        "🙂",
    ],
)
async def test_forged_data_does_nothing(room: Room, data: str) -> None:
    no = room.bureau.letter("请问居住证？")
    card = await room.card(no)
    answer = await room.telegram.answered(room.telegram.press_data(ZHANG, card, data or ":"))
    assert answer["alert"] and answer["text"]
    assert room.bureau.case(no).status == "new" and room.bureau.case(no).category == "advice_inquiry"


async def test_strangers_and_disabled_staff_learn_nothing(room: Room) -> None:
    no, card = await room.claimed()
    for text in ("/case 0001", "/mine", "你好"):
        room.telegram.say(STRANGER, text)
    room.telegram.say(STRANGER, "大家好", HANDLERS)
    room.reply(STRANGER, card, "我来答复")
    await room.last("您没有使用权限。")
    people_ = room.bureau.staff
    room.bureau.workplace.act(lambda desk: people.disable_staff(desk, people_[ZHANG]))
    assert await room.press(ZHANG, card, "改类") == "您没有使用权限。"
    room.reply(ZHANG, card, ANSWER)
    await room.telegram.until(lambda: len(room.telegram.in_chat(HANDLERS, "您没有使用权限。")) == 2)
    assert room.bureau.drafts(no) == []
    assert {post.text for post in room.telegram.in_chat(STRANGER)} == {"您没有使用权限。"}


async def test_another_departments_case_stays_with_it(room: Room) -> None:
    no = room.bureau.letter("投诉马路破损")
    room.telegram.say(ZHAO, f"/case {no}", WATER)
    await room.last("没有编号为", WATER)
    room.telegram.say(ZHANG, f"/case {no}", WATER)
    await room.last("请私聊机器人查看", WATER)
    assert not room.telegram.in_chat(WATER, "破损")
    room.telegram.say(ZHANG, "/case 1", HANDLERS)
    called = await room.card(no)
    await room.press(ZHANG, called, "认领")
    await room.telegram.until(lambda: "张三" in called.text and "破损" in called.text)


async def test_what_is_not_text_and_what_replies_to_nothing_known(room: Room) -> None:
    no, card = await room.claimed()
    room.telegram.say(
        ZHANG,
        None,
        HANDLERS,
        reply_to=card.message_id,
        sticker={
            "file_id": "a",
            "file_unique_id": "b",
            "type": "regular",
            "width": 1,
            "height": 1,
            "is_animated": False,
            "is_video": False,
        },
    )
    await room.last("请用文字回复。")
    room.telegram.say(ZHANG, "答复", HANDLERS, reply_to=5)
    await room.last("认不出您回复的是哪一件")
    telling = await room.last("请用文字回复。")
    room.reply(ZHANG, telling, "好的")
    await room.last("这是一条通知")
    room.reply(ZHANG, card, "请于XX办理居住证")
    await room.last("未填写的占位内容")
    assert room.bureau.drafts(no) == []


async def test_an_edited_reply_changes_nothing_and_says_so(room: Room) -> None:
    no, _, _ = await room.drafted()
    edited = dict(room.telegram.last_update["message"], text="改过的话", edit_date=2)
    room.telegram.push({"edited_message": edited})
    await room.last("修改消息不会改变")
    assert room.bureau.drafts(no) == ["answer:review"]


async def test_in_private_an_only_question_needs_no_reply(room: Room) -> None:
    no = room.bureau.letter("请问居住证？")
    room.telegram.say(ZHANG, f"/case {no}")
    card = await room.card(no, ZHANG)
    await room.press(ZHANG, card, "认领")
    await room.press(ZHANG, card, "追问")
    await room.last("【追问】", ZHANG)
    room.telegram.say(ZHANG, "居住证请问您住在哪里？")
    await room.last("待审核")
    room.telegram.say(ZHANG, "还有一句")
    await room.last("请回复事项卡片提交草稿", ZHANG)
    assert room.bureau.drafts(no) == ["question:review"]
    room.reply(ZHANG, card, ANSWER)
    await room.last("的草稿已提交，待审核", ZHANG)


async def test_what_is_written_in_private_answers_no_question_of_the_group(room: Room) -> None:
    no = room.bureau.letter("请问居住证？")
    card = await room.card(no)
    await room.press(ZHANG, card, "认领")
    await room.press(ZHANG, card, "追问")
    question = await room.last("【追问】")
    room.telegram.say(ZHANG, "周末一起钓鱼吗")
    await room.last("私聊中写的话不作为回答", ZHANG)
    assert room.bureau.drafts(no) == []
    room.reply(ZHANG, question, "居住证请问您住在哪里？")
    await room.last("待审核")
    assert room.bureau.drafts(no) == ["question:review"]


async def test_an_addition_during_review_withdraws_the_approval(room: Room) -> None:
    no = room.bureau.letter("请问居住证怎么办理？", openid="one")
    card = await room.card(no)
    await room.press(ZHANG, card, "认领")
    room.reply(ZHANG, card, ANSWER)
    first = await room.last("待审核")
    room.bureau.letter("是否要带照片？", openid="one")
    second = (
        await room.telegram.until(
            lambda: [p for p in room.telegram.in_chat(HANDLERS, "待审核") if p is not first]
        )
    )[0]
    assert "是否要带照片" in second.text
    await room.telegram.until(lambda: not first.buttons)
    assert "已通过" in await room.press(LI, second, "通过")


async def test_a_long_draft_is_shown_whole_and_warned_of(room: Room) -> None:
    _, card = await room.claimed()
    text = "居住证" + "".join(chr(0x4E00 + n) for n in range(4093))
    room.reply(ZHANG, card, text)
    await room.last("可能被截断")
    review = await room.last("待审核")
    parts = room.telegram.in_chat(HANDLERS, "草稿全文")
    assert "".join(p.text.partition("\n")[2] for p in parts) == text and review.buttons
    assert parts[0].message_id < review.message_id


async def test_a_department_in_a_topic_of_a_forum(room: Room) -> None:
    room.bureau.workplace.act(
        lambda desk: people.add_department(desk, "教育局", "交通运输2,教育文体", "-1005/7")
    )

    def step(desk: Desk) -> str:
        incoming = receive.Incoming("gh_1", "topic", "请问学区？", desk.now)
        outcome = receive.receive(desk, incoming, replace(judge("请问学区？"), topic="教育文体"))
        return outcome.case.no  # type: ignore[union-attr]

    no = room.bureau.workplace.act(step)
    card = await room.card(no, -1005)
    assert int(card.thread_id or 0) == 7
    await room.press(WANG, card, "认领")
    await room.press(WANG, card, "延期")
    question = await room.last("【延期】", -1005)
    assert int(question.thread_id or 0) == 7


async def test_join_by_code_in_private_only_and_not_by_guessing(room: Room) -> None:
    staff = room.bureau.workplace.act(lambda d: people.add_staff(d, people.NewStaff("新人", "handler")).id)
    code = room.bureau.workplace.act(lambda desk: people.join_code(desk, staff or 0))
    room.telegram.say(501, f"/join {code}", HANDLERS)
    await room.last("您没有使用权限。")
    room.telegram.say(501, f"/join {code}")
    await room.last("绑定成功，新人", 501)
    room.telegram.say(501, "/mine")
    await room.last("我的在办：没有。", 501)
    for n in range(6):
        room.telegram.say(502, f"/join {n:08d}")
        await room.telegram.until(lambda n=n: len(room.telegram.in_chat(502)) == n + 1)  # type: ignore[misc]
    assert "一小时" in room.telegram.in_chat(502)[-1].text
    again = room.bureau.workplace.act(lambda desk: people.join_code(desk, room.bureau.staff[ZHAO]))
    room.telegram.say(501, f"/join {again}")
    await room.last("已属于另一位", 501)


async def test_lists_with_pages_for_their_owner(room: Room) -> None:
    numbers = [room.bureau.letter(f"请问{n}？") for n in range(10)]
    for no in numbers:
        room.bureau.act(
            ZHANG,
            lambda d, staff, no=no: assign.claim(d, staff, register.by_number(d, no)),
        )  # type: ignore[misc]
    room.telegram.say(ZHANG, "/mine", HANDLERS)
    page = await room.last("我的在办 10 件（1/2）")
    assert "另一位同事" in await room.press(LI, page, "下一页")
    await room.press(ZHANG, page, "下一页")
    await room.telegram.until(lambda: "（2/2）" in page.text and numbers[9] in page.text)
    room.bureau.later(days=60)
    room.telegram.say(LI, "/overdue", HANDLERS)
    assert "逾期" in (await room.last("逾期未办结 10 件")).text


async def test_a_department_works_in_its_own_group(room: Room) -> None:
    no, _, review = await room.drafted(ZHAO, "投诉小区停水，居住证也没办", WATER)
    assert "已通过" in await room.press(QIAN, review, "通过")
    assert room.bureau.case(no).status == "answered"
    assert not room.telegram.in_chat(HANDLERS, no)


async def test_a_draft_from_elsewhere_gets_its_review_card_too(room: Room) -> None:
    no, _card = await room.claimed()
    room.bureau.submit(ZHANG, no, ANSWER)
    review = await room.last("待审核")
    assert ANSWER in review.text


def forget_posts(room: Room) -> None:
    """As if the program had been killed between posting and writing it down."""
    room.bureau.workplace.act(lambda desk: desk.session.execute(delete(ChatPost)))


async def test_a_press_on_a_card_that_nobody_wrote_down_has_replies_understood_again(room: Room) -> None:
    no = room.bureau.letter("请问居住证怎么办理？")
    card = await room.card(no)
    forget_posts(room)
    await room.press(ZHANG, card, "认领")
    room.reply(ZHANG, card, ANSWER)
    await room.telegram.until(lambda: room.bureau.drafts(no))
