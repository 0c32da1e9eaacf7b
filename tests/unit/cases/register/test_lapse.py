"""Being overdue: a span that no later event rewrites, whatever becomes of the date, the category or the department."""

from typing import Any

import pytest
from alembic import command
from sqlalchemy import text

from app.serve import metrics
from cases.lists import browse, find, statistics
from cases.register import register
from cases.register.store import alembic_config
from cases.register.tables import Lapse, Outcome, Staff
from cases.steps import assign, automatic, rate
from cases.watch import calendar_change, recount
from tests.builders import Bureau, a_match
from tests.unit.cases.watch.test_calendar_change import NOTICE, import_and_recount

LISTS = ("due_today", "soon", "overdue")


def reclassify(bureau: Bureau, who: str, no: str, category: str) -> None:
    bureau.on(who, no, lambda desk, staff, case: assign.reclassify(desk, staff, case, category))


def transfer(bureau: Bureau, who: str, no: str, to: str) -> None:
    bureau.on(who, no, lambda desk, staff, case: assign.transfer(desk, staff, case, to))


def answer(bureau: Bureau, no: str) -> None:
    bureau.claim("张工", no)
    bureau.approve("李科长", bureau.draft("张工", no, "水管已修好。"))


def is_overdue(bureau: Bureau, no: str) -> bool:
    return register.is_overdue(bureau.case(no), bureau.clock.now)


def late_in(bureau: Bureau, month: str) -> dict[str, int]:
    """Return by department how many cases were open and overdue at the end of a month, without the zeros."""
    report = bureau.workplace.look(lambda desk: statistics.monthly(desk, month))
    return {name: part.open_overdue for name, part in report.by_department().items() if part.open_overdue}


def listed(bureau: Bureau) -> dict[str, int]:
    """Return how many cases the console counts under each of LISTS."""
    return bureau.workplace.look(
        lambda desk: {
            name: browse.tally(desk, desk.session.get_one(Staff, bureau.ids["王主任"]), name)
            for name in LISTS
        }
    )


def elsewhere(bureau: Bureau) -> list[list[str]]:
    """Return what the chat and the command line list as overdue, and what Prometheus counts."""

    def numbers(desk: Any, staff: Any) -> list[list[str]]:
        (gauge,) = [
            line
            for line in metrics.exposition(desk).decode().splitlines()
            if line.startswith("huiyin_cases_overdue ")
        ]
        return [
            [case.no for case in find.overdue(desk, staff)],
            [line.no for line in browse.listed(desk, "overdue", desk.now) if line.overdue],
            [gauge.partition(" ")[2]],
        ]

    return bureau.act("王主任", numbers)


def test_a_case_overdue_and_then_given_a_later_date_is_told_daily_and_never_as_nearly_due(
    bureau: Bureau,
) -> None:
    no = bureau.a_case("表扬水管师傅")  # due on the ninth
    bureau.claim("张工", no)
    told = []
    for day in range(10, 19):
        bureau.clock.set(2026, 3, day)
        bureau.sweep()
        if day == 11:
            reclassify(bureau, "张工", no, "advice_inquiry")  # due on the sixteenth
            bureau.sweep()
        told.append(len(bureau.told("supervisor", "【逾期】")))
    assert told == [1, 2, 3, 4, 4, 4, 5, 6, 7]  # the weekend adds none
    assert bureau.told(word="【即将到期】") == [] and bureau.told(word="【今日到期】") == []


@pytest.mark.parametrize("day", [12, 16, 20])  # soon, today and past by the new date
def test_every_list_says_overdue_of_a_case_that_was_given_a_later_date(bureau: Bureau, day: int) -> None:
    no = bureau.a_case("表扬水管师傅")
    bureau.clock.set(2026, 3, 11)
    reclassify(bureau, "张工", no, "advice_inquiry")
    bureau.clock.set(2026, 3, day)
    assert listed(bureau) == {"due_today": 0, "soon": 0, "overdue": 1}
    assert elsewhere(bureau) == [[no], [no], ["1.0"]]


@pytest.mark.parametrize("day", [12, 16])
def test_no_list_says_overdue_of_a_case_in_time(bureau: Bureau, day: int) -> None:
    bureau.a_case("请问水管")
    bureau.clock.set(2026, 3, day)
    assert listed(bureau) == {"due_today": int(day == 16), "soon": 1, "overdue": 0}
    assert elsewhere(bureau) == [[], [], ["0.0"]]


