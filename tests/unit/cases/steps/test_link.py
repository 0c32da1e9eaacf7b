"""Cases of one incident: answered once, delivered to each with its own number and standing."""

import pytest

from cases.register import register
from cases.register.desk import Desk
from cases.register.errors import Invalid, NotAllowed, Stale
from cases.register.states import Purpose
from cases.register.tables import Audit, Case, Delivery, Outcome, Staff
from cases.steps import link
from tests.builders import Bureau


def join(bureau: Bureau, no: str, lead: str, who: str = "张工") -> None:
    def step(desk: Desk, staff: Staff, case: Case) -> None:
        link.link(desk, staff, case, register.by_number(desk, lead))

    bureau.on(who, no, step)


def incident(bureau: Bureau) -> tuple[str, str, str]:
    """Return a claimed lead case and two that are linked to it."""
    lead, first, second = (bureau.a_case(f"{n}号楼水管爆了") for n in range(3))
    bureau.claim("张工", lead)
    for no in (first, second):
        join(bureau, no, lead)
    return lead, first, second


def test_one_answer_reaches_everybody_with_their_own_number(bureau: Bureau) -> None:
    lead, *others = incident(bureau)
    bureau.approve("李科长", bureau.draft("张工", lead, "水管已经换好。"))
    vault = bureau.workplace.office.vault
    for no in (lead, *others):
        case = bureau.case(no)
        sent = [vault.open(row.text_sealed) for row in bureau.rows(Delivery, case_id=case.id, kind="answer")]
        assert case.status == "answered"
        assert len(sent) == 1
        assert no in sent[0]
        assert "水管已经换好" in sent[0]
    assert len(bureau.rows(Outcome)) == 3
    assert {row.subject for row in bureau.rows(Audit, action="reply.release")} == {
        f"case:{no}" for no in (lead, *others)
    }
    assert bureau.chain().ok


def test_each_is_judged_by_its_own_clock(bureau: Bureau) -> None:
    early = bureau.a_case("投诉1号楼水管爆了")
    bureau.clock.set(2026, 3, 20)
    lead = bureau.a_case("投诉2号楼水管爆了")
    bureau.claim("张工", lead)
    join(bureau, early, lead)
    bureau.clock.set(2026, 4, 3)  # beyond the first case's twenty working days, within the second's
    bureau.approve("李科长", bureau.draft("张工", lead, "水管已经换好。"))
    assert (bureau.case(early).on_time, bureau.case(lead).on_time) == (False, True)


def test_a_correction_goes_to_all_and_a_refusal_closes_all(bureau: Bureau) -> None:
    lead, first, _ = incident(bureau)
    bureau.approve("李科长", bureau.draft("张工", lead, "水管已经换好。"))
    bureau.approve("李科长", bureau.draft("张工", lead, "更正：水管明天换好。", Purpose.CORRECTION))
    assert len(bureau.rows(Delivery, case_id=bureau.case(first).id, kind="correction")) == 1
    lead, first, _ = incident(bureau)
    bureau.approve("李科长", bureau.draft("张工", lead, "不属于本单位。", Purpose.REFUSAL))
    assert bureau.case(first).status == "refused"


def test_a_question_goes_to_the_lead_alone(bureau: Bureau) -> None:
    lead, first, _ = incident(bureau)
    bureau.approve("李科长", bureau.draft("张工", lead, "请问哪一层？", Purpose.QUESTION))
    assert bureau.rows(Delivery, case_id=bureau.case(first).id) == []
    assert bureau.case(first).status == "new"


def test_a_linked_case_is_not_handled_by_itself_until_unlinked(bureau: Bureau) -> None:
    _, first, _ = incident(bureau)
    with pytest.raises(Invalid):
        bureau.claim("刘工", first)
    bureau.on("张工", first, link.unlink)
    bureau.claim("刘工", first)
    bureau.approve("李科长", bureau.draft("刘工", first, "水管已经换好。"))
    assert bureau.case(first).status == "answered"


def test_a_citizen_who_is_dissatisfied_gets_a_case_of_their_own_again(bureau: Bureau) -> None:
    from cases.steps import rate

    lead, first, _ = incident(bureau)
    bureau.approve("李科长", bureau.draft("张工", lead, "水管已经换好。"))
    bureau.on("张工", first, lambda desk, _staff, case: rate.rate(desk, case, "不满意"))
    assert bureau.case(first).parent_id is None
    assert bureau.case(first).status == "new"


def test_linking_during_review_voids_the_approval(bureau: Bureau) -> None:
    lead, other = bureau.a_case("1号楼水管爆了"), bureau.a_case("2号楼水管爆了，我要跳楼")
    bureau.claim("张工", lead)
    draft_id = bureau.draft("张工", lead, "水管已经换好。")
    join(bureau, other, lead, "王主任")
    with pytest.raises(Stale):
        bureau.approve("李科长", draft_id)
    with pytest.raises(NotAllowed):  # the linked case is urgent: a supervisor passes the answer
        bureau.approve("李科长", draft_id, round_=2)
    assert bureau.approve("王主任", draft_id, round_=2)


def test_an_addition_to_a_linked_case_voids_the_approval(bureau: Bureau) -> None:
    lead = bureau.a_case("1号楼水管爆了")
    other = bureau.a_case("2号楼水管爆了", "resident")
    bureau.claim("张工", lead)
    join(bureau, other, lead)
    draft_id = bureau.draft("张工", lead, "水管已经换好。")
    bureau.a_case("还漏到了楼下水管井", "resident")
    with pytest.raises(Stale):
        bureau.approve("李科长", draft_id)


def test_what_cannot_be_linked(bureau: Bureau) -> None:
    lead, first, _ = incident(bureau)
    another, done = bureau.a_case("3号楼水管爆了"), bureau.answered()
    accused = bureau.a_case("举报局长")
    with pytest.raises(Invalid):
        join(bureau, lead, lead)
    with pytest.raises(Invalid):
        join(bureau, another, first)
    with pytest.raises(Invalid):
        join(bureau, lead, another)
    with pytest.raises(Stale):
        join(bureau, another, done)
    with pytest.raises(NotAllowed):
        join(bureau, accused, lead, "王主任")
    with pytest.raises(NotAllowed):
        join(bureau, another, lead, "陈师傅")
