"""What a citizen says of an answer."""

import pytest

from bot.handler_chat.cards.cards import Sheet, case_card
from cases.knowledge import learn
from cases.lists import views
from cases.register import citizens, register
from cases.register.desk import Desk
from cases.register.errors import Invalid, NotFound
from cases.register.states import Purpose
from cases.register.tables import DueChange, Outbox, Outcome
from cases.steps import rate, receive
from knowledge_base.base.entries import Entry
from tests.builders import ACCOUNT, SHANGHAI, Bureau, a_match, by_words


def rated(bureau: Bureau, no: str, grade: str) -> bool:
    return bureau.workplace.act(lambda desk: rate.rate(desk, register.by_number(desk, no), grade))


def test_contentment_is_recorded_and_reopens_nothing(bureau: Bureau) -> None:
    no = bureau.answered()
    assert rated(bureau, no, "基本满意") is False
    assert (bureau.case(no).rating, bureau.case(no).status) == ("基本满意", "answered")
    assert [row.rating for row in bureau.rows(Outcome)] == ["基本满意"]


def test_no_rating_counts_as_none(bureau: Bureau) -> None:
    bureau.answered()
    assert [row.rating for row in bureau.rows(Outcome)] == [""]


def test_discontent_reopens_once_with_a_full_new_clock(bureau: Bureau) -> None:
    no = bureau.answered("水管坏了，投诉")
    bureau.clock.set(2026, 3, 20)
    assert rated(bureau, no, "不满意") is True
    case = bureau.case(no)
    assert (case.status, case.handler_id, case.reopened) == ("new", None, 1)
    assert str(case.due_on) == "2026-04-20"  # twenty working days, 清明 on 6 April not counted
    assert case.received_at < case.clock_from == bureau.clock.now and case.registered_at < case.clock_from
    assert case.overdue_since is None and case.on_time is None
    cards = bureau.rows(Outbox, kind="fresh_card")
    assert [row.target for row in cards] == [f"case:{case.id}", "supervisor"]
    bureau.claim("张工", no)
    bureau.approve("李科长", bureau.draft("张工", no, "水管已换新。"))
    assert rated(bureau, no, "不满意") is False
    assert bureau.case(no).status == "answered"
    (word,) = bureau.told("supervisor", "【不满意】")  # a second time: a person should know
    assert no in word and "仍不满意" in word
    assert [row.rating for row in bureau.rows(Outcome)] == ["不满意", "不满意"]


def test_a_late_answer_stays_late_in_the_reports_after_the_reopening(bureau: Bureau) -> None:
    no = bureau.a_case()
    bureau.claim("张工", no)
    draft_id = bureau.draft("张工", no, "水管修好了。")
    bureau.clock.set(2026, 3, 18)
    bureau.approve("李科长", draft_id)
    rated(bureau, no, "不满意")
    assert [row.on_time for row in bureau.rows(Outcome)] == [False]
    bureau.sweep()
    assert bureau.told(word="逾期") == []  # the new clock runs


def test_a_correction_under_review_is_withdrawn_when_the_case_reopens(bureau: Bureau) -> None:
    no = bureau.answered()
    bureau.draft("张工", no, "更正：水管下周修好。", Purpose.CORRECTION)
    rated(bureau, no, "不满意")
    assert [row.state for row in bureau.drafts(no)] == ["approved", "withdrawn"]


def test_a_refusal_may_be_contested_too(bureau: Bureau) -> None:
    no = bureau.a_case()
    bureau.claim("张工", no)
    bureau.approve("李科长", bureau.draft("张工", no, "水管不在本市。", Purpose.REFUSAL))
    assert rated(bureau, no, "不满意") is True


@pytest.mark.parametrize("grade", ["很好", ""])
def test_other_words_are_no_grade(bureau: Bureau, grade: str) -> None:
    no = bureau.answered()
    with pytest.raises(Invalid):
        rated(bureau, no, grade)


def test_an_open_case_is_not_rated(bureau: Bureau) -> None:
    no = bureau.a_case()
    with pytest.raises(Invalid, match="尚未答复"):
        rated(bureau, no, "满意")


def test_nobody_finds_another_citizens_case(bureau: Bureau) -> None:
    no = bureau.a_case(openid="amy")

    def look(openid: str, wanted: str) -> str:
        def step(desk: Desk) -> str:
            return rate.own_case(desk, citizens.at(desk, ACCOUNT, openid), wanted).no

        return bureau.workplace.act(step)

    assert look("amy", no) == no
    said = []
    for wanted in (no, "20260302-9999"):
        with pytest.raises(NotFound) as refused:
            look("bob", wanted)
        said.append(str(refused.value).replace(wanted, "NO"))
    assert said[0] == said[1]


def answered_by_itself(bureau: Bureau) -> str:
    """Return the number of a case of the second that the knowledge base answered."""
    bureau.workplace.act(
        lambda desk: learn.bring_in(desk, Entry("E1", "居住证怎么办", "请到政务大厅三楼办理。"))
    )
    return bureau.a_case("居住证在哪办", "amy", match=a_match("E1"))


def adds(bureau: Bureau, no: str, text: str) -> receive.Outcome:
    """The citizen of `no` (amy) writes 「补充」."""

    def step(desk: Desk) -> receive.Outcome:
        citizen = citizens.at(desk, ACCOUNT, "amy")
        more = receive.Incoming(ACCOUNT, "amy", text, desk.now)
        return receive.add_to(desk, citizen, register.by_number(desk, no), more, by_words(text))

    return bureau.workplace.act(step)


