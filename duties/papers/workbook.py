"""Lists as .xlsx, ready to print on A4 across."""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from text.printable import printable

_BLUE, _GREY = "1F4E79", "BFBFBF"
_NOT_IN_A_NAME = re.compile(r"[\[\]:*?/\\]")


def write_table(
    file: Path, title: str, heads: Sequence[str], rows: Iterable[Sequence[Any]], widths: Sequence[float]
) -> None:
    """Write one sheet with a title, headings that repeat on every page, and rows. Raises: OSError."""
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.properties import PageSetupProperties
    from openpyxl.worksheet.worksheet import Worksheet

    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)  # noqa: S101 - a new workbook has a sheet
    sheet.title = _NOT_IN_A_NAME.sub("-", printable(title))[:28].strip("'") or "1"
    for row in ([title], heads, *rows):
        sheet.append([printable(cell) if isinstance(cell, str) else cell for cell in row])
    side = Side(style="thin", color=_GREY)
    for number, cells in enumerate(sheet.iter_rows(), 1):
        for cell in cells:
            if isinstance(cell.value, str):
                cell.data_type = "s"  # a text is a text, even one that begins like a formula
            if number > 1:
                cell.border = Border(left=side, right=side, top=side, bottom=side)
                cell.alignment = Alignment(wrap_text=True, vertical="center")
    sheet["A1"].font = Font(bold=True, size=14)
    for place, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(place)].width = width
        head = sheet.cell(2, place)
        head.font, head.fill = Font(bold=True, color="FFFFFF"), PatternFill("solid", fgColor=_BLUE)
    sheet.freeze_panes = "A3"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 9
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = "1:2"
    book.save(file)
