"""CSV as offices have it: UTF-8 or GBK, commas, tabs or semicolons, a title line above the header."""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from charset_normalizer import from_bytes

from knowledge_base.base.entries import KnowledgeError
from knowledge_base.files.columns import UnreadableCell, known_column

_LOOKED_AT = 10  # lines among which the header is sought
_TOO_MANY = "所在的行比表头多出内容：文字里的逗号把一格拆成了几格；请给这一格加上英文双引号"
_FORMULA = re.compile(r"^(?:'*[=+\-@\t\r]|')")  # what a spreadsheet might run, or our own mark before it
_MARKED = re.compile(r"^'(?='*[=+\-@\t\r]|')")


def decoded(path: Path) -> str:
    """Return the text of a file in UTF-8, GB18030 or, failing both, what it most likely is.

    Raises: KnowledgeError if it is no text.
    """
    data = path.read_bytes()
    for encoding in ("utf-16",) if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    best = from_bytes(data[:200_000]).best()
    if best is None:
        raise KnowledgeError(f"看不懂「{path.name}」的文字编码；请另存为 UTF-8 或 GBK 后重试")
    return data.decode(best.encoding, errors="replace")


def header_at(lines: Sequence[Sequence[object]]) -> int | None:
    """Return which of the first lines names both question and answer."""
    for i, line in enumerate(lines[:_LOOKED_AT]):
        if {"question", "answer"} <= {known_column(str(cell)) for cell in line if cell is not None}:
            return i
    return None


def no_header(name: str) -> KnowledgeError:
    """Return the error for a table without the two columns that it must have."""
    return KnowledgeError(f"「{name}」里没有找到「问题」和「答案」两列（或 question、answer）；请补上表头")


def rows(path: Path) -> Iterator[tuple[int, Mapping[str, object]]]:
    """Yield (number of the row's first line in the file, cells by column name). Raises: KnowledgeError."""
    content = decoded(path).replace("\x00", "\ufffd")
    csv.field_size_limit(1 << 27)
    for delimiter in ",\t;":
        try:
            lines = _lines(content, delimiter)
        except csv.Error as error:
            raise KnowledgeError(f"「{path.name}」不是有效的 CSV：{error}；请检查引号") from error
        at = header_at([cells for _, cells in lines[:_LOOKED_AT]])
        if at is not None:
            break
    else:
        raise no_header(path.name)
    header = lines[at][1]
    for number, cells in lines[at + 1 :]:
        if any(cell.strip() for cell in cells):
            if any(cell.strip() for cell in cells[len(header) :]):
                yield number, {"question": UnreadableCell(_TOO_MANY)}
                continue
            named = zip(header, cells, strict=False)
            yield number, {name: _MARKED.sub("", cell) for name, cell in named if name.strip()}


def _lines(content: str, delimiter: str) -> list[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(content, newline=""), delimiter=delimiter)
    lines, start = [], 1
    for cells in reader:
        lines.append((start, cells))
        start = reader.line_num + 1
    return lines


def write(path: Path, columns: Mapping[str, str], entries: Sequence[Mapping[str, object]]) -> None:
    """Write UTF-8 with a mark of order, which Excel needs; a leading = + - @ gets an apostrophe before it."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns.values())
        for entry in entries:
            cells = [str(entry[name]) for name in columns]
            writer.writerow([f"'{cell}" if _FORMULA.match(cell) else cell for cell in cells])
