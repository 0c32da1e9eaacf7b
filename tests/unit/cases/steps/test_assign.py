"""Claiming, transfer, change of category, and a colleague who leaves."""

import pytest

from cases.register import people, register
from cases.register.desk import Desk
from cases.register.errors import Invalid, NotAllowed, Refusal, Stale
from cases.register.tables import Audit, Case, Correction, DueChange, Staff
from cases.steps import assign
from tests.builders import Bureau, a_handler


def reclassify(bureau: Bureau, who: str, no: str, category: str) -> None:
    bureau.on(who, no, lambda desk, staff, case: assign.reclassify(desk, staff, case, category))


def transfer(bureau: Bureau, who: str, no: str, to: str) -> None:
    bureau.on(who, no, lambda desk, staff, case: assign.transfer(desk, staff, case, to, "不属于本单位"))


def hand_over(bureau: Bureau, leaving: str, to: str) -> list[str]:
    def step(desk: Desk, _admin: Staff) -> list[str]:
        find = people.staff_by_id
        return assign.hand_over(desk, find(desk, bureau.ids[leaving]), find(desk, bureau.ids[to]))

    return bureau.act("钱管理", step)


def test_the_second_to_claim_is_told_so(bureau: Bureau) -> None:
    no = bureau.a_case()
    bureau.claim("张工", no)
    with pytest.raises(Stale):
        bureau.claim("刘工", no)
    assert bureau.case(no).handler_id == bureau.ids["张工"]


@pytest.mark.parametrize("who", ["钱管理", "陈师傅"])
def test_admins_and_other_departments_claim_nothing(bureau: Bureau, who: str) -> None:
    no = bureau.a_case("水管坏了")
    with pytest.raises(NotAllowed):
        bureau.claim(who, no)
    assert bureau.case(no).status == "new"


def test_a_disabled_colleague_is_refused_at_once(bureau: Bureau) -> None:
    no = bureau.a_case()
    bureau.act("钱管理", lambda desk, _: people.disable_staff(desk, bureau.ids["张工"]))
    with pytest.raises(NotAllowed):
        bureau.claim("张工", no)


def test_only_supervisors_claim_an_accusation(bureau: Bureau) -> None:
    no = bureau.a_case("举报局长")
    with pytest.raises(NotAllowed):
        bureau.claim("李科长", no)
    bureau.claim("王主任", no)


def test_transfer_empties_the_handler_and_keeps_the_clock(bureau: Bureau) -> None:
    no = bureau.a_case("水管坏了")
    due = bureau.case(no).due_at
    bureau.claim("张工", no)
    bureau.draft("张工", no, "水管明天修好。")
    bureau.clock.advance(days=1)
    transfer(bureau, "张工", no, "交通局")
    case = bureau.case(no)
    assert (case.status, case.handler_id, case.department_id, case.due_at) == ("new", None, 2, due)
    assert [row.state for row in bureau.drafts(no)] == ["withdrawn"]
    assert any("转由交通局办理" in text and str(case.due_on) in text for text in bureau.notices())
    bureau.claim("陈师傅", no)


def test_a_transferred_case_is_offered_again_in_its_new_department(bureau: Bureau) -> None:
    no = bureau.a_case("水管坏了")
    bureau.clock.advance(hours=5)
    assert bureau.sweep() == 1
    transfer(bureau, "张工", no, "交通局")
    assert bureau.sweep() == 0
    bureau.clock.advance(days=1, hours=5)
    bureau.sweep()
    assert len(bureau.told("", "待认领")) >= 2


@pytest.mark.parametrize(
    ("who", "to", "error"),
    [("张工", "城建局", Invalid), ("张工", "没有的局", Refusal), ("刘工", "交通局", NotAllowed)],
)
def test_transfer_is_refused(bureau: Bureau, who: str, to: str, error: type[Exception]) -> None:
    no = bureau.a_case("水管坏了")
    bureau.claim("张工", no)
    with pytest.raises(error):
        transfer(bureau, who, no, to)
    assert bureau.case(no).handler_id == bureau.ids["张工"]


def test_an_accusation_is_given_to_no_department(bureau: Bureau) -> None:
    with pytest.raises(NotAllowed):
        transfer(bureau, "王主任", bureau.a_case("举报局长"), "交通局")


