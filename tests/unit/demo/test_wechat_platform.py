"""The played platform answers as the real one does: windows, quotas, tokens, comments, and the published codes."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from demo.wechat_platform import (
    LONGEST_TEXT,
    PER_MOMENT,
    PER_WINDOW,
    FakeWeChat,
    Follower,
    PlatformRefusal,
)
from tests.builders import Clock


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def fake(clock: Clock) -> FakeWeChat:
    platform = FakeWeChat(clock)
    platform.wrote("o-1")
    return platform


def text(words: str = "您好", openid: str = "o-1") -> dict[str, Any]:
    return {"touser": openid, "msgtype": "text", "text": {"content": words}}


def menu(*lines: str, openid: str = "o-1") -> dict[str, Any]:
    rows = [{"id": str(n), "content": line} for n, line in enumerate(lines)]
    return {"touser": openid, "msgtype": "msgmenu", "msgmenu": {"head_content": "满意吗", "list": rows}}


def code(call: Callable[[], object]) -> int:
    """Return the platform's error code, 0 when it took what was sent."""
    try:
        call()
    except PlatformRefusal as refused:
        return refused.code
    return 0


def test_five_messages_for_each_of_the_citizens(fake: FakeWeChat) -> None:
    assert [code(lambda: fake.custom_send(text())) for _ in range(PER_WINDOW + 1)] == [0] * PER_WINDOW + [
        45047
    ]
    fake.wrote("o-1")
    assert code(lambda: fake.custom_send(text())) == 0
    assert len(fake.texts("o-1")) == PER_WINDOW + 1


@pytest.mark.parametrize(
    ("hours", "answer"), [(0, 0), (47.99, 0), (48, 45015), (49, 45015), (24 * 30, 45015)]
)
def test_the_window_is_open_for_48_hours(fake: FakeWeChat, clock: Clock, hours: float, answer: int) -> None:
    clock.advance(hours=hours)
    assert code(lambda: fake.custom_send(text())) == answer


@pytest.mark.parametrize(("seconds", "taken"), [(0, PER_MOMENT), (59, PER_MOMENT), (60, 0)])
def test_a_click_opens_a_minute_for_three(clock: Clock, seconds: int, taken: int) -> None:
    fake = FakeWeChat(clock)
    fake.clicked("o-2")
    clock.advance(seconds=seconds)
    said = [code(lambda: fake.custom_send(text(openid="o-2"))) for _ in range(PER_MOMENT + 1)]
    assert said == ([0] * taken + [45047] if taken else [45015] * (PER_MOMENT + 1))


def test_a_click_within_the_window_gives_nothing_anew(fake: FakeWeChat) -> None:
    for _ in range(PER_WINDOW):
        fake.custom_send(text())
    fake.clicked("o-1")
    assert code(lambda: fake.custom_send(text())) == 45047


