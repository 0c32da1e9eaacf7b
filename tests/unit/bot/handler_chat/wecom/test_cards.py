"""Cards of 企业微信: what fits on them, presses acted on once, changes while a code lasts, groups in markdown."""

import pytest

from bot.handler_chat.cards.cards import Button, Card
from bot.handler_chat.cards.platform import PostFixed
from bot.handler_chat.wecom import cards as wecom_cards
from bot.handler_chat.wecom.reply_codes import in_markdown
from cases.register import people
from cases.sending.chat import Place
from tests.fakes import wecom_checks
from tests.fakes.wecom import FakeWecom, Sent
from tests.unit.bot.handler_chat.conftest import LI, WANG, ZHANG
from tests.unit.bot.handler_chat.wecom.test_chat import Desk, desk, wecom

__all__ = ["desk", "wecom"]
ALL = [
    Button(label, f"{name}:7")
    for name, label in {
        "claim": "认领", "use": "采用建议", "cat": "改类", "to": "转办", "ext": "延期", "ask": "追问", "no": "不予受理",
        "fix": "更正", "kept": "兑现",
    }.items()
]  # fmt: skip
HEAD = "20260302-0007　咨询建议（87%）\n时限：2026-03-16\n状态：待认领\n————\n"


async def pressed(desk: Desk, user: int, card: Sent, label: str) -> None:
    await delivered(desk, desk.wecom.press(f"u{user}", card, card.key(label)))


async def delivered(desk: Desk, plain: str) -> None:
    at = int(desk.bureau.workplace.clock().timestamp())
    response = await desk.wecom.push(desk.client.post, plain, at)
    assert response.status_code == 200


async def card(desk: Desk, user: int, containing: str, label: str) -> Sent:
    return (await desk.wecom.until(lambda: desk.wecom.cards(f"u{user}", containing, label)))[-1]


@pytest.mark.parametrize("changes", [False, True])
@pytest.mark.parametrize("letter", ["短", "长" * 3000, "行\n" * 900, "😀" * 500, "\ud800坏字"])
@pytest.mark.parametrize("count", [0, 1, 6, 9])
def test_every_card_is_one_that_the_platform_takes(letter: str, count: int, changes: bool) -> None:
    made = wecom_cards.made(Card(HEAD + letter, (tuple(ALL[:count]),)), "a" * 32, changes=changes)
    assert wecom_checks.card(made.body, changes=changes) == 0
    assert made.whole == (letter == "短" or len(letter) < 20)


def test_what_has_no_room_is_said_in_words() -> None:
    made = wecom_cards.made(Card(HEAD + "来信", (tuple(ALL),)), "t")
    assert [b["text"] for b in made.body["button_list"]] == [
        "认领",
        "采用建议",
        "改类",
        "转办",
        "延期",
        "追问",
    ]
    assert "「不予受理 0007 理由」「更正 0007 全文」「兑现 0007」" in made.body["sub_title_text"]


async def test_a_press_is_acted_on_once_and_changes_the_card(desk: Desk) -> None:
    no = desk.bureau.letter("请问居住证怎么办理？")
    shown = await card(desk, ZHANG, no, "认领")
    plain = desk.wecom.press(f"u{ZHANG}", shown, shown.key("认领"))
    for _ in range(3):
        await delivered(desk, plain)
    assert "草稿 0001" in await desk.hears(ZHANG, f"已认领 {no}")
    await desk.wecom.until(lambda: "办理中（张三" in shown.text and "认领" not in shown.labels)
    await desk.write(ZHANG, "我的")
    await desk.hears(ZHANG, "我的在办 1 件")
    assert not desk.wecom.to(f"u{ZHANG}", "您已认领") and len(desk.wecom.to(f"u{ZHANG}", "已认领 ")) == 1


async def test_an_old_button_says_why_and_cannot_be_pressed_again(desk: Desk) -> None:
    no = desk.bureau.letter("请问居住证怎么办理？")
    await pressed(desk, ZHANG, await card(desk, ZHANG, no, "认领"), "认领")
    await desk.write(ZHANG, "草稿 0001 请到派出所办理居住证。")
    old = await card(desk, LI, no, "通过")
    key = old.key("通过")
    desk.wecom.lapse()  # no code is left to change it with
    await desk.write(ZHANG, "草稿 0001 请到人民路派出所办理居住证。")
    await desk.hears(LI, "人民路")
    assert old.labels == ["通过", "退回"]
    await delivered(desk, desk.wecom.press(f"u{LI}", old, key))
    assert "失效" in await desk.hears(LI, "失效")
    await desk.wecom.until(lambda: not old.labels)
    assert desk.bureau.drafts(no) == ["answer:replaced", "answer:review"]
    await pressed(desk, LI, await card(desk, LI, "人民路", "通过"), "通过")
    await desk.wecom.until(lambda: desk.bureau.drafts(no)[-1] == "answer:approved")


