"""A class's name means one thing over the whole tree: a reader who meets it need not look which of them it is."""

import ast
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROOMS = (
    "api", "app", "bench", "bot", "cases", "classifier", "console", "demo", "deploy", "duties", "knowledge_base",
    "sla", "text",
)  # fmt: skip
AS_DOORS_SEE_IT = (
    "cases/register/readonly/"  # the row of a table under the table's own name, to be read alone
)


def defined_twice(sources: dict[str, str]) -> dict[str, list[str]]:
    """Return name → files of the classes that more than one place defines."""
    found: dict[str, list[str]] = defaultdict(list)
    for file, source in sources.items():
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.ClassDef):
                found[node.name].append(file)
    return {name: files for name, files in found.items() if len(files) > 1 and not _one_row(files)}


def _one_row(files: list[str]) -> bool:
    rows = [file for file in files if file.startswith(AS_DOORS_SEE_IT)]
    return len(files) == 2 and len(rows) == 1 and rows[0].replace("/readonly/", "/tables/") in files


def test_no_name_of_a_class_means_two_things() -> None:
    files = [file for room in ROOMS for file in sorted((ROOT / room).rglob("*.py"))]
    assert len(files) > 500
    assert (
        defined_twice({str(file.relative_to(ROOT)): file.read_text(encoding="utf-8") for file in files}) == {}
    )


def test_a_second_meaning_is_seen_and_a_row_as_doors_see_it_is_none() -> None:
    row = "class Case: ..."
    tables, doors = "cases/register/tables/cases.py", f"{AS_DOORS_SEE_IT}cases.py"
    assert defined_twice({tables: row, doors: row}) == {}
    assert defined_twice({tables: row, "bot/case.py": row}) == {"Case": [tables, "bot/case.py"]}
    assert defined_twice({"api/a.py": f"{row}\nif 1:\n    {row}"}) == {"Case": ["api/a.py", "api/a.py"]}
