"""A new notice or another closing hour: open cases are counted anew, what moved is on record and told."""

from datetime import time

import pytest

from cases.lists import history
from cases.register import register
from cases.register.tables import CalendarNotice, DueChange
from cases.watch import calendar_change, recount
from sla.errors import CalendarError
from tests.builders import Bureau

NOTICE = """
year = 2027
source = "国办发明电〔2026〕99号"
workdays = [2027-01-09, 2027-02-20]
holiday = [
  {name = "元旦", from = 2027-01-01, to = 2027-01-04},
  {name = "春节", from = 2027-02-05, to = 2027-02-12},
  {name = "清明节", from = 2027-04-03, to = 2027-04-05},
  {name = "劳动节", from = 2027-05-01, to = 2027-05-05},
  {name = "端午节", from = 2027-06-09, to = 2027-06-09},
  {name = "中秋节", from = 2027-09-15, to = 2027-09-15},
  {name = "国庆节", from = 2027-10-01, to = 2027-10-07},
]
"""


def import_and_recount(bureau: Bureau, toml: str = NOTICE) -> tuple[Bureau, list[str]]:
    bureau.workplace.act(lambda desk: calendar_change.import_notice(desk, toml))
    calendar = bureau.workplace.look(lambda desk: calendar_change.calendar(desk.session))
    after = bureau.with_office(calendar=lambda: calendar)
    return after, recount.run(after.workplace)


def close_at(bureau: Bureau, close: time | None) -> list[str]:
    return recount.run(bureau.with_office(office_close=close).workplace)


def test_a_provisional_date_that_moves_is_recorded_and_told(bureau: Bureau) -> None:
    bureau.clock.set(2026, 12, 24)
    moving, praise = bureau.a_case(), bureau.a_case("表扬公交司机")
    assert bureau.case(moving).provisional and str(bureau.case(moving).due_on) == "2027-01-08"
    assert not bureau.case(praise).provisional or str(bureau.case(praise).due_on) >= "2027"
    after, moved = import_and_recount(bureau)
    assert moving in moved
    case = after.case(moving)
    assert (str(case.due_on), case.provisional) == ("2027-01-09", False)
    assert any(moving in text and "2027-01-08" in text and "2027-01-09" in text for text in bureau.notices())
    last = bureau.rows(DueChange, case_id=case.id)[-1]
    assert (last.cause, last.note) == ("calendar", "2027-01-08→2027-01-09")


def test_answered_cases_keep_their_dates(bureau: Bureau) -> None:
    bureau.clock.set(2026, 12, 24)
    no = bureau.answered()
    _, moved = import_and_recount(bureau)
    assert moved == [] and str(bureau.case(no).due_on) == "2027-01-08"


def test_an_answered_case_is_explained_by_the_calendar_of_its_time(bureau: Bureau) -> None:
    bureau.clock.set(2026, 12, 24)
    answered, still_open = bureau.answered(), bureau.a_case()
    after, _ = import_and_recount(bureau)

    def last_days(no: str) -> list[tuple[str, str, int]]:
        days = after.workplace.look(lambda desk: history.days(desk, after.case(no)))
        return [(str(day.date), day.reason, day.n) for day in days[-2:]]

    assert last_days(answered) == [("2027-01-07", "工作日", 9), ("2027-01-08", "工作日", 10)]
    assert last_days(still_open) == [("2027-01-08", "工作日", 9), ("2027-01-09", "调休上班", 10)]


def test_importing_twice_moves_nothing_twice(bureau: Bureau) -> None:
    bureau.clock.set(2026, 12, 24)
    bureau.a_case()
    after, _ = import_and_recount(bureau)
    _, again = import_and_recount(after)
    assert again == [] and len(bureau.notices()) == 1
    assert len(bureau.rows(CalendarNotice)) == 1


def test_a_notice_that_cannot_be_right_changes_nothing(bureau: Bureau) -> None:
    bureau.clock.set(2026, 12, 24)
    no = bureau.a_case()
    with pytest.raises(CalendarError):
        import_and_recount(bureau, NOTICE.replace("2027-01-09,", "2027-01-03,"))
    assert bureau.rows(CalendarNotice) == [] and bureau.case(no).provisional


def test_a_closing_hour_applies_to_all_open_cases_and_moves_no_day(bureau: Bureau) -> None:
    no = bureau.a_case()
    assert close_at(bureau, time(17, 30)) == [] and bureau.notices() == []
    assert (
        bureau.case(no).due_at.astimezone(bureau.workplace.office.zone).isoformat()[:16] == "2026-03-16T17:30"
    )


def test_an_urgent_first_answer_is_counted_anew_as_well(bureau: Bureau) -> None:
    no = bureau.a_case("我要跳楼")
    close_at(bureau, time(17, 30))
    first = bureau.case(no).first_answer_due_at
    assert (
        first is not None
        and first.astimezone(bureau.workplace.office.zone).isoformat()[:16] == "2026-03-03T17:30"
    )


def test_a_later_closing_hour_makes_nothing_undone(bureau: Bureau) -> None:
    no = bureau.a_case()
    close_at(bureau, time(17, 30))
    bureau.clock.set(2026, 3, 16, 18)
    close_at(bureau, None)
    assert register.is_overdue(bureau.case(no), bureau.clock.now)


def test_a_missing_notice_is_told_weekly_from_december_until_it_is_here(bureau: Bureau) -> None:
    bureau.clock.set(2026, 11, 30)
    assert not bureau.workplace.act(calendar_change.warn_if_missing)
    for day, told in ((1, 1), (4, 1), (7, 2)):
        bureau.clock.set(2026, 12, day)
        assert bureau.workplace.act(calendar_change.warn_if_missing)
        assert len([text for text in bureau.told("supervisor") if "2027" in text]) == told
    after, _ = import_and_recount(bureau)
    assert not after.workplace.act(calendar_change.warn_if_missing)
