"""The list of cases and its tiles: every filter in the address, words found, views kept, counts that agree."""

import re
from collections.abc import Callable
from urllib.parse import quote

import pytest

from cases.lists import browse, filters
from cases.lists.filters import Wanted
from cases.register import drafts
from cases.register.states import OPEN
from cases.register.tables import Case, Message, SavedView, Staff
from cases.steps.allowed import Action, allowed
from tests.builders import Bureau, a_match
from tests.unit.console.conftest import USERS, Colleague

SignIn = Callable[[str], Colleague]


def tiles(page: str) -> dict[str, tuple[int, str]]:
    """Return each tile's number and where it leads."""
    found = re.findall(r'href="([^"]+)" data-tile="(\w+)" data-count="(\d+)"', page)
    return {name: (int(number), link) for link, name, number in found}


def numbers(page: str) -> list[str]:
    return re.findall(r'<tr data-no="([^"]+)"', page)


def listed(bureau: Bureau, **wanted: object) -> set[str]:
    leader = bureau.ids["王主任"]
    page = bureau.workplace.look(
        lambda desk: browse.cases(desk, desk.session.get_one(Staff, leader), Wanted("all", **wanted))  # type: ignore[arg-type]
    )
    return {line.no for line in page.rows}


def an_office_with_work(office: Bureau) -> None:
    office.a_case("请问公交几点")
    office.a_case("有人要跳楼，请问水管")
    office.a_case("举报局长受贿")
    for text in ("请问水管一", "投诉水管二"):
        no = office.a_case(text)
        office.claim("张工", no)
    office.draft("张工", no, "水管将修好。")
    office.answered()
    office.clock.advance(days=16)


def test_every_tile_counts_what_its_list_holds(office: Bureau, signed_in: SignIn) -> None:
    an_office_with_work(office)
    seen = set()
    for user in USERS:
        colleague = signed_in(user)
        found = tiles(colleague.sees(""))
        assert set(found) == {
            "mine", "my_review", "unclaimed", "due_today", "soon", "overdue", "urgent", "waiting", "failed",
        }  # fmt: skip
        for name, (number, link) in found.items():
            assert len(numbers(colleague.sees(link.removeprefix("/console/")))) == number, (user, name)
            seen |= {name} if number else set()
    assert seen >= {"mine", "my_review", "unclaimed", "overdue", "urgent"}


def test_the_review_queue_is_what_may_be_reviewed(bureau: Bureau) -> None:
    an_office_with_work(bureau)
    grave = bureau.a_case("有人要跳楼，水管也坏了")
    bureau.claim("李科长", grave)
    bureau.draft("李科长", grave, "水管已修好，请保重。")
    for person in bureau.rows(Staff):

        def look(desk: browse.Desk, who: Staff = person) -> tuple[set[str], set[str]]:
            rows = desk.session.exec(browse.select(Case)).all()
            may = {
                case.no for case in rows
                if drafts.under_review(desk, case) and Action.APPROVE in allowed(desk, who, case)
            }  # fmt: skip
            return may, {line.no for line in browse.cases(desk, who, Wanted("my_review")).rows}

        may, queue = bureau.workplace.look(look)
        assert queue == may, person.name


def test_words_are_found_in_letters_drafts_and_answers(bureau: Bureau) -> None:
    letter = bureau.a_case("请问水管何时修好？电话13812345678")
    drafted = bureau.a_case("投诉公交")
    bureau.claim("陈师傅", drafted)
    bureau.draft("陈师傅", drafted, "已通知 Bus 公司增加班次。")
    automatic = bureau.a_case("居住证怎么办", match=a_match("e1"))
    assert listed(bureau, q="水管") == {letter}
    assert listed(bureau, q="何时 水管") == {letter}
    assert listed(bureau, q="何时 公交") == set()
    assert listed(bureau, q="班次") == listed(bureau, q="BUS") == {drafted}
    assert listed(bureau, q="政务大厅") == {automatic}
    assert listed(bureau, q="13812345678") == set()
    assert listed(bureau, q=letter[-6:]) == {letter}
    assert listed(bureau, q="管") == {letter}
    assert listed(bureau, q="%") == listed(bureau, q='"水管') == set()


def test_words_follow_a_text_that_is_changed_or_blotted_out(bureau: Bureau) -> None:
    no = bureau.a_case("请问" + "很长的来信，" * 90 + "路灯何时修好")
    assert listed(bureau, q="路灯") == {no}

    def blot(desk: browse.Desk) -> None:
        for row in desk.session.exec(browse.select(Message)).all():
            row.masked = "（已清除）"
            desk.session.add(row)

    bureau.workplace.act(blot)
    assert listed(bureau, q="路灯") == set()
    assert listed(bureau, q="清除") == {no}


