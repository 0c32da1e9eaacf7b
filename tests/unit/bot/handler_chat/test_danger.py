"""Danger in the chats, over real HTTP: 「我来处置」 is pressed once, everybody reads who did, it comes again until then."""

from sqlmodel import select

from bot.handler_chat.telegram.chat import TelegramChat
from cases.register import register
from cases.register.desk import Desk
from cases.register.tables import Danger, Draft, Staff
from cases.steps import assign, review
from cases.watch import danger_watch
from tests.fakes.telegram import FakeTelegram
from tests.unit.bot.handler_chat.conftest import HANDLERS, LI, SUPERVISORS, WANG, ZHANG, Bureau


async def test_it_comes_again_until_somebody_has_it_and_then_every_alarm_says_who(
    bureau: Bureau, telegram: FakeTelegram, chat: TelegramChat
) -> None:
    no = bureau.letter("我要跳楼，电话13812345678")
    for times in (2, 3):
        bureau.later(minutes=11)
        bureau.workplace.act(danger_watch.repeat)
        await telegram.until(lambda: telegram.in_chat(SUPERVISORS, f"第 {times} 次提醒"))  # noqa: B023
    (private,) = await telegram.until(lambda: telegram.in_chat(WANG, "第 3 次提醒"))  # the office's leader
    alarms = telegram.in_chat(SUPERVISORS, f"【紧急】{no}")
    assert len(alarms) == 3 and all(post.labels == ["我来处置"] for post in [*alarms, private])
    assert "13812345678" not in telegram.story() and "来信留有手机号" in alarms[0].text
    said = await telegram.answered(telegram.press(ZHANG, alarms[0], "我来处置"))
    assert "由您处置" in str(said["text"])
    late = await telegram.answered(telegram.press_data(LI, alarms[1], f"danger:{bureau.case(no).id}"))
    assert "张三" in str(late["text"])
    await telegram.until(lambda: all("已由张三于" in post.text for post in [*alarms, private]))
    assert all(post.buttons == [] for post in [*alarms, private])
    bureau.later(hours=5)
    assert bureau.workplace.act(danger_watch.repeat) == 0
    (row,) = bureau.workplace.look(lambda desk: [desk.session.get_one(Danger, bureau.case(no).id)])
    assert row.taken_by == bureau.staff[ZHANG]


async def test_a_false_alarm_is_called_off_on_the_card_by_who_answers_for_it(
    bureau: Bureau, telegram: FakeTelegram, chat: TelegramChat
) -> None:
    no = bureau.letter("我要跳楼")
    (card,) = await telegram.until(
        lambda: [post for post in telegram.in_chat(HANDLERS, no) if "认领" in post.labels]
    )
    assert "解除紧急" in card.labels
    said = await telegram.answered(telegram.press(ZHANG, card, "解除紧急"))
    assert "审核" in str(said["text"]) and bureau.case(no).urgent
    await telegram.answered(telegram.press(LI, card, "解除紧急"))
    (question,) = await telegram.until(lambda: telegram.in_chat(HANDLERS, "写明如何核实"))
    telegram.say(LI, "已电话核实，是台词", HANDLERS, reply_to=question.message_id)
    await telegram.until(lambda: telegram.in_chat(SUPERVISORS, f"【解除紧急】{no}　李四：已电话核实，是台词"))
    await telegram.until(lambda: "解除紧急" not in card.labels and "我来处置" not in card.labels)
    assert not bureau.case(no).urgent


def approve(desk: Desk, staff: Staff) -> None:
    (under,) = desk.session.exec(select(Draft)).all()
    review.approve(desk, staff, under, under.round)


async def test_what_was_sent_to_a_like_case_stands_on_the_card_but_never_beside_danger(
    bureau: Bureau, telegram: FakeTelegram, chat: TelegramChat
) -> None:
    first = bureau.letter("请问居住证在哪里办理？")
    before = await telegram.until(lambda: telegram.in_chat(HANDLERS, first))
    assert "相近来信" not in before[0].text
    bureau.act(ZHANG, lambda desk, staff: assign.claim(desk, staff, register.by_number(desk, first)))
    bureau.submit(ZHANG, first, "请到派出所办理居住证。")
    bureau.act(LI, approve)
    second = bureau.letter("请问居住证在哪里办理呢？")
    (card,) = await telegram.until(lambda: telegram.in_chat(HANDLERS, second))
    assert f"相近来信 {first} 的答复" in card.text and "请到派出所办理居住证。" in card.text
    danger = bureau.letter("居住证在哪里办理？我要跳楼")
    (card,) = await telegram.until(
        lambda: [post for post in telegram.in_chat(HANDLERS, danger) if "认领" in post.labels]
    )
    assert "相近来信" not in card.text
