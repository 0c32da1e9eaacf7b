"""Co-handling, splitting, linking, promises and retries through the pages."""

from collections.abc import Callable

from sqlmodel import select

from cases.register.desk import Desk
from cases.register.tables import Case, CoHandling, Message, Outbox, Promise
from cases.sending import outbox
from tests.builders import Bureau
from tests.unit.console.conftest import Colleague

SignIn = Callable[[str], Colleague]


def test_an_opinion_is_asked_for_given_and_read(office: Bureau, signed_in: SignIn) -> None:
    no = office.a_case("水管挖断了")
    office.claim("张工", no)
    zhang, chen = signed_in("zhang"), signed_in("chen")
    chen.sees(f"cases/{no}", status=404)
    assert zhang.sends(f"cases/{no}/cohandle", department="交通局", note="请核实占道").status_code == 303
    assert "请核实占道" in chen.sees(f"cases/{no}")
    assert chen.sends(f"cases/{no}/claim").status_code in (403, 409)
    opinion = "占道已批准，联系人13812345678"
    assert chen.sends(f"cases/{no}/opinion", text=opinion).status_code == 303
    page = zhang.sees(f"cases/{no}")
    assert "占道已批准" in page
    assert "13812345678" not in page
    assert "13812345678" in zhang.sends(f"cases/{no}/reveal").text
    assert zhang.sends(f"cases/{no}/uncohandle", department="交通局").status_code == 303
    chen.sees(f"cases/{no}", status=404)
    assert [row.state for row in office.rows(CoHandling)] == ["ended"]


def test_a_message_is_split_off(office: Bureau, signed_in: SignIn) -> None:
    no = office.a_case("水管坏了", "resident")
    office.a_case("投诉公交车不停站", "resident")
    zhang = signed_in("zhang")
    assert "拆分" in zhang.sees(f"cases/{no}")
    second = office.rows(Message)[1].id
    assert zhang.sends(f"cases/{no}/split", message=second).status_code == 303
    assert len(office.rows(Case)) == 2


def test_cases_are_linked_and_unlinked(office: Bureau, signed_in: SignIn) -> None:
    lead, other = office.a_case("1号楼水管爆了"), office.a_case("2号楼水管爆了")
    zhang = signed_in("zhang")
    assert zhang.sends(f"cases/{other}/link", lead="20000101-0001").status_code == 404
    assert zhang.sends(f"cases/{other}/link", lead=lead).status_code == 303
    assert other in zhang.sees(f"cases/{lead}")
    assert lead in zhang.sees(f"cases/{other}")
    assert zhang.sends(f"cases/{other}/claim").status_code == 400
    assert zhang.sends(f"cases/{other}/unlink").status_code == 303
    assert office.case(other).parent_id is None


def test_a_promise_is_shown_and_closed(office: Bureau, signed_in: SignIn) -> None:
    no = office.answered(answer="我们将在5个工作日内修好水管。")
    zhang = signed_in("zhang")
    assert "5个工作日内" in zhang.sees(f"cases/{no}")
    assert no in zhang.sees("cases?status=promised")
    assert zhang.sends(f"cases/{no}/kept", text="已修好").status_code == 303
    assert [(row.state, row.note) for row in office.rows(Promise)] == [("kept", "已修好")]


def test_a_failed_sending_is_tried_again_from_the_overview(office: Bureau, signed_in: SignIn) -> None:
    def fail(desk: Desk) -> None:
        outbox.put(desk, key="lost", lane="chat", target="handlers", kind="notice", now=desk.now)
        desk.session.flush()
        row = desk.session.exec(select(Outbox).where(Outbox.key == "lost")).one()
        row.state, row.error = "failed", "平台拒绝"

    office.workplace.act(fail)
    row = office.rows(Outbox, key="lost")[0]
    wang, zhang = signed_in("wang"), signed_in("zhang")
    assert 'data-tile="failed" data-count="1"' in wang.sees("")
    assert "重试" in wang.sees("failed") and "平台拒绝" in wang.sees("failed")
    assert "平台拒绝" not in zhang.sees("failed")
    assert zhang.sends(f"outbox/{row.id}").status_code == 403
    assert wang.sends(f"outbox/{row.id}").status_code == 303
    assert office.rows(Outbox, key="lost")[0].state == "pending"
    assert wang.sends(f"outbox/{row.id}").status_code == 409
