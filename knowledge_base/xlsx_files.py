"""Excel as offices have it: title rows, headers merged over two rows, dates as dates, the odd formula."""

import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from knowledge_base.columns import Unreadable, known_column
from knowledge_base.csv_files import header_at, no_header
from knowledge_base.entries import KnowledgeError

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

_LOOKED_AT = 10  # rows among which the header is sought
_UNPACKED = 400 * 1024 * 1024  # bytes that a workbook may grow to
_CELL = 32_767  # characters that fit a cell
_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_FORMULA = "是公式，且没有算出的值；请在 Excel 里把公式粘贴为数值"


def _workbook(path: Path, *, values: bool) -> "Workbook":
    from openpyxl import load_workbook

    try:
        with zipfile.ZipFile(path) as archive:
            if sum(each.file_size for each in archive.infolist()) > _UNPACKED:
                raise KnowledgeError(f"「{path.name}」展开后过大；请拆分后再导入")
        return load_workbook(path, data_only=values)
    except KnowledgeError:
        raise
    except Exception as error:  # openpyxl lets many kinds through; whichever it is, the file is damaged
        raise KnowledgeError(
            f"「{path.name}」不是有效的 Excel 文件（.xlsx），可能已损坏；请另存后重试"
        ) from error


def _header(sheet: "Worksheet", top: list[list[object]]) -> tuple[int, list[str]] | None:
    """Return the index of the last header row and the column names; cells merged downwards count in each row."""
    bottom: dict[int, int] = {}
    for merged in sheet.merged_cells.ranges:
        for row in range(merged.min_row - 1, min(merged.max_row, len(top))):
            for column in range(merged.min_col - 1, min(merged.max_col, len(top[row]))):
                top[row][column] = top[merged.min_row - 1][merged.min_col - 1]
                bottom[row] = max(bottom.get(row, 0), merged.max_row - 1)
    at = header_at(top)
    if at is None:
        return None
    last = min(bottom.get(at, at), len(top) - 1)
    names = []
    for column in range(len(top[at])):
        cells = [str(top[row][column]) for row in range(last, at - 1, -1) if top[row][column] is not None]
        names.append(next((cell for cell in cells if known_column(cell)), cells[0] if cells else ""))
    return last, names


def sheets(path: Path) -> tuple[list[tuple[str, list[tuple[int, Mapping[str, object]]]]], tuple[str, ...]]:
    """Return each sheet's name with its (row number, cells by column name), and the sheets that are no table of ours.

    A formula counts as its stored value. Raises: KnowledgeError if the file is damaged or no sheet has a header.
    """
    values, written = _workbook(path, values=True), _workbook(path, values=False)
    found, unread = [], []
    for sheet in values.worksheets:
        top = [list[object](row) for row in sheet.iter_rows(max_row=_LOOKED_AT, values_only=True)]
        header = _header(sheet, top)
        if header is not None:
            found.append((str(sheet.title), list(_rows(sheet, header, _formulas(written[sheet.title])))))
        elif any(cell not in (None, "") for row in top for cell in row):
            unread.append(str(sheet.title))
    if not found:
        raise no_header(path.name)
    return found, tuple(unread)


def _rows(
    sheet: "Worksheet", header: tuple[int, list[str]], formulas: set[tuple[int, int]]
) -> Iterator[tuple[int, Mapping[str, object]]]:
    last, names = header
    for number, cells in enumerate(sheet.iter_rows(min_row=last + 2, values_only=True), last + 2):
        row: dict[str, object] = {name: value for name, value in zip(names, cells, strict=False) if name}
        for column, name in enumerate(names, 1):
            if name and row.get(name) is None and (number, column) in formulas:
                row[name] = Unreadable(_FORMULA)
        if any(value not in (None, "") for value in row.values()):
            yield number, row


def _formulas(sheet: "Worksheet") -> set[tuple[int, int]]:
    return {
        (c.row, c.column)
        for row in sheet.iter_rows()
        for c in row
        if c.data_type == "f" and c.row and c.column
    }


def write(path: Path, columns: Mapping[str, str], entries: Sequence[Mapping[str, object]]) -> None:
    """Write one sheet with Chinese headers; every cell is text. Raises: KnowledgeError if a text fits no cell."""
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font

    book = Workbook()
    for unused in book.worksheets:
        book.remove(unused)
    sheet = book.create_sheet("知识库")
    for column, heading in enumerate(columns.values(), 1):
        sheet.cell(1, column, heading).font = Font(bold=True)
    for number, entry in enumerate(entries, 2):
        for column, name in enumerate(columns, 1):
            text = _FORBIDDEN.sub("\ufffd", str(entry[name]))
            if len(text) > _CELL:
                raise KnowledgeError(
                    f"第 {number} 行的{columns[name]}超过 {_CELL} 字，Excel 放不下；请导出为 .jsonl"
                )
            cell = sheet.cell(number, column)
            cell.value = text or None
            if text:
                cell.data_type = "s"  # never a formula, whatever it begins with
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    sheet.freeze_panes = "A2"
    book.save(path)
