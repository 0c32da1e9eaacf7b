"""What citizens order, and what becomes of the words that come with an order: none is lost, none goes astray."""

from datetime import timedelta

import pytest
from sqlmodel import select

from cases.register.tables import Message, Promise
from cases.steps import promise
from tests.unit.bot.wechat.conftest import NUMBER, Town


def kept(town: Town) -> list[tuple[int | None, str]]:
    """Return (case, text) of every message, oldest first."""
    vault = town.workplace.office.vault

    def read(desk):  # type: ignore[no-untyped-def]
        return [
            (m.case_id, vault.open(m.sealed)) for m in desk.session.exec(select(Message).order_by(Message.id))
        ]

    return town.workplace.look(read)


def answered(
    town: Town, openid: str = "ann", text: str = "投诉路灯不亮", answer: str = "路灯已修好。"
) -> str:
    no = town.open_case(openid, text)
    town.release(no, answer)
    return no


@pytest.mark.parametrize("said", ["不满意😡", "评价 {no}，不满意😡", "不满意！", "评价{no} 很不满意呀"])
def test_a_rating_is_one_with_emoji_and_punctuation(town: Town, said: str) -> None:
    no = answered(town)
    town.say("ann", said.format(no=no))
    assert (town.case(no).rating, town.case(no).status) == ("不满意", "new")
    assert len(town.cases()) == 1


@pytest.mark.parametrize("said", ["评价 满意", "满意", "评价：基本满意"])
def test_who_is_content_before_an_answer_adds_nothing_to_the_case(town: Town, said: str) -> None:
    no = town.open_case("ann", "投诉路灯不亮")
    told = town.say("ann", said)
    assert (no in told, "尚未答复" in told) == (True, True)
    assert [text for _case, text in kept(town)] == ["投诉路灯不亮"]


def test_who_is_not_content_is_heard_before_an_answer_too(town: Town) -> None:
    no = town.open_case("ann", "投诉路灯不亮")
    town.say("ann", "不满意")
    assert (len(kept(town)), len(town.cases()), town.case(no).rating) == (2, 1, "")


@pytest.mark.parametrize("said", ["查询。", "查询", "查一下进度。"])
def test_a_spoken_command_is_one(town: Town, said: str) -> None:
    no = town.open_case("ann", "投诉路灯不亮")
    assert no in town.push("ann", "voice", MediaId="M1", Format="amr", Recognition=said)
    assert len(kept(town)) == 1


def test_a_spoken_wish_for_a_person_is_heard(town: Town) -> None:
    no = NUMBER.findall(town.say("ann", "社保卡丢了怎么办"))[0]
    assert no in town.push("ann", "voice", MediaId="M1", Format="amr", Recognition="人工。")
    assert town.case(no).status == "new"


@pytest.mark.parametrize("said", ["人工，我出不了门", "没解决，我出不了门", "人工 {no} 我出不了门"])
def test_why_a_person_is_wanted_goes_with_the_question_it_is_about(town: Town, said: str) -> None:
    no = NUMBER.findall(town.say("ann", "社保卡丢了怎么办"))[0]
    told = town.say("ann", said.format(no=no))
    assert NUMBER.findall(told) == [no] and "一并转给工作人员" in told
    assert [text for _case, text in kept(town)] == ["社保卡丢了怎么办", "我出不了门"]
    assert (town.case(no).status, len(town.cases())) == ("new", 1)


@pytest.mark.parametrize("days", [0, 31])
def test_without_an_automatic_answer_just_read_such_words_are_a_letter(town: Town, days: int) -> None:
    if days:
        old = NUMBER.findall(town.say("ann", "社保卡丢了怎么办"))[0]
        town.clock.ahead(days=days)
    no = NUMBER.findall(town.say("ann", "人工，投诉窗口没有人"))[0]
    assert kept(town)[-1][1] == "人工，投诉窗口没有人" and town.case(no).status == "new"
    assert not days or town.case(old).status == "auto_answered"


def test_an_accusation_beside_a_rating_says_the_number_of_its_own_case(town: Town) -> None:
    no = answered(town)
    told = NUMBER.findall(town.say("ann", f"评价 {no} 不满意，举报科长收受贿赂"))
    assert {case.no for case in town.cases()} == set(told) and len(set(told)) == 2