def test_filters_are_by_name_and_combine(bureau: Bureau) -> None:
    pipe, bus, other = bureau.a_case("请问水管"), bureau.a_case("投诉公交"), bureau.a_case("表扬您")
    bureau.claim("张工", pipe)
    assert listed(bureau, department="城建局") == {pipe}
    assert listed(bureau, department="没有这个局") == set()
    assert listed(bureau, department=filters.NONE) == {other}
    assert listed(bureau, handler="张工") == {pipe}
    assert listed(bureau, handler=filters.NONE) == {bus, other}
    assert listed(bureau, topic="交通运输") == {bus}
    assert listed(bureau, channel="wechat") == {pipe, bus, other}
    assert listed(bureau, channel="comment") == set()
    due = bureau.case(pipe).due_on
    assert listed(bureau, due_from=due, due_to=due) == {pipe}
    assert listed(bureau, category="complaint", q="公交") == {bus}


def test_the_urgent_come_first_and_every_filter_stays_in_the_address(
    office: Bureau, signed_in: SignIn
) -> None:
    for _ in range(browse.PER_PAGE):
        office.a_case("表扬公交司机")
    urgent = office.a_case("有人要跳楼")
    wang = signed_in("wang")
    assert numbers(wang.sees("cases"))[0] == urgent
    assert numbers(wang.sees("cases?sort=due"))[-1] != urgent
    assert numbers(wang.sees("cases?sort=received"))[0] == urgent
    page = wang.sees("cases?channel=wechat&due_from=2026-01-01&sort=due&topic=")
    assert "cases?channel=wechat&amp;due_from=2026-01-01&amp;sort=due&amp;page=2" in page
    assert 'data-error-for="due_to"' in wang.sees("cases?due_to=morgen")
    assert numbers(wang.sees("cases?due_to=morgen")) == []


def test_a_view_is_saved_by_name_and_is_ones_own(office: Bureau, signed_in: SignIn) -> None:
    no = office.a_case("投诉公交")
    wang, zhang = signed_in("wang"), signed_in("zhang")
    for category in ("praise", "complaint"):  # the second takes the first one's place
        wang.sends("views", name="公交投诉", q="公交", category=category, status="open")
    (view,) = office.rows(SavedView)
    page = wang.sees("cases")
    link = re.search(r'<a href="/console/(cases\?[^"]+)"[^>]*>公交投诉', page)
    assert link is not None and numbers(wang.sees(link[1].replace("&amp;", "&"))) == [no]
    assert quote("公交") in link[1]
    assert "公交投诉" not in zhang.sees("cases")
    assert zhang.sends(f"views/{view.id}/delete").status_code == 404
    refused = wang.sends("views", name=" ", q="公交")
    assert refused.status_code == 400 and 'data-error-for="name"' in refused.text
    assert 'value="公交"' in refused.text
    wang.sends(f"views/{view.id}/delete")
    assert office.rows(SavedView) == []


def test_what_changed_between_two_drafts_is_marked(office: Bureau, signed_in: SignIn) -> None:
    no = office.a_case()
    office.claim("张工", no)
    office.send_back("李科长", office.draft("张工", no, "水管周五修好。"), "写明单位")
    office.draft("张工", no, "水管由自来水公司修好<b>。")
    page = signed_in("li").sees(f"cases/{no}")
    assert re.search(r"<del>周五</del>", page)
    assert re.search(r"<ins>由自来水公司</ins>", page)
    assert "<b>。" not in page
    same = signed_in("li").sees(f"cases/{no}?a=1&b=1")
    assert "两稿文字相同" in same


def test_a_text_that_came_too_late_is_refused_with_who_was_faster(office: Bureau, signed_in: SignIn) -> None:
    no = office.a_case()
    office.claim("张工", no)
    zhang = signed_in("zhang")
    assert 'name="seen" value="0"' in zhang.sees(f"cases/{no}")
    office.draft("张工", no, "水管周五修好。")
    late = zhang.sends(f"cases/{no}/draft", text="水管周六修好。", seen=0)
    assert late.status_code == 409
    assert "张工已于 03-02 09:00 提交了答复（第 1 稿）" in late.text
    assert "水管周六修好。</textarea>" in late.text
    assert "<del>周五</del>" in late.text and "<ins>周六</ins>" in late.text
    seen = re.search(r'name="seen" value="(\d+)"', late.text)
    assert seen is not None
    assert zhang.sends(f"cases/{no}/draft", text="水管周六修好。", seen=seen[1]).status_code == 303


