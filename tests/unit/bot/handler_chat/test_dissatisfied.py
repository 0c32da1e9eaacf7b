"""A dissatisfied citizen is seen: a new card with letter, answer and their words, for the department and the supervisors."""

from bot.handler_chat.telegram.chat import TelegramChat
from cases.register import register
from cases.register.desk import Desk
from cases.register.tables import Citizen
from cases.steps import rate, receive
from tests.fakes.telegram import FakeTelegram
from tests.unit.bot.handler_chat.conftest import CHEN, LI, SUPERVISORS, WATER, ZHAO, Bureau, judge


def dissatisfied(bureau: Bureau, no: str, words: str) -> None:
    def step(desk: Desk) -> None:
        case = register.by_number(desk, no)
        rate.rate(desk, case, "不满意")
        citizen = desk.session.get_one(Citizen, case.citizen_id)
        incoming = receive.Incoming("gh_1", "amy", words, desk.now)
        receive.add_to(desk, citizen, case, incoming, judge(words))

    bureau.workplace.act(step)


async def test_both_chats_get_a_new_card_and_a_supervisor_assigns_it(
    bureau: Bureau, telegram: FakeTelegram, chat: TelegramChat
) -> None:
    no = bureau.letter("请问停水多久？", "amy")
    old = (await telegram.until(lambda: telegram.in_chat(WATER, no)))[0]
    await telegram.answered(telegram.press(ZHAO, old, "认领"))
    telegram.say(ZHAO, "停水是管道检修，请耐心等待。", WATER, old.message_id)
    review = (await telegram.until(lambda: telegram.in_chat(WATER, "待审核")))[-1]
    await telegram.answered(telegram.press(LI, review, "通过"))
    bureau.later(minutes=5)
    dissatisfied(bureau, no, "等了三天还没有水！")
    for place in (WATER, SUPERVISORS):
        card = (await telegram.until(lambda: telegram.in_chat(place, "【不满意】")))[-1]  # noqa: B023
        letter, answer, words = (card.text.find(said) for said in ("停水多久", "管道检修", "三天还没有水"))
        assert -1 < letter < answer < words and {"认领", "指派"} <= set(card.labels)
    await telegram.until(lambda: "失效" in old.text)
    assert "督办人权限" in str((await telegram.answered(telegram.press(ZHAO, card, "指派")))["text"])
    await telegram.answered(telegram.press(CHEN, card, "指派"))
    await telegram.until(lambda: "赵六" in card.labels)
    await telegram.answered(telegram.press(CHEN, card, "赵六"))
    await telegram.until(lambda: "办理中（赵六" in card.text)
    await telegram.until(lambda: telegram.in_chat(WATER, "由陈八指派给您办理"))
    assert bureau.case(no).handler_id == bureau.staff[ZHAO]
