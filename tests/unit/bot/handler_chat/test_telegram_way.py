"""The whole way in Telegram, over real HTTP: card, claim, draft, review, release."""

from bot.handler_chat.telegram.chat import TelegramChat
from cases.register import people
from tests.fakes.telegram import FakeTelegram
from tests.unit.bot.handler_chat.conftest import HANDLERS, LI, STRANGER, WANG, WATER, ZHANG, ZHAO, Bureau


async def test_a_case_is_claimed_drafted_reviewed_and_released(
    bureau: Bureau, telegram: FakeTelegram, chat: TelegramChat
) -> None:
    no = bureau.letter("请问居住证怎么办理，我的电话13812345678？")
    card = (await telegram.until(lambda: telegram.in_chat(HANDLERS, no)))[0]
    assert card.labels == ["认领", "改类", "转办", "延期", "追问", "不予受理"]
    assert "咨询建议（87%）" in card.text and "时限：2026-03-16" in card.text
    assert "13812345678" not in card.text

    answer = await telegram.answered(telegram.press(ZHANG, card, "认领"))
    assert "已认领" in answer["text"]
    await telegram.until(lambda: "张三，在办 1 件" in card.text and "认领" not in card.labels)

    telegram.say(ZHANG, "请携带身份证到派出所办理居住证。", HANDLERS, reply_to=card.message_id)
    review = (await telegram.until(lambda: telegram.in_chat(HANDLERS, "待审核")))[0]
    assert no in review.text and review.labels == ["通过", "退回"]
    assert "请携带身份证到派出所办理居住证。" in review.text

    own = await telegram.answered(telegram.press(ZHANG, review, "通过"))
    assert own["alert"] and "审核人" in own["text"]
    stranger = await telegram.answered(telegram.press(STRANGER, review, "通过"))
    assert stranger == {"text": "您没有使用权限。", "alert": True}

    passed = await telegram.answered(telegram.press(LI, review, "通过"))
    assert "已通过" in passed["text"]
    await telegram.until(lambda: "已通过（李四）" in review.text and not review.labels)
    await telegram.until(lambda: card.labels == ["更正"] and "已答复" in card.text)
    assert bureau.case(no).status == "answered"
    candidate = (await telegram.until(lambda: telegram.in_chat(HANDLERS, "知识库候选")))[0]
    assert candidate.labels == ["发布", "不收录"]
    other = candidate.data("不收录")
    published = await telegram.answered(telegram.press(LI, candidate, "发布"))
    assert published["text"] == "已发布到知识库。"
    await telegram.until(lambda: "已发布（李四）" in candidate.text and not candidate.labels)
    late = (await telegram.answered(telegram.press_data(LI, candidate, other)))["text"]
    assert late.startswith("这张卡片已失效") and late.endswith("发布了这一条。")


async def test_a_department_has_its_own_chat_and_transfer_moves_the_card(
    bureau: Bureau, telegram: FakeTelegram, chat: TelegramChat
) -> None:
    no = bureau.letter("投诉：小区停水三天")
    card = (await telegram.until(lambda: telegram.in_chat(WATER, no)))[0]
    assert not telegram.in_chat(HANDLERS, no)
    await telegram.answered(telegram.press(ZHAO, card, "转办"))
    await telegram.until(lambda: "民政局" in card.labels)
    assert "供水公司" not in card.labels
    await telegram.answered(telegram.press(ZHAO, card, "民政局"))
    await telegram.until(lambda: "已转至民政局" in card.text)
    assert not card.labels and "停水" not in card.text
    new = (await telegram.until(lambda: telegram.in_chat(HANDLERS, no)))[0]
    assert "认领" in new.labels and bureau.case(no).handler_id is None


async def test_in_a_chat_that_both_departments_share_the_card_comes_anew(
    bureau: Bureau, telegram: FakeTelegram, chat: TelegramChat
) -> None:
    """A card that is only edited rings nobody's bell: the department that has the case now would not know."""
    bureau.workplace.act(lambda desk: people.add_department(desk, "林业局"))
    no = bureau.letter("投诉：小区停水三天")
    card = (await telegram.until(lambda: telegram.in_chat(WATER, no)))[0]
    for department in ("民政局", "林业局"):
        await telegram.answered(telegram.press(WANG, card, "转办"))
        await telegram.until(lambda card=card, to=department: to in card.labels)
        await telegram.answered(telegram.press(WANG, card, department))
        await telegram.until(lambda before=card: not before.labels)
        card = (
            await telegram.until(lambda: [post for post in telegram.in_chat(HANDLERS, no) if post.labels])
        )[0]
        assert "认领" in card.labels and department in card.text
    assert "本卡片失效" in telegram.in_chat(HANDLERS, no)[0].text and len(telegram.in_chat(HANDLERS, no)) == 2
