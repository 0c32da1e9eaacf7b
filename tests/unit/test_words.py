"""A state, kind or lane is named by its class where it is decided by or written: a misspelt word is no program."""

import ast
from enum import StrEnum
from pathlib import Path

import pytest

from cases.register import duty_kinds, kinds, states
from knowledge_base.base.entries import Status

ROOT = Path(__file__).parents[2]
ROOMS = ("api", "app", "bot", "cases", "console", "demo", "duties")
COLUMNS = {
    "state", "kind", "lane", "status", "role", "purpose", "action", "cause", "weight", "category", "verdict",
    "automatic", "standard",
}  # fmt: skip
OF_THE_PLATFORM = {"text", "event"}  # kinds of WeChat's own messages, which no table lists
CLASSES = [
    found
    for module in (kinds, states, duty_kinds)
    for found in vars(module).values()
    if isinstance(found, type) and issubclass(found, StrEnum) and found is not StrEnum
]
WORDS = {str(word) for one in (*CLASSES, Status) for word in one if word} - OF_THE_PLATFORM
# Where a word is another's: an option as it is typed, a list by its name, the kind of a target, what an earlier
# version wrote.
OTHERS = {
    ("app/cli/register.py", "open"), ("app/cli/register.py", "closed"), ("cases/lists/browse.py", "open"),
    ("cases/lists/browse.py", "closed"), ("cases/lists/filters.py", "open"), ("cases/sending/chat.py", "case"),
    ("cases/sending/chat.py", "chat"), ("cases/register/earlier.py", "belongs"),
    ("cases/register/earlier.py", "choose"), ("demo/page_api.py", "comment"),
}  # fmt: skip


def bare(source: str) -> list[tuple[int, str]]:
    """Return the lines on which a column's word stands bare: compared, given by name, or as a default."""
    found = [word for node in ast.walk(ast.parse(source)) for given in _given(node) for word in _words(given)]
    return [(word.lineno, word.value) for word in found if word.value in WORDS]


def _given(node: ast.AST) -> list[ast.expr]:
    """Return what a column is compared with or given here."""
    match node:
        case ast.Compare(left=left, comparators=others) if any(map(_column, (left, *others))):
            return [left, *others]
        case ast.keyword(arg=str(name), value=value) if name in COLUMNS:
            return [value]
        case ast.Assign(targets=targets, value=value) if any(map(_column, targets)):
            return [value]
        case ast.AnnAssign(target=target, value=ast.expr() as value) if _column(target):
            return [value]
        case ast.Call(func=ast.Attribute(attr="in_" | "not_in", value=of), args=args) if _column(of):
            return args
        case _:
            return []


def _column(node: ast.expr) -> bool:
    if isinstance(node, ast.Call):  # col(Case.status)
        return len(node.args) == 1 and isinstance(node.func, ast.Name) and _column(node.args[0])
    return getattr(node, "attr", getattr(node, "id", "")) in COLUMNS


def _words(node: ast.expr) -> list[ast.Constant]:
    if isinstance(node, ast.Constant):
        return [node] if isinstance(node.value, str) else []
    if isinstance(node, ast.IfExp):
        return _words(node.body) + _words(node.orelse)
    several = node.elts if isinstance(node, ast.Tuple | ast.List | ast.Set) else []
    return [word for each in several for word in _words(each)]


@pytest.mark.parametrize("room", ROOMS)
def test_no_word_of_a_column_stands_bare(room: str) -> None:
    found = [
        f"{file.relative_to(ROOT)}:{line}: {word}"
        for file in sorted((ROOT / room).rglob("*.py"))
        if "migrations" not in file.parts
        for line, word in bare(file.read_text(encoding="utf-8"))
        if (str(file.relative_to(ROOT)), word) not in OTHERS
    ]
    assert found == []


@pytest.mark.parametrize(
    "source",
    [
        'case.status == "new"',
        'row.state in ("open", "closed")',
        'outbox.put(session, lane="chat")',
        'row.state = "done" if agree else "refused"',
        'select(Case).where(col(Case.status).in_(("new", "claimed")))',
        'class Row:\n    kind: str = "workday"',
    ],
)
def test_a_bare_word_is_seen(source: str) -> None:
    assert bare(source)
