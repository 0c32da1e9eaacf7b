"""Exchange with the office's files: .jsonl, .csv and .xlsx in, the same out, row by row and without loss."""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from knowledge_base import csv_files, xlsx_files
from knowledge_base.columns import COLUMNS, as_cells, as_entry, known_column
from knowledge_base.entries import Entry, KnowledgeError
from knowledge_base.terms import analyse
from text.normalise import storable

LARGEST = 64 * 1024 * 1024  # bytes of a file

Row = tuple[int, Mapping[str, object]]


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row that was not taken, by its number in the file (from 1, the header counted), and why."""

    row: int
    reason: str


@dataclass(frozen=True, slots=True)
class ReadResult:
    """The good rows, the refused ones, and the names of columns that mean nothing to us."""

    rows: list[Entry]
    refused: list[Refusal]
    ignored: tuple[str, ...] = ()


def _jsonl(path: Path) -> tuple[list[Row], list[Refusal]]:
    rows: list[Row] = []
    refused: list[Refusal] = []
    for number, line in enumerate(csv_files.decoded(path).splitlines(), 1):
        if not line.strip():
            continue
        try:
            content = json.loads(line)
        except (ValueError, RecursionError):
            refused.append(Refusal(number, "不是有效的 JSON；每行应是一个完整的 JSON 对象"))
            continue
        if isinstance(content, dict):
            rows.append((number, content))
        else:
            refused.append(Refusal(number, '应是一个 JSON 对象，如 {"question": …, "answer": …}'))
    return rows, refused


def _table(rows: Iterable[Row]) -> tuple[list[Row], list[Refusal]]:
    return list(rows), []


_READERS: dict[str, Callable[[Path], tuple[list[Row], list[Refusal]]]] = {
    ".jsonl": _jsonl,
    ".csv": lambda path: _table(csv_files.rows(path)),
    ".xlsx": lambda path: _table(xlsx_files.rows(path)),
}


def _suffix(path: Path) -> str:
    suffix = path.suffix.lower()
    if suffix not in _READERS:
        raise KnowledgeError(f"不认识的文件类型「{path.name}」；请用 .jsonl、.csv 或 .xlsx 文件")
    return suffix


def _given_id(entry: Entry) -> Entry:
    if entry.id:
        return entry
    digest = hashlib.sha256(analyse(entry.question).clean.encode() or entry.question.encode()).hexdigest()
    return Entry(f"q-{digest[:12]}", *(getattr(entry, name) for name in Entry.__slots__[1:]))


def read(path: Path) -> ReadResult:
    """Return what `path` holds. A bad row is refused with a reason and costs nothing but itself.

    A row without an id gets one made of its question, so that importing the file again changes nothing.
    Raises: KnowledgeError if the file is missing, too large, of another type or damaged.
    """
    suffix = _suffix(path)
    if not path.is_file():
        raise KnowledgeError(f"找不到文件「{path}」；请检查路径")
    if path.stat().st_size > LARGEST:
        raise KnowledgeError(f"文件「{path.name}」超过 64 MB；请拆分后再导入")
    rows, refused = _READERS[suffix](path)
    entries: list[Entry] = []
    seen: dict[str, int] = {}
    for number, content in rows:
        parsed = as_entry(content)
        if isinstance(parsed, str):
            refused.append(Refusal(number, parsed))
            continue
        entry = _given_id(parsed)
        if entry.id in seen:
            refused.append(
                Refusal(number, f"编号或问题与第 {seen[entry.id]} 行重复（{entry.id[:60]}）；请合并或改编号")
            )
            continue
        seen[entry.id] = number
        entries.append(entry)
    names = dict.fromkeys(name for _, content in rows for name in content if not known_column(name))
    ignored = tuple(storable(name)[:40] for name in names)
    return ReadResult(entries, sorted(refused, key=lambda each: each.row), ignored)


def write(path: Path, entries: Sequence[Entry]) -> None:
    """Write the entries so that `read` gives them back unchanged. No cell becomes a formula.

    Raises: KnowledgeError if the type of file is unknown, a text fits no cell, or it cannot be written.
    """
    suffix = _suffix(path)
    try:
        if suffix == ".jsonl":
            lines = (json.dumps(as_cells(entry, lists=True), ensure_ascii=False) for entry in entries)
            path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        elif suffix == ".csv":
            csv_files.write(path, COLUMNS, [as_cells(entry) for entry in entries])
        else:
            xlsx_files.write(path, COLUMNS, [as_cells(entry) for entry in entries])
    except OSError as error:
        raise KnowledgeError(f"无法写入「{path}」：{error.strerror}；请检查目录和权限") from error