@pytest.mark.parametrize(
    ("action", "field", "fields"),
    [
        ("draft", "text", {"text": "请【填写日期】再来"}),
        ("ask", "text", {"text": " "}),
        ("refuse", "text", {"text": " "}),
        ("extend", "reason", {"reason": " "}),
        ("transfer", "department", {"department": "没有这个局", "reason": "不归我局"}),
        ("link", "lead", {"lead": "0007"}),
    ],
)
def test_a_refusal_stands_beside_its_field_with_what_was_typed(
    office: Bureau, signed_in: SignIn, action: str, field: str, fields: dict[str, str]
) -> None:
    no = office.a_case()
    office.claim("张工", no)
    refused = signed_in("zhang").sends(f"cases/{no}/{action}", **fields)
    assert refused.status_code in (400, 404)
    assert f'data-error-for="{field}"' in refused.text
    for value in fields.values():
        assert value in refused.text
    assert office.case(no).status in OPEN


def test_a_page_shows_a_form_for_what_may_be_done_and_nothing_else(office: Bureau, signed_in: SignIn) -> None:
    no = office.a_case()
    acts = lambda user: set(re.findall(r'data-act="([\w-]+)"', signed_in(user).sees(f"cases/{no}")))  # noqa: E731
    assert {"claim", "reclassify", "transfer"} <= acts("zhang")
    assert not {"claim", "draft", "approve"} & acts("admin")
    office.claim("张工", no)
    assert {"draft", "ask", "refuse", "extend"} <= acts("zhang")
    office.draft("张工", no, "水管修好了。")
    assert not {"approve", "return"} & acts("zhang")
    assert {"approve", "return"} <= acts("li")


def test_ticked_cases_are_assigned_together_and_what_cannot_be_is_named(
    office: Bureau, signed_in: SignIn
) -> None:
    pipe, other, done = office.a_case("投诉水管"), office.a_case("请问水管"), office.answered()
    wang = signed_in("wang")
    both = wang.sends(
        "cases/bulk", no=[pipe, other], do="assign", staff=office.ids["刘工"], address="status=open&q=水管"
    )
    assert both.status_code == 303 and "status=open" in both.headers["location"]
    assert {office.case(no).handler_id for no in (pipe, other)} == {office.ids["刘工"]}
    mixed = wang.sends(
        "cases/bulk", no=[pipe, done], do="assign", staff=office.ids["张工"], address="status=all"
    )
    assert mixed.status_code == 200 and "已指派 1 件" in mixed.text
    told = re.search(r'data-error-for="no">.*?</div>', mixed.text, re.S)
    assert told is not None and done in told[0] and pipe not in told[0]
    assert office.case(pipe).handler_id == office.ids["张工"]


def test_bulk_says_beside_the_field_what_is_missing(office: Bureau, signed_in: SignIn) -> None:
    no, bus = office.a_case("投诉水管"), office.a_case("请问公交")
    zhang = signed_in("zhang")
    for fields, field in (
        ({"do": "transfer", "no": [no]}, "department"),
        ({"do": "transfer", "department": "交通局"}, "no"),
        ({"do": "burn", "no": [no]}, "do"),
        ({"do": "link", "no": [no]}, "no"),
        ({"do": "assign", "no": [no]}, "staff"),
    ):
        refused = zhang.sends("cases/bulk", **fields)
        assert refused.status_code == 400 and f'data-error-for="{field}"' in refused.text, fields
    assert bus in zhang.sends("cases/bulk", no=[bus], do="transfer", department="交通局").text  # 404, named
    assert office.case(bus).department_id != office.case(no).department_id
    stolen = zhang.sends("cases/bulk", no=[no], do="assign", staff=office.ids["刘工"])
    assert "督办人" in stolen.text and office.case(no).handler_id is None


def test_ticked_cases_are_linked_all_or_none(office: Bureau, signed_in: SignIn) -> None:
    first, second, done = office.a_case("投诉水管"), office.a_case("投诉水管爆裂"), office.answered()
    zhang = signed_in("zhang")
    assert zhang.sends("cases/bulk", no=[first, second, done], do="link").status_code == 409
    assert office.case(second).parent_id is None
    assert zhang.sends("cases/bulk", no=[second, first], do="link").status_code == 303
    assert office.case(second).parent_id == office.case(first).id
