"""Staff and departments are managed by the administrator alone."""

import re
from collections.abc import Callable

import pytest

from cases.register import people
from cases.register.desk import COMMAND_LINE
from cases.register.tables import Case, Department, Staff
from tests.builders import Bureau
from tests.unit.console.conftest import Colleague


@pytest.mark.parametrize("user", ["zhang", "li", "zhao", "wang"])
@pytest.mark.parametrize("action", ["add", "disable", "join-code", "password", "department"])
def test_nobody_else_manages(
    office: Bureau, signed_in: Callable[[str], Colleague], user: str, action: str
) -> None:
    before = [row.model_dump() for row in office.rows(Staff)]
    fields = {"name": "新人", "role": "admin", "staff": "1", "password": "long-enough", "username": "x"}
    assert signed_in(user).sends(f"staff/{action}", **fields).status_code == 403
    assert [row.model_dump() for row in office.rows(Staff)] == before


def test_a_new_colleague_signs_in_and_binds_a_chat(
    office: Bureau, signed_in: Callable[[str], Colleague], visitor: Colleague
) -> None:
    admin = signed_in("admin")
    fields = {
        "name": "新人",
        "role": "reviewer",
        "department": "交通局",
        "username": "new",
        "password": "long-enough",
    }
    assert admin.sends("staff/add", **fields).status_code == 303
    added = office.rows(Staff)[-1]
    assert "已登记 新人" in admin.sees("staff")
    assert visitor.signs_in("new", "long-enough").status_code == 303
    admin.sends("staff/join-code", staff=added.id)
    code = re.search(r"绑定码：(\d{8})", admin.sees("staff"))
    assert code is not None
    office.workplace.act(lambda desk: people.join(desk, code[1], telegram_id="777"))
    assert office.rows(Staff)[-1].telegram_id == "777"
    assert admin.sends("staff/add", **fields).status_code == 400
    assert (
        admin.sends("staff/add", **(fields | {"username": "n2", "department": "无此局"})).status_code == 404
    )
    assert admin.sends("staff/add", **(fields | {"username": "n2", "role": "king"})).status_code == 400


def test_a_leaving_colleague_hands_over_first(office: Bureau, signed_in: Callable[[str], Colleague]) -> None:
    no = office.a_case()
    office.claim("张工", no)
    admin, zhang = signed_in("admin"), signed_in("zhang")
    leaving = office.ids["张工"]
    assert admin.sends("staff/disable", staff=leaving, to=leaving).status_code == 400
    assert admin.sends("staff/disable", staff=leaving, to=office.ids["钱管理"]).status_code == 403
    assert office.rows(Case)[0].handler_id == leaving
    assert admin.sends("staff/disable", staff=leaving, to=office.ids["刘工"]).status_code == 303
    assert office.rows(Case)[0].handler_id == office.ids["刘工"]
    assert zhang.client.get("/console/").status_code == 303
    assert admin.sends("staff/disable", staff=office.ids["刘工"]).status_code == 303
    assert office.rows(Case)[0].handler_id is None and "退回待认领 1 件" in admin.sees("staff")
    assert admin.sends("staff/disable", staff=office.ids["钱管理"]).status_code == 400
    assert admin.sends("staff/disable", staff="999").status_code == 404
    assert admin.sends("staff/join-code", staff=leaving).status_code == 400


def test_a_reset_password_opens_a_locked_account_and_ends_sessions(
    office: Bureau, signed_in: Callable[[str], Colleague], visitor: Colleague
) -> None:
    zhang = signed_in("zhang")
    assert (
        signed_in("admin").sends("staff/password", staff=office.ids["张工"], password="short").status_code
        == 400
    )
    assert (
        signed_in("admin")
        .sends("staff/password", staff=office.ids["张工"], password="a-new-password")
        .status_code
        == 303
    )
    assert zhang.client.get("/console/").status_code == 303
    assert visitor.signs_in("zhang", "a-new-password").status_code == 303


