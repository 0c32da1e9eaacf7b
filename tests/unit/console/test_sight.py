"""Who sees what: the lists show exactly what `permissions.may_see` allows, on each database."""

from collections.abc import Callable

import pytest
from sqlmodel import select

from cases.lists import browse, filters, statistics
from cases.lists.filters import Wanted
from cases.register import permissions
from cases.register.desk import Desk
from cases.register.errors import NotFound
from cases.register.tables import Case, Staff
from tests.builders import Bureau, a_triage
from tests.unit.console.conftest import Colleague


def cases_of_every_kind(bureau: Bureau) -> None:
    for topic in ("城乡建设", "交通运输", ""):
        for accusation in (False, True):
            bureau.a_case("请问何时修好", judged=a_triage(topic=topic, accusation=accusation))
    claimed = bureau.a_case("请问水管")
    bureau.claim("张工", claimed)
    bureau.on("张工", claimed, lambda desk, staff, case: setattr(case, "department_id", 2))


def seen_by(desk: Desk, person: Staff) -> set[str]:
    return {case.no for case in desk.session.exec(select(Case)) if permissions.may_see(person, case)}


def test_lists_agree_with_may_see_for_everybody(bureau: Bureau) -> None:
    cases_of_every_kind(bureau)
    everything = bureau.rows(Case)
    for person in bureau.rows(Staff):
        allowed = bureau.workplace.look(lambda desk, p=person: seen_by(desk, p))  # type: ignore[misc]
        page = bureau.workplace.look(lambda desk, p=person: browse.cases(desk, p, Wanted("all")))  # type: ignore[misc]
        assert {line.no for line in page.rows} == allowed, person.name
        for case in everything:
            look = lambda desk, p=person, no=case.no: browse.seen(desk, p, no)  # noqa: E731
            if case.no in allowed:
                assert bureau.workplace.look(look).no == case.no
            else:
                with pytest.raises(NotFound, match="没有编号为"):
                    bureau.workplace.look(look)


def test_a_disabled_colleague_sees_nothing(bureau: Bureau) -> None:
    bureau.a_case()
    gone = Staff(id=99, name="离岗", role="supervisor", active=False)
    assert bureau.workplace.look(lambda desk: browse.cases(desk, gone, Wanted("all"))).total == 0


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("open", ["A", "B", "C", "D"]),
        ("overdue", ["A"]),
        ("due_today", ["B"]),
        ("soon", ["B", "C"]),
        ("claimed", ["D"]),
        ("closed", ["E"]),
        ("answered", ["E"]),
        ("new", ["A", "B", "C"]),
        ("all", ["A", "B", "C", "D", "E"]),
        ("no such thing", ["A", "B", "C", "D", "E"]),
    ],
)
def test_each_filter_finds_its_cases(bureau: Bureau, status: str, expected: list[str]) -> None:
    named = {bureau.a_case("表扬水管师傅"): "A"}  # due on Monday the 9th
    bureau.clock.advance(days=1)
    named[bureau.a_case("表扬水管师傅")] = "B"  # due on Tuesday the 10th
    bureau.clock.advance(days=3)
    named[bureau.a_case("表扬水管师傅")] = "C"  # due on Friday the 13th
    named[bureau.a_case("投诉水管")] = "D"
    bureau.claim("张工", next(no for no, name in named.items() if name == "D"))
    named[bureau.answered()] = "E"
    bureau.clock.set(2026, 3, 10)
    leader = next(s for s in bureau.rows(Staff) if s.name == "王主任")
    page = bureau.workplace.look(lambda desk: browse.cases(desk, leader, Wanted(status)))
    assert sorted(named[line.no] for line in page.rows) == expected


def test_filters_combine_and_pages_end(office: Bureau, signed_in: Callable[[str], Colleague]) -> None:
    for _ in range(browse.PER_PAGE + 1):
        office.a_case("投诉公交")
    mine = office.a_case("投诉水管")
    wang = signed_in("wang")
    assert f"共 {browse.PER_PAGE + 2} 条" in wang.sees("cases")
    assert wang.sees("cases?page=2").count('data-h="编号"') == 2
    assert wang.sees("cases?page=99999").count('data-h="编号"') == 2
    assert wang.sees("cases?page=-1").count('data-h="编号"') == browse.PER_PAGE
    assert wang.sees("cases?department=城建局&category=complaint&no=" + mine[-4:]).count('data-h="编号"') == 1
    assert "没有符合条件" in wang.sees("cases?department=城建局&category=praise")
    assert "没有符合条件" in wang.sees("cases?no=%25")


def test_a_department_never_sees_another_departments_case_or_any_accusation(
    office: Bureau, signed_in: Callable[[str], Colleague]
) -> None:
    theirs, accusation = office.a_case("请问公交几点"), office.a_case("举报局长受贿")
    zhang, chen, wang, admin = (signed_in(user) for user in ("zhang", "chen", "wang", "admin"))
    unknown = zhang.sees("cases/20260302-9999", 404).replace("20260302-9999", "X")
    assert "没有编号为" in unknown
    assert zhang.sees(f"cases/{theirs}", 404).replace(theirs, "X") == unknown
    chen.sees(f"cases/{theirs}")
    for colleague in (zhang, chen, admin):
        colleague.sees(f"cases/{accusation}", 404)
        assert accusation not in colleague.sees("cases?status=all")
        assert colleague.sends(f"cases/{accusation}/claim").status_code == 404
    assert "检举" in wang.sees(f"cases/{accusation}")


def test_figures_hold_only_what_is_in_sight(office: Bureau) -> None:
    office.a_case("请问水管")
    office.a_case("请问公交")
    office.a_case("举报局长受贿")
    people = {staff.name: staff for staff in office.rows(Staff)}
    for name, received in (("张工", 1), ("陈师傅", 1), ("王主任", 3), ("钱管理", 2)):
        sight = filters.in_sight(people[name])
        report = office.workplace.look(lambda desk, s=sight: statistics.monthly(desk, "2026-03", s))  # type: ignore[misc]
        assert report.total.received == received, name


@pytest.mark.parametrize("page", ["staff", "audit"])
def test_staff_and_audit_are_for_supervisors_and_the_administrator(
    page: str, signed_in: Callable[[str], Colleague]
) -> None:
    for user, status in (("zhang", 403), ("li", 403), ("zhao", 200), ("wang", 200), ("admin", 200)):
        signed_in(user).sees(page, status)
