"""A date that may still move says so in the console: in the list, on the page, in its history, after a step."""

import re
from collections.abc import Callable

from cases.steps import extend
from tests.builders import Bureau
from tests.unit.console.conftest import Colleague

DUE, LATER = "2027-01-08（暂定）", "2027-01-22（暂定）"


def plain(page: str) -> str:
    """Return a page's words without its tags."""
    return re.sub(r"<[^>]+>", "", page)


def provisional(office: Bureau) -> str:
    office.clock.set(2026, 12, 24)
    no = office.a_case()
    office.claim("张工", no)
    return no


def test_the_list_and_the_page(office: Bureau, signed_in: Callable[[str], Colleague]) -> None:
    no = provisional(office)
    zhang = signed_in("zhang")
    assert DUE in plain(zhang.sees("cases"))
    page = plain(zhang.sees(f"cases/{no}"))
    assert f"10 个工作日 → {DUE}" in page and f"时限：{DUE}" in page  # its history, and the trail
    assert not re.search(r"2027-01-08(?!（暂定）|周| 00:00| 24:00)", page)


def test_an_overdue_one_in_the_list(office: Bureau, signed_in: Callable[[str], Colleague]) -> None:
    provisional(office)
    office.clock.set(2027, 1, 20)
    assert f"{DUE}逾期" in plain(signed_in("zhang").sees("cases"))


def test_after_a_change_of_category(office: Bureau, signed_in: Callable[[str], Colleague]) -> None:
    no = provisional(office)
    zhang = signed_in("zhang")
    zhang.sends(f"cases/{no}/reclassify", category="complaint")
    page = plain(zhang.sees(f"cases/{no}"))
    assert f"时限 {LATER}。" in page and f"原时限：{DUE}" in page


def test_after_a_consent(office: Bureau, signed_in: Callable[[str], Colleague]) -> None:
    no = provisional(office)
    asked = office.on("张工", no, lambda desk, staff, case: extend.ask(desk, staff, case, "现场勘查").id)
    wang = signed_in("wang")
    wang.sends(f"cases/{no}/decide", extension=asked, consent="yes")
    assert f"已同意延期，新时限 {LATER}。" in plain(wang.sees(f"cases/{no}"))


def test_the_trail_s_own_page(office: Bureau, signed_in: Callable[[str], Colleague]) -> None:
    provisional(office)
    assert f"时限：{DUE}" in plain(signed_in("wang").sees("audit"))


def test_the_urgent_first_answer(office: Bureau, signed_in: Callable[[str], Colleague]) -> None:
    office.clock.set(2026, 12, 31)
    no = office.a_case("我要跳楼")
    assert "2027-01-05 00:00 前（暂定）" in plain(signed_in("wang").sees(f"cases/{no}"))