def first_answer_due(bureau: Bureau, no: str) -> str:
    """Return when the first answer is due, in the office's time; empty when it is not watched."""
    moment = bureau.case(no).first_answer_due_at
    return moment.astimezone(SHANGHAI).isoformat()[:16] if moment else ""


def card(bureau: Bureau, no: str) -> str:
    def step(desk: Desk) -> str:
        view = views.view(desk, register.by_number(desk, no))
        return case_card(Sheet(view, SHANGHAI, "", 0)).text

    return bureau.workplace.look(step)


def test_discontent_with_an_automatic_answer_starts_a_full_new_clock_once(bureau: Bureau) -> None:
    no = answered_by_itself(bureau)
    bureau.clock.set(2026, 3, 20)
    assert rated(bureau, no, "不满意") is True
    case = bureau.case(no)
    assert (case.status, case.reopened, str(case.due_on)) == ("new", 1, "2026-04-03")
    assert case.clock_from == bureau.clock.now and not register.is_overdue(case, bureau.clock.now)
    assert [row.cause for row in bureau.rows(DueChange)] == ["received", "reopened"]
    bureau.claim("张工", no)
    bureau.approve("李科长", bureau.draft("张工", no, "请带身份证到派出所办理。"))
    assert bureau.case(no).on_time is True
    assert rated(bureau, no, "不满意") is False
    assert (bureau.case(no).status, bureau.case(no).reopened) == ("answered", 1)


def test_wanting_a_person_after_an_automatic_answer_leaves_the_reopening_for_discontent(
    bureau: Bureau,
) -> None:
    no = answered_by_itself(bureau)
    received = bureau.clock.now
    bureau.clock.set(2026, 3, 5)
    bureau.workplace.act(lambda desk: rate.want_person(desk, citizens.at(desk, ACCOUNT, "amy"), "human", no))
    case = bureau.case(no)
    assert (case.clock_from, str(case.due_on), case.reopened) == (received, "2026-03-16", 0)
    bureau.claim("张工", no)
    bureau.approve("李科长", bureau.draft("张工", no, "请带身份证到派出所办理。"))
    assert rated(bureau, no, "不满意") is True
    assert bureau.case(no).clock_from == bureau.clock.now


def test_contentment_with_an_automatic_answer_reopens_nothing(bureau: Bureau) -> None:
    no = answered_by_itself(bureau)
    assert rated(bureau, no, "满意") is False
    assert bureau.case(no).status == "auto_answered"


@pytest.mark.parametrize("claimed", [True, False])
def test_danger_that_comes_later_has_a_first_answer_of_its_own(bureau: Bureau, claimed: bool) -> None:
    no = bureau.a_case("水管坏了", "amy")
    if claimed:  # and asked back: what was said then is no answer to the danger
        bureau.claim("张工", no)
        bureau.approve("李科长", bureau.draft("张工", no, "请问您的具体地址？", Purpose.QUESTION))
    bureau.clock.set(2026, 3, 5)
    assert adds(bureau, no, "我要跳楼").danger
    assert first_answer_due(bureau, no) == "2026-03-07T00:00"
    assert [row.cause for row in bureau.rows(DueChange)] == ["received", "urgent"]
    assert len(bureau.alarms()) == 1
    assert "首次回应：03-07 00:00 前" in card(bureau, no)
    bureau.clock.set(2026, 3, 7, 0, 1)
    bureau.sweep()
    assert len(bureau.told("supervisor", "首次回应已逾时")) == 1


def test_a_word_more_does_not_start_the_first_answers_clock_anew(bureau: Bureau) -> None:
    no = bureau.a_case("我要跳楼", "amy")
    bureau.clock.set(2026, 3, 3)
    adds(bureau, no, "我真的要跳楼")
    assert first_answer_due(bureau, no) == "2026-03-04T00:00"
    assert [row.cause for row in bureau.rows(DueChange)] == ["received"]


def test_an_urgent_case_that_reopens_has_a_new_first_answer_to_watch(bureau: Bureau) -> None:
    no = bureau.a_case("水管坏了，我要跳楼")
    bureau.claim("张工", no)
    bureau.approve("王主任", bureau.draft("张工", no, "我们马上到您家。"))
    assert "首次回应" not in card(bureau, no)
    bureau.clock.set(2026, 3, 20)  # a Friday
    assert rated(bureau, no, "不满意") is True
    assert first_answer_due(bureau, no) == "2026-03-24T00:00" and "首次回应：03-24 00:00 前" in card(
        bureau, no
    )
    bureau.clock.set(2026, 3, 24, 0, 1)
    bureau.sweep()
    assert any("首次回应已逾时" in text for text in bureau.told("supervisor"))


def test_the_first_answer_is_shown_only_while_it_is_owed(bureau: Bureau) -> None:
    no = bureau.a_case("水管坏了，我要跳楼")
    assert "首次回应：03-04 00:00 前" in card(bureau, no)
    bureau.claim("张工", no)
    bureau.approve("王主任", bureau.draft("张工", no, "请问您的具体地址？", Purpose.QUESTION))
    assert "首次回应" not in card(bureau, no) and bureau.case(no).status == "claimed"
    shown = bureau.workplace.look(lambda desk: views.view(desk, register.by_number(desk, no)))
    assert shown.first_answer_due_at is None  # the page and the command line show this
