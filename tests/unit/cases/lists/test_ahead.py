"""The week ahead of a supervisor: what goes overdue by Friday, who has room, what is stuck, whom to call."""

from datetime import date

from cases.lists import ahead, today
from cases.lists.ahead import Ahead
from tests.builders import Bureau


def week(bureau: Bureau, who: str = "王主任") -> Ahead:
    return bureau.act(who, ahead.ahead)


def test_without_a_past_nothing_is_foretold(bureau: Bureau) -> None:
    bureau.a_case("表扬水管师傅")
    found = week(bureau)
    assert (found.friday, found.paced, found.late, found.room) == (date(2026, 3, 6), False, 0, [])


def test_a_case_is_late_by_its_place_and_who_has_room_is_said(bureau: Bureau) -> None:
    for _ in range(4):
        bureau.answered()  # 张工 answers four in these weeks
    waiting = [bureau.a_case("表扬水管师傅") for _ in range(3)]
    bus = bureau.a_case("表扬公交司机")
    for no in waiting:
        bureau.claim("刘工", no)
    bureau.clock.set(2026, 3, 9)  # Monday: all are due today
    found = week(bureau)
    assert [(room.name, room.spare) for room in found.room] == [("张工", 1)]
    assert found.paced and found.late == 4
    assert {one.line.no for one in found.late_cases} == {*waiting, bus}
    why = {one.line.no: one.why for one in found.late_cases}
    assert why[waiting[1]] == "刘工近四周办结 0 件，前面还有 1 件" and why[bus] == "无人认领"
    first = next(one for one in found.late_cases if one.line.no == waiting[0])
    assert first.takers[0][1] == "张工（余力 1）"
    assert [(p.name, p.overdue, p.due, p.pace) for p in found.people] == [("刘工", 0, 3, 0)]
    assert [one.line.no for one in found.stuck] == waiting and found.stuck[0].may_nudge


def test_what_is_overdue_is_not_foretold_but_stuck(bureau: Bureau) -> None:
    bureau.answered()
    no = bureau.a_case("表扬水管师傅")
    bureau.claim("张工", no)
    bureau.clock.set(2026, 3, 11)
    found = week(bureau)
    assert found.late == 0 and [one.line.no for one in found.stuck] == [no]
    assert [(p.name, p.overdue, p.due) for p in found.people] == [("张工", 1, 0)]


def test_what_is_overdue_keeps_its_place_before_the_others(bureau: Bureau) -> None:
    bureau.answered()
    for _ in range(2):
        bureau.claim("张工", bureau.a_case("表扬水管师傅"))
    bureau.clock.set(2026, 3, 9)
    fresh = bureau.a_case("表扬水管师傅")
    bureau.claim("张工", fresh)
    bureau.clock.set(2026, 3, 16)  # Monday: the first two are a week late, this one is due
    found = week(bureau)
    assert [(one.line.no, one.why) for one in found.late_cases] == [
        (fresh, "张工近四周办结 1 件，前面还有 2 件")
    ]


def test_a_head_is_shown_the_own_department(bureau: Bureau) -> None:
    bureau.answered()
    bus, pipe = bureau.a_case("表扬公交司机"), bureau.a_case("表扬水管师傅")
    bureau.clock.set(2026, 3, 9)
    assert [one.line.no for one in week(bureau, "赵局长").late_cases] == [pipe]
    assert {one.line.no for one in week(bureau).late_cases} == {bus, pipe}


def test_whoever_was_urged_on_sees_it_in_their_list(bureau: Bureau) -> None:
    from cases.steps import nudge

    no = bureau.a_case()
    bureau.claim("张工", no)
    bureau.on("王主任", no, nudge.case)
    mine = next(s for s in bureau.act("张工", today.sections) if s.code == "mine")
    assert mine.lines[0].note == "王主任 03-02 催办"
