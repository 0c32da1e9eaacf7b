"""A message that was joined wrongly becomes a case of its own."""

from datetime import timedelta

import pytest

from cases import split
from cases.errors import Invalid, NotAllowed, Stale
from cases.tables import Audit, Message
from tests.builders import Bureau


def two_in_one(bureau: Bureau) -> tuple[str, int]:
    no = bureau.a_case("水管坏了", "resident")
    bureau.clock.advance(minutes=2)
    assert bureau.a_case("投诉公交车不停站", "resident") == no
    bureau.clock.advance(days=3)
    return no, bureau.rows(Message, case_id=bureau.case(no).id)[1].id or 0


def cut(bureau: Bureau, who: str, no: str, message: int) -> str:
    return bureau.on(who, no, lambda desk, staff, case: split.split(desk, staff, case, message).no)


def test_the_message_keeps_its_receipt_and_goes_its_own_way(bureau: Bureau) -> None:
    no, message = two_in_one(bureau)
    new = cut(bureau, "张工", no, message)
    opened = bureau.case(new)
    assert opened.received_at == bureau.case(no).received_at + timedelta(minutes=2)
    assert opened.category == "complaint"
    assert bureau.case(no).category == "advice_inquiry"  # judged anew by what is left
    assert [row.case_id for row in bureau.rows(Message)] == [bureau.case(no).id, opened.id]
    assert any(no in text and new in text for text in bureau.notices())
    assert len(bureau.rows(Audit, action="case.split")) == 1
    assert bureau.chain().ok


def test_an_approval_of_both_is_void(bureau: Bureau) -> None:
    no, message = two_in_one(bureau)
    bureau.claim("张工", no)
    draft_id = bureau.draft("张工", no, "水管和公交都已处理。")
    cut(bureau, "张工", no, message)
    with pytest.raises(Stale):
        bureau.approve("李科长", draft_id)


def test_what_cannot_be_split(bureau: Bureau) -> None:
    no, message = two_in_one(bureau)
    with pytest.raises(Invalid):
        cut(bureau, "张工", no, message - 1)
    with pytest.raises(NotAllowed):
        cut(bureau, "陈师傅", no, message)
    cut(bureau, "张工", no, message)
    with pytest.raises(Stale):
        cut(bureau, "张工", no, message)
    done = bureau.answered()
    with pytest.raises(Stale):
        cut(bureau, "张工", done, bureau.rows(Message, case_id=bureau.case(done).id)[0].id or 0)
