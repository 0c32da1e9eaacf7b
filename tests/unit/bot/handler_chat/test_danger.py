"""Danger in the chats, over real HTTP: 「我来处置」 is pressed once, everybody reads who did, it comes again until then."""

from bot.handler_chat.telegram.chat import TelegramChat
from cases.register.tables import Danger
from cases.watch import danger_watch
from tests.fakes.telegram import FakeTelegram
from tests.unit.bot.handler_chat.conftest import LI, SUPERVISORS, WANG, ZHANG, Bureau


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
