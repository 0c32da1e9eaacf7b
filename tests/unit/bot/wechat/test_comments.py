"""Article comments against the platform's stand-in: none lost, none doubled; answers posted as they were approved."""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, replace

import pytest
from sqlmodel import select

from app.serve.delivery import LaneWorker
from bot.wechat.comments import CAREFULLY, CommentPoller, CommentSender
from cases.register import articles, people, register
from cases.register.errors import Invalid
from cases.register.states import Purpose
from cases.register.tables import Comment
from cases.steps import comments
from classifier.triage import Triage
from demo.wechat_records import FakeArticle
from tests.unit.bot.wechat.conftest import APP_ID, Post, Town, judge, through


@dataclass
class Desk:
    """The poller and the poster at work."""

    town: Town
    post: Post
    poller: CommentPoller
    lane: LaneWorker

    def article(self, msg_data_id: str = "2247483650", index: int = 0) -> FakeArticle:
        self.town.workplace.act(lambda desk: articles.add(desk, APP_ID, msg_data_id, index))
        return self.town.fake.add_article(msg_data_id, index)

    def rows(self) -> list[Comment]:
        return self.town.workplace.look(lambda desk: list(desk.session.exec(select(Comment)).all()))


@pytest.fixture
async def desk(town: Town, post: Post) -> AsyncIterator[Desk]:
    apis = {APP_ID: post.api}
    lane = LaneWorker("comment", town.workplace, CommentSender(town.workplace, apis).send)
    yield Desk(town, post, CommentPoller(town.workplace, apis), lane)


async def test_every_comment_becomes_one_case_over_many_polls(town: Town, desk: Desk) -> None:
    article = desk.article()
    for number in range(120):
        town.fake.comment(article, f"投诉第{number}号路灯不亮", f"reader{number % 7}" if number % 3 else "")
    assert await desk.poller.poll_once() == 120
    assert await desk.poller.poll_once() == 0
    town.fake.comment(article, "请问什么时候修？")
    assert await CommentPoller(town.workplace, {APP_ID: desk.post.api}).poll_once() == 1  # after a restart
    found = town.cases()
    assert len(found) == len(desk.rows()) == 121
    assert {case.channel for case in found} == {"comment"}
    assert all(case.status == "new" for case in found)


async def test_a_comment_is_received_when_it_was_written(town: Town, desk: Desk) -> None:
    article = desk.article()
    written = town.fake.comment(article, "投诉路灯不亮")
    town.clock.ahead(hours=5)
    await desk.poller.poll_once()
    assert int(town.cases()[0].received_at.timestamp()) == written.create_time


async def test_two_readers_without_an_address_are_two_people(town: Town, desk: Desk) -> None:
    article = desk.article()
    town.fake.comment(article, "投诉路灯不亮")
    town.fake.comment(article, "投诉井盖破了")
    await desk.poller.poll_once()
    assert len({case.citizen_id for case in town.cases()}) == 2


@pytest.mark.parametrize(
    "spoil", [lambda fake: fake.trouble("comment/list", code=-1), lambda fake: fake.expire_tokens()]
)
async def test_a_poll_that_fails_is_made_up_for(
    town: Town, desk: Desk, spoil: Callable[[object], None]
) -> None:
    article = desk.article()
    for number in range(60):
        town.fake.comment(article, f"投诉{number}")
    await desk.post.api.token()
    spoil(town.fake)
    first = await desk.poller.poll_once()
    assert first + await desk.poller.poll_once() == 60


@pytest.mark.parametrize("code", [88000, 88001])
async def test_an_article_that_fails_holds_up_no_other(town: Town, desk: Desk, code: int) -> None:
    desk.article("100")
    town.fake.comment(desk.article("200"), "投诉路灯不亮")
    town.fake.trouble("comment/list", code=code)
    assert await desk.poller.poll_once() == 1


async def test_the_approved_answer_is_posted_under_the_comment(town: Town, desk: Desk) -> None:
    written = town.fake.comment(desk.article(), "投诉路灯不亮")
    await desk.poller.poll_once()
    no = town.cases()[0].no
    town.release(no, "路灯已修好。")
    await through(desk.lane)
    assert written.reply == "路灯已修好。"
    assert town.states(no) == [("answer", "posted", "comment")]
    assert [row.state for row in desk.rows()] == ["replied"]


async def test_a_public_answer_with_personal_data_is_refused(town: Town, desk: Desk) -> None:
    town.fake.comment(desk.article(), "投诉路灯不亮")
    await desk.poller.poll_once()
    with pytest.raises(Invalid, match="个人信息"):
        town.release(town.cases()[0].no, "请与张师傅联系，手机 13800138000。")


async def test_a_correction_takes_the_place_of_the_reply(town: Town, desk: Desk) -> None:
    written = town.fake.comment(desk.article(), "投诉路灯不亮")
    await desk.poller.poll_once()
    no = town.cases()[0].no
    town.release(no, "路灯已修好。")
    await through(desk.lane)
    town.release(no, "更正：路灯周五修好。", Purpose.CORRECTION)
    await through(desk.lane)
    assert written.reply == "更正：路灯周五修好。"
    assert town.states(no)[-1] == ("correction", "posted", "comment")


