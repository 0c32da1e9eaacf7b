"""Wordings that led to the right entry wait for a person, and become the entry's own only after a look."""

from dataclasses import replace
from datetime import date

import pytest

from cases.knowledge import learn, proposals
from cases.register import register
from cases.register.desk import Desk
from cases.register.errors import NotAllowed, NotFound
from cases.register.tables import AutoAnswer, Draft, KnowledgeEntry, Staff
from cases.steps import adopt, automatic, draft, rate
from knowledge_base.base.entries import Entry
from tests.builders import Bureau, a_handler, a_match, a_reviewer

ENTRY = Entry("E1", "居住证怎么办", "请到政务大厅三楼办理。")


@pytest.fixture
def bureau(bureau: Bureau) -> Bureau:
    bureau.workplace.act(lambda desk: learn.bring_in(desk, ENTRY))
    return bureau


def answered(bureau: Bureau, text: str, openid: str, *, chosen: bool) -> str:
    """Return the number of a case that the entry answered, chosen by its citizen or found."""
    if not chosen:
        return bureau.a_case(text, openid, match=a_match("E1"))
    no = bureau.a_case(text, openid)

    def step(desk: Desk) -> None:
        case = register.by_number(desk, no)
        entry = learn.as_entry(learn.by_id(desk, "E1"))
        automatic.answer(desk, case, entry, 0.5, text, chosen=True)

    bureau.workplace.act(step)
    return no


def said(bureau: Bureau, no: str, grade: str) -> None:
    bureau.workplace.act(lambda desk: rate.rate(desk, register.by_number(desk, no), grade))


def waiting(bureau: Bureau) -> list[str]:
    def look(desk: Desk) -> list[str]:
        row = learn.by_id(desk, "E1")
        return [each.words for each in proposals.waiting(desk, row)]

    return bureau.workplace.look(look)


def test_what_a_citizen_chose_waits_and_what_was_found_waits_only_once_it_is_praised(bureau: Bureau) -> None:
    answered(bureau, "那个暂住的本本上哪弄", "amy", chosen=True)
    praised = answered(bureau, "外地人的证哪里领", "bob", chosen=False)
    assert waiting(bureau) == ["那个暂住的本本上哪弄"]
    said(bureau, praised, "满意")
    assert waiting(bureau) == ["外地人的证哪里领", "那个暂住的本本上哪弄"]
    assert [row.pleased for row in bureau.rows(KnowledgeEntry)] == [1]
    assert [row.id for row in bureau.workplace.look(proposals.entries)] == ["E1"]


def test_what_did_not_help_is_nobody_s_wording(bureau: Bureau) -> None:
    said(bureau, answered(bureau, "暂住证在哪", "amy", chosen=True), "不满意")
    assert waiting(bureau) == []
    assert bureau.workplace.look(proposals.entries) == []


@pytest.mark.parametrize(
    "text", ["居住证怎么办？", "我家住幸福路，" + "讲一个很长的故事" * 10, "我叫王芳，电话13812345678"]
)
def test_known_wordings_stories_and_what_holds_personal_data_do_not_wait(bureau: Bureau, text: str) -> None:
    answered(bureau, text, "amy", chosen=True)
    assert waiting(bureau) == []


def test_a_wording_of_two_citizens_waits_once_and_none_of_an_answer_that_has_changed(bureau: Bureau) -> None:
    answered(bureau, "暂住证在哪", "amy", chosen=True)
    answered(bureau, "暂住证在哪？", "bob", chosen=True)
    assert len(waiting(bureau)) == 1
    bureau.workplace.act(lambda desk: learn.edit(desk, replace(ENTRY, answer="请到派出所办理。")))
    assert waiting(bureau) == []


