"""The month in figures on a page, and as a workbook to take away."""

import tempfile
from pathlib import Path

from fastapi import Response

from cases.lists import filters, statistics
from cases.lists.statistics import Report
from cases.register.desk import Desk
from cases.register.states import CATEGORY_NAMES
from cases.register.tables import Staff
from console.door import Visit

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_MONTHS_BACK = 12


def reports(visit: Visit) -> Response:
    from console import report_sheet  # openpyxl is loaded when somebody asks for a report

    def question(desk: Desk, me: Staff) -> tuple[Report, list[str]]:
        now = statistics.month_of(desk.now, desk.office.zone)
        month = visit.query("month") or now
        return statistics.monthly(desk, month, filters.in_sight(me)), _months(now)

    report, months = visit.look(question)
    return visit.page(
        "reports.html", report=report, months=months, headings=report_sheet.HEADINGS, cells=report_sheet.cells,
        categories=CATEGORY_NAMES,
    )  # fmt: skip


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


def _months(latest: str) -> list[str]:
    """Return the last twelve months as YYYY-MM, the latest first."""
    count = int(latest[:4]) * 12 + int(latest[5:]) - 1
    months = [count - back for back in range(_MONTHS_BACK)]
    return [f"{number // 12:04d}-{number % 12 + 1:02d}" for number in months if number >= 2024 * 12]
