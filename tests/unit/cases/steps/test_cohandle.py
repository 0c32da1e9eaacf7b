"""A second department adds an opinion; the answer stays where it was."""

import pytest

from cases.lists import browse
from cases.lists.filters import Wanted
from cases.register.errors import Invalid, NotAllowed, NotFound
from cases.register.tables import CoHandling, Outbox
from cases.steps import assign, cohandle
from tests.builders import Bureau


def asked(bureau: Bureau) -> str:
    no = bureau.a_case("水管挖断，联系电话13812345678")
    bureau.claim("张工", no)
    bureau.on("张工", no, lambda desk, staff, case: cohandle.ask(desk, staff, case, "交通局", "请核实占道"))
    return no


def opinion(bureau: Bureau, who: str, no: str, text: str = "占道由我局批准。") -> None:
    bureau.on(who, no, lambda desk, staff, case: cohandle.give(desk, staff, case, text))


def test_the_second_department_gets_a_card_and_is_heard(bureau: Bureau) -> None:
    no = asked(bureau)
    due = bureau.case(no).due_at
    assert [row.payload["to"] for row in bureau.rows(Outbox, kind="co_card")] == [
        f"department:{bureau.rows(CoHandling)[0].department_id}"
    ]
    opinion(bureau, "陈师傅", no)
    assert any("占道由我局批准" in text and text.startswith("张工") for text in bureau.told())
    assert (bureau.case(no).handler_id, bureau.case(no).due_at) == (bureau.ids["张工"], due)
    assert bureau.chain().ok


def test_it_sees_the_case_but_does_not_handle_it(bureau: Bureau) -> None:
    no = asked(bureau)
    assert bureau.act("陈师傅", lambda desk, me: browse.seen(desk, me, no).no) == no
    assert [row.no for row in bureau.act("陈师傅", lambda d, me: browse.cases(d, me, Wanted()).rows)] == [no]
    for step in (
        lambda desk, staff, case: assign.reclassify(desk, staff, case, "complaint"),
        lambda desk, staff, case: assign.transfer(desk, staff, case, "交通局"),
    ):
        with pytest.raises(NotAllowed):
            bureau.on("陈师傅", no, step)
    with pytest.raises(NotAllowed):
        bureau.draft("陈师傅", no, "已修好。")


def test_only_that_department_gives_an_opinion(bureau: Bureau) -> None:
    no = asked(bureau)
    with pytest.raises(NotAllowed):
        opinion(bureau, "刘工", no)
    with pytest.raises(Invalid):
        opinion(bureau, "陈师傅", no, " ")


def test_an_ended_co_handling_is_out_of_sight_again(bureau: Bureau) -> None:
    no = asked(bureau)
    bureau.on("张工", no, lambda desk, staff, case: cohandle.end(desk, staff, case, "交通局"))
    with pytest.raises(NotFound):
        bureau.act("陈师傅", lambda desk, me: browse.seen(desk, me, no))


def test_what_cannot_be_co_handled(bureau: Bureau) -> None:
    no = asked(bureau)
    for department in ("交通局", "城建局"):
        with pytest.raises(Invalid):
            bureau.on("张工", no, lambda desk, staff, case, d=department: cohandle.ask(desk, staff, case, d))
    accused = bureau.a_case("举报局长")
    with pytest.raises(NotAllowed):
        bureau.on("王主任", accused, lambda desk, staff, case: cohandle.ask(desk, staff, case, "交通局"))