@pytest.fixture
def guessed(bureau: Bureau) -> str:
    """A case overdue against a provisional date: 11 February 2027, while the notice will say the seventeenth."""
    bureau.clock.set(2027, 2, 2)
    no = bureau.a_case("表扬水管师傅")
    recount.run(bureau.workplace)
    assert (str(bureau.case(no).due_on), bureau.case(no).provisional) == ("2027-02-11", True)
    bureau.clock.set(2027, 2, 12)
    bureau.sweep()
    assert is_overdue(bureau, no)
    return no


def test_a_notice_that_makes_the_date_later_forgives_what_was_late_by_a_guess(
    bureau: Bureau, guessed: str
) -> None:
    after, _ = import_and_recount(bureau)
    assert str(after.case(guessed).due_on) == "2027-02-17" and not is_overdue(after, guessed)
    after.clock.set(2027, 2, 17, 23)
    answer(after, guessed)
    assert after.case(guessed).on_time is True and late_in(after, "2027-02") == {}


def test_by_the_notices_date_it_can_fall_overdue_as_any_other(bureau: Bureau, guessed: str) -> None:
    after, _ = import_and_recount(bureau)
    after.clock.set(2027, 2, 18)
    after.sweep()
    assert is_overdue(after, guessed) and after.told("supervisor", "【逾期】")[-1].count("2027-02-17") == 1
    answer(after, guessed)
    assert after.case(guessed).on_time is False


def test_a_notice_that_leaves_the_date_in_the_past_forgives_nothing(bureau: Bureau, guessed: str) -> None:
    bureau.clock.set(2027, 2, 18)
    after, _ = import_and_recount(bureau)
    assert is_overdue(after, guessed)


def test_a_corrected_notice_forgives_nothing(bureau: Bureau) -> None:
    bureau.clock.set(2027, 2, 2)
    bureau.workplace.act(lambda desk: calendar_change.import_notice(desk, NOTICE))
    official, _ = import_and_recount(bureau)
    no = official.a_case("表扬水管师傅")  # due on the seventeenth
    official.clock.set(2027, 2, 18)
    official.sweep()
    after, moved = import_and_recount(official, NOTICE.replace("to = 2027-02-12", "to = 2027-02-15"))
    assert moved == [no] and str(after.case(no).due_on) == "2027-02-18"
    assert is_overdue(after, no)
    answer(after, no)
    assert after.case(no).on_time is False


def test_a_notice_forgives_no_overdue_against_an_official_date(bureau: Bureau) -> None:
    bureau.clock.set(2026, 12, 11)
    no = bureau.a_case("表扬水管师傅")  # due on the eighteenth, by the notice of that year
    bureau.clock.set(2026, 12, 21)
    bureau.sweep()
    reclassify(bureau, "张工", no, "complaint")  # due in January, provisionally
    assert is_overdue(bureau, no) and bureau.case(no).provisional
    after, _ = import_and_recount(bureau)
    assert is_overdue(after, no)
    answer(after, no)
    assert after.case(no).on_time is False


def test_a_slip_of_the_category_that_is_put_right_makes_no_answer_late(bureau: Bureau) -> None:
    no = bureau.a_case("投诉水管")  # due on 30 March
    bureau.clock.set(2026, 3, 20)
    reclassify(bureau, "张工", no, "praise")  # due on the ninth
    bureau.sweep()
    assert is_overdue(bureau, no)  # while it stands
    bureau.clock.advance(minutes=3)
    reclassify(bureau, "张工", no, "complaint")
    assert not is_overdue(bureau, no) and listed(bureau)["overdue"] == 0
    answer(bureau, no)
    assert bureau.case(no).on_time is True
    assert [row.on_time for row in bureau.rows(Outcome)] == [True]


def test_a_slip_that_no_sweep_saw_makes_no_answer_late(bureau: Bureau) -> None:
    no = bureau.a_case("投诉水管")
    bureau.clock.set(2026, 3, 20)
    reclassify(bureau, "张工", no, "praise")
    reclassify(bureau, "张工", no, "complaint")
    answer(bureau, no)
    assert bureau.case(no).on_time is True


def test_an_answer_while_the_shorter_limit_stands_is_late(bureau: Bureau) -> None:
    no = bureau.a_case("投诉水管")
    bureau.clock.set(2026, 3, 20)
    reclassify(bureau, "张工", no, "praise")
    answer(bureau, no)
    assert bureau.case(no).on_time is False


