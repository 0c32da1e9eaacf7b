"""The morning digest: once a working day, in its hours or not at all."""

from datetime import datetime

import pytest

from cases.register import people, register
from cases.register.desk import Desk
from cases.register.tables import Outbox
from cases.steps import assign
from cases.watch import digest as digests
from sla.hours import parse_quiet_hours
from tests.builders import Bureau, a_supervisor


def digest(bureau: Bureau) -> bool:
    return bureau.workplace.act(digests.tell)


def test_it_says_how_things_stand(bureau: Bureau) -> None:
    late = bureau.a_case("表扬公交司机")
    today = bureau.a_case("水管坏了")
    bureau.clock.set(2026, 3, 5)
    soon = bureau.a_case("请问公交")  # due on the nineteenth
    bureau.a_case("投诉有人威胁我")
    bureau.clock.set(2026, 3, 15, 22)
    bureau.writes("你好")
    bureau.clock.set(2026, 3, 16, 8)
    assert digest(bureau) is True
    (text,) = bureau.told("supervisor", "【晨报】")
    lines = text.splitlines()
    assert lines[1] == f"今日到期 1 件：{today}"
    assert lines[2] == f"三个工作日内到期 2 件：{today}、{soon}"
    assert lines[3] == "逾期未办结 1 件；紧急 0 件；待认领 4 件" and late not in text
    assert lines[4] == "待送达 0 件；未立件消息（上次晨报以来）1 条；敏感 1 件"


def test_each_department_head_has_a_line_of_their_own(bureau: Bureau) -> None:
    bureau.workplace.act(lambda desk: people.add_department(desk, "水务局"))
    bureau.hire(a_supervisor("周局", "水务局"))
    bureau.a_case("请问水管")
    no = bureau.a_case("请问水费")
    bureau.workplace.act(lambda desk: _give(desk, no, "水务局"))
    bureau.clock.set(2026, 3, 16, 8)
    assert digest(bureau) is True
    (text,) = bureau.told("supervisor", "【晨报】")
    assert [line for line in text.splitlines() if "周局" in line] == [
        "周局（水务局）：今日到期 1 件，三个工作日内 1 件，逾期 0 件"
    ]


def _give(desk: Desk, no: str, department: str) -> None:
    case = register.by_number(desk, no)
    case.department_id = people.department_named(desk, department).id
    desk.session.add(case)


def test_once_a_day(bureau: Bureau) -> None:
    bureau.clock.set(2026, 3, 16, 8)
    assert [digest(bureau) for _ in range(3)] == [True, False, False]
    bureau.clock.set(2026, 3, 17, 9)
    assert digest(bureau) is True and len(bureau.told("supervisor", "【晨报】")) == 2


@pytest.mark.parametrize(("day", "hour"), [(16, 7), (16, 10), (16, 23), (14, 9), (15, 9)])
def test_not_outside_its_hours_nor_on_a_day_off(bureau: Bureau, day: int, hour: int) -> None:
    bureau.clock.set(2026, 3, day, hour)
    assert digest(bureau) is False and bureau.told(word="晨报") == []


def test_never_late(bureau: Bureau) -> None:
    bureau.clock.set(2026, 3, 16, 9, 59)
    assert digest(bureau)
    (row,) = bureau.rows(Outbox, kind="notice")
    ten = bureau.clock.set(2026, 3, 16, 10)
    assert datetime.fromisoformat(row.payload["not_after"]) == ten and not digest(bureau)


def test_messages_without_a_case_are_counted_over_the_weekend(bureau: Bureau) -> None:
    bureau.clock.set(2026, 3, 13, 7)
    bureau.writes("你好")  # named in Friday's digest
    for day, hour in ((13, 20), (14, 9)):
        bureau.clock.set(2026, 3, day, hour)
        bureau.writes("你好")
    bureau.clock.set(2026, 3, 16, 8)
    assert digest(bureau)
    assert "未立件消息（上次晨报以来）2 条" in bureau.told("supervisor", "【晨报】")[0]


def test_a_case_once_overdue_is_counted_as_that_alone(bureau: Bureau) -> None:
    no = bureau.a_case("表扬水管师傅")
    bureau.clock.set(2026, 3, 12)
    bureau.on("张工", no, lambda desk, staff, case: assign.reclassify(desk, staff, case, "advice_inquiry"))
    bureau.clock.set(2026, 3, 16, 8)  # due by the new date
    assert digest(bureau)
    lines = bureau.told("supervisor", "【晨报】")[0].splitlines()
    assert lines[1] == "今日到期 0 件：无" and lines[3].startswith("逾期未办结 1 件；")


def test_quiet_hours_that_last_longer_hold_none_back_for_later(bureau: Bureau) -> None:
    quiet = bureau.with_office(quiet=parse_quiet_hours("20:00-09:00"))
    bureau.clock.set(2026, 3, 16, 8, 30)
    assert digest(quiet) is False
    bureau.clock.set(2026, 3, 16, 9)
    assert digest(quiet) is True


def test_a_long_list_is_cut_but_counted_in_full(bureau: Bureau) -> None:
    for _ in range(digests.SHOWN + 3):
        bureau.a_case()
    bureau.clock.set(2026, 3, 16, 8)
    digest(bureau)
    line = bureau.told(word="晨报")[0].splitlines()[1]
    assert line.startswith(f"今日到期 {digests.SHOWN + 3} 件") and line.endswith("等")
    assert line.count("20260302-") == digests.SHOWN
