"""Excel as offices have it: title rows, headers merged over two rows, dates as dates, the odd formula."""

import json
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from knowledge_base.base.entries import KnowledgeError
from knowledge_base.files import workbook
from knowledge_base.files.columns import UnreadableCell
from knowledge_base.files.csv_files import no_header

_CELL = 32_767  # characters that fit a cell
_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_FORMULA = "是公式，且没有算出的值；请在 Excel 里把公式粘贴为数值"
_PATIENCE = 120.0  # seconds that a workbook may take
_LARGEST = 200 << 20  # bytes of text that may come of it
_READ: dict[str, Callable[[str], object]] = {
    "t": datetime.fromisoformat,
    "d": date.fromisoformat,
    "s": time.fromisoformat,
    "long": lambda length: UnreadableCell(f"有 {length} 字，超过 {_CELL} 字；请缩短或拆成几条"),
    "unreadable": lambda _: UnreadableCell(_FORMULA),
}

Rows = list[tuple[int, Mapping[str, object]]]


def sheets(path: Path) -> tuple[list[tuple[str, Rows]], tuple[str, ...]]:
    """Return each sheet's name with its (row number, cells by column name), and the sheets that are no table of ours.

    A formula counts as its stored value. The file is read in a process of its own: what it unpacks to burdens
    nobody here. Raises: KnowledgeError if the file is damaged, too large, or no sheet has a header.
    """
    found: list[tuple[str, Rows]] = []
    unread: list[str] = []
    for line in _lines(path):
        if "error" in line:
            raise _too_large(path) if line["error"] == workbook.TOO_LARGE else _damaged(path)
        if "sheet" in line:
            found.append((str(line["sheet"]), []))
        elif "unread" in line:
            unread.append(str(line["unread"]))
        elif "beyond" in line:
            reason = f"所在的行在前 {workbook.ROWS} 行以外，没有读取；请拆分后再导入"
            found[-1][1].append((int(line["beyond"]), {"question": UnreadableCell(reason)}))
        elif "wide" in line:
            reason = f"所在的行在前 {workbook.COLUMNS} 列以外还有内容；请删去多余的列"
            found[-1][1].append((int(line["wide"]), {"question": UnreadableCell(reason)}))
        else:
            found[-1][1].append((int(line["row"]), {k: _value(v) for k, v in line["cells"].items()}))
    if not found:
        raise no_header(path.name)
    return found, tuple(unread)


def _lines(path: Path) -> list[dict[str, Any]]:
    """Return what the reading process says. Raises: KnowledgeError if it took too much of anything."""
    command = [sys.executable, "-P", "-m", workbook.__name__, str(path.resolve())]
    lines, size = [], 0
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as child:
        assert child.stdout is not None  # noqa: S101 - asked for above
        timer = threading.Timer(_PATIENCE, child.kill)
        timer.start()
        try:
            for line in child.stdout:
                size += len(line)
                if size > _LARGEST:
                    raise _too_large(path)
                lines.append(json.loads(line))
        except ValueError:
            raise _too_large(path) from None  # cut off in the middle of a line
        finally:
            timer.cancel()
            child.kill()
    if not lines or not lines[-1].get("end"):  # killed: out of time or of memory
        raise _too_large(path)
    return lines[:-1]


def _value(cell: object) -> object:
    if isinstance(cell, dict):
        ((kind, content),) = cell.items()
        return _READ[kind](content)
    return cell


def _too_large(path: Path) -> KnowledgeError:
    return KnowledgeError(f"「{path.name}」展开后过大，没有读取；请拆分后再导入")


def _damaged(path: Path) -> KnowledgeError:
    return KnowledgeError(f"「{path.name}」不是有效的 Excel 文件（.xlsx），可能已损坏；请另存后重试")


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
