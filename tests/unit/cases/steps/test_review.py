"""Another person passes the exact text, level by level, or sends it back."""

import pytest
from sqlalchemy import update
from sqlmodel import col

from cases.register.desk import Desk
from cases.register.errors import Invalid, NotAllowed, Stale
from cases.register.states import Purpose
from cases.register.store import Store
from cases.register.tables import Approval, Delivery, Draft, Outbox
from tests.builders import Bureau, Clock, a_bureau, a_reviewer

TEXT = "水管将于周五修好。"


@pytest.fixture(params=[1, 2, 3])
def levels(request: pytest.FixtureRequest) -> int:
    return int(request.param)


def in_review(bureau: Bureau, text: str = "请问水管多久修好", openid: str = "") -> tuple[str, int]:
    no = bureau.a_case(text, openid)
    bureau.claim("张工", no)
    return no, bureau.draft("张工", no, TEXT)


def test_as_many_different_people_as_levels_release_the_text(store: Store, clock: Clock, levels: int) -> None:
    bureau = a_bureau(store, clock, review_levels=levels)
    no, draft_id = in_review(bureau)
    reviewers = ["李科长", "周科长", "赵局长"][:levels]
    for reviewer in reviewers[:-1]:
        assert bureau.approve(reviewer, draft_id) is False
        with pytest.raises(NotAllowed, match="两级"):
            bureau.approve(reviewer, draft_id)
        assert bureau.case(no).status == "in_review" and bureau.rows(Delivery, kind="answer") == []
    assert bureau.approve(reviewers[-1], draft_id) is True
    assert bureau.case(no).status == "answered"
    assert [row.level for row in bureau.rows(Approval)] == list(range(1, levels + 1))
    assert len(bureau.rows(Delivery, kind="answer")) == 1
    with pytest.raises(Stale):
        bureau.approve("王主任", draft_id)


def test_nobody_who_wrote_any_version_reviews(bureau: Bureau) -> None:
    bureau.hire(a_reviewer("孙科长"))
    no = bureau.a_case()
    bureau.claim("孙科长", no)
    own = bureau.draft("孙科长", no, TEXT)
    with pytest.raises(NotAllowed, match="自己起草"):
        bureau.approve("孙科长", own)
    bureau.send_back("李科长", own, "请写明日期")

    def give(desk: Desk) -> None:
        from cases.register import people
        from cases.steps import assign

        find = people.staff_by_id
        assign.hand_over(desk, find(desk, bureau.ids["孙科长"]), find(desk, bureau.ids["张工"]))

    bureau.workplace.act(give)
    later = bureau.draft("张工", no, TEXT + "谢谢。")
    with pytest.raises(NotAllowed, match="自己起草"):  # an earlier version was theirs
        bureau.approve("孙科长", later)
    assert bureau.approve("李科长", later)


@pytest.mark.parametrize("who", ["刘工", "钱管理", "陈师傅"])
def test_handlers_admins_and_outsiders_do_not_review(bureau: Bureau, who: str) -> None:
    _, draft_id = in_review(bureau)
    with pytest.raises(NotAllowed):
        bureau.approve(who, draft_id)


def test_returning_asks_for_a_reason_and_lets_the_handler_write_anew(bureau: Bureau) -> None:
    no, draft_id = in_review(bureau)
    with pytest.raises(Invalid, match="理由"):
        bureau.send_back("李科长", draft_id, "  ")
    bureau.send_back("李科长", draft_id, "请写明\x00日期\ud800")
    assert bureau.case(no).status == "claimed" and bureau.drafts(no)[0].state == "returned"
    assert "请写明" in bureau.told("department:1", "退回")[0]
    with pytest.raises(Stale):
        bureau.approve("周科长", draft_id)
    assert bureau.approve("李科长", bureau.draft("张工", no, TEXT + "（周五）"))


