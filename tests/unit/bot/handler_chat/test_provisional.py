"""A date that may still move says so on every card, in every list, and in the answer to every press and order."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.handler_chat.cards import cards, decisions, joint, lists
from bot.handler_chat.incoming import presses, spoken
from bot.handler_chat.incoming.pressed import Pressed
from bot.handler_chat.incoming.spoken import Order
from bot.handler_chat.posting import deciding, rendering
from bot.handler_chat.posting.work import Bench
from cases.lists import browse, views
from cases.register import register
from cases.register.desk import Desk
from cases.register.tables import Case, Extension, Staff
from cases.sending.chat import Chats, Place
from cases.steps import cohandle, extend
from tests.builders import Bureau, a_bureau, a_store

DUE, LATER = "2027-01-08（暂定）", "2027-01-22（暂定）"
CHAT = Place("-1")
CHATS = Chats("telegram", CHAT, Place("-2"))


@pytest.fixture
def office(tmp_path: Path) -> Bureau:
    store = a_store(tmp_path / "huiyin.db")
    made = a_bureau(store)
    made.clock.set(2026, 12, 24)
    return made


@pytest.fixture
def no(office: Bureau) -> str:
    number = office.a_case()
    office.claim("张工", number)
    return number


def press(office: Bureau, who: str, data: str) -> str:
    def step(desk: Desk, staff: Staff) -> str:
        return presses.press(desk, Pressed(staff, None, CHAT, "1"), data).text

    return office.act(who, step)


def order(office: Bureau, who: str, words: str) -> str:
    found = spoken.parse(words)
    assert isinstance(found, Order)
    return office.act(who, lambda desk, staff: spoken.obey(desk, CHATS, staff, found, None))  # type: ignore[arg-type]


def wished(office: Bureau, no: str) -> int:
    return office.on("张工", no, lambda desk, staff, case: extend.ask(desk, staff, case, "现场勘查").id or 0)


def shown(office: Bureau, no: str, make: Callable[[Desk, Case], str]) -> str:
    return office.workplace.look(lambda desk: make(desk, register.by_number(desk, no)))


def case_card(desk: Desk, case: Case) -> str:
    return cards.case_card(cards.Sheet(views.view(desk, case), desk.office.zone)).text


def test_the_card_of_a_case(office: Bureau, no: str) -> None:
    assert f"时限：{DUE}" in shown(office, no, case_card)


def test_the_card_of_a_co_handling_department(office: Bureau, no: str) -> None:
    office.on("张工", no, lambda desk, staff, case: cohandle.ask(desk, staff, case, "交通局", "请核实"))

    def co_card(desk: Desk, case: Case) -> str:
        view = views.view(desk, case)
        return cards.co_card(cards.Sheet(view, desk.office.zone), view.opinions[0]).text

    assert f"时限：{DUE}（由主办部门负责）" in shown(office, no, co_card)


def test_the_review_card(office: Bureau, no: str) -> None:
    office.draft("张工", no, "水管将在本周内修好。")

    def review_card(desk: Desk, case: Case) -> str:
        view = views.view(desk, case)
        return decisions.review_card(decisions.ReviewSheet(view, view.drafts[-1], "审核", ())).text

    assert f"时限 {DUE}" in shown(office, no, review_card)


def test_the_supervisors_card_on_an_extension_words_both_dates(office: Bureau, no: str) -> None:
    extension = wished(office, no)

    def card(desk: Desk, case: Case) -> str:
        return deciding._extension_card(Bench(desk, CHATS), case, extension).text

    assert f"时限：{DUE} → {LATER}" in shown(office, no, card)


def test_the_urgent_first_answer_on_a_card(office: Bureau) -> None:
    office.clock.set(2026, 12, 31)
    urgent = office.a_case("我要跳楼")
    assert "首次回应：01-05 00:00 前（暂定）" in shown(office, urgent, case_card)


@pytest.mark.parametrize(
    ("category", "says"),
    [
        ("complaint", f"已改类，时限由 {DUE} 改为 {LATER}。"),
        ("praise", f"已改类，时限由 {DUE} 改为 2026-12-31。"),
    ],
)
def test_the_answer_to_a_change_of_category(office: Bureau, no: str, category: str, says: str) -> None:
    assert press(office, "张工", f"cat:{office.case(no).id}:{category}").endswith(says)


def test_the_answer_to_a_change_that_moves_no_date(office: Bureau, no: str) -> None:
    def doubt(desk: Desk, _staff: Staff, case: Case) -> None:
        case.needs_review = True
        desk.session.add(case)

    office.on("张工", no, doubt)
    said = press(office, "张工", f"cat:{office.case(no).id}:advice_inquiry")
    assert said == f"{no} 已改类，时限 {DUE} 不变。"


def test_the_answer_to_a_consent(office: Bureau, no: str) -> None:
    assert press(office, "王主任", f"extok:{wished(office, no)}") == f"{no} 已延期至 {LATER}。"


def test_a_transfer_keeps_the_mark_on_the_new_card(office: Bureau, no: str) -> None:
    ids = office.workplace.look(lambda desk: desk.session.get_one(Staff, office.ids["陈师傅"]).department_id)
    assert press(office, "张工", f"to:{office.case(no).id}:{ids}") == f"{no} 已转至交通局。"
    assert f"时限：{DUE}" in shown(office, no, case_card)
    assert f"答复时限不变：{DUE}。" in office.notices()[-1]


def test_orders_in_words(office: Bureau, no: str) -> None:
    wished(office, no)
    assert order(office, "王主任", f"同意延期 {no}") == f"{no} 已延期至 {LATER}。"
    assert [row.state for row in office.rows(Extension)] == ["granted"]
    assert order(office, "张工", f"改类 {no} 投诉") == f"{no} 已改类，时限 2027-02-09（暂定）。"


def test_a_message_split_off(office: Bureau) -> None:
    no = office.a_case("水管坏了", "resident")
    office.a_case("请问公交几点停运", "resident")
    said = office.act("张工", lambda desk, staff: joint.command(desk, staff, "split", no))
    assert f"时限 {DUE}，已告知来信人" in said


@pytest.mark.parametrize(("kind", "day"), [("mine", 24), ("overdue", 40)])
def test_a_page_of_a_list(office: Bureau, no: str, kind: str, day: int) -> None:
    office.clock.advance(days=day - 24 + (0 if kind == "mine" else 7))

    def page(desk: Desk, staff: Staff) -> str:
        return rendering.list_card(desk, staff, kind, 0).text

    assert f"{no} 咨询建议 {DUE}" in office.act("张工", page)


def test_a_backlog_of_new_cases(office: Bureau, no: str) -> None:
    line = office.workplace.look(lambda desk: browse.listed(desk, "open", desk.now))
    assert f"{no} 咨询建议 {DUE}" in lists.backlog_card(line)[0].text
