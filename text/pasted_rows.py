"""Rows of a table that somebody pasted: what the head of a column says of itself holds for each cell below."""

import re
from collections.abc import Iterator

_MARKS = re.compile(
    r"\t+|[|｜│,，;；、/]\s*+"
)  # cells are stripped, so nothing is said of what stands before a mark
_SPACES = re.compile(r"[ \u3000]+")
_LONGEST_HEAD, _MOST_CELLS, _MOST_LINES = 10, 12, 60
_COLUMNS: tuple[tuple[str, re.Pattern[str], re.Pattern[str]], ...] = tuple(
    (kind, re.compile(head), re.compile(cell))
    for kind, head, cell in (
        ("微信号", r"微信|[Vv][Xx]|[Ww][Xx]|[Ww]e[Cc]hat", r"[A-Za-z][A-Za-z0-9_\-]{4,19}|[1-9]\d{5,10}"),
        ("QQ号", r"[Qq][Qq]|扣扣", r"[1-9]\d{4,10}"),
        ("邮箱", r"邮箱|邮件|[Ee]-?mail|电邮", r"[^\s@]{2,40}@[^\s@]{3,40}|[A-Za-z][A-Za-z0-9._\-]{3,30}"),
        (
            "手机号",
            r"手机|电话|联系方式|联系号码|[Tt]el|[Pp]hone|[Mm]obile",
            r"(?:\+?86[ \-]?)?(?:1[3-9][\d \-]{9,13}|[2-8]\d{6,7}|0\d{2,3}[ \-]?\d{7,8})",
        ),
        ("身份证号", r"身份证|证件号|公民号|证件|^ID", r"[1-9][\d \-]{13,22}[\dXx]"),
        ("银行卡号", r"卡号|账号|帐号|账户|银行卡", r"[1-9][\d \-]{11,26}\d"),
        ("出入境证件号", r"护照|通行证|[Pp]assport", r"[A-Za-z]{1,2}\d{7,10}|\d{8}"),
        ("住址", r"住址|地址|房号|门牌|住处|户址", r"(?=\D{0,40}\d).{1,60}+(?:(?<=\d\d\d)|(?<=[室号户]))"),
    )
)


def pasted_rows(text: str) -> Iterator[tuple[str, int, int]]:
    """Yield kind, start and end of each personal cell."""
    if "\n" not in text:
        return
    head: list[str] = []
    parting = _MARKS
    at = 0
    for line in text.split("\n")[:_MOST_LINES]:
        for parting_now in (_MARKS, _SPACES):
            cells = _cells(line, parting_now)
            if len(cells) >= 2 and _is_head(cells):
                head, parting = [cell for cell, _, _ in cells], parting_now
                break
        else:
            cells = _cells(line, parting)
            if head and len(cells) == len(head):
                yield from _personal(head, cells, at)
        at += len(line) + 1


def _cells(line: str, parting: re.Pattern[str]) -> list[tuple[str, int, int]]:
    cells, last = [], 0
    for found in parting.finditer(line):
        cells.append((last, found.start()))
        last = found.end()
    cells.append((last, len(line)))
    stripped = []
    for start, end in cells[: _MOST_CELLS + 1]:
        cell = line[start:end]
        first = start + len(cell) - len(cell.lstrip())
        stripped.append((cell.strip(), first, first + len(cell.strip())))
    return stripped if len(stripped) <= _MOST_CELLS else []


def _is_head(cells: list[tuple[str, int, int]]) -> bool:
    names = [cell for cell, _, _ in cells]
    short = all(len(name) <= _LONGEST_HEAD and not re.search(r"\d", name) for name in names)
    return short and any(head.search(name) for name in names for _, head, _ in _COLUMNS)


def _personal(head: list[str], cells: list[tuple[str, int, int]], at: int) -> Iterator[tuple[str, int, int]]:
    for name, (cell, start, end) in zip(head, cells, strict=True):
        for kind, called, shape in _COLUMNS:
            if called.search(name) and shape.fullmatch(cell):
                yield kind, at + start, at + end
                break