REFUSED: list[tuple[str, dict[str, Any], int]] = [
    ("nobody", text(openid="o-9"), 40003),
    ("left", text(), 43004),
    ("blocked", text(), 48002),
    ("", {"touser": "o-1", "msgtype": "news"}, 40008),
    ("", {"touser": "o-1"}, 40008),
    ("", text(""), 44004),
    ("", {"touser": "o-1", "msgtype": "text"}, 44004),
    ("", text("字" * (LONGEST_TEXT // 3 + 1)), 45002),
    ("", text("字" * (LONGEST_TEXT // 3)), 0),
    ("", menu(), 44004),
    ("", menu(""), 44004),
    ("", menu("满意", "不满意"), 0),
    ("test account", menu("满意"), 40200),
    ("unverified", text(), 48001),
]


@pytest.mark.parametrize(("state", "body", "answer"), REFUSED)
def test_what_a_customer_message_meets(
    fake: FakeWeChat, state: str, body: dict[str, Any], answer: int
) -> None:
    fake.followers["o-1"].following = state != "left"
    fake.followers["o-1"].blocked = state == "blocked"
    fake.verified, fake.menus = state != "unverified", state != "test account"
    assert code(lambda: fake.custom_send(body)) == answer
    assert len(fake.inbox.get("o-1", [])) == (answer == 0)
    assert fake.followers["o-1"].used == (answer == 0)  # what was refused counts for nothing


def test_who_leaves_and_comes_back(fake: FakeWeChat) -> None:
    fake.unfollow("o-1")
    assert fake.user_info("o-1")["subscribe"] == 0
    fake.clicked("o-1")
    assert fake.user_info("o-1")["subscribe"] == 1 and "nickname" not in fake.user_info("o-1")
    assert code(lambda: fake.user_info("o-9")) == 40003


@pytest.mark.parametrize(
    ("data", "template", "answer"),
    [
        ({"thing2": {"value": "字" * 20}}, "t1", 0),
        ({"thing2": {"value": "字" * 21}}, "t1", 47003),
        ({}, "t1", 0),
        ({"thing2": {"value": "x"}}, "", 40037),
    ],
)
def test_a_template_message(
    fake: FakeWeChat, clock: Clock, data: dict[str, Any], template: str, answer: int
) -> None:
    clock.advance(days=30)  # no window is needed
    body = {"touser": "o-1", "template_id": template, "data": data}
    assert code(lambda: fake.template_send(body)) == answer
    fake.unfollow("o-1")
    assert code(lambda: fake.template_send({**body, "template_id": "t1"})) == 43004


def test_a_choice_of_a_menu_message(fake: FakeWeChat) -> None:
    with pytest.raises(LookupError):
        fake.chose("o-1", "满意")
    fake.custom_send(menu("满意", "不满意"))
    fake.custom_send(menu("基本满意", "满意"))
    assert fake.chose("o-1", "满意") == {"Content": "满意", "bizmsgmenuid": "1"}  # the latest menu's line
    with pytest.raises(LookupError):
        fake.chose("o-1", "不满意")
    assert fake.followers["o-1"].used == 0  # a choice is a message


def token(fake: FakeWeChat, **more: Any) -> tuple[str, int]:
    answer = fake.stable_token({"appid": fake.app_id, "secret": fake.secret, **more})
    return answer["access_token"], answer["expires_in"]


def test_a_stable_token_is_renewed_five_minutes_early_and_both_are_good(
    fake: FakeWeChat, clock: Clock
) -> None:
    first, life = token(fake)
    assert life == 7200 and token(fake) == (first, 7200)
    clock.advance(seconds=6899)
    assert token(fake) == (first, 301)
    clock.advance(seconds=1)
    second, life = token(fake)
    assert second != first and life == 7200
    assert code(lambda: fake.check_token(first)) == code(lambda: fake.check_token(second)) == 0
    clock.advance(minutes=5)
    assert code(lambda: fake.check_token(first)) == 42001
    assert code(lambda: fake.check_token(second)) == 0


def test_a_forced_token_ends_the_one_before(fake: FakeWeChat) -> None:
    first, _ = token(fake)
    second, _ = token(fake, force_refresh=True)
    assert code(lambda: fake.check_token(first)) == 40001 and code(lambda: fake.check_token(second)) == 0
    fake.expire_tokens()
    assert code(lambda: fake.check_token(second)) == 40001 and token(fake)[0] != second


@pytest.mark.parametrize(("token", "answer"), [("", 41001), ("made-up", 40001)])
def test_a_token_that_is_none(fake: FakeWeChat, token: str, answer: int) -> None:
    assert code(lambda: fake.check_token(token)) == answer


@pytest.mark.parametrize(
    ("appid", "secret", "answer"), [("wx-other", "fake-secret", 40013), ("wxfake00000000000", "no", 40125)]
)
def test_who_may_have_a_token(fake: FakeWeChat, appid: str, secret: str, answer: int) -> None:
    assert code(lambda: fake.plain_token(appid, secret)) == answer
    assert code(lambda: fake.stable_token({"appid": appid, "secret": secret})) == answer
    assert fake.fetches == 0


@pytest.fixture
def article(fake: FakeWeChat) -> dict[str, Any]:
    made = fake.add_article("2247", 1, "通告")
    for n in range(60):
        fake.comment(made, f"留言 {n}", "o-1" if n % 2 else "")
    return {"msg_data_id": "2247", "index": 1}


@pytest.mark.parametrize(("begin", "count", "answer"), [(0, 49, 49), (49, 49, 11), (60, 10, 0), (0, 1, 1)])
def test_comments_come_in_pages(
    fake: FakeWeChat, article: dict[str, Any], begin: int, count: int, answer: int
) -> None:
    page = fake.comment_list({**article, "begin": begin, "count": count})
    assert page["total"] == 60 and len(page["comment"]) == answer
    assert [row["user_comment_id"] for row in page["comment"]] == list(range(begin + 1, begin + answer + 1))
    assert all(("openid" in row) == (row["user_comment_id"] % 2 == 0) for row in page["comment"])


@pytest.mark.parametrize(
    ("more", "answer"),
    [({"count": 50}, 88010), ({"count": 0}, 88010), ({}, 88010), ({"count": 9, "index": 0}, 88001),
     ({"count": 9, "msg_data_id": "1"}, 88001), ({"count": 9, "msg_data_id": 2247}, 0)],
)  # fmt: skip
def test_a_page_that_cannot_be_had(
    fake: FakeWeChat, article: dict[str, Any], more: dict[str, Any], answer: int
) -> None:
    assert code(lambda: fake.comment_list({**article, **more})) == answer


def test_a_comment_has_one_reply(fake: FakeWeChat, article: dict[str, Any]) -> None:
    one = {**article, "user_comment_id": 7}
    assert code(lambda: fake.comment_unreply(one)) == 87009
    assert code(lambda: fake.comment_reply({**one, "content": "  "})) == 44004
    assert code(lambda: fake.comment_reply({**one, "content": "已答复"})) == 0
    assert code(lambda: fake.comment_reply({**one, "content": "再答复"})) == 88005
    shown = fake.comment_list({**article, "begin": 6, "count": 1})["comment"][0]
    assert shown["reply"]["content"] == "已答复" and shown["comment_type"] == 0
    assert code(lambda: fake.comment_unreply(one)) == code(lambda: fake.mark_elect(one)) == 0
    shown = fake.comment_list({**article, "begin": 6, "count": 1})["comment"][0]
    assert shown["reply"] == {} and shown["comment_type"] == 1
    for unknown in (0, 61, "7", None):
        assert (
            code(lambda u=unknown: fake.comment_reply({**one, "user_comment_id": u, "content": "x"})) == 88008
        )  # type: ignore[misc]


def test_articles_are_known_once_their_day_is_over(fake: FakeWeChat, clock: Clock) -> None:
    clock.set(2026, 3, 2, 23)
    fake.add_article("10", 0, "一")
    fake.add_article("10", 1, "二")

    def of(begin: str, end: str = "") -> Any:
        return fake.article_detail({"begin_date": begin, "end_date": end or begin})

    assert code(lambda: of("2026-03-02")) == 61501
    clock.advance(hours=1)
    assert [row["msgid"] for row in of("2026-03-02")["list"]] == ["10_1", "10_2"]
    assert of("2026-03-01")["list"] == []
    for begin, end in (("2026-03-01", "2026-03-02"), ("2026-03-03", ""), ("2027-01-01", "")):
        assert code(lambda b=begin, e=end: of(b, e)) == 61501  # type: ignore[misc]


def test_a_fault_is_counted_off_and_hits_its_own_call(fake: FakeWeChat) -> None:
    fake.trouble("/custom/send", code=-1, times=2)
    fake.trouble("/comment/list", status=502)
    assert fake.fault("/cgi-bin/message/template/send") is None
    assert [fault and fault.code for fault in (fake.fault("/cgi-bin/message/custom/send") for _ in range(3))] == [
        -1, -1, None,
    ]  # fmt: skip
    assert [fault and fault.status for fault in (fake.fault("/cgi-bin/comment/list") for _ in range(2))] == [
        502, None,
    ]  # fmt: skip


def test_what_arrives_is_told_once(clock: Clock) -> None:
    seen: list[tuple[str, str]] = []
    fake = FakeWeChat(clock, on_sent=lambda openid, sent: seen.append((openid, sent.kind)))
    fake.wrote("o-1")
    fake.custom_send(text())
    fake.custom_send(menu("满意"))
    fake.template_send({"touser": "o-1", "template_id": "t", "data": {}})
    code(lambda: fake.custom_send(text("")))
    assert seen == [("o-1", "text"), ("o-1", "msgmenu"), ("o-1", "template")]


def test_who_wrote_days_ago_is_out_of_the_window_after_a_restart(clock: Clock) -> None:
    fake = FakeWeChat(clock)
    for hours, openid in ((1, "o-new"), (50, "o-old")):
        fake.followers[openid] = Follower(wrote_at=clock.now - timedelta(hours=hours), used=3)
    assert [code(lambda: fake.custom_send(text(openid="o-new"))) for _ in range(3)] == [0, 0, 45047]
    assert code(lambda: fake.custom_send(text(openid="o-old"))) == 45015