def test_reclassifying_counts_anew_from_receipt_and_tells_citizen_and_supervisor(bureau: Bureau) -> None:
    no = bureau.a_case("表扬公交司机")
    bureau.clock.set(2026, 3, 4)
    reclassify(bureau, "陈师傅", no, "complaint")
    case = bureau.case(no)
    assert (case.category, str(case.due_on), case.needs_review, case.confidence) == (
        "complaint",
        "2026-03-30",
        False,
        1.0,
    )
    assert "2026-03-30" in bureau.notices()[0]
    assert [row.cause for row in bureau.rows(DueChange)] == ["received", "reclassified"]
    (word,) = bureau.told("supervisor", "【改类】")
    assert "2026-03-09" in word and "2026-03-30" in word
    assert [(row.before, row.after) for row in bureau.rows(Correction)] == [("praise", "complaint")]


def test_a_shortening_is_not_reported_but_told_to_the_citizen(bureau: Bureau) -> None:
    no = bureau.a_case("投诉噪音")
    reclassify(bureau, "张工", no, "praise")
    assert bureau.told("supervisor", "【改类】") == [] and "2026-03-09" in bureau.notices()[0]


def test_a_granted_extension_stays(bureau: Bureau) -> None:
    no = bureau.a_case("表扬公交司机")

    def extended(desk: Desk) -> None:
        case = register.by_number(desk, no)
        case.extended = True
        register.set_due(desk, case, "extended")

    bureau.workplace.act(extended)
    reclassify(bureau, "陈师傅", no, "advice_inquiry")
    assert str(bureau.case(no).due_on) == "2026-03-30"  # ten and ten


def test_once_overdue_stays_overdue(bureau: Bureau) -> None:
    no = bureau.a_case("表扬公交司机")
    bureau.clock.set(2026, 3, 10)  # the day after; no sweep has seen it
    reclassify(bureau, "陈师傅", no, "complaint")
    case = bureau.case(no)
    assert case.overdue_since is not None and register.is_overdue(case, bureau.clock.now)
    bureau.claim("陈师傅", no)
    bureau.approve("王主任", bureau.draft("陈师傅", no, "感谢您对公交司机的表扬。"))
    assert bureau.case(no).on_time is False


def test_reclassifying_to_a_shorter_limit_may_be_overdue_at_once(bureau: Bureau) -> None:
    no = bureau.a_case("投诉公交")
    bureau.clock.set(2026, 3, 12)
    reclassify(bureau, "陈师傅", no, "praise")
    assert register.is_overdue(bureau.case(no), bureau.clock.now)
    bureau.sweep()
    assert len(bureau.told("supervisor", "【逾期】")) == 1


@pytest.mark.parametrize(("no_such", "category"), [("same", "praise"), ("unknown", "gossip")])
def test_reclassifying_is_refused(bureau: Bureau, no_such: str, category: str) -> None:
    no = bureau.a_case("表扬公交司机")
    with pytest.raises(Invalid):
        reclassify(bureau, "陈师傅", no, category)
    assert len(bureau.rows(DueChange)) == 1


def test_an_answered_case_keeps_its_category(bureau: Bureau) -> None:
    no = bureau.answered()
    with pytest.raises(Stale, match="已答复"):
        reclassify(bureau, "张工", no, "complaint")


def test_a_leaving_colleague_hands_over_every_open_case_on_record(bureau: Bureau) -> None:
    done = bureau.answered(answer="水管已经修好。")
    first, second = bureau.a_case("水管坏了"), bureau.a_case("水管又坏了")
    bureau.claim("张工", first)
    bureau.claim("张工", second)
    draft_id = bureau.draft("张工", second, "水管明天修好。")
    assert hand_over(bureau, "张工", "刘工") == [first, second]
    assert {row.no: row.handler_id for row in bureau.rows(Case)} == {
        done: bureau.ids["张工"], first: bureau.ids["刘工"], second: bureau.ids["刘工"],
    }  # fmt: skip
    records = bureau.rows(Audit, action="case.hand_over")
    assert [(row.subject, row.actor) for row in records] == [
        (f"case:{no}", "钱管理") for no in (first, second)
    ]
    assert bureau.approve("李科长", draft_id)  # the review goes on
    bureau.draft("刘工", first, "水管后天修好。")
    assert bureau.chain().ok


def test_an_accusation_is_handed_over_to_a_supervisor_only(bureau: Bureau) -> None:
    no = bureau.a_case("举报局长")
    bureau.claim("王主任", no)
    with pytest.raises(NotAllowed, match="督办人"):
        hand_over(bureau, "王主任", "刘工")
    assert bureau.case(no).handler_id == bureau.ids["王主任"]
    assert hand_over(bureau, "王主任", "赵局长") == [no]


def test_hand_over_to_oneself_or_an_admin_is_refused(bureau: Bureau) -> None:
    bureau.hire(a_handler("吴工"))
    for to in ("吴工", "钱管理"):
        with pytest.raises(Refusal):
            hand_over(bureau, "吴工", to)
