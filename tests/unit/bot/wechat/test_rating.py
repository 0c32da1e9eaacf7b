"""The rating by a menu message: offered where there is room, worth nothing to anybody else, and words go on working."""

from pathlib import Path

import pytest

from bot.wechat.quota import PER_WINDOW, RESERVED
from cases.register import people, register
from cases.register.desk import Desk
from cases.register.errors import Stale
from cases.sending import announce, resend
from demo.wechat_records import PlatformRefusal
from tests.unit.bot.wechat.conftest import Post, Town, make_town, open_post, open_town

MENU = "满意吗"


def shown(town: Town, openid: str = "ann") -> list[str]:
    return [sent.kind for sent in town.fake.inbox.get(openid, [])]


async def answered(town: Town, post: Post, text: str = "路灯已修好。") -> str:
    no = town.open_case("ann", "投诉路灯不亮")
    town.release(no, text)
    await post.deliver()
    return no


async def later(town: Town, post: Post) -> None:
    town.clock.ahead(seconds=5)
    await post.deliver()


async def test_after_an_answer_the_menu_is_offered_once(town: Town, post: Post) -> None:
    no = await answered(town, post)
    assert shown(town) == ["text"]
    await later(town, post)
    await later(town, post)
    assert shown(town) == ["text", "msgmenu"]
    menu = town.fake.inbox["ann"][1]
    assert no in menu.text and MENU in menu.text
    assert [line["content"] for line in menu.body["msgmenu"]["list"]] == ["满意", "基本满意", "不满意"]
    assert town.citizen("ann").sent_in_window == 2 == town.fake.followers["ann"].used


@pytest.mark.parametrize("grade", ["满意", "基本满意"])
async def test_a_click_rates(town: Town, post: Post, grade: str) -> None:
    no = await answered(town, post)
    await later(town, post)
    fields = town.fake.chose("ann", grade)
    said = town.push("ann", "text", **fields)
    assert no in said and grade in said
    assert (town.case(no).rating, town.case(no).status) == (grade, "answered")


async def test_discontent_reopens_and_what_is_written_next_says_why(town: Town, post: Post) -> None:
    no = await answered(town, post)
    await later(town, post)
    town.clock.ahead(hours=3)
    said = town.push("ann", "text", **town.fake.chose("ann", "不满意"))
    assert "哪里不满意" in said and no in said
    assert town.case(no).status == "new"
    town.clock.ahead(minutes=1)
    assert no in town.say("ann", "只修了一盏，别的还是不亮")
    assert len(town.cases()) == 1


async def test_discontent_with_the_second_answer_asks_why_too(town: Town, post: Post) -> None:
    no = await answered(town, post)
    town.say("ann", f"评价 {no} 不满意")
    town.release(no, "都修好了。")
    await post.deliver()
    said = town.say("ann", f"评价 {no} 不满意")
    assert "哪里不满意" in said and town.case(no).status == "answered"


async def test_words_go_on_working_and_are_in_the_answer(town: Town, post: Post) -> None:
    no = await answered(town, post)
    assert f"评价 {no} 满意" in town.fake.texts("ann")[0]
    town.say("ann", f"评价 {no} 满意")
    await later(town, post)
    assert shown(town) == ["text"]  # rated already: nothing more is asked


async def test_the_menu_leaves_the_reserve_to_the_answers(town: Town, post: Post) -> None:
    no = town.open_case("ann", "投诉路灯不亮")

    def notices(desk) -> None:  # type: ignore[no-untyped-def]
        for number in range(2):
            announce.notice(desk, register.by_number(desk, no), f"时限有变{number}。")

    town.workplace.act(notices)
    town.release(no, "路灯已修好。")
    await post.deliver()
    assert shown(town) == ["text"] * (PER_WINDOW - RESERVED)
    await later(town, post)
    assert "msgmenu" not in shown(town)
    assert town.states(no)[-1][1:] == ("sent", "customer_message")


async def test_an_answer_under_way_goes_before_the_menu(town: Town, post: Post) -> None:
    await answered(town, post)
    other = town.open_case("ann", "投诉井盖破了")
    town.fake.trouble("custom/send", code=45011)
    town.release(other, "井盖已换。")
    await post.deliver()
    await later(town, post)  # the answer is put off: the menu waits behind it, or does without
    assert "msgmenu" not in shown(town)
    await post.deliver(again=True)
    assert town.states(other)[-1][1] == "sent"


async def test_outside_the_window_there_is_no_menu(town: Town, post: Post) -> None:
    no = town.open_case("ann", "投诉路灯不亮")
    town.clock.ahead(days=3)
    town.release(no, "路灯已修好。")
    await post.deliver()
    await later(town, post)
    assert shown(town) == []
    assert f"评价 {no} 满意" in town.say("ann", "查询")


async def test_an_answer_that_was_picked_up_is_followed_by_the_menu(town: Town, post: Post) -> None:
    no = town.open_case("ann", "投诉路灯不亮")
    town.clock.ahead(days=3)
    town.release(no, "路灯已修好。")
    await post.deliver()
    town.say("ann", "查询")
    await later(town, post)
    assert shown(town) == ["msgmenu"]


@pytest.mark.parametrize("code", [40200, 45047, 45015, 48001, 43004, -1])
async def test_a_menu_that_the_platform_refuses_changes_nothing(town: Town, post: Post, code: int) -> None:
    no = await answered(town, post)
    town.fake.trouble("custom/send", code=code)
    await later(town, post)
    await post.deliver(again=True)
    assert shown(town) == ["text"]
    assert town.states(no) == [("answer", "sent", "customer_message")]
    (row,) = [row for row in town.outbox("citizen") if row.kind == "rating"]
    assert row.state == "dropped"

    def given_up(desk: Desk) -> list[resend.Failed]:
        leader = people.staff_called(desk, "李红")
        with pytest.raises(Stale):
            resend.again(desk, leader, row.id or 0)
        return resend.failed(desk, leader)

    assert town.workplace.look(given_up) == [], "a courtesy is no sending that anybody has to look after"


async def test_a_test_account_has_no_menu_messages(town: Town, post: Post) -> None:
    town.fake.menus = False
    await answered(town, post)
    await later(town, post)
    assert shown(town) == ["text"]
    assert "40200" in next(row.error for row in town.outbox("citizen") if row.kind == "rating")


async def test_an_unverified_account_offers_the_words_alone(tmp_path: Path) -> None:
    for town in open_town(make_town(tmp_path, customer_messages=False), tmp_path):
        async for post in open_post(town):
            no = await answered(town, post)
            await later(town, post)
            assert shown(town) == []
            assert f"评价 {no} 满意" in town.say("ann", "查询")
            await later(town, post)
            assert shown(town) == []


def test_the_stand_in_takes_menus_as_the_platform_does(town: Town) -> None:
    town.fake.wrote("ann")
    body = {"touser": "ann", "msgtype": "msgmenu", "msgmenu": {"head_content": "好吗", "list": []}}
    with pytest.raises(PlatformRefusal) as refused:
        town.fake.custom_send(body)
    assert refused.value.code == 44004
    body["msgmenu"] = {"head_content": "好吗", "list": [{"id": "1", "content": "好"}]}
    assert town.fake.custom_send(body) == {}
    assert town.fake.chose("ann", "好") == {"Content": "好", "bizmsgmenuid": "1"}
    with pytest.raises(LookupError):
        town.fake.chose("ann", "不好")
