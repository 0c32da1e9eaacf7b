"""What was counted by another calendar or closing hour is counted anew, once, whole, and told."""

from datetime import time

import pytest

from cases.register.tables import Case, DueChange, Outbox
from cases.watch import calendar_change, recount
from tests.builders import CALENDAR, Bureau
from tests.unit.cases.watch.test_calendar_change import NOTICE

SUMMARY = "【时限重算】"


@pytest.fixture
def december(bureau: Bureau) -> Bureau:
    """An office on Christmas Eve whose dates in 2027 are provisional, and which has noted what it counts by."""
    bureau.clock.set(2026, 12, 24)
    assert recount.run(bureau.workplace) == []
    return bureau


def imported(bureau: Bureau) -> None:
    bureau.workplace.act(lambda desk: calendar_change.import_notice(desk, NOTICE))


def test_the_first_time_nothing_is_told(december: Bureau) -> None:
    assert december.told(word=SUMMARY) == []


def test_while_nothing_changes_nothing_is_written(december: Bureau) -> None:
    december.a_case()
    before = len(december.rows(Outbox)), len(december.rows(DueChange))
    assert recount.run(december.workplace) == []
    assert (len(december.rows(Outbox)), len(december.rows(DueChange))) == before


def test_a_case_that_a_server_opened_by_the_old_calendar_after_the_import_is_found(december: Bureau) -> None:
    early = december.a_case()
    imported(december)
    assert recount.run(december.workplace) == [early]
    december.clock.advance(seconds=1)  # this process has not followed yet: it still counts by CALENDAR
    late = december.a_case("请问水费")
    assert december.case(late).provisional and december.told("supervisor", SUMMARY) == []
    december.clock.advance(seconds=recount._FOLLOWED.total_seconds())
    assert recount.run(december.workplace) == [late]
    assert not december.case(late).provisional
    (summary,) = december.told("supervisor", SUMMARY)
    assert "重新计算未办结事项 2 件，2 件时限日期有变动" in summary and early in summary and late in summary
    december.clock.advance(hours=1)
    assert recount.run(december.workplace) == [] and len(december.told("supervisor", SUMMARY)) == 1


def test_a_process_that_does_not_follow_yet_undoes_nothing(december: Bureau) -> None:
    no = december.a_case()
    imported(december)
    december.clock.advance(minutes=1)
    assert december.workplace.office.calendar() is CALENDAR  # the old one
    assert recount.run(december.workplace) == [no]
    assert recount.run(december.workplace) == [] and not december.case(no).provisional


def test_dates_that_become_certain_without_moving_are_on_record_and_trouble_nobody(december: Bureau) -> None:
    december.clock.set(2026, 12, 28)
    no = december.a_case()  # 12 January in either case: a day more off, and a Saturday worked
    imported(december)
    december.clock.advance(minutes=1)
    assert recount.run(december.workplace) == [] and december.notices() == []
    last = december.rows(DueChange, case_id=december.case(no).id)[-1]
    assert (last.cause, last.provisional, last.note) == ("calendar", False, "")
    assert "没有时限日期变动" in december.told("supervisor", SUMMARY)[0]


def test_another_closing_hour_is_named_as_the_cause(december: Bureau) -> None:
    no = december.a_case()
    later = december.with_office(office_close=time(17, 30))
    assert recount.run(later.workplace) == []
    assert december.rows(DueChange, case_id=december.case(no).id)[-1].cause == "office_close"
    assert (
        "下班时刻已调整：重新计算未办结事项 1 件，没有时限日期变动" in december.told("supervisor", SUMMARY)[0]
    )


def test_many_cases_are_counted_in_several_transactions(december: Bureau) -> None:
    many = [december.a_case(openid=f"citizen {number}") for number in range(recount.BATCH + 3)]
    imported(december)
    december.clock.advance(minutes=1)
    seen: list[tuple[int, int]] = []
    assert recount.run(december.workplace, progress=lambda done, of: seen.append((done, of))) == many
    assert seen == [(len(many), len(many))]
    assert {case.provisional for case in december.rows(Case)} == {False}
    assert len(december.notices()) == len(many)
