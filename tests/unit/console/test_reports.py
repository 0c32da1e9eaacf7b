"""The report beside its figures: matters of many, advice passed on, the year; on the page and in the workbook."""

import re
from collections.abc import Callable
from datetime import date
from io import BytesIO

from openpyxl import load_workbook

from cases.lists import filters, matters
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
