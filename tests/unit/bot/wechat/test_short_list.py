"""The short list: a number answers at once, anything else leaves the ordinary case that was there all along."""

import pytest
from sqlmodel import col, select

from cases.knowledge import learn
from cases.register.states import State
from cases.register.tables import AutoAnswer, Outbox
from tests.unit.bot.wechat.conftest import MEANT, NUMBER, Town

ASKED = "居住证要怎么弄"


@pytest.fixture
def town(town: Town) -> Town:
    for entry in MEANT:
        town.workplace.act(lambda desk, entry=entry: learn.bring_in(desk, entry))  # type: ignore[misc]
    return town


def cards(town: Town) -> list[Outbox]:
    query = select(Outbox).where(Outbox.kind == "case_card").order_by(col(Outbox.id))
    return town.workplace.look(lambda desk: list(desk.session.exec(query).all()))


def test_the_list_stands_under_the_receipt_of_a_case(town: Town) -> None:
    said = town.say("ann", ASKED)
    (case,) = town.cases()
    assert NUMBER.findall(said)[0] == case.no and str(case.due_on) in said
    assert "您是想问：\n1 居住证怎么申领？\n2 居住证怎么签注？" in said and "都不是请回复 人工" in said
    assert case.status == State.NEW
    (card,) = cards(town)
    assert card.not_before > town.clock()  # a choice may make it needless


@pytest.mark.parametrize("chosen", ["2", "２。", "选2", "第二个", "②", "2 谢谢"])
def test_a_number_answers_closes_and_is_counted(town: Town, chosen: str) -> None:
    town.say("ann", ASKED)
    said = town.say("ann", chosen)
    (case,) = town.cases()
    assert said.startswith(f"【自动答复】编号 {case.no}") and MEANT[1].answer in said
    assert case.status == State.AUTO_ANSWERED and case.due_on
    query = select(AutoAnswer)
    (hit,) = town.workplace.look(lambda desk: list(desk.session.exec(query).all()))
    assert (hit.entry_id, hit.masked_question) == ("kb3", ASKED)
    assert [row.state for row in cards(town)] == ["dropped"]
    assert [kind for kind, _, _ in town.states(case.no)] == ["auto"]


def test_after_a_choice_a_person_can_still_be_had(town: Town) -> None:
    town.say("ann", ASKED)
    before = town.cases()[0]
    town.say("ann", "1")
    assert before.no in town.say("ann", "人工")
    (case,) = town.cases()
    assert (case.status, case.received_at, case.due_on) == (State.NEW, before.received_at, before.due_on)
    assert [row.state for row in cards(town)] == ["dropped", "pending"]


@pytest.mark.parametrize("said", ["人工", "都不是", "以上都不对"])
def test_none_of_them_is_an_ordinary_case_at_once(town: Town, said: str) -> None:
    town.say("ann", ASKED)
    assert town.cases()[0].no in town.say("ann", said)
    (case,) = town.cases()
    assert case.status == State.NEW
    (card,) = cards(town)
    assert card.not_before <= town.clock()
    assert "已并入" in town.say("ann", "2")  # what was declined is no longer offered


def test_other_words_join_the_case_and_end_the_choice(town: Town) -> None:
    town.say("ann", ASKED)
    assert "已并入" in town.say("ann", "我是外地来的")
    assert cards(town)[0].not_before <= town.clock()
    assert "已并入" in town.say("ann", "1")
    assert [case.status for case in town.cases()] == [State.NEW]


def test_after_the_window_a_number_is_a_message_like_any_other(town: Town) -> None:
    town.say("ann", ASKED)
    town.clock.ahead(seconds=301)
    assert cards(town)[0].not_before <= town.clock()
    assert "【自动答复】" not in town.say("ann", "1")
    assert town.cases()[0].status == State.NEW


@pytest.mark.parametrize("number", ["3", "9", "0"])
def test_a_number_that_is_not_on_the_list_joins(town: Town, number: str) -> None:
    town.say("ann", ASKED)
    assert "已并入" in town.say("ann", number)
    assert town.cases()[0].status == State.NEW


def test_an_entry_stopped_meanwhile_answers_nobody(town: Town) -> None:
    town.say("ann", ASKED)
    town.workplace.act(lambda desk: learn.retire(desk, "kb3"))
    assert "工作人员" in town.say("ann", "2")
    assert town.cases()[0].status == State.NEW


@pytest.mark.parametrize("text", ["投诉居住证窗口", "我要跳楼，居住证也办不了"])
def test_what_is_no_plain_question_gets_no_list(town: Town, text: str) -> None:
    assert "您是想问" not in town.say("ann", text)


def test_a_number_without_a_list_is_a_message(town: Town) -> None:
    assert NUMBER.search(town.say("bob", "1"))
