"""Reading JSON Lines that people made: what is wrong is said by line number, the rest is kept."""

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer

from text.printable import one_line


@dataclass(frozen=True, slots=True)
class JsonLine:
    number: int
    row: dict[str, Any]


def read_lines(
    file: Path, required: Sequence[str], allowed: Mapping[str, Sequence[str]] | None = None
) -> tuple[list[JsonLine], list[str]]:
    """Return the good rows and one Chinese line for each bad one."""
    good: list[JsonLine] = []
    bad: list[str] = []
    with file.open("rb") as stream:
        for number, raw in enumerate(stream, 1):
            try:
                text = raw.decode("utf-8-sig" if number == 1 else "utf-8")
            except UnicodeDecodeError:
                bad.append(f"第 {number} 行：不是 UTF-8")
                continue
            if not text.strip():
                continue
            problem, row = _row(text, required, allowed or {})
            if problem:
                bad.append(f"第 {number} 行：{problem}")
            else:
                good.append(JsonLine(number, row))
    return good, bad


def report_bad(bad: Sequence[str]) -> None:
    """Say which lines were left out, and end with exit code 1 if there were any."""
    for line in bad:
        sys.stderr.write(one_line(line) + "\n")
    if bad:
        raise typer.Exit(1)


def _row(
    text: str, required: Sequence[str], allowed: Mapping[str, Sequence[str]]
) -> tuple[str, dict[str, Any]]:
    try:
        row = json.loads(text)
    except (ValueError, RecursionError):
        return "不是 JSON", {}
    if not isinstance(row, dict):
        return "不是 JSON 对象", {}
    for name in required:
        if name not in row:
            return f"缺少 {name}", {}
        if name in ("text", "label", "openid", "channel", "query", "question", "answer") and not isinstance(
            row[name], str
        ):
            return f"{name} 应为文字", {}
    for name, values in allowed.items():
        if name in row and row[name] not in values:
            return f"{name}「{str(row[name])[:20]}」无效，应为 {'、'.join(values)} 之一", {}
    return "", row