async def test_permission_is_asked_for_again_and_forged_keys_do_nothing(desk: Desk) -> None:
    no = desk.bureau.letter("请问居住证怎么办理？")
    shown = await card(desk, ZHANG, no, "认领")
    await pressed(desk, 99, shown, "认领")
    assert await desk.hears(99, "") == "您没有使用权限。"
    other = f"{shown.task_id}|claim:4711"
    await delivered(desk, desk.wecom.press(f"u{ZHANG}", shown, other))
    assert "不符" in await desk.hears(ZHANG, "不符")
    for key in ("", "|", "x", f"{shown.task_id}|", f"{shown.task_id}|pass:1:1:1"):
        await delivered(desk, desk.wecom.press(f"u{ZHANG}", shown, key))
    await desk.wecom.until(lambda: len(desk.wecom.to(f"u{ZHANG}", "这个按钮已失效。")) == 4)
    desk.bureau.workplace.act(lambda d: people.disable_staff(d, desk.bureau.staff[ZHANG]))
    await pressed(desk, ZHANG, shown, "改类")
    await desk.hears(ZHANG, "您没有使用权限。")
    assert desk.bureau.case(no).status == "new"


async def test_departments_are_chosen_on_a_second_card_that_serves_once(desk: Desk) -> None:
    desk.bureau.workplace.act(lambda d: [people.add_department(d, f"第{n}科") for n in range(9)])
    no = desk.bureau.letter("请问居住证怎么办理？")
    first = await card(desk, WANG, no, "转办")
    await pressed(desk, WANG, first, "转办")
    choices = await card(desk, WANG, "请选择部门", "下一页")
    assert len(choices.labels) <= 6
    await pressed(desk, WANG, choices, "下一页")
    second = (await desk.wecom.until(lambda: desk.wecom.cards(f"u{WANG}", "请选择部门", "上一页")))[-1]
    wanted = next(label for label in second.labels if label.endswith("科"))
    key = second.key(wanted)
    await pressed(desk, WANG, second, wanted)
    await desk.hears(WANG, f"已转至{wanted}")
    await desk.wecom.until(lambda: second.replaced == "已失效")
    await delivered(desk, desk.wecom.press(f"u{WANG}", second, key))
    await desk.hears(WANG, "这张卡片已失效")


async def test_a_card_that_the_platform_refuses_becomes_words(desk: Desk) -> None:
    desk.wecom.fail("message/send", 40058)
    no = desk.bureau.letter("谢谢！")
    assert "「认领 0001」" in await desk.hears(ZHANG, no)


async def test_a_group_gets_markdown_and_text_where_that_is_refused(desk: Desk, wecom: FakeWecom) -> None:
    api = desk.door._api
    posted = Card(HEAD + "路灯坏了", (tuple(ALL[:3]),))
    await api.post(Place("wrGroup"), posted)
    wecom.fail("appchat/send", 40008)
    await api.post(Place("wrGroup"), posted)
    await api.post(Place("wrGroup"), Card(HEAD + "请看[这里](http://a.b)", (tuple(ALL[:3]),)))
    await api.post(Place("wrGroup"), Card(HEAD + "长" * 2000))
    kinds = [(sent.kind, "「认领 0007」" in sent.text) for sent in wecom.to("wrGroup")]
    assert kinds[:3] == [("markdown", True), ("text", True), ("text", True)]
    assert {kind for kind, _ in kinds[3:]} == {"text"} and len(kinds) > 5
    with pytest.raises(PostFixed):
        await api.edit("wrGroup", "m1", posted)


@pytest.mark.parametrize("letter", ["**粗**", "# 题", "[a](b)", "`x`", "a\n- b", "a\n1. b", "<font>", "> 引"])
def test_nobodys_letter_becomes_markup(letter: str) -> None:
    assert in_markdown(f"头\n{letter}") is None
    assert in_markdown("20260302-0007\n时限：2026-03-16，5-6 日") is not None
