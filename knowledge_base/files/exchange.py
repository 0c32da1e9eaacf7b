"""Exchange with the office's files: .jsonl, .csv and .xlsx in, the same out, row by row and without loss."""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from knowledge_base.base.entries import Entry, KnowledgeError
from knowledge_base.base.terms import analyse
from knowledge_base.files import csv_files, xlsx_files
from knowledge_base.files.columns import COLUMNS, as_cells, as_entry, known_column
from text import system_errors
from text.normalise import storable

LARGEST = 64 * 1024 * 1024  # bytes of a file


class UnknownFileKind(KnowledgeError):
    """The name of a file ends in nothing that is read or written here."""


Row = tuple[int, Mapping[str, object]]
_MARKUP = re.compile(
    r"</?(?:p|br|div|span|table|tbody|tr|td|th|ul|ol|li|b|i|u|strong|em|font|a|img|h[1-6]|script|style|o:p)(?:\s+[a-z:-]+=[^<>]{0,500})?\s*/?>"
    r"|&(?:nbsp|amp|lt|gt|quot|#\d+);", re.IGNORECASE,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row that was not taken, by its number in the file (from 1, the header counted), and why."""

    row: int
    reason: str


@dataclass(frozen=True, slots=True)
class ReadResult:
    """The good rows, the refused ones, the names of columns that mean nothing to us, and sheets left unread.

    `places`: where each good row stands in the file, by its entry's id: the row, and its sheet where there are several.
    """

    rows: list[Entry]
    refused: list[RefusedRow]
    ignored: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    places: Mapping[str, tuple[int, str]] = field(default_factory=dict)

    def refusal(self, entry: Entry, reason: str) -> RefusedRow:
        """Return the refusal of a row that reads well and cannot be taken all the same."""
        number, sheet = self.places[entry.id]
        return RefusedRow(number, _of_sheet(sheet) + reason)


def _of_sheet(sheet: str) -> str:
    return f"工作表「{sheet}」：" if sheet else ""


@dataclass(slots=True)
class _Found:
    """Rows as they stand in a file; each sheet of a workbook counts its own, and `name` tells them apart."""

    rows: list[Row]
    refused: list[RefusedRow]
    name: str = ""


def _jsonl(path: Path) -> _Found:
    found = _Found([], [])
    lines = csv_files.decoded(path).split("\n")  # U+2028 and its like may stand inside a JSON string
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            content = json.loads(line)
        except (ValueError, RecursionError):
            found.refused.append(RefusedRow(number, "不是有效的 JSON；每行应是一个完整的 JSON 对象"))
            continue
        if isinstance(content, dict):
            found.rows.append((number, content))
        else:
            found.refused.append(RefusedRow(number, '应是一个 JSON 对象，如 {"question": …, "answer": …}'))
    return found


def _read(path: Path, suffix: str) -> tuple[list[_Found], tuple[str, ...]]:
    if suffix == ".jsonl":
        return [_jsonl(path)], ()
    if suffix == ".csv":
        return [_Found(list(csv_files.rows(path)), [])], ()
    sheets, unread = xlsx_files.sheets(path)
    return [_Found(rows, [], name if len(sheets) > 1 else "") for name, rows in sheets], unread


def _suffix(path: Path) -> str:
    suffix = path.suffix.lower()
    if suffix not in (".jsonl", ".csv", ".xlsx"):
        raise UnknownFileKind(f"不认识的文件类型「{path.name}」；请用 .jsonl、.csv 或 .xlsx 文件")
    return suffix


class _Rows:
    """Takes rows one after the other: gives ids, and refuses what has been there before."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.refused: list[RefusedRow] = []
        self.places: dict[str, tuple[int, str]] = {}
        self._seen: dict[str, tuple[str, str]] = {}  # id → department, where it stood

    def take(self, number: int, content: Mapping[str, object], sheet: str) -> None:
        where = f"工作表「{sheet}」第 {number} 行" if sheet else f"第 {number} 行"
        told = _of_sheet(sheet)
        parsed = as_entry(content)
        if isinstance(parsed, str):
            self.refused.append(RefusedRow(number, told + parsed))
        elif marked := _MARKUP.search(f"{parsed.question}\n{parsed.answer}"):
            reason = f"含网页代码「{marked[0][:20]}」，来信人会看到这些符号；请粘贴为纯文字"
            self.refused.append(RefusedRow(number, told + reason))
        else:
            entry = parsed if parsed.id else self._named(parsed)
            if entry.id in self._seen:
                reason = f"编号或问题与{self._seen[entry.id][1]}重复（{entry.id[:60]}）；请合并或改编号"
                self.refused.append(RefusedRow(number, told + reason))
                return
            self._seen[entry.id] = (entry.department, where)
            self.places[entry.id] = (number, sheet)
            self.entries.append(entry)

    def _named(self, entry: Entry) -> Entry:
        """Give an id made of the question; of a question that two departments answer, the later has its own."""
        asked = analyse(entry.question).clean or entry.question
        first = _id(asked)
        if first in self._seen and self._seen[first][0] != entry.department:
            return replace(entry, id=_id(f"{asked}\n{entry.department}"))
        return replace(entry, id=first)


def _id(words: str) -> str:
    return f"q-{hashlib.sha256(words.encode()).hexdigest()[:12]}"


def read(path: Path) -> ReadResult:
    """Return what `path` holds, every sheet of a workbook. A bad row is refused and costs nothing but itself.

    A row without an id gets one made of its question, so that importing the file again changes nothing.
    Raises: KnowledgeError if the file is missing, too large, of another type or damaged.
    """
    if path.is_dir():
        raise KnowledgeError(f"「{path}」是文件夹，不是文件；请写上文件名")
    suffix = _suffix(path)
    if not path.is_file():
        raise KnowledgeError(f"找不到文件「{path}」；请检查路径")
    if path.stat().st_size > LARGEST:
        raise KnowledgeError(f"文件「{path.name}」超过 64 MB；请拆分后再导入")
    parts, unread = _read(path, suffix)
    taken = _Rows()
    refused: list[RefusedRow] = []
    for part in parts:
        for number, content in part.rows:
            taken.take(number, content, part.name)
        refused += sorted([*part.refused, *taken.refused], key=lambda each: each.row)
        taken.refused = []
    names = dict.fromkeys(
        name for part in parts for _, content in part.rows for name in content if not known_column(name)
    )
    ignored = tuple(storable(name)[:40] for name in names)
    return ReadResult(taken.entries, refused, ignored, unread, taken.places)


def write(path: Path, entries: Sequence[Entry]) -> None:
    """Write the entries so that `read` gives them back unchanged. No cell becomes a formula.

    Raises: KnowledgeError if the type of file is unknown, a text fits no cell, or it cannot be written.
    """
    if path.is_dir():
        raise KnowledgeError(f"「{path}」是文件夹，不是文件；请写上文件名")
    suffix = _suffix(path)
    if not path.parent.is_dir():
        raise KnowledgeError(f"无法写入「{path}」：没有「{path.parent}」这个文件夹")
    try:
        if suffix == ".jsonl":
            lines = (json.dumps(as_cells(entry, lists=True), ensure_ascii=False) for entry in entries)
            path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        elif suffix == ".csv":
            csv_files.write(path, COLUMNS, [as_cells(entry) for entry in entries])
        else:
            xlsx_files.write(path, COLUMNS, [as_cells(entry) for entry in entries])
    except OSError as error:
        raise KnowledgeError(
            f"无法写入「{path}」：{system_errors.in_chinese(error)}；请检查文件夹和权限"
        ) from error