@pytest.mark.parametrize("code", [88000, 88001, 88005, 88008, 87009])
async def test_a_reply_that_is_refused_is_an_honest_failure(town: Town, desk: Desk, code: int) -> None:
    written = town.fake.comment(desk.article(), "投诉路灯不亮")
    await desk.poller.poll_once()
    no = town.cases()[0].no
    town.release(no, "路灯已修好。")
    town.fake.trouble("reply/add", code=code)
    await through(desk.lane)
    assert written.reply == ""
    assert town.states(no) == [("answer", "failed", "comment")]
    assert str(code) in town.deliveries(no)[0].error


@pytest.mark.parametrize("code", [-1, 45009, 45011])
async def test_a_reply_meets_a_busy_platform(town: Town, desk: Desk, code: int) -> None:
    written = town.fake.comment(desk.article(), "投诉路灯不亮")
    await desk.poller.poll_once()
    no = town.cases()[0].no
    town.release(no, "路灯已修好。")
    town.fake.trouble("reply/add", code=code)
    await through(desk.lane)
    assert town.states(no) == [("answer", "pending", "comment")]
    town.clock.ahead(hours=2)
    await through(desk.lane)
    assert written.reply == "路灯已修好。"


async def test_our_own_reply_posted_before_a_kill_is_recognised(town: Town, desk: Desk) -> None:
    written = town.fake.comment(desk.article(), "投诉路灯不亮")
    await desk.poller.poll_once()
    no = town.cases()[0].no
    town.release(no, "路灯已修好。")
    written.reply = "路灯已修好。"
    await through(desk.lane)
    assert town.states(no) == [("answer", "posted", "comment")]


async def test_a_deleted_comment_closes_its_case_with_a_note(town: Town, desk: Desk) -> None:
    article = desk.article()
    for number in range(60):
        town.fake.comment(article, f"投诉{number}")
    await desk.poller.poll_once()
    del article.comments[30]
    await desk.poller.poll_once()
    closed = [case for case in town.cases() if case.status == "closed"]
    assert len(closed) == 1
    assert "已被删除" in closed[0].close_note


async def test_one_deleted_and_one_new_at_the_same_time_are_both_seen(town: Town, desk: Desk) -> None:
    article = desk.article()
    for number in range(60):
        town.fake.comment(article, f"投诉{number}")
    await desk.poller.poll_once()
    del article.comments[3]
    town.fake.comment(article, "投诉新来的")
    assert await desk.poller.poll_once() == 1
    assert sum(case.status == "closed" for case in town.cases()) == 1


async def test_a_comment_answered_on_the_platform_is_closed(town: Town, desk: Desk) -> None:
    town.fake.comment(desk.article(), "投诉路灯不亮").reply = "已在后台答复"
    await desk.poller.poll_once()
    assert town.cases()[0].status == "closed"


async def test_datacube_finds_articles_from_the_next_day_on(town: Town, desk: Desk) -> None:
    article = town.fake.add_article("2247489999", 1, "春季植树")
    town.fake.comment(article, "感谢你们种树")
    assert await desk.poller.poll_once() == 0
    town.clock.ahead(days=1)
    assert await desk.poller.poll_once() == 1
    assert [(a.msg_data_id, a.idx, a.title) for a in town.workplace.look(articles.listed)] == [
        ("2247489999", 1, "春季植树")
    ]


async def test_praise_can_be_marked_elect(town: Town, desk: Desk) -> None:
    written = town.fake.comment(desk.article(), "感谢你们种树")
    await desk.poller.poll_once()
    no = town.cases()[0].no
    town.workplace.act(lambda d: comments.elect(d, people.staff_by_id(d, 2), register.by_number(d, no)))
    await through(desk.lane)
    assert written.elected


async def test_a_flood_goes_by_words_after_the_first_hundred(town: Town, desk: Desk) -> None:
    """A second opinion takes fifty times as long: a small poll gets it, a flood does not hold up everything."""
    one_by_one: list[str] = []
    at_once: list[int] = []

    def carefully(text: str) -> Triage:
        one_by_one.append(text)
        return judge(text)

    def by_words(texts: Sequence[str]) -> list[Triage]:
        at_once.append(len(texts))
        return [judge(text) for text in texts]

    office = replace(town.workplace.office, triage=carefully, triage_words=by_words)
    poller = CommentPoller(replace(town.workplace, office=office), {APP_ID: desk.post.api})
    article = desk.article()
    for number in range(160):
        town.fake.comment(article, f"投诉第{number}号路灯不亮")
    assert await poller.poll_once() == 160
    assert (len(one_by_one), sum(at_once)) == (CAREFULLY, 60)
    assert {case.category for case in town.cases()} == {"complaint"}
    town.fake.comment(article, "感谢修好了路灯")
    assert await poller.poll_once() == 1
    assert len(one_by_one) == CAREFULLY + 1  # the next poll is a small one again


async def test_twenty_articles_are_polled_to_the_last_comment(town: Town, desk: Desk) -> None:
    written = 0
    for place in range(20):
        article = desk.article(str(100 + place // 4), place % 4)
        for number in range(place * 5):
            town.fake.comment(article, f"投诉{place}街{number}号", f"reader{number}")
            written += 1
    assert await desk.poller.poll_once() == written
    assert await desk.poller.poll_once() == 0
    assert len(town.cases()) == len({row.case_id for row in desk.rows()}) == written
