"""Doors translate: they hand a desk on, and neither write a query nor call the database's session themselves."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CALLS = {
    "add",
    "add_all",
    "begin_nested",
    "commit",
    "connection",
    "delete",
    "exec",
    "execute",
    "expire",
    "flush",
}
CALLS |= {"get", "get_one", "merge", "no_autoflush", "query", "refresh", "rollback", "scalar", "scalars"}
FILES = sorted(
    file.relative_to(ROOT)
    for room in ("bot", "console", "demo", "api")
    for file in (ROOT / room).rglob("*.py")
)


def of_the_database(source: str) -> list[str]:
    """Return what a source does with a session beyond handing it on, and the queries that it writes."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Attribute):
            if node.value.attr == "session" and node.attr in CALLS:
                found.append(f"{node.lineno}: session.{node.attr}")
        elif isinstance(node, ast.Import | ast.ImportFrom):
            names = [alias.name for alias in node.names] + [getattr(node, "module", "") or ""]
            if any(name.partition(".")[0] in ("sqlmodel", "sqlalchemy") for name in names):
                found.append(f"{node.lineno}: {names}")
    return found


@pytest.mark.parametrize("file", FILES, ids=str)
def test_a_door_asks_by_name(file: Path) -> None:
    assert of_the_database((ROOT / file).read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "source",
    [
        "desk.session.get(Case, 1)",
        "self.desk.session.add(row)",
        "from sqlmodel import select",
        "import sqlalchemy.exc",
    ],
)
def test_what_a_door_may_not_do_is_seen(source: str) -> None:
    assert of_the_database(source)