def test_an_addition_withdraws_the_approvals_and_kills_the_old_card(store: Store, clock: Clock) -> None:
    bureau = a_bureau(store, clock, review_levels=2)
    no, draft_id = in_review(bureau, openid="amy")
    bureau.a_case("补充：二楼也漏水", "amy")
    assert not bureau.told(word="审核作废") and bureau.told(word="来信人有补充")  # nothing was passed yet
    bureau.approve("李科长", draft_id, round_=2)
    clock.advance(seconds=30)
    bureau.a_case("补充：三楼也漏水", "amy")
    assert bureau.told(word="已通过的审核作废")
    (row,) = bureau.drafts(no)
    assert (row.state, row.round, row.level) == ("review", 3, 0)
    with pytest.raises(Stale, match="失效"):
        bureau.approve("周科长", draft_id, round_=2)
    assert len(bureau.rows(Outbox, kind="review_card")) == 4
    assert bureau.approve("李科长", draft_id, round_=3) is False
    assert bureau.approve("周科长", draft_id, round_=3) is True


def test_thanks_during_the_review_withdraw_nothing(bureau: Bureau) -> None:
    no, draft_id = in_review(bureau, openid="amy")
    bureau.writes("谢谢", "amy")
    assert bureau.drafts(no)[0].round == 1 and bureau.approve("李科长", draft_id)


@pytest.mark.parametrize("text", ["水管坏了，我要跳楼", "水管坏了，有人威胁我"])
def test_danger_needs_a_supervisor_as_last_level(bureau: Bureau, text: str) -> None:
    _, draft_id = in_review(bureau, text)
    with pytest.raises(NotAllowed, match="督办人"):
        bureau.approve("李科长", draft_id)
    assert bureau.approve("赵局长", draft_id)


def test_of_two_levels_only_the_last_is_the_supervisors(store: Store, clock: Clock) -> None:
    bureau = a_bureau(store, clock, review_levels=2)
    _, draft_id = in_review(bureau, "水管坏了，我要跳楼")
    bureau.approve("李科长", draft_id)
    with pytest.raises(NotAllowed):
        bureau.approve("周科长", draft_id)
    assert bureau.approve("赵局长", draft_id)


def test_danger_in_an_addition_brings_the_supervisor_in(bureau: Bureau) -> None:
    _, draft_id = in_review(bureau, openid="amy")
    bureau.writes("我要跳楼", "amy")
    with pytest.raises(NotAllowed, match="督办人"):
        bureau.approve("李科长", draft_id, round_=2)
    assert bureau.approve("赵局长", draft_id, round_=2)


def test_approval_is_of_the_exact_text(bureau: Bureau) -> None:
    no, draft_id = in_review(bureau)

    def tamper(desk: Desk) -> None:
        sealed = desk.office.vault.seal("另一段话")
        desk.session.execute(update(Draft).where(col(Draft.id) == draft_id).values(text_sealed=sealed))

    bureau.workplace.act(tamper)
    with pytest.raises(Stale, match="内容已变"):
        bureau.approve("李科长", draft_id)
    assert bureau.case(no).status == "in_review" and bureau.rows(Approval) == []


def test_a_refusal_and_a_question_are_reviewed_as_well(bureau: Bureau) -> None:
    no = bureau.a_case()
    bureau.claim("张工", no)
    assert bureau.approve("李科长", bureau.draft("张工", no, "请问是哪栋楼的水管？", Purpose.QUESTION))
    assert bureau.case(no).status == "claimed" and bureau.case(no).first_answered_at == bureau.clock.now
    assert bureau.approve("李科长", bureau.draft("张工", no, "重复来信，水管一事另件办理。", Purpose.REFUSAL))
    assert bureau.case(no).status == "refused" and "重复" in bureau.case(no).close_note


def test_a_correction_is_reviewed_and_leaves_the_standing_alone(bureau: Bureau) -> None:
    no = bureau.answered()
    released = bureau.case(no).released_at
    bureau.clock.set(2026, 5, 6)
    draft_id = bureau.draft("张工", no, "更正：水管下周一修好。", Purpose.CORRECTION)
    assert bureau.case(no).status == "answered"
    bureau.send_back("李科长", draft_id, "请再核对")
    assert bureau.case(no).status == "answered"
    assert bureau.approve("李科长", bureau.draft("张工", no, "更正：水管下周二修好。", Purpose.CORRECTION))
    case = bureau.case(no)
    assert (case.on_time, case.released_at) == (True, released)
    assert [row.kind for row in bureau.rows(Delivery)] == ["answer", "correction"]
