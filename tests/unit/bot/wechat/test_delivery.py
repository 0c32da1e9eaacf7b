"""How an answer reaches its citizen, through the stand-in's real HTTP; and what the record says of it."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.wechat.client import patience
from cases.register.states import Purpose
from cases.sending import outbox
from tests.unit.bot.wechat.conftest import Post, Town, make_town, open_post, open_town

SENT = ("answer", "sent", "customer_message")
LONG = "您反映的路灯问题已经安排维修人员到现场查看。" * 60  # about 4,000 bytes


async def test_an_answer_goes_out_by_customer_message(town: Town, post: Post) -> None:
    no = town.open_case("ann", "投诉路灯不亮")
    town.release(no, "路灯已修好。")
    await post.deliver()
    assert town.states(no) == [SENT]
    assert len(town.fake.texts("ann")) == 1
    assert "路灯已修好。" in town.fake.texts("ann")[0]
    assert town.citizen("ann").sent_in_window == 1
    await post.deliver(again=True)
    assert len(town.fake.texts("ann")) == 1


async def test_a_long_answer_goes_in_parts_at_sentence_ends(town: Town, post: Post) -> None:
    no = town.open_case("ann", "投诉路灯不亮")
    town.release(no, LONG)
    await post.deliver()
    parts = town.fake.texts("ann")
    assert len(parts) == 3
    assert all(len(part.encode()) <= 2048 for part in parts)
    assert all(part.endswith(("。", "）。")) for part in parts)
    assert LONG in "".join(parts)
    assert town.states(no) == [SENT]


async def test_a_cut_off_sending_goes_on_where_it_stopped(town: Town, post: Post) -> None:
    no = town.open_case("ann", "投诉路灯不亮")
    town.release(no, LONG)
    town.fake.trouble("custom/send", code=0, times=1)  # the first part passes
    town.fake.trouble("custom/send", code=-1, times=1)  # the second meets a busy platform
    await post.deliver()
    assert town.states(no) == [("answer", "pending", "")]
    assert town.deliveries(no)[0].parts_sent == 1
    await post.deliver(again=True)
    assert len(town.fake.texts("ann")) == 3
    assert town.states(no) == [SENT]


@pytest.mark.parametrize("code", [45015, 45047, 48001])
async def test_a_shut_way_leaves_the_answer_for_pick_up(town: Town, post: Post, code: int) -> None:
    no = town.open_case("ann", "投诉路灯不亮")
    town.release(no, "路灯已修好。")
    town.fake.trouble("custom/send", code=code)
    await post.deliver()
    assert town.states(no) == [("answer", "waiting", "")]
    assert str(code) in town.deliveries(no)[0].error
    said = town.say("ann", "你好")
    assert "路灯已修好。" in said
    assert town.states(no) == [("answer", "handed_over", "passive")]
    assert "路灯已修好。" not in town.say("ann", "你好")


@pytest.mark.parametrize("code", [43004, 48002])
async def test_an_answer_waits_for_a_citizen_out_of_reach(town: Town, post: Post, code: int) -> None:
    no = town.open_case("ann", "投诉路灯不亮")
    town.release(no, "路灯已修好。")
    town.fake.trouble("custom/send", code=code)
    await post.deliver()
    assert town.states(no) == [("answer", "waiting", "")]
    assert str(code) in town.deliveries(no)[0].error
    await post.deliver(again=True)
    assert town.fake.texts("ann") == []
    assert [row.state for row in town.outbox("citizen")] == ["dropped"]


@pytest.mark.parametrize(
    "trouble", [{"code": -1}, {"code": 45011}, {"code": 45009}, {"code": 40164}, {"status": 502}]
)
async def test_a_passing_trouble_is_tried_again(town: Town, post: Post, trouble: dict[str, int]) -> None:
    no = town.open_case("ann", "投诉路灯不亮")
    town.release(no, "路灯已修好。")
    town.fake.trouble("custom/send", **trouble)  # type: ignore[arg-type]
    await post.deliver()
    assert town.states(no) == [("answer", "pending", "")]
    assert town.deliveries(no)[0].error
    row = town.outbox("citizen")[0]
    assert row.state == "pending"
    assert row.not_before > town.clock()
    await post.deliver(again=True)
    assert town.states(no) == [SENT]
    assert town.deliveries(no)[0].error == ""


async def test_the_first_retry_comes_within_ten_seconds(town: Town, post: Post) -> None:
    no = town.open_case("ann", "投诉路灯不亮")
    town.release(no, "路灯已修好。")
    town.fake.trouble("custom/send", code=-1)
    await post.deliver()
    town.clock.ahead(seconds=10)
    await post.deliver()
    assert town.states(no) == [SENT]


@pytest.mark.parametrize("code", [40001, 40014, 42001])
async def test_a_refused_token_is_renewed_once(town: Town, post: Post, code: int) -> None:
    no = town.open_case("ann", "投诉路灯不亮")
    town.release(no, "路灯已修好。")
    town.fake.trouble("custom/send", code=code, times=1)
    await post.deliver()
    assert town.states(no) == [SENT]
    assert town.fake.calls.count("/cgi-bin/message/custom/send") == 2


async def test_a_token_refused_for_ever_ends_in_a_retry_and_not_in_a_loop(town: Town, post: Post) -> None:
    no = town.open_case("ann", "投诉路灯不亮")
    town.release(no, "路灯已修好。")
    town.fake.trouble("custom/send", code=42001, times=50)
    await post.deliver()
    assert town.fake.calls.count("/cgi-bin/message/custom/send") == 2
    assert town.states(no) == [("answer", "pending", "")]


async def test_a_platform_that_is_down_loses_nothing(town: Town, post: Post) -> None:
    no = town.open_case("ann", "投诉路灯不亮")
    town.release(no, "路灯已修好。")
    town.fake.trouble("stable_token", status=500)
    await post.deliver()
    assert town.states(no) == [("answer", "pending", "")]
    await post.deliver(again=True)
    assert town.states(no) == [SENT]


async def test_after_twelve_days_the_answer_waits_and_is_handed_over(town: Town, post: Post) -> None:
    no = town.open_case("ann", "投诉路灯不亮")
    town.clock.ahead(days=12)
    town.release(no, "路灯已修好。")
    await post.deliver()
    assert town.states(no) == [("answer", "waiting", "")]
    assert town.fake.inbox == {}
    assert "路灯已修好。" in town.say("ann", "查询")
    assert town.states(no) == [("answer", "handed_over", "passive")]


@pytest.fixture
async def with_template(tmp_path: Path) -> AsyncIterator[tuple[Town, Post]]:
    made = make_town(tmp_path)
    fields = (("no", "character_string1"), ("title", "thing2"), ("date", "time3"))
    made.account = replace(made.account, template_id="T1", template_fields=fields)
    for town in open_town(made, tmp_path):
        async for post in open_post(town):
            yield town, post


async def test_after_twelve_days_a_template_tells_the_citizen(with_template: tuple[Town, Post]) -> None:
    town, post = with_template
    no = town.open_case("ann", "投诉路灯不亮")
    town.clock.ahead(days=12)
    town.release(no, "路灯已修好。")
    await post.deliver()
    assert town.states(no) == [("answer", "notified", "template")]
    sent = town.fake.inbox["ann"][0]
    assert sent.body["data"]["character_string1"]["value"] == no
    assert all(len(item["value"]) <= 20 for item in sent.body["data"].values())
    assert "路灯已修好。" in town.say("ann", f"查询 {no}")


async def test_a_template_that_did_not_arrive_is_taken_back(with_template: tuple[Town, Post]) -> None:
    town, post = with_template
    no = town.open_case("ann", "投诉路灯不亮")
    town.clock.ahead(days=12)
    town.release(no, "路灯已修好。")
    await post.deliver()
    message_id = town.deliveries(no)[0].platform_id
    town.push("ann", "event", Event="TEMPLATESENDJOBFINISH", MsgID=message_id, Status="failed:user block")
    assert town.states(no) == [("answer", "waiting", "template")]
    assert "user block" in town.deliveries(no)[0].error


async def test_the_last_messages_of_a_window_are_kept_for_the_answer(town: Town, post: Post) -> None:
    no = town.open_case("ann", "投诉路灯不亮")
    for hour in range(4):
        town.workplace.act(lambda desk, n=hour: _notice(desk, no, f"通知{n}"))
    await post.deliver()
    assert [state for _, state, _ in town.states(no)] == ["sent", "sent", "sent", "waiting"]
    town.release(no, "路灯已修好。")
    await post.deliver()
    assert town.states(no)[-1] == SENT
    assert len(town.fake.inbox["ann"]) == 4
    assert "通知3" in town.say("ann", "查询")


async def test_a_long_pick_up_comes_in_pages_and_counts_when_the_last_is_out(town: Town, post: Post) -> None:
    no = town.open_case("ann", "投诉路灯不亮")
    town.clock.ahead(days=3)
    town.release(no, LONG)
    await post.deliver()
    pages = [town.say("ann", "你好")]
    while "「继续」" in pages[-1]:
        assert town.states(no)[0][1] == "waiting"
        pages.append(town.say("ann", "继续"))
    assert len(pages) == 3
    assert all(len(page.encode()) <= 2048 for page in pages)
    assert town.states(no) == [("answer", "handed_over", "passive")]
    assert "".join(pages).replace("\n（未完，回复「继续」看下一页）", "").count("到现场查看") == 60


async def test_an_unverified_account_waits_for_pick_up(tmp_path: Path) -> None:
    for town in open_town(make_town(tmp_path, customer_messages=False), tmp_path):
        async for post in open_post(town):
            no = town.open_case("ann", "投诉路灯不亮")
            town.release(no, "路灯已修好。")
            await post.deliver()
            assert town.states(no) == [("answer", "waiting", "")]
            assert town.fake.calls == []


async def test_who_has_unfollowed_is_not_called(town: Town, post: Post) -> None:
    no = town.open_case("ann", "投诉路灯不亮")
    assert town.push("ann", "event", Event="unsubscribe") == ""
    town.release(no, "路灯已修好。")
    await post.deliver()
    assert town.states(no) == [("answer", "waiting", "")]
    assert town.fake.calls == []
    assert "路灯已修好。" in town.say("ann", "你好")


async def test_a_question_to_the_citizen_goes_the_same_way(town: Town, post: Post) -> None:
    no = town.open_case("ann", "投诉路灯不亮")
    town.release(no, "请问在哪条路上？", Purpose.QUESTION)
    await post.deliver()
    assert town.states(no) == [("question", "sent", "customer_message")]
    assert no in town.say("ann", "人民路口")


async def test_a_slow_judge_is_answered_in_time_and_the_receipt_follows(town: Town, post: Post) -> None:
    town.slow = 4.5
    began = town.clock()
    assert town.say("ann", "投诉路灯不亮", MsgId="77") == ""
    assert town.clock() - began < timedelta(seconds=5)
    town.slow = 0.0
    await post.deliver()
    await post.deliver()
    no = town.cases()[0].no
    assert no in town.fake.texts("ann")[0]
    assert no in town.say("ann", "投诉路灯不亮", MsgId="77")
    assert len(town.cases()) == 1
    await post.deliver(again=True)
    assert len(town.fake.texts("ann")) == 1


def _notice(desk, no: str, text: str) -> None:  # type: ignore[no-untyped-def]
    from cases.register import register
    from cases.sending import announce

    announce.notice(desk, register.by_number(desk, no), text)


async def test_a_late_receipt_cut_off_by_a_kill_is_told_once(town: Town, post: Post) -> None:
    town.slow = 4.5
    assert town.say("ann", "投诉路灯不亮") == ""
    town.slow = 0.0
    await post.deliver()
    town.workplace.act(
        _as_if_killed
    )  # the worker died after its transaction and before it ticked the row off
    await post.deliver(again=True)
    await post.deliver()
    assert len(town.fake.texts("ann")) == 1
    assert len(town.cases()) == 1


def _as_if_killed(desk) -> None:  # type: ignore[no-untyped-def]
    from sqlalchemy import update
    from sqlmodel import col

    from bot.wechat.late import LANE
    from cases.register.tables import Outbox

    desk.session.execute(update(Outbox).where(col(Outbox.lane) == LANE).values(state="sending"))


async def test_a_second_sending_after_no_answer_says_that_it_may_be_doubled(town: Town, post: Post) -> None:
    no = town.open_case("ann", "投诉路灯不亮")
    town.release(no, "路灯已修好。")
    town.fake.trouble("custom/send", code=-1, times=1)  # an answer: the platform did not take it
    await post.deliver()
    await post.deliver(again=True)
    assert town.states(no) == [SENT] and not town.deliveries(no)[0].error

    second = town.open_case("bob", "投诉井盖坏了")
    town.release(second, "井盖已换好。")
    row_id = town.outbox("citizen")[-1].id or 0
    town.workplace.act(lambda desk: outbox.claim(desk, row_id))  # killed before the answer was recorded
    await post.deliver(again=True)
    assert town.states(second) == [SENT]
    assert "可能重复" in town.deliveries(second)[0].error


def test_each_try_waits_longer_for_a_platform_that_answers_late() -> None:
    assert [patience(attempts) for attempts in (1, 2, 3, 9)] == [30, 60, 90, 90]


async def test_a_doubt_stays_on_the_record_whatever_comes_after(town: Town, post: Post) -> None:
    """Cut off without an answer, then refused by a busy platform, then sent, or handed over."""
    no, other = town.open_case("ann", "投诉路灯不亮"), town.open_case("bob", "投诉路灯不亮")
    for each in (no, other):
        town.release(each, "路灯已修好。")
    for row in town.workplace.look(lambda desk: outbox.due(desk, "citizen")):
        town.workplace.act(lambda desk, row_id=row.id: outbox.claim(desk, row_id))  # type: ignore[misc]
    town.workplace.act(outbox.take_over)  # the process was killed
    town.fake.trouble("custom/send", code=-1, times=2)
    await post.deliver()
    town.fake.block("bob")
    await post.deliver(again=True)
    assert town.states(no) == [SENT] and town.states(other)[0][1] == "waiting"
    town.say("bob", "查询")
    assert town.states(other)[0][1] == "handed_over"
    assert all("可能重复" in town.deliveries(each)[0].error for each in (no, other))


@pytest.mark.parametrize("code", [43004, 45047, 47003, 40037])
async def test_a_template_that_is_refused_leaves_the_answer_for_pick_up(
    with_template: tuple[Town, Post], code: int
) -> None:
    town, post = with_template
    no = town.open_case("ann", "投诉路灯不亮")
    town.clock.ahead(days=12)
    town.release(no, "路灯已修好。")
    town.fake.trouble("template/send", code=code)
    await post.deliver()
    ((_, state, channel),) = town.states(no)
    assert state in ("waiting", "pending") and channel in ("", "template")
    assert town.fake.inbox.get("ann", []) == [] and str(code) in town.deliveries(no)[0].error
    if state == "waiting":
        assert "路灯已修好。" in town.say("ann", "你好")


async def test_who_has_left_meanwhile_finds_the_answer_on_coming_back_and_no_notice(
    town: Town, post: Post
) -> None:
    """The platform knows that they left before we do."""
    no = town.open_case("ann", "投诉路灯不亮")
    town.workplace.act(lambda desk: _notice(desk, no, "您的事项已转住建局。"))
    town.release(no, "路灯已修好。")
    town.fake.unfollow("ann")
    await post.deliver()
    assert {(kind, state) for kind, state, _ in town.states(no)} == {
        ("notice", "failed"),
        ("answer", "waiting"),
    }
    assert not town.citizen("ann").following
    said = town.say("ann", "你好")
    assert "路灯已修好。" in said and "已转住建局" not in said
    assert ("answer", "handed_over") in {(kind, state) for kind, state, _ in town.states(no)}
