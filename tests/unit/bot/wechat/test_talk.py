"""Longer talks: additions, ratings, following up, several cases and several accounts."""

from datetime import timedelta
from pathlib import Path

from fastapi.testclient import TestClient

from app.serve.ahead import Application
from bot.wechat import callback
from bot.wechat.accounts import Account
from cases.register.states import Purpose
from tests.fakes import wechat
from tests.unit.bot.wechat.conftest import APP_ID, NUMBER, SECRET, Post, Town, make_town


def numbers(text: str) -> list[str]:
    return NUMBER.findall(text)


def test_an_addition_joins_its_case_however_old(town: Town) -> None:
    no = town.open_case("ann", "投诉路灯不亮")
    town.clock.ahead(days=3)
    assert no in town.say("ann", f"补充 {no} 是两盏都不亮")
    assert len(town.cases()) == 1
    assert "两盏" not in town.say("bob", f"补充 {no} 我也加一句")
    assert town.say("ann", f"补充 {no}").count("「补充 编号 内容」") == 1


def test_an_addition_after_the_window_without_a_number_goes_to_the_open_case(town: Town) -> None:
    no = town.open_case("ann", "投诉路灯不亮")
    town.clock.ahead(minutes=6)
    assert numbers(town.say("ann", "补充：是两盏都不亮"))[0] == no
    assert numbers(town.say("bob", "补充 医疗保险怎么交"))[0] != no
    assert len(town.cases()) == 2


def test_after_the_merge_window_a_message_is_a_case_of_its_own(town: Town) -> None:
    first = town.open_case("ann", "投诉路灯不亮")
    town.clock.ahead(minutes=6)
    second = town.open_case("ann", "请问公园几点开门")
    assert first != second
    said = town.say("ann", "查询")
    assert first in said
    assert second in said


def test_no_addition_joins_an_answered_case(town: Town) -> None:
    no = town.open_case("ann", "投诉路灯不亮")
    town.release(no, "路灯已修好。")
    assert numbers(town.say("ann", "还有井盖破了"))[0] != no


def test_who_writes_after_an_answer_is_asked_whether_it_belongs(town: Town) -> None:
    no = town.open_case("ann", "投诉路灯不亮")
    town.release(no, "路灯已修好。")
    town.clock.ahead(minutes=10)
    said = town.say("ann", "投诉还是不亮")
    new = numbers(said)[0]
    assert new != no
    assert no in said
    assert "「是」" in said
    assert no in town.say("ann", "是")
    assert any(no in reason for reason in town.case(new).reasons)
    assert numbers(town.say("ann", "是"))[0] == new  # asked once only: the second is a message like any other


def test_the_question_lapses_with_the_merge_window(town: Town) -> None:
    no = town.open_case("ann", "投诉路灯不亮")
    town.release(no, "路灯已修好。")
    new = numbers(town.say("ann", "投诉还是不亮"))[0]
    town.clock.ahead(minutes=6)
    town.say("ann", "是")
    assert not any(no in reason for reason in town.case(new).reasons)


def test_a_rating_is_recorded_and_an_unhappy_one_reopens_once(town: Town) -> None:
    no = town.open_case("ann", "投诉路灯不亮")
    assert "尚未答复" in town.say("ann", f"评价 {no} 满意")
    town.release(no, "路灯已修好。")
    assert "没有找到" in town.say("bob", f"评价 {no} 满意")
    assert "感谢" in town.say("ann", f"评价 {no} 基本满意")
    assert town.case(no).rating == "基本满意"
    town.clock.ahead(days=7)
    said = town.say("ann", f"评价 {no} 不满意")
    assert "2026-04-07" in said  # twenty working days from 9 March, the 6th of April is Qingming
    assert "哪里不满意" in said
    assert town.case(no).status == "new"
    town.release(no, "已经换了新灯。")
    assert town.say("ann", "不满意")
    assert town.case(no).status == "answered"


def test_a_bare_grade_without_an_answered_case_is_a_message(town: Town) -> None:
    assert numbers(town.say("ann", "不满意"))
    assert len(town.cases()) == 1


def test_an_unhappy_rating_with_its_reason_keeps_the_reason(town: Town) -> None:
    no = town.open_case("ann", "投诉路灯不亮")
    town.release(no, "路灯已修好。")
    town.say("ann", f"评价 {no} 不满意，第二盏还是黑的")
    case = town.case(no)
    said = [view.text for view in town.workplace.look(lambda desk: _view(desk, case)).messages]
    assert said == ["投诉路灯不亮", "第二盏还是黑的"]


def _view(desk, case):  # type: ignore[no-untyped-def]
    from cases.lists import views

    return views.view(desk, case)


