"""The month in figures on a page, and as a workbook to take away."""

import re
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from fastapi import Response

if TYPE_CHECKING:  # openpyxl is loaded when somebody asks for a report
    from console.report_sheet import Told

from cases.lists import browse, filters, ledger, statistics
from cases.lists.filters import Sight
from cases.lists.statistics import Figures, Report
from cases.register import channels
from cases.register.desk import Desk
from cases.register.errors import Invalid
from cases.register.readonly import Staff
from cases.register.states import CATEGORY_NAMES
from console import ledger_sheet
from console.door import Visit
from duties.matters import suggestions

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_TEXTS = 300  # released texts on a page of the ledger; the workbook holds all of them


def reports(visit: Visit) -> Response:
    """A month in figures, or with `year` the months of a year beside each other."""
    from console import report_sheet  # openpyxl is loaded when somebody asks for a report

    if visit.query("year"):
        return _year(visit)

    def question(desk: Desk, me: Staff) -> tuple[Report, Figures, list[str], "Told"]:
        now = statistics.month_of(desk.now, desk.office.zone)
        month, sight = visit.query("month") or now, filters.in_sight(me)
        report = statistics.monthly(desk, month, sight)
        return (
            report,
            _before(desk, report, sight),
            _months(desk),
            report_sheet.told(desk, report.span, sight),
        )

    report, before, months, told = visit.look(question)
    titles = {name: channels.title(name) for name in report.by_channel()}
    return visit.page(
        "reports.html", report=report, before=before, months=months, headings=report_sheet.HEADINGS, told=told,
        cells=report_sheet.cells, categories=CATEGORY_NAMES, channels=titles, states=suggestions.STATES,
    )  # fmt: skip


def _year(visit: Visit) -> Response:
    from console import report_sheet

    def question(desk: Desk, me: Staff) -> tuple[str, dict[str, Figures], str]:
        now = statistics.month_of(desk.now, desk.office.zone)
        year = visit.query("year") if re.fullmatch(r"20\d\d", visit.query("year"), re.ASCII) else ""
        if not year:
            raise Invalid("年份应写成 YYYY，例如 2026。")
        return year, statistics.yearly(desk, int(year), filters.in_sight(me)), now[:4]

    year, found, this = visit.look(question)
    return visit.page(
        "year.html", year=year, found=found, total=statistics.summed(found.values()), headings=report_sheet.HEADINGS,
        cells=report_sheet.cells, years=[str(n) for n in range(int(this), 2023, -1)],
    )  # fmt: skip


def _before(desk: Desk, report: Report, sight: Sight) -> Figures:
    """Return the figures of the month before, to compare with."""
    month = statistics.month_of(report.span.start - timedelta(days=1), desk.office.zone)
    return statistics.in_all(desk, month, sight) if month >= "2024-01" else Figures()


def released(visit: Visit) -> Response:
    """The ledger of what was released in a month: on the page, or with `kind=xlsx` as a workbook."""

    whole = visit.query("kind") == "xlsx"

    def question(desk: Desk, me: Staff) -> tuple[browse.Page[ledger.LedgerRow], list[str], str]:
        now = statistics.month_of(desk.now, desk.office.zone)
        month, sight = visit.query("month") or now, filters.in_sight(me)
        total = ledger.number(desk, month, sight)
        size = max(total, 1) if whole else _TEXTS
        number = max(1, min(visit.number("page"), -(-total // size)))
        rows = ledger.monthly(desk, month, sight, (number - 1) * size, size)
        return browse.Page(rows, number, total, size), _months(desk), month.strip()

    page, months, month = visit.look(question)
    if not whole:
        return visit.page("ledger.html", page=page, rows=page.rows, months=months, month=month)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ledger.xlsx"
        ledger_sheet.write(page.rows, month, path, visit.house.workplace.office.zone)
        content = path.read_bytes()
    visit.act(lambda desk, _me: desk.audit("report.download", "ledger", month=month))
    headers = {"Content-Disposition": f'attachment; filename="huiyin-ledger-{month}.xlsx"'}
    return Response(content, media_type=_XLSX, headers=headers)


def download(visit: Visit) -> Response:
    """The workbook holds what the page shows: the cases in the visitor's sight."""
    from console import report_sheet

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "report.xlsx"

        def question(desk: Desk, me: Staff) -> str:
            month = visit.query("month") or statistics.month_of(desk.now, desk.office.zone)
            return report_sheet.write_report(desk, month, path, filters.in_sight(me)).span.name

        month = visit.look(question)
        content = path.read_bytes()
    visit.act(lambda desk, _me: desk.audit("report.download", "report", month=month))
    headers = {"Content-Disposition": f'attachment; filename="huiyin-{month}.xlsx"'}
    return Response(content, media_type=_XLSX, headers=headers)


def _months(desk: Desk) -> list[str]:
    return statistics.months_back(desk.now, desk.office.zone)