@pytest.mark.parametrize("said", ["不满意 {no}", "评价 不满意 {no}"])
def test_a_grade_before_the_number_is_of_that_case_and_files_no_letter(town: Town, said: str) -> None:
    first = answered(town)
    town.clock.ahead(hours=1)
    second = answered(town, text="投诉水管坏了", answer="水管已修好。")
    town.say("ann", said.format(no=first))
    assert (town.case(first).rating, town.case(second).rating) == ("不满意", "")
    assert len(town.cases()) == len(kept(town)) == 2


@pytest.mark.parametrize(
    "said", ["【收到不支持的消息类型，暂无法显示】", "\u200b", "\u3164\u2800", "\ufe0f", " \u3000\n", "/::)"]
)
def test_the_platform_s_words_and_invisible_ones_make_no_case(town: Town, said: str) -> None:
    assert "文字" in town.say("ann", said)
    assert town.cases() == []
    no = town.open_case("ann", "投诉路灯不亮")
    assert no not in town.say("ann", said)
    assert all(case is None or text == "投诉路灯不亮" for case, text in kept(town))


def test_unsolved_after_a_colleague_s_answer_reopens_it_once_with_the_words(town: Town) -> None:
    no = answered(town)
    said = town.say("ann", "还没有解决我的问题！")
    assert no in said and "重新办理" in said
    case = town.case(no)
    assert (case.status, case.reopened, case.rating) == ("new", 1, "")
    assert kept(town)[-1] == (case.id, "还没有解决我的问题！")
    town.release(no, "真的修好了。")
    town.say("ann", "还没有解决我的问题！")
    assert town.case(no).status == "answered"
    assert len(town.cases()) == 2  # a matter of its own, asked whether it belongs
    assert kept(town)[-1][1] == "还没有解决我的问题！"


def test_a_bare_rating_is_of_what_was_answered_last(town: Town) -> None:
    first = town.open_case("ann", "投诉路灯不亮")
    town.clock.ahead(minutes=10)
    automatic = NUMBER.findall(town.say("ann", "社保卡丢了怎么办"))[0]
    town.clock.ahead(minutes=10)
    town.release(first, "路灯已修好。")
    town.say("ann", "不满意")
    assert (town.case(first).rating, town.case(automatic).rating) == ("不满意", "")
    assert (town.case(first).status, town.case(automatic).status) == ("new", "auto_answered")


def test_a_changed_mind_rates_the_same_answer_again(town: Town) -> None:
    older = answered(town)
    town.clock.ahead(minutes=10)
    newer = answered(town, text="投诉井盖破了")
    town.say("ann", "满意")
    town.say("ann", "不满意")
    assert (town.case(older).rating, town.case(newer).rating) == ("", "不满意")


@pytest.mark.parametrize(
    "said", ["查询 123", "查询 20260302-001", "评价 123 满意", "人工 7", "补充 123 两盏都不亮"]
)
def test_a_mistyped_command_gets_a_line_of_help_and_joins_nothing(town: Town, said: str) -> None:
    no = town.open_case("ann", "投诉路灯不亮")
    reply = town.say("ann", said)
    assert "「查询」" in reply and "编号" in reply
    assert len(town.cases()) == 1
    assert [text for case, text in kept(town) if case is not None] == ["投诉路灯不亮"]
    assert no not in reply


def test_words_with_another_s_number_are_kept_and_added_to_nothing(town: Town) -> None:
    no = town.open_case("ann", "投诉路灯不亮")
    said = town.say("bob", f"补充 {no} 我家也停电了")
    assert "没有找到" in said and "已留存" in said
    assert kept(town)[-1] == (None, f"补充 {no} 我家也停电了")
    assert "没有找到" in town.say("bob", f"评价 {no} 不满意，灯还是黑的")
    assert kept(town)[-1][0] is None


def test_danger_with_a_wrong_number_is_a_case_at_once(town: Town) -> None:
    said = town.say("ann", "补充 20260302-9999 再不来我就跳楼")
    assert "12356" in said and NUMBER.search(said)
    assert town.cases()[0].urgent


def test_the_reason_of_a_second_discontent_is_a_case_of_its_own(town: Town) -> None:
    no = answered(town)
    town.say("ann", f"评价 {no} 不满意")
    town.release(no, "真的修好了。")
    said = town.say("ann", f"评价 {no} 不满意，投诉第二盏还是黑的")
    assert town.case(no).status == "answered"
    assert kept(town)[-1] == (town.cases()[-1].id, "投诉第二盏还是黑的")
    assert town.cases()[-1].no in said


