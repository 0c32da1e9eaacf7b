"""Who rested was not silent; a month that was never checked stays on the list."""

from datetime import date
from typing import Any

import pytest

from cases.register.desk import Desk
from cases.register.tables.duties import MediaAccount
from duties.accounts import register
from duties.month import agenda
from duties.releases import gaps
from duties.selfcheck import record
from tests.builders import Bureau


@pytest.fixture
def office(bureau: Bureau) -> Bureau:
    bureau.clock.set(2026, 3, 2)
    new = register.NewAccount("清河发布", "微信", "清河局", date(2025, 12, 1), "qingdao")
    bureau.workplace.act(lambda desk: register.add(desk, None, new))
    return bureau


def the_account(desk: Desk) -> MediaAccount:
    return register.by_id(desk, 1)


def rests(office: Bureau, first: date, end: date | None) -> None:
    def step(desk: Desk) -> None:
        register.suspend(desk, None, the_account(desk), first, "改版", resume=False)
        if end is not None:
            register.suspend(desk, None, the_account(desk), end, "改版完成", resume=True)

    office.workplace.act(step)


# from, to, day of looking → days by which an article and an original one are due (a week, two weeks)
RESTS: list[tuple[date, date | None, date, list[date]]] = [
    (date(2026, 1, 5), date(2026, 3, 2), date(2026, 3, 2), [date(2026, 3, 9), date(2026, 3, 16)]),
    (date(2026, 1, 5), date(2026, 2, 20), date(2026, 3, 2), [date(2026, 2, 27), date(2026, 3, 6)]),
    (date(2026, 1, 5), None, date(2026, 3, 2), [date(2025, 12, 8), date(2025, 12, 15)]),
]


@pytest.mark.parametrize(("first", "end", "today", "due"), RESTS)
def test_the_time_runs_anew_from_the_day_of_taking_up_again(
    office: Bureau, first: date, end: date | None, today: date, due: list[date]
) -> None:
    rests(office, first, end)
    found = office.workplace.look(lambda desk: gaps.of_account(desk, the_account(desk), today))
    assert [silence.due_on for silence in found] == due


def test_an_account_taken_up_again_today_is_not_silent(office: Bureau) -> None:
    assert len(office.workplace.look(gaps.silences)) == 2
    rests(office, date(2026, 1, 5), date(2026, 3, 2))
    assert office.workplace.look(gaps.silences) == []
    assert not [item for item in office.workplace.look(agenda.pressing) if item.kind == "更新"]
    office.clock.set(2026, 3, 10)
    assert [silence.last for silence in office.workplace.look(gaps.silences)] == [date(2026, 3, 2)]


# rest → the weeks of January 2026 (their Mondays) that count as empty
WEEKS: list[tuple[date, date | None, list[int]]] = [
    (date(2026, 1, 31), None, [5, 12, 19]),
    (date(2026, 1, 12), date(2026, 1, 19), [5, 19]),
    (date(2026, 1, 14), date(2026, 1, 20), [5]),
    (date(2026, 1, 5), None, []),
]


@pytest.mark.parametrize(("first", "end", "empty"), WEEKS)
def test_a_week_of_rest_is_no_empty_week(
    office: Bureau, first: date, end: date | None, empty: list[int]
) -> None:
    rests(office, first, end)
    found = office.workplace.look(
        lambda desk: gaps.weeks_without(desk, the_account(desk), date(2026, 1, 1), date(2026, 1, 31))
    )
    assert [monday.day for monday in found] == empty


def checks_asked_for(office: Bureau) -> list[str]:
    return [str(item) for item in office.workplace.look(agenda.agenda) if item.kind == "自查"]


# day of looking → what the list says
MONTHS: list[tuple[tuple[int, int, int], list[str]]] = [
    ((2026, 3, 31), ["自查：2026-03 自查还没有开始，期限 2026-03-31"]),
    (
        (2026, 4, 1),
        ["自查：2026-03 自查还没有开始，期限 2026-03-31", "自查：2026-04 自查还没有开始，期限 2026-04-30"],
    ),
    (
        (2026, 5, 4),
        [
            "自查：2026-03 自查还没有开始，期限 2026-03-31", "自查：2026-04 自查还没有开始，期限 2026-04-30",
            "自查：2026-05 自查还没有开始，期限 2026-05-29",
        ],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("day", "said"), MONTHS)
def test_a_month_never_begun_stays_on_the_list(
    office: Bureau, day: tuple[int, int, int], said: list[str]
) -> None:
    office.clock.set(*day)
    assert checks_asked_for(office) == said


def test_begun_late_it_is_asked_for_as_unsigned_and_a_year_is_the_most(office: Bureau) -> None:
    office.clock.set(2026, 4, 1)

    def begin(desk: Any) -> None:
        record.start(desk, None, "2026-03")

    office.workplace.act(begin)
    assert checks_asked_for(office) == [
        "自查：2026-03 自查还没有签署，期限 2026-03-31", "自查：2026-04 自查还没有开始，期限 2026-04-30",
    ]  # fmt: skip
    office.clock.set(2028, 4, 3)
    assert len([line for line in checks_asked_for(office) if "还没有开始" in line]) == 12


def test_an_office_without_accounts_is_asked_for_nothing(bureau: Bureau) -> None:
    assert checks_asked_for(bureau) == []
