"""What a citizen says of an answer."""

import pytest

from cases import rate, receive, register
from cases.desk import Desk
from cases.errors import Invalid, NotFound
from cases.states import Purpose
from cases.tables import Outcome
from tests.builders import ACCOUNT, Bureau


def rated(bureau: Bureau, no: str, grade: str) -> bool:
    return bureau.workplace.act(lambda desk: rate.rate(desk, register.by_number(desk.session, no), grade))


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
    (word,) = bureau.told("supervisor", "【不满意】")
    assert no in word
    bureau.claim("张工", no)
    bureau.approve("李科长", bureau.draft("张工", no, "水管已换新。"))
    assert rated(bureau, no, "不满意") is False
    assert bureau.case(no).status == "answered"
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
            return rate.own_case(desk, receive.citizen_at(desk, ACCOUNT, openid), wanted).no

        return bureau.workplace.act(step)

    assert look("amy", no) == no
    said = []
    for wanted in (no, "20260302-9999"):
        with pytest.raises(NotFound) as refused:
            look("bob", wanted)
        said.append(str(refused.value).replace(wanted, "NO"))
    assert said[0] == said[1]