def test_danger_in_a_reason_gets_the_safety_text(town: Town) -> None:
    no = answered(town)
    assert "12356" in town.say("ann", f"评价 {no} 不满意，再这样我就跳楼")
    assert town.case(no).urgent


def test_a_rating_before_the_answer_keeps_its_words(town: Town) -> None:
    no = town.open_case("ann", "投诉路灯不亮")
    said = town.say("ann", f"评价 {no} 不满意，两盏都不亮")
    assert "尚未答复" in said
    assert kept(town)[-1] == (town.case(no).id, "两盏都不亮")


def test_words_added_to_an_answered_case_go_on_from_it(town: Town) -> None:
    no = answered(town)
    said = town.say("ann", f"补充 {no} 投诉今天又不亮了")
    new = town.cases()[-1]
    assert new.no in said and no in said and any(no in reason for reason in new.reasons)


def test_one_s_case_shows_what_was_done_when(town: Town) -> None:
    no = town.open_case("ann", "投诉路灯不亮")
    assert "已收到（3月2日" in town.say("ann", f"查询 {no}")
    town.release(no, "路灯已修好。")
    town.clock.ahead(days=3)
    said = town.say("ann", f"查询 {no}")
    places = [said.index(word) for word in ("已收到", "正在起草", "审核中", "已答复（")]
    assert places == sorted(places)
    assert "张明" not in said and "李红" not in said


def test_a_photo_alone_is_asked_for_a_sentence(town: Town) -> None:
    said = town.push("ann", "image", PicUrl="http://x/y", MediaId="M1")
    no = NUMBER.findall(said)[0]
    assert "一句话" in said
    assert town.case(no).needs_review
    town.clock.ahead(minutes=20)
    assert no in town.say("ann", "投诉门口的路灯不亮")
    assert not town.case(no).needs_review


def promised(town: Town) -> str:
    no = answered(town, answer="我们将在3个工作日内修好。")
    town.clock.ahead(days=4)
    town.workplace.act(promise.watch)
    return no


def asked(town: Town) -> bool:
    rows = town.workplace.look(lambda desk: desk.session.exec(select(Promise)).all())
    return any(row.asked_at for row in rows)


def test_whether_a_promise_was_kept_is_asked_once_and_no_reopens_it_for_its_handler(town: Town) -> None:
    no = promised(town)
    assert asked(town)
    assert [kind for kind, _, _ in town.states(no)].count("notice") == 1
    town.workplace.act(promise.watch)
    assert [kind for kind, _, _ in town.states(no)].count("notice") == 1
    handler = town.case(no).handler_id
    said = town.say("ann", "没有")
    assert no in said and "2026-04" in said
    assert (town.case(no).status, town.case(no).handler_id) == ("claimed", handler)
    assert "继续办理（" in town.say("ann", f"查询 {no}")
    town.release(no, "这次修好了。")
    assert town.say("ann", "不满意") and town.case(no).status == "new"  # its own one reopening is still there


@pytest.mark.parametrize("said", ["没有，门口还黑着", "没解决，门口还黑着", "还没修好！门口还黑着"])
def test_why_a_promise_was_not_kept_goes_to_its_handler_with_the_case(town: Town, said: str) -> None:
    no = promised(town)
    told = town.say("ann", said)
    assert NUMBER.findall(told) == [no] and "一并转给工作人员" in told
    assert (town.case(no).status, len(town.cases()), kept(town)[-1][1]) == ("claimed", 1, "门口还黑着")


def test_a_kept_promise_is_thanked_for(town: Town) -> None:
    no = promised(town)
    assert no in town.say("ann", "已经办好了，谢谢")
    assert town.case(no).status == "answered"
    assert len(kept(town)) == 1


def test_no_without_a_question_is_a_message(town: Town) -> None:
    answered(town, answer="我们将在3个工作日内修好。")
    town.say("ann", "没有")
    assert not asked(town)
    assert kept(town)[-1][1] == "没有"


def test_nobody_is_asked_in_the_night(town: Town) -> None:
    answered(town, answer="我们将在3个工作日内修好。")  # due until midnight after the 5th
    town.clock.leap = timedelta(days=3, hours=16)  # one in the morning of the 6th
    town.workplace.act(promise.watch)
    assert not asked(town)
    town.clock.ahead(hours=8)
    town.workplace.act(promise.watch)
    assert asked(town)
