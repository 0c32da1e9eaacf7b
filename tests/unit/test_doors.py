"""Doors translate: they hand a desk on, write no query, know no session, and set nothing of a row."""

import ast
from pathlib import Path

import pytest
from sqlmodel import SQLModel

from cases.register import readonly, tables

ROOT = Path(__file__).parents[2]
FILES = sorted(
    file.relative_to(ROOT)
    for room in ("bot", "console", "demo", "api")
    for file in (ROOT / room).rglob("*.py")
)
COLUMNS = {column.key for table in SQLModel.metadata.tables.values() for column in table.columns}
THEIRS = {"self._bot.session", "sheet.title", "title.text"}  # of a platform's library, a worksheet, a drawing


def of_the_database(source: str) -> list[str]:
    """Return where a source takes hold of a session or writes a query of its own."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute) and node.attr == "session" and ast.unparse(node) not in THEIRS:
            found.append(f"{node.lineno}: {ast.unparse(node)}")
        elif isinstance(node, ast.Import | ast.ImportFrom):
            names = [alias.name for alias in node.names] + [getattr(node, "module", "") or ""]
            if any(name.partition(".")[0] in ("sqlmodel", "sqlalchemy") for name in names):
                found.append(f"{node.lineno}: {names}")
    return found


def set_on_rows(source: str) -> list[str]:
    """Return where a source that knows the register sets what may be a column of a row."""
    tree = ast.parse(source)
    modules = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    if not any(module.startswith(("cases", "duties")) for module in modules):
        return []
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store | ast.Del):
            own = ast.unparse(node.value) == "self" or ast.unparse(node) in THEIRS
            if node.attr in COLUMNS and not own:
                found.append(f"{node.lineno}: {ast.unparse(node)}")
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("setattr", "delattr")):
            found.append(f"{node.lineno}: {ast.unparse(node.func)}")
    return found


@pytest.mark.parametrize("file", FILES, ids=str)
def test_a_door_asks_by_name_and_sets_nothing(file: Path) -> None:
    source = (ROOT / file).read_text(encoding="utf-8")
    assert of_the_database(source) == []
    assert set_on_rows(source) == []


@pytest.mark.parametrize(
    "source",
    [
        "register.by_id(desk.session, 1)",
        "session = self.desk.session",
        "from sqlmodel import select",
        "import sqlalchemy.exc",
    ],
)
def test_what_a_door_may_not_ask_is_seen(source: str) -> None:
    assert of_the_database(source)


@pytest.mark.parametrize(
    "source", ["case.urgent = False", "row.case.status, x = 1, 2", "setattr(case, name, 1)"]
)
def test_what_a_door_may_not_set_is_seen(source: str) -> None:
    assert set_on_rows(f"from cases.register import register\n{source}")


def test_what_is_read_of_a_row_is_in_its_table() -> None:
    names = [name for name, kind in vars(readonly).items() if isinstance(kind, type)]
    assert {"Case", "Staff", "Outbox"} <= set(names)
    for name in names:
        seen = {what for what, kind in vars(getattr(readonly, name)).items() if isinstance(kind, property)}
        assert seen and all(hasattr(getattr(tables, name), what) for what in seen), name
