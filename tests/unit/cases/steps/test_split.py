"""A message that was joined wrongly becomes a case of its own."""

from datetime import timedelta

import pytest

from cases.register.errors import Invalid, NotAllowed, Stale
from cases.register.tables import Audit, DueChange, Message
from cases.steps import assign, split
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
    with pytest.raises(Invalid, match="只有一条来信"):
        cut(bureau, "张工", no, message)
    done = bureau.answered()
    with pytest.raises(Stale):
        cut(bureau, "张工", done, bureau.rows(Message, case_id=bureau.case(done).id)[0].id or 0)


def joined(bureau: Bureau, first: str, second: str) -> tuple[str, int]:
    """Return a case of two messages that was judged by both, and the second one's id."""
    no = bureau.a_case(first, "resident")
    bureau.clock.advance(minutes=2)
    assert bureau.a_case(second, "resident") == no
    return no, bureau.rows(Message, case_id=bureau.case(no).id)[1].id or 0


def test_a_date_that_moves_with_the_split_is_told_to_the_citizen(bureau: Bureau) -> None:
    no, message = joined(bureau, "水管坏了", "投诉公交车不停站")
    assert str(bureau.case(no).due_on) == "2026-03-30"
    cut(bureau, "张工", no, message)
    assert str(bureau.case(no).due_on) == "2026-03-16"
    (word,) = [text for text in bureau.notices() if "现按「咨询建议」办理" in text]
    assert no in word and "2026-03-16" in word
    assert bureau.told("supervisor", "【改类】") == []  # no lengthening
    last = bureau.rows(DueChange, case_id=bureau.case(no).id)[-1]
    assert (last.cause, last.note) == ("reclassified", "投诉求助→咨询建议（拆分后）")


def test_a_date_that_a_split_makes_later_is_told_to_the_supervisors_too(bureau: Bureau) -> None:
    no, message = joined(bureau, "水管坏了", "表扬公交司机")
    assert str(bureau.case(no).due_on) == "2026-03-09"
    cut(bureau, "张工", no, message)
    (word,) = bureau.told("supervisor", "【改类】")
    assert no in word and "拆分后改类" in word and "2026-03-09 延至 2026-03-16" in word
    assert len([text for text in bureau.notices() if "答复时限为 2026-03-16" in text]) == 1


def test_a_split_that_moves_no_date_tells_only_of_the_new_number(bureau: Bureau) -> None:
    no, message = joined(bureau, "水管坏了", "公交几点开")
    cut(bureau, "张工", no, message)
    assert len(bureau.notices()) == 1 and bureau.told("supervisor") == []


def test_a_split_undoes_no_persons_choice_of_the_category(bureau: Bureau) -> None:
    no, message = joined(bureau, "水管坏了", "投诉公交车不停站")
    bureau.on("张工", no, lambda desk, staff, case: assign.reclassify(desk, staff, case, "praise"))
    cut(bureau, "张工", no, message)
    assert (bureau.case(no).category, str(bureau.case(no).due_on)) == ("praise", "2026-03-09")
