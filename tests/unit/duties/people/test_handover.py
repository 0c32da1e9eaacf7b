"""A hand-over ends access at once and closes only when everything is done and both have signed."""

import io

import pytest
from docx import Document

from cases.register import people
from cases.register.errors import Invalid, NotAllowed, Stale
from cases.register.tables import Staff
from cases.register.tables.duties import Handover
from duties.month import agenda
from duties.people import handover
from tests.builders import Bureau
from tests.unit.duties.papers.test_forms import words
from tests.unit.duties.releases.test_ledger import doing


def started(bureau: Bureau, leaving: bool = True) -> int:
    return bureau.workplace.act(
        lambda desk: handover.start(desk, None, "张工", "刘工", leaving=leaving).id or 0
    )


def sign(bureau: Bureau, number: int, who: str) -> bool:
    return doing(bureau, who, lambda d, doer: handover.sign(d, doer, handover.by_id(d, number)))


def tick_all(bureau: Bureau, number: int) -> None:
    for code in handover.ITEMS:
        bureau.workplace.act(
            lambda d, c=code: handover.tick(d, None, handover.by_id(d, number), c)  # type: ignore[misc]
        )


def test_who_leaves_is_out_at_once_and_the_cases_go_over(bureau: Bureau) -> None:
    no = bureau.a_case()
    bureau.claim("张工", no)
    started(bureau)
    person = bureau.workplace.look(lambda desk: desk.session.get_one(Staff, bureau.ids["张工"]))
    assert not person.active
    assert bureau.case(no).handler_id == bureau.ids["刘工"]


def test_it_closes_only_when_signed(bureau: Bureau) -> None:
    number = started(bureau)
    with pytest.raises(Stale):
        started(bureau)
    with pytest.raises(Invalid, match="密码"):
        sign(bureau, number, "刘工")
    tick_all(bureau, number)
    for who in ("李科长", ""):
        with pytest.raises(NotAllowed):
            sign(bureau, number, who)
    assert not sign(bureau, number, "刘工")
    assert sign(bureau, number, "王主任")
    (row,) = bureau.rows(Handover)
    assert row.closed_at is not None
    with pytest.raises(Stale):
        sign(bureau, number, "王主任")


def test_the_undertaking(bureau: Bureau) -> None:
    number = started(bureau, leaving=False)
    content = bureau.workplace.look(lambda d: handover.undertaking(d, handover.by_id(d, number)))
    text = words(Document(io.BytesIO(content)))
    assert all(word in text for word in ("移交保密承诺书", "张工", "刘工", "密码", "2026年3月2日"))


def passed(bureau: Bureau, number: int, to: str) -> None:
    bureau.workplace.act(lambda d: handover.pass_on(d, None, handover.by_id(d, number), to))


def test_when_the_taker_leaves_the_next_one_takes_over_and_it_closes(bureau: Bureau) -> None:
    """Before, nobody could sign any more: the one who should had left."""
    first = started(bureau)
    tick_all(bureau, first)
    assert not sign(bureau, first, "刘工")
    second = bureau.workplace.act(lambda desk: handover.start(desk, None, "刘工", "李科长").id or 0)
    line = bureau.workplace.look(lambda d: handover.shown(d, handover.by_id(d, first)))
    assert (line["to"], line["to_active"], line["received_at"]) == ("李科长", True, None)
    for number in (first, second):
        tick_all(bureau, number)
        assert not sign(bureau, number, "李科长")
        assert sign(bureau, number, "王主任")


def test_when_the_taker_is_shut_out_another_can_be_named(bureau: Bureau) -> None:
    number = started(bureau)
    tick_all(bureau, number)
    bureau.workplace.act(lambda desk: people.disable_staff(desk, bureau.ids["刘工"]))
    listed = [str(item) for item in bureau.workplace.look(agenda.agenda) if item.kind == "交接"]
    assert listed == ["交接：张工 → 刘工，刘工已停用，请换接收人，待签字，期限 2026-03-09"]
    for wrong in ("张工", "刘工"):
        with pytest.raises((Invalid, NotAllowed)):
            passed(bureau, number, wrong)
    passed(bureau, number, "李科长")
    assert not sign(bureau, number, "李科长")
    assert sign(bureau, number, "王主任")
    with pytest.raises(Stale):
        passed(bureau, number, "王主任")


def test_a_witness_who_takes_over_is_a_witness_no_more(bureau: Bureau) -> None:
    number = started(bureau)
    tick_all(bureau, number)
    assert not sign(bureau, number, "王主任")
    passed(bureau, number, "王主任")
    line = bureau.workplace.look(lambda d: handover.shown(d, handover.by_id(d, number)))
    assert (line["witnessed_by"], line["received_at"]) == ("", None)
    assert not sign(bureau, number, "王主任")
    assert sign(bureau, number, "钱管理")