def test_a_refusal_can_be_read_and_rated(town: Town) -> None:
    no = town.open_case("ann", "投诉邻县路灯")
    town.release(no, "该路段属于邻县，请拨打当地 12345。", Purpose.REFUSAL)
    town.clock.ahead(days=3)
    assert "邻县" in town.say("ann", f"查询 {no}")
    assert "感谢" in town.say("ann", f"评价 {no} 满意")


def test_not_solved_turns_an_automatic_answer_over_to_a_person(town: Town) -> None:
    no = numbers(town.say("ann", "社保卡丢了怎么办"))[0]
    received = town.case(no).received_at
    town.clock.ahead(hours=2)
    said = town.say("ann", "沒解決")
    assert no in said
    assert town.case(no).received_at == received
    assert "没有需要转人工" in town.say("ann", "人工")


def test_danger_in_an_addition_gets_the_safety_text_once(town: Town) -> None:
    no = town.open_case("ann", "投诉路灯不亮")
    assert "12356" in town.say("ann", "再不修我就跳楼")
    assert no in town.say("ann", "真的")
    assert town.case(no).urgent


def test_an_answer_never_rides_on_the_safety_text(town: Town) -> None:
    no = town.open_case("ann", "投诉路灯不亮")
    town.clock.ahead(days=5)
    town.release(no, "路灯 2026-03-20 前修好。")
    _wait(town, no)
    assert "2026-03-20" not in town.say("ann", "我要跳楼")
    assert "2026-03-20" in town.say("ann", "查询")


def _wait(town: Town, no: str) -> None:
    from cases.register.states import DeliveryState
    from cases.register.tables import Delivery
    from cases.steps import reply

    row_id = town.deliveries(no)[0].id

    def step(desk):  # type: ignore[no-untyped-def]
        reply.delivered(desk, desk.session.get(Delivery, row_id), DeliveryState.WAITING)

    town.workplace.act(step)


def test_a_list_of_many_cases_comes_in_pages(town: Town) -> None:
    for number in range(60):
        town.clock.ahead(minutes=6)
        town.say("ann", f"投诉第{number}盏路灯一直不亮请来修")
    pages = [town.say("ann", "查询")]
    while "「继续」" in pages[-1]:
        pages.append(town.say("ann", "更多"))
    assert len(set(numbers("".join(pages)))) == 60
    assert all(len(page.encode()) <= 2048 for page in pages)
    assert "没有更多" in town.say("ann", "继续")


async def test_waiting_answers_come_before_waiting_notices(town: Town, post: Post) -> None:
    no = town.open_case("ann", "投诉路灯不亮")
    town.clock.ahead(days=3)
    town.workplace.act(lambda desk: _notice(desk, no))
    town.release(no, "路灯已修好。")
    await post.deliver()
    said = town.say("ann", "你好")
    assert said.index("路灯已修好") < said.index("时限有变")
    assert [state for _, state, _ in town.states(no)] == ["handed_over", "handed_over"]


def _notice(desk, no: str) -> None:  # type: ignore[no-untyped-def]
    from cases.register import register
    from cases.sending import announce

    announce.notice(desk, register.by_number(desk, no), "时限有变。")


def test_several_accounts_have_each_their_own_keys_and_citizens(tmp_path: Path) -> None:
    town = make_town(tmp_path, aes_key="")
    second = Account("wxsecond", SECRET, "second-token", name="health")
    both = callback.doors(town.workplace, (town.account, second), town.judge, var=tmp_path)
    web = Application(both)
    with TestClient(web) as client:

        def say(path: str, token: str, text: str, message_id: str) -> str:
            xml = wechat.push_xml("ann", "text", town.clock(), Content=text, MsgId=message_id)
            signed = wechat.plain(token, xml, town.clock())
            answer = client.post(path, params=signed.query, content=signed.body)
            return town.shown(answer) if answer.status_code == 200 else str(answer.status_code)

        first = numbers(say("/wechat", town.account.token, "投诉路灯不亮", "1"))[0]
        assert say("/wechat/health", town.account.token, "投诉路灯不亮", "2") == "403"
        other = numbers(say("/wechat/health", "second-token", "投诉医院排队", "1"))[0]
        assert first not in say("/wechat/health", "second-token", "查询", "3")
        assert {case.account for case in town.cases()} == {APP_ID, "wxsecond"}
        assert first != other
        assert say("/wechat/nobody", "second-token", "x", "4") == "404"
    town.workplace.store.close()


def test_the_office_s_safety_text_is_read_anew(town: Town, tmp_path: Path) -> None:
    (tmp_path / "safety.txt").write_text("本市心理热线 0755-12355。", encoding="utf-8")
    assert "本市心理热线" in town.say("ann", "我要跳楼")


def test_a_receipt_from_the_future_or_the_distant_past_counts_from_now(town: Town) -> None:
    for days in (1, -181):
        town.push(f"c{days}", "text", town.clock() + timedelta(days=days), Content="投诉路灯不亮")
    assert all(abs(case.received_at - case.registered_at) < timedelta(seconds=1) for case in town.cases())
