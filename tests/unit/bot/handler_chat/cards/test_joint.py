"""Orders for what several share, typed as commands or in words, and the cards that show it."""

from pathlib import Path

import pytest

from bot.handler_chat.cards import cards, joint
from bot.handler_chat.incoming import spoken
from bot.handler_chat.incoming.spoken import Order
from cases.lists import views
from cases.register import register
from cases.register.desk import Desk
from cases.register.errors import Invalid
from cases.steps import allowed
from tests.builders import Bureau, a_bureau, a_store


@pytest.fixture
def office(tmp_path: Path) -> Bureau:
    store = a_store(tmp_path / "huiyin.db")
    return a_bureau(store)


def order(office: Bureau, who: str, name: str, words: str) -> str:
    return office.act(who, lambda desk, staff: joint.command(desk, staff, name, words))


def card(office: Bureau, no: str, department: str = "") -> cards.Card:
    def build(desk: Desk) -> cards.Card:
        case = register.by_number(desk, no)
        view = views.view(desk, case)
        sheet = cards.Sheet(view, office.workplace.office.zone, offered=allowed.offered(desk, case))
        opinion = next((o for o in view.opinions if o.department == department), None)
        return cards.co_card(sheet, opinion) if opinion is not None else cards.case_card(sheet)

    return office.workplace.look(build)


def labels(shown: cards.Card) -> list[str]:
    return [button.label for row in shown.buttons for button in row]


@pytest.mark.parametrize(
    ("text", "parsed"),
    [
        ("拆分 0007", Order("拆分", "0007")),
        ("协办意见 0007 同意", Order("协办意见", "0007", "同意")),
        ("协办 0007 交通局 请核实", Order("协办", "0007", "交通局 请核实")),
        ("撤销并案0007", Order("撤销并案", "0007")),
        ("并案 0007 0003", Order("并案", "0007", "0003")),
        ("兑现 20260302-0007 已修好", Order("兑现", "20260302-0007", "已修好")),
    ],
)
def test_orders_in_words(text: str, parsed: Order) -> None:
    assert spoken.parse(text) == parsed


def test_splitting_asks_which_message_is_meant_when_there_are_more(office: Bureau) -> None:
    no = office.a_case("水管坏了", "resident")
    with pytest.raises(Invalid, match="只有一条"):
        order(office, "张工", "split", no)
    office.a_case("投诉公交车不停站", "resident")
    office.a_case("水管还在漏", "resident")
    with pytest.raises(Invalid, match=r"2\. 投诉公交车不停站"):
        order(office, "张工", "split", no)
    assert "单独立件" in order(office, "张工", "split", f"{no} 2")
    assert "单独立件" in order(office, "张工", "split", no)  # two are left: the second is meant


def test_linked_cases_show_it_on_both_cards(office: Bureau) -> None:
    lead, other = office.a_case("1号楼水管爆了"), office.a_case("2号楼水管爆了")
    order(office, "张工", "link", f"{other} {lead}")
    assert f"由 {lead} 统一答复" in card(office, other).text
    assert labels(card(office, other)) == ["撤销并案"]
    assert other in card(office, lead).text
    assert "认领" in labels(card(office, lead))
    order(office, "张工", "unlink", other)
    assert "认领" in labels(card(office, other))


def test_the_co_handling_department_has_a_card_of_its_own(office: Bureau) -> None:
    no = office.a_case("水管挖断，电话13812345678")
    office.claim("张工", no)
    order(office, "张工", "cohandle", f"{no} 交通局 请核实占道")
    shown = card(office, no, "交通局")
    assert labels(shown) == ["协办意见"]
    assert "请核实占道" in shown.text
    assert "13812345678" not in shown.text
    order(office, "陈师傅", "opinion", f"{no} 占道已批准")
    assert "占道已批准" in card(office, no).text


def test_a_promise_is_shown_until_it_is_kept(office: Bureau) -> None:
    no = office.answered(answer="我们将在5个工作日内修好水管。")
    assert "承诺　5个工作日内：2026-03-09 前兑现" in card(office, no).text
    assert labels(card(office, no)) == ["更正", "兑现"]
    order(office, "张工", "done", no)
    assert labels(card(office, no)) == ["更正"]