def test_a_department_is_added_and_changed(office: Bureau, signed_in: Callable[[str], Colleague]) -> None:
    admin = signed_in("admin")
    admin.sends(
        "staff/department", name="环保局", topics=["环境保护", "农业农村"], chat_id="-1001/7", phone="12345"
    )
    row = office.rows(Department)[-1]
    assert (row.name, row.topics, row.chat_id, row.thread_id) == (
        "环保局",
        ("环境保护", "农业农村"),
        "-1001",
        "7",
    )
    admin.sends("staff/department", name="环保局", phone="12369")
    row = office.rows(Department)[-1]
    assert (row.topics, row.phone) == (("环境保护", "农业农村"), "12369")
    assert admin.sends("staff/department", name=" ").status_code == 400


def test_the_audit_page_says_whether_the_chain_holds(
    office: Bureau, signed_in: Callable[[str], Colleague]
) -> None:
    no = office.a_case("举报局长受贿")
    wang, admin = signed_in("wang"), signed_in("admin")
    assert "校验通过" in wang.sends("audit").text
    assert "渠道" in wang.sees(f"audit?q=case:{no}")
    hidden = admin.sees(f"audit?q=case:{no}")
    assert "共 0 条" in hidden  # an accusation is for supervisors alone, in the trail too
    assert "举报" not in hidden and "case.open" not in hidden
    with office.store.write() as session:
        session.connection().exec_driver_sql("UPDATE audit SET actor = '无名' WHERE seq = 3")
    assert "第 3 条起不相扣" in wang.sends("audit").text
    assert signed_in("li").sends("audit").status_code == 403


BESIDE: tuple[tuple[str, dict[str, str], str], ...] = (
    ("add", {"name": " ", "role": "handler"}, "name"),
    ("add", {"name": "新人", "role": "king"}, "role"),
    ("add", {"name": "新人", "role": "handler", "department": "无此局"}, "department"),
    ("add", {"name": "新人", "role": "handler", "telegram_id": "abc"}, "telegram_id"),
    ("add", {"name": "新人", "role": "handler", "username": "li"}, "username"),
    ("add", {"name": "新人", "role": "handler", "username": "n", "password": "short"}, "password"),
    ("password", {"staff": "1", "password": "short"}, "password"),
    ("department", {"name": " ", "phone": "0835-1234567"}, "name"),
    ("disable", {"staff": "1", "to": "1"}, "to"),
)


def test_a_message_stands_beside_its_field_and_what_was_typed_stays(
    signed_in: Callable[[str], Colleague],
) -> None:
    admin = signed_in("admin")
    for action, fields, field in BESIDE:
        refused = admin.sends(f"staff/{action}", **fields)
        assert refused.status_code in (400, 404), (action, fields)
        assert f'data-error-for="{field}"' in refused.text, (action, fields)
        for name in ("telegram_id", "phone", "username"):
            if fields.get(name):
                assert f'value="{fields[name]}"' in refused.text, name
        assert '"short"' not in refused.text  # a password is never given back


def mark(page: str) -> str:
    found = re.search(r'name="seen" value="(\d+)"', page)
    assert found is not None
    return found[1]


def test_what_another_did_meanwhile_is_told_before_it_is_done_over(
    office: Bureau, signed_in: Callable[[str], Colleague]
) -> None:
    admin = signed_in("admin")
    seen = mark(admin.sees("staff"))
    zhang = office.ids["张工"]
    office.workplace.act(
        lambda desk: people.add_department(desk, "城建局", "市场监管", phone="0835-1111111"), COMMAND_LINE
    )
    office.workplace.act(lambda desk: people.set_password(desk, zhang, "made-elsewhere"), COMMAND_LINE)
    sent = {"name": "城建局", "topics": ["城乡建设"], "phone": "0835-2222222"}
    late = admin.sends("staff/department", seen=seen, **sent)
    assert late.status_code == 409 and "管理员（命令行）已于" in late.text
    assert "主题现为「市场监管」，您写的是「城乡建设」" in late.text and 'value="0835-2222222"' in late.text
    assert "电话现为「0835-1111111」" in late.text
    again = mark(late.text)
    assert again != seen and admin.sends("staff/department", seen=again, **sent).status_code == 303
    late = admin.sends("staff/password", seen=seen, staff=zhang, password="made-right-here")
    assert late.status_code == 409 and "重设密码（张工）" in late.text
    again = mark(late.text)
    for _ in "twice":  # one's own doing is known
        done = admin.sends("staff/password", seen=again, staff=zhang, password="made-right-here")
        assert done.status_code == 303