@pytest.mark.parametrize("swept", [True, False])
def test_changing_the_category_twice_hides_no_real_lateness(bureau: Bureau, swept: bool) -> None:
    no = bureau.a_case("表扬水管师傅")  # due on the ninth
    bureau.clock.set(2026, 3, 10)
    if swept:
        bureau.sweep()
    for category in ("complaint", "praise", "complaint"):
        reclassify(bureau, "张工", no, category)
    assert is_overdue(bureau, no)
    answer(bureau, no)
    assert bureau.case(no).on_time is False


def test_changing_the_category_hides_no_lateness_that_a_reopening_found(bureau: Bureau) -> None:
    no = bureau.a_case("请问水管", match=a_match("E1"))
    bureau.clock.set(2026, 3, 18)  # two days after the last one
    bureau.workplace.act(lambda desk: automatic.reopen(desk, register.by_number(desk, no), "human"))
    assert is_overdue(bureau, no)
    reclassify(bureau, "张工", no, "complaint")
    assert is_overdue(bureau, no)


def test_a_slip_counts_from_its_own_moment(bureau: Bureau) -> None:
    no = bureau.a_case("投诉水管", sent_at=bureau.clock.set(2026, 3, 10))  # due on 8 April
    bureau.clock.set(2026, 4, 2)
    reclassify(bureau, "张工", no, "praise")  # due on 17 March
    bureau.sweep()
    assert late_in(bureau, "2026-03") == {} and late_in(bureau, "2026-04") == {"城建局": 1}
    bureau.clock.advance(minutes=3)
    reclassify(bureau, "张工", no, "complaint")
    assert late_in(bureau, "2026-03") == late_in(bureau, "2026-04") == {}


def test_before_any_sweep_a_slip_counts_from_its_own_moment_as_well(bureau: Bureau) -> None:
    no = bureau.a_case("投诉水管", sent_at=bureau.clock.set(2026, 3, 10))
    bureau.clock.set(2026, 4, 2)
    reclassify(bureau, "张工", no, "praise")
    assert late_in(bureau, "2026-03") == {} and late_in(bureau, "2026-04") == {"城建局": 1}


@pytest.mark.parametrize("swept", [True, False])
def test_lateness_stays_with_the_department_of_then(bureau: Bureau, swept: bool) -> None:
    no = bureau.a_case("表扬水管师傅")
    bureau.clock.set(2026, 3, 31)
    if swept:
        bureau.sweep()
    bureau.clock.set(2026, 4, 2)
    transfer(bureau, "张工", no, "交通局")
    assert late_in(bureau, "2026-03") == {"城建局": 1} and late_in(bureau, "2026-04") == {"交通局": 1}
    spans = [(row.department_id, row.until) for row in bureau.rows(Lapse)]
    assert spans == [(1, bureau.clock.now), (2, None)]


def test_each_lateness_of_a_reopened_case_is_a_span_of_its_own(bureau: Bureau) -> None:
    no = bureau.a_case("表扬水管师傅")
    bureau.clock.set(2026, 3, 12)
    answer(bureau, no)
    answered = bureau.clock.now
    bureau.clock.set(2026, 3, 13)
    bureau.workplace.act(lambda desk: rate.rate(desk, register.by_number(desk, no), "不满意"))
    bureau.clock.set(2026, 3, 23)  # the new clock ended on the twentieth
    bureau.sweep()
    first, second = bureau.rows(Lapse)
    assert first.until == answered and second.until is None
    assert second.since == bureau.case(no).due_at == bureau.case(no).overdue_since


def test_a_register_of_before_is_taken_over_with_what_was_overdue(bureau: Bureau) -> None:
    still_open, late, in_time = (bureau.a_case("表扬水管师傅") for _ in range(3))
    answer(bureau, in_time)
    bureau.clock.set(2026, 3, 12)
    bureau.sweep()
    answer(bureau, late)
    with bureau.store.engine.connect() as connection:
        config = alembic_config()
        config.attributes["connection"] = connection
        command.downgrade(config, "0002")
        connection.commit()
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == "0002"
        connection.rollback()
    bureau.store.migrate()
    due_at, answered = bureau.case(late).due_at, bureau.clock.now
    spans = {
        row.case_id: (row.since, row.until, row.category, row.department_id) for row in bureau.rows(Lapse)
    }
    assert spans == {
        bureau.case(still_open).id: (due_at, None, "praise", 1),
        bureau.case(late).id: (due_at, answered, "praise", 1),
    }
    assert late_in(bureau, "2026-03") == {"城建局": 1}
    answer(bureau, still_open)
    assert late_in(bureau, "2026-03") == {}
