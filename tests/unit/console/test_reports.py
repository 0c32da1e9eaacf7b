"""The report beside its figures: matters of many, advice passed on, the year; on the page and in the workbook."""

import re
from collections.abc import Callable
from datetime import date, datetime
from io import BytesIO

import pytest
from openpyxl import load_workbook
from sqlalchemy import true

from app.serve import hot
from cases.lists import filters, matters
from cases.lists import hot as letters
from cases.register import memo
from cases.register.desk import Desk
from cases.register.tables import Staff
from duties.matters import suggestions
from tests.builders import Bureau
from tests.unit.console.conftest import Colleague

SignIn = Callable[[str], Colleague]
MATTER = "锦绣花园小区的水管爆裂{}，一周没有修好"


def a_month(office: Bureau) -> tuple[list[str], str]:
    numbers = [office.a_case(MATTER.format("，" * n)) for n in range(4)]
    advice = office.a_case("建议水管改造先征求居民意见")
    office.workplace.act(lambda desk: suggestions.pass_on(desk, None, advice, "交通局", date(2026, 3, 20)))
    return numbers, advice


def test_a_report_names_matters_and_advice(office: Bureau, signed_in: SignIn) -> None:
    numbers, advice = a_month(office)
    wang = signed_in("wang")
    page = wang.sees("reports?month=2026-03")
    hot = re.search(r'data-report="hotspots".*?</section>', page, re.S)
    assert hot is not None and "锦绣花园" in hot[0] and all(no in hot[0] for no in numbers)
    passed = re.search(r'data-report="advice".*?</section>', page, re.S)
    assert passed is not None and advice in passed[0] and "交通局" in passed[0] and "2026-03-20" in passed[0]
    assert advice not in signed_in("chen").sees("reports?month=2026-03")
    book = load_workbook(BytesIO(wang.client.get("/console/reports/download?month=2026-03").content))
    assert book["热点"]["B2"].value == "锦绣花园" and book["热点"]["C2"].value == 4
    assert [cell.value for cell in book["建议转送"][2]][:2] == [advice, "交通局"]
    for sheet in book:
        assert (sheet.page_setup.orientation, sheet.page_setup.fitToWidth) == ("landscape", 1), sheet.title
        assert sheet.print_title_rows, sheet.title


def test_a_year_stands_month_beside_month(office: Bureau, signed_in: SignIn) -> None:
    office.answered()
    office.clock.set(2026, 5, 6)
    office.a_case()
    wang = signed_in("wang")
    page = wang.sees("reports?year=2026")
    months = re.findall(
        r'<tr data-month="([^"]+)">.*?<td class="n">(\d+)</td><td class="n">(\d+)', page, re.S
    )
    assert months == [
        ("2026-01", "0", "0"), ("2026-02", "0", "0"), ("2026-03", "1", "1"), ("2026-04", "0", "0"), ("2026-05", "1", "0"),
    ]  # fmt: skip
    assert "<text" in page and "100.0%" in page
    for wrong in ("year=soon", "year=2031", "year=2023"):
        assert wang.client.get(f"/console/reports?{wrong}").status_code == 400, wrong


def test_a_matter_grows_against_the_days_before(office: Bureau) -> None:
    office.a_case(MATTER.format(""))
    office.clock.advance(days=8)
    for n in range(3):
        office.a_case(MATTER.format("。" * n))

    def found(days: int) -> list[matters.Matter]:
        def question(desk: object) -> list[matters.Matter]:
            me = desk.session.get_one(Staff, office.ids["王主任"])  # type: ignore[attr-defined]
            return matters.of_many(desk, filters.in_sight(me), desk.now, days).matters  # type: ignore[arg-type,attr-defined]

        return office.workplace.look(question)

    (week,) = found(7)
    assert (week.recent, week.before, week.growth, week.place) == (3, 1, 2, "锦绣花园")
    (month,) = found(30)
    assert (month.recent, month.before) == (4, 0)


def test_whoever_looks_waits_for_no_grouping_of_many_letters(
    office: Bureau, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(4):
        office.a_case(MATTER.format("。" * n))
    monkeypatch.setattr(matters, "AT_ONCE", 2)
    wang = signed_in("wang")
    assert "正在统计" in wang.sees("hotspots") and "正在统计" in wang.sees("reports")
    keep_all(office)
    assert "截至 2026-03-02" in wang.sees("hotspots") and "截至 2026-03-02" in wang.sees("reports")
    assert "锦绣花园" in wang.sees("reports")


def keep_all(office: Bureau) -> None:
    """Have the leader's rounds done until nothing is wanted."""
    while wanted := office.workplace.look(hot._wanting):
        for name, since, until in wanted:

            def step(desk: Desk, name: str = name, since: datetime = since, until: datetime = until) -> None:
                rows = letters.letters(desk, true(), since, until)
                matters.keep(desk, name, rows, matters.found(rows))

            office.workplace.act(step)


def test_months_that_are_over_are_found_one_in_a_round(
    office: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(2):
        office.a_case(MATTER.format(""))
        office.clock.advance(days=31)
    monkeypatch.setattr(matters, "AT_ONCE", 0)
    names = [name for name, *_ in office.workplace.look(hot._wanting)]
    assert names == ["2026-04"]  # one of those that are over, the latest
    keep_all(office)
    assert office.workplace.look(hot._wanting) == []
    found = office.workplace.look(
        lambda desk: [
            name for name in ("2026-05", "2026-04", "2026-03") if memo.HOT_SPOTS.of(desk.session, name)
        ]
    )
    assert found == ["2026-04", "2026-03"]
