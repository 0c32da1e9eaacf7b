"""「催办」: who is told, once a day, and that it stands in the trail."""

import pytest

from cases.register.errors import Invalid, NotAllowed, Stale
from cases.register.people import staff_by_id
from cases.steps import nudge
from tests.builders import Bureau


def urge(bureau: Bureau, no: str, who: str = "王主任") -> str:
    return bureau.on(who, no, nudge.case)


def urge_person(bureau: Bureau, name: str, who: str = "王主任") -> list[str]:
    return bureau.act(who, lambda desk, staff: nudge.person(desk, staff, staff_by_id(desk, bureau.ids[name])))


def test_whoever_a_case_waits_for_is_told(bureau: Bureau) -> None:
    no = bureau.a_case()
    assert urge(bureau, no) == "本部门"
    assert "还没有人认领" in bureau.told(word="催办")[-1]
    bureau.clock.advance(days=1)
    bureau.claim("张工", no)
    assert urge(bureau, no) == "承办人"
    assert bureau.told(word="催办")[-1].startswith("张工：【催办】王主任催办")
    bureau.clock.advance(days=1)
    bureau.draft("张工", no, "水管周五修好。")
    assert "李科长" in urge(bureau, no)
    assert "请李科长、周科长" in bureau.told(word="催办")[-1]
    assert bureau.chain().ok


def test_once_a_day_by_a_supervisor_and_only_while_open(bureau: Bureau) -> None:
    no = bureau.a_case()
    with pytest.raises(NotAllowed):
        urge(bureau, no, "李科长")
    urge(bureau, no)
    with pytest.raises(Stale, match="王主任今天 09:00 已催办"):
        urge(bureau, no, "赵局长")
    bureau.clock.advance(days=1)
    urge(bureau, no, "赵局长")
    with pytest.raises(Stale):
        urge(bureau, bureau.answered())


def test_nobody_urges_on_what_is_in_their_own_hands(bureau: Bureau) -> None:
    no = bureau.a_case()
    bureau.claim("王主任", no)
    with pytest.raises(NotAllowed, match="自己手里"):
        urge(bureau, no)
    assert urge(bureau, no, "赵局长") == "承办人"


def test_a_colleague_is_urged_on_with_all_that_is_nearly_late(bureau: Bureau) -> None:
    soon, later = bureau.a_case("请问水管"), ""
    bureau.claim("张工", soon)
    bureau.clock.advance(days=14)  # the first is due today, the other in two weeks
    later = bureau.a_case("请问水管")
    bureau.claim("张工", later)
    with pytest.raises(Invalid, match="刘工"):
        urge_person(bureau, "刘工")
    assert urge_person(bureau, "张工") == [soon]
    assert soon in bureau.told(word="催办")[-1] and later not in bureau.told(word="催办")[-1]
    with pytest.raises(Invalid, match="今天还没有催办过"):
        urge_person(bureau, "张工")
