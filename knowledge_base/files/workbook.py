"""Reads one workbook in a process of its own, row by row, within limits of memory and time. Run as a module.

What arrives here was sent by anybody: a few kilobytes may unpack to gigabytes. `xlsx_files` starts this process and
believes nothing but its lines of JSON.
"""

import json
import resource
import sys
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from knowledge_base.files.columns import known_column
from knowledge_base.files.csv_files import header_at

MEMORY, SECONDS = 1 << 30, 60  # bytes of address space; of processor time
UNPACKED = 300 << 20  # bytes that a workbook may grow to
ROWS, COLUMNS, SHEETS = 100_000, 200, 50
CELL = 32_767  # characters that fit a cell
LOOKED_AT = 10  # rows among which the header is sought
_TALE = 200  # rows beyond the limit that are named one by one

TOO_LARGE, DAMAGED = "too-large", "damaged"

Line = dict[str, Any]


def read(path: Path) -> Iterator[Line]:
    """Yield `{sheet}`, `{row, cells}` of it, `{beyond}` for what is out of limits, `{unread}` or `{error}`."""
    from openpyxl import load_workbook

    with zipfile.ZipFile(path) as archive:
        if sum(each.file_size for each in archive.infolist()) > UNPACKED:
            yield {"error": TOO_LARGE}
            return
    values = load_workbook(path, read_only=True, data_only=True)
    written = load_workbook(path, read_only=True, data_only=False)
    for number, (sheet, formulas) in enumerate(zip(values.worksheets, written.worksheets, strict=True)):
        if number >= SHEETS:
            yield {"unread": str(sheet.title)}
        else:
            yield from _sheet(str(sheet.title), _rows(sheet), _rows(formulas))


def _rows(sheet: Any) -> Iterator[tuple[int, tuple[object, ...]]]:
    sheet.reset_dimensions()  # what a file says of its size is not believed
    return enumerate(sheet.iter_rows(values_only=True), 1)


def _sheet(
    title: str,
    rows: Iterator[tuple[int, tuple[object, ...]]],
    formulas: Iterator[tuple[int, tuple[object, ...]]],
) -> Iterator[Line]:
    top = _first(rows, LOOKED_AT)
    top_formulas = [cells for _, cells in _first(formulas, LOOKED_AT)]
    header = _header([cells[:COLUMNS] for _, cells in top])
    if header is None:
        if any(cell not in (None, "") for _, cells in top for cell in cells):
            yield {"unread": title}
        return
    last, names = header
    yield {"sheet": title}
    for (number, cells), formula in zip(top[last + 1 :], top_formulas[last + 1 :], strict=False):
        yield from _row(number, cells, formula, names)
    beyond = 0
    for (number, cells), (_, formula) in zip(rows, formulas, strict=False):
        if not cells:
            continue
        if number > ROWS:
            beyond += any(cell not in (None, "") for cell in cells)
            if 0 < beyond <= _TALE:
                yield {"beyond": number}
        else:
            yield from _row(number, cells, formula, names)


def _row(
    number: int, cells: Sequence[object], formula: Sequence[object], names: Sequence[str]
) -> Iterator[Line]:
    if any(cell not in (None, "") for cell in cells[COLUMNS:]):
        yield {"wide": number}
        return
    row: dict[str, object] = {}
    for column, name in enumerate(names):
        value = cells[column] if column < len(cells) else None
        if name and (value is not None or name not in row):
            made = formula[column] if column < len(formula) else None
            unread = value is None and isinstance(made, str) and made.startswith("=")
            row[name] = {"unreadable": 1} if unread else _plain(value)
    if any(value not in (None, "") for value in row.values()):
        yield {"row": number, "cells": row}


def _first(rows: Iterator[Any], count: int) -> list[Any]:
    found = []
    for row in rows:
        found.append(row)
        if len(found) == count:
            break
    return found


def _header(top: Sequence[Sequence[object]]) -> tuple[int, list[str]] | None:
    """Return the index of the last header row and the column names.

    A heading merged downwards stands in its first row alone: it counts in the rows below, where nothing stands.
    """
    filled: list[list[object]] = []
    for cells in top:
        above = filled[-1] if filled else []
        row = list(cells) + [None] * max(0, len(above) - len(cells))
        for column, cell in enumerate(above):
            if row[column] in (None, "") and cell is not None and known_column(str(cell)):
                row[column] = cell
        filled.append(row)
    at = header_at(filled)
    if at is None:
        return None
    last = at
    while last + 1 < len(top) and _continues(top[last + 1]):
        last += 1
    rows = range(last, -1, -1)
    names: list[str] = []
    for column in range(max(len(filled[row]) for row in range(at, last + 1))):
        said = [str(filled[row][column]) for row in rows if _there(filled, row, column, at)]
        names.append(next((each for each in said if known_column(each)), said[0] if said else ""))
    return last, names


def _there(filled: Sequence[Sequence[object]], row: int, column: int, at: int) -> bool:
    return row >= at and column < len(filled[row]) and filled[row][column] not in (None, "")


def _continues(cells: Sequence[object]) -> bool:
    """Tell whether a row under the header is its second line: nothing but headings, and not for each column."""
    said = [str(cell) for cell in cells if cell not in (None, "")]
    return bool(said) and all(known_column(each) for each in said)


def _plain(value: object) -> object:
    if isinstance(value, str):
        return value if len(value) <= CELL else {"long": len(value)}
    if isinstance(value, datetime):
        return {"t": value.isoformat()}
    if isinstance(value, date):
        return {"d": value.isoformat()}
    if isinstance(value, time):
        return {"s": value.isoformat()}
    return value if isinstance(value, bool | int | float) or value is None else str(value)


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        for line in read(Path(sys.argv[1])):
            sys.stdout.write(json.dumps(line) + "\n")
        sys.stdout.write(json.dumps({"end": 1}) + "\n")
    except MemoryError:
        sys.stdout.write(json.dumps({"error": TOO_LARGE}) + "\n" + json.dumps({"end": 1}) + "\n")
    except Exception:  # openpyxl lets many kinds through; whichever it is, the file is damaged
        sys.stdout.write(json.dumps({"error": DAMAGED}) + "\n" + json.dumps({"end": 1}) + "\n")


if __name__ == "__main__":
    main()
