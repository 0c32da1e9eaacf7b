"""Every page for every role on each database, and parameters that no page expects."""

from collections.abc import Callable

import pytest

from cases.knowledge import learn
from cases.register.desk import Desk
from cases.register.register import by_number
from cases.steps.rate import rate
from knowledge_base.base.entries import Entry
from tests.builders import Bureau
from tests.conftest import DATABASES
from tests.unit.console.conftest import USERS, Colleague

ODD = ("%00", "%ED%A0%80", "-1", "９", "'%20OR%201=1--", "%25_", "x" * 4000, "2026-13", "%F0%9F%98%80")


def a_busy_office(office: Bureau) -> str:
    office.writes("谢谢")
    no = office.answered()
    office.workplace.act(lambda desk: rate(desk, by_number(desk, no), "不满意"))
    office.a_case("表扬公交司机")
    office.a_case("举报局长受贿")
    office.a_case("有人要跳楼")

    def entries(desk: Desk) -> None:
        learn.bring_in(desk, Entry("e1", "居住证怎么办", "到三楼办理。"))
        learn.bring_in(desk, Entry("e2", "社保卡怎么办", "到二楼办理。", status="candidate"))

    office.workplace.act(entries)
    office.clock.advance(days=20)
    return no


@pytest.mark.parametrize("database", DATABASES, indirect=True)
def test_every_page_answers_every_role(office: Bureau, signed_in: Callable[[str], Colleague]) -> None:
    no = a_busy_office(office)
    pages = [
        "", "account", "cases", "cases?status=all&department=0&mine=1", f"cases/{no}", "messages", "knowledge",
        "knowledge?status=candidate", "knowledge?q=证", "knowledge?ask=证", "knowledge/e1", "knowledge/new",
        "knowledge/export?kind=jsonl", "reports", "reports?month=2026-03", "reports/download",
    ]  # fmt: skip
    for user in USERS:
        colleague = signed_in(user)
        for page in pages:
            wanted = 404 if user == "chen" and page == f"cases/{no}" else 200
            response = colleague.client.get(f"/console/{page}")
            assert "Traceback" not in response.text
            assert response.status_code == wanted, (user, page)


@pytest.mark.parametrize("database", DATABASES, indirect=True)
def test_no_parameter_breaks_a_page(office: Bureau, signed_in: Callable[[str], Colleague]) -> None:
    no = a_busy_office(office)
    wang = signed_in("wang")
    for odd in ODD:
        for path in (
            "cases?status=", "cases?no=", "cases?category=", "cases?department=", "cases?page=", f"cases/{no}?adopt=",
            "knowledge?status=", "knowledge?q=", "knowledge?ask=", "knowledge/", "knowledge/export?kind=",
            "knowledge/export?status=", "reports?month=", "reports/download?month=", "audit?q=", "audit?page=",
            "messages?page=", "cases/", "", "signin?next=",
        ):  # fmt: skip
            response = wang.client.get(f"/console/{path}{odd}")
            assert response.status_code < 500, (path, odd, response.status_code)
        for path in (
            "cases/{}/claim",
            "messages/{}",
            "knowledge/{}/publish",
            "staff/{}",
            f"cases/{no}/files/{{}}",
        ):
            response = wang.sends(path.format(odd), text="x", staff=odd)
            assert response.status_code < 500, (path, odd, response.status_code)
        assert wang.signs_in(odd).status_code < 500
