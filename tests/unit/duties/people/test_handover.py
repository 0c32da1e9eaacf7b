"""A hand-over ends access at once and closes only when everything is done and both have signed."""

import io

import pytest
from docx import Document

from cases.register.errors import Invalid, NotAllowed, Stale
from cases.register.tables import Staff
from cases.register.tables.duties import Handover
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
