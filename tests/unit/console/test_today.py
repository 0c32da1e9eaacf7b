"""What wants a person now, by their role: the gravest first, and a check list while the office is being set up."""

import re
from collections.abc import Callable

from cases.lists import today
from cases.register.tables import Danger
from cases.steps import extend
from tests.builders import Bureau
from tests.unit.console.conftest import Colleague

SignIn = Callable[[str], Colleague]


def sections(bureau: Bureau, who: str) -> dict[str, list[str]]:
    found = bureau.act(who, today.sections)
    return {section.code: [one.line.no for one in section.lines] for section in found}


def test_each_role_sees_what_it_has_to_do(bureau: Bureau) -> None:
    danger, pipe, other = (
        bureau.a_case("水管坏了，我要跳楼"),
        bureau.a_case("请问水管"),
        bureau.a_case("投诉水管"),
    )
    bus = bureau.a_case("请问公交")
    for no in (pipe, other):
        bureau.claim("张工", no)
    bureau.on("张工", other, lambda desk, staff, case: extend.ask(desk, staff, case, "等待备件"))
    bureau.send_back("李科长", bureau.draft("张工", pipe, "水管会修好。"), "写明日期")
    assert sections(bureau, "张工") == {"urgent": [danger], "returned": [pipe], "mine": [other]}
    reviewed = bureau.draft("张工", pipe, "水管周五修好。")
    assert sections(bureau, "李科长") == {"urgent": [danger], "my_review": [pipe]}
    assert sections(bureau, "陈师傅") == {"unclaimed": [bus]}
    assert sections(bureau, "钱管理") == {}
    bureau.approve("李科长", reviewed)
    bureau.clock.advance(days=30)
    leader = sections(bureau, "王主任")
    assert list(leader) == ["urgent", "extension", "overdue"]
    assert (leader["urgent"], leader["extension"], leader["overdue"]) == ([danger], [other], [bus])


def test_danger_is_taken_from_the_overview(office: Bureau, signed_in: SignIn) -> None:
    no = office.a_case("水管坏了，我要跳楼")
    zhang = signed_in("zhang")
    page = zhang.sees("")
    assert re.search(rf'action="/console/cases/{no}/take" data-act="take"', page)
    assert zhang.sends(f"cases/{no}/take").status_code == 303
    assert office.rows(Danger)[0].taken_by == office.ids["张工"]
    assert 'data-act="take"' not in zhang.sees("")


def test_the_check_list_goes_when_all_of_it_is_done(office: Bureau, signed_in: SignIn) -> None:
    page = signed_in("admin").sees("")
    assert "启用前要做的事" in page and "每个部门都有人审核" in page
    assert "启用前要做的事" not in signed_in("zhang").sees("")
    office.a_case()
    assert all(task.done for task in office.workplace.look(today.first_steps))
    assert "启用前要做的事" not in signed_in("admin").sees("")


def test_a_supervisor_assigns_and_urges_from_the_overview(office: Bureau, signed_in: SignIn) -> None:
    office.answered()
    pipe, bus = office.a_case("表扬水管师傅"), office.a_case("表扬公交司机")
    office.claim("刘工", pipe)
    office.clock.set(2026, 3, 9)
    wang = signed_in("wang")
    page = wang.sees("")
    assert 'data-forecast data-count="2"' in page and "刘工近四周办结 0 件" in page
    assert f'action="/console/cases/{bus}/assign" data-act="assign"' in page
    done = wang.sends(f"cases/{bus}/assign", staff=office.ids["陈师傅"], back="overview")
    assert done.headers["location"] == "/console/" and office.case(bus).handler_id == office.ids["陈师傅"]
    assert wang.sends("nudge", staff=office.ids["刘工"]).headers["location"] == "/console/"
    assert pipe in office.told(word="催办")[-1]
    assert wang.sends(f"cases/{pipe}/nudge", back="overview").status_code == 409  # once a day
    assert wang.sends("nudge", staff="x").status_code == 404
    assert signed_in("liu").sends(f"cases/{bus}/nudge").status_code in (403, 404)
    assert "data-forecast" not in signed_in("li").sees("")
