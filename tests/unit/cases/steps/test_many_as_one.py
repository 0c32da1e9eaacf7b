"""「并案」 of many at once: all or none, the oldest leads, and what cannot be linked is named by its number."""

import pytest

from cases.register import register
from cases.register.desk import Desk
from cases.register.errors import Invalid, NotAllowed, Refusal, Stale
from cases.register.tables import Audit, Case, Outbox, Staff
from cases.steps import link
from tests import stages
from tests.builders import Bureau


def together(office: Bureau, who: str, *numbers: str) -> str:
    def step(desk: Desk, staff: Staff) -> str:
        return link.together(desk, staff, [register.by_number(desk, no) for no in numbers]).no

    return office.act(who, step)


def several(office: Bureau, count: int = 3) -> list[str]:
    return [office.a_case(f"投诉水管漏水{n}", f"u{n}") for n in range(count)]


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_the_oldest_leads_in_whatever_order_they_were_chosen(office: Bureau, order: tuple[int, ...]) -> None:
    numbers = several(office)
    assert together(office, "王主任", *(numbers[n] for n in order)) == numbers[0]
    lead = office.case(numbers[0])
    assert [office.case(no).parent_id for no in numbers] == [None, lead.id, lead.id]


@pytest.mark.parametrize("count", [0, 1])
def test_one_alone_is_not_linked(office: Bureau, count: int) -> None:
    numbers = several(office, 1)
    with pytest.raises(Invalid, match="至少勾选两件"):
        together(office, "王主任", *numbers[:count])


# one of three is such that it cannot be linked: none is, and it is named
SPOILT: list[tuple[str, str, type[Refusal], str]] = [
    ("王主任", "answered", Stale, "已办结"),
    ("王主任", "refused", Stale, "已办结"),
    ("王主任", "accusation", NotAllowed, "检举类"),
    ("王主任", "linked", Invalid, "已并案"),
    ("张工", "accusation", NotAllowed, "权限"),
]


@pytest.mark.parametrize(("who", "stage", "kind", "why"), SPOILT)
def test_one_that_cannot_be_linked_keeps_all_of_them_apart(
    office: Bureau, who: str, stage: str, kind: type[Refusal], why: str
) -> None:
    numbers = several(office, 2)
    spoilt = stages.STAGES[stage](office)
    before = office.everything()
    with pytest.raises(kind, match=why) as refused:
        together(office, who, *numbers, spoilt)
    assert spoilt in str(refused.value) and refused.value.field == "no"
    assert office.everything() == before


def test_a_case_named_twice_is_not_linked_to_itself(office: Bureau) -> None:
    numbers = several(office, 2)
    before = office.everything()
    with pytest.raises(Invalid, match="不能并入自己"):
        together(office, "王主任", numbers[0], numbers[0])
    assert office.everything() == before


def test_what_another_department_has_is_linked_by_supervisors_of_all_alone(office: Bureau) -> None:
    mine, traffic = several(office, 1)[0], office.a_case("投诉公交太慢")
    before = office.everything()
    with pytest.raises(NotAllowed):
        together(office, "张工", mine, traffic)
    assert office.everything() == before
    assert together(office, "王主任", mine, traffic) == mine


@pytest.mark.parametrize("stage", ["answered", "refused", "linked", "accusation"])
def test_what_cannot_lead(office: Bureau, stage: str) -> None:
    lead = stages.STAGES[stage](office)
    no = several(office, 1)[0]

    def step(desk: Desk, staff: Staff, case: Case) -> None:
        link.link(desk, staff, case, register.by_number(desk, lead))

    before = office.everything()
    with pytest.raises(Refusal):
        office.on("王主任", no, step)
    assert office.everything() == before


def test_a_lead_of_others_is_linked_to_none(office: Bureau) -> None:
    first, second, third, fourth = several(office, 4)
    together(office, "王主任", first, second)
    with pytest.raises(Invalid, match="牵头件"):
        office.on("王主任", first, lambda d, s, c: link.link(d, s, c, register.by_number(d, third)))
    assert together(office, "王主任", first, third, fourth) == first
    linked = office.workplace.look(
        lambda desk: [case.no for case in register.linked(desk, register.by_number(desk, first))]
    )
    assert linked == [second, third, fourth]


def test_undone_each_is_a_case_of_its_own_again_and_waits_to_be_claimed(office: Bureau) -> None:
    first, second, third = several(office)
    together(office, "王主任", first, second, third)
    assert office.case(second).unclaimed_since is None
    office.clock.advance(hours=2)
    office.on("王主任", second, link.unlink)
    case = office.case(second)
    assert (case.parent_id, case.unclaimed_since, case.next_look_at) == (
        None,
        office.clock.now,
        office.clock.now,
    )
    assert office.case(third).parent_id == office.case(first).id
    with pytest.raises(Invalid, match="没有并案"):
        office.on("王主任", second, link.unlink)
    actions = [(row.action, row.subject) for row in office.rows(Audit) if "link" in row.action]
    assert actions.count(("case.unlink", f"case:{second}")) == 1 and actions[-1] == (
        "case.unlink",
        f"case:{first}",
    )


def test_a_linked_case_is_reminded_of_by_nobody_until_it_stands_alone(office: Bureau) -> None:
    first, second = several(office, 2)
    together(office, "王主任", first, second)
    office.clock.advance(days=3)
    office.sweep()
    assert not any("无人认领" in text and second in text for text in office.told())
    assert len(office.rows(Outbox)) > 0


def test_answered_with_its_lead_it_can_be_undone_no_more(office: Bureau) -> None:
    first, second = several(office, 2)
    together(office, "王主任", first, second)
    office.claim("张工", first)
    office.approve("李科长", office.draft("张工", first, stages.ANSWER))
    assert {office.case(no).status for no in (first, second)} == {"answered"}
    with pytest.raises(Stale, match="已随牵头件答复"):
        office.on("王主任", second, link.unlink)