def test_a_reviewer_decides_once_and_what_was_taken_is_a_wording(bureau: Bureau) -> None:
    handler, reviewer = bureau.hire(a_handler("新手")), bureau.hire(a_reviewer("审核人"))
    answered(bureau, "暂住证在哪", "amy", chosen=True)
    answered(bureau, "外地人的证在哪", "bob", chosen=True)
    taken, left = (str(hit.id) for hit in bureau.rows(AutoAnswer))
    with pytest.raises(NotAllowed):
        bureau.act(handler, lambda desk, me: proposals.decide(desk, "E1", taken, me, True))
    (before,) = bureau.rows(KnowledgeEntry)
    bureau.act(reviewer, lambda desk, me: proposals.decide(desk, "E1", taken, me, True))
    bureau.act(reviewer, lambda desk, me: proposals.decide(desk, "E1", left, me, False))
    (row,) = bureau.rows(KnowledgeEntry)
    assert learn.as_entry(row).aliases == ("暂住证在哪",)
    assert row.version == before.version + 1  # its vectors are made anew, one for each wording
    assert row.change_seq > before.change_seq and waiting(bureau) == []
    with pytest.raises(NotFound):
        bureau.act(reviewer, lambda desk, me: proposals.decide(desk, "E1", left, me, True))


def adopted(bureau: Bureau, text: str, *, changed: str = "") -> None:
    """An answer of the entry for a case, adopted by one colleague (`changed`: put otherwise) and passed by another."""
    no = bureau.a_case(text)

    def step(desk: Desk, me: Staff) -> Draft:
        case = register.by_number(desk, no)
        found = adopt.adopt(desk, me, case, "E1")
        return draft.submit(desk, me, case, changed, entry_id="E1") if changed else found

    made = bureau.act("新手", step)
    bureau.approve("审核人", made.id or 0)


def test_what_a_colleague_adopted_for_a_case_waits_as_a_wording(bureau: Bureau) -> None:
    bureau.hire(a_handler("新手"))
    reviewer = bureau.hire(a_reviewer("审核人"))
    adopted(bureau, "暂住的本子到哪里弄")
    assert waiting(bureau) == ["暂住的本子到哪里弄"]
    assert [row.id for row in bureau.workplace.look(proposals.entries)] == ["E1"]
    (candidate,) = bureau.rows(KnowledgeEntry, status="candidate")
    key = f"candidate:{candidate.id}"
    bureau.act(reviewer, lambda desk, me: proposals.decide(desk, "E1", key, me, True))
    rows = {row.id: row for row in bureau.rows(KnowledgeEntry)}
    assert learn.as_entry(rows["E1"]).aliases == ("暂住的本子到哪里弄",)
    assert rows[candidate.id].status == "retired" and waiting(bureau) == []


def test_a_wording_that_is_left_and_an_answer_that_was_put_otherwise_are_no_aliases(bureau: Bureau) -> None:
    bureau.hire(a_handler("新手"))
    reviewer = bureau.hire(a_reviewer("审核人"))
    adopted(bureau, "孩子的暂住证呢", changed="孩子随父母办理，请到政务大厅四楼。")
    assert waiting(bureau) == []
    adopted(bureau, "暂住证去哪办")
    (key,) = bureau.workplace.look(
        lambda desk: [e.key for e in proposals.waiting(desk, learn.by_id(desk, "E1"))]
    )
    bureau.act(reviewer, lambda desk, me: proposals.decide(desk, "E1", key, me, False))
    assert waiting(bureau) == []
    assert [row.status for row in bureau.rows(KnowledgeEntry, question="暂住证去哪办")] == ["retired"]
    assert [row.aliases for row in bureau.rows(KnowledgeEntry, id="E1")] == ["[]"]


@pytest.mark.parametrize(
    ("answer", "day"),
    [("请到政务大厅办理。", date(2027, 3, 2)), ("2026年4月30日前到窗口登记。", date(2026, 4, 30))],
)
def test_nothing_is_brought_in_without_a_day_of_review(bureau: Bureau, answer: str, day: date) -> None:
    bureau.workplace.act(lambda desk: learn.bring_in(desk, Entry("E2", "怎么登记", answer)))
    assert bureau.workplace.look(lambda desk: learn.by_id(desk, "E2").review_on) == day
    assert bureau.workplace.act(lambda desk: learn.bring_in(desk, Entry("E2", "怎么登记", answer))) == "same"
