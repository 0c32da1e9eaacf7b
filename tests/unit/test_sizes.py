"""A function is read at one look, and a file in one sitting: what grows past that has a part that wants a name."""

import ast
from pathlib import Path

ROOT = Path(__file__).parents[2]
LONGEST_FUNCTION, LONGEST_FILE = 40, 400  # lines, from `def` to the last of its body
HISTORY = "migrations"  # what once brought a register up to date stays as it was


def too_long(file: str, source: str) -> list[str]:
    """Return what of a file is longer than it may be."""
    found = []
    lines = len(source.splitlines())
    if lines > LONGEST_FILE:
        found.append(f"{file}: {lines} lines")
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            own = (node.end_lineno or node.lineno) - node.lineno + 1
            if own > LONGEST_FUNCTION:
                found.append(f"{file}:{node.lineno} {node.name}: {own} lines")
    return found


def test_no_function_and_no_file_is_too_long() -> None:
    files = [
        file.relative_to(ROOT)
        for file in ROOT.rglob("*.py")
        if not file.relative_to(ROOT).parts[0].startswith((".", "tests", "build", "dist", "var"))
        and HISTORY not in file.parts
    ]
    assert len(files) > 500
    assert [
        long for file in sorted(files) for long in too_long(str(file), (ROOT / file).read_text("utf-8"))
    ] == []


def test_what_is_too_long_is_seen() -> None:
    function = "async def grown():\n" + "    pass\n" * LONGEST_FUNCTION
    assert too_long("a.py", function) == ["a.py:1 grown: 41 lines"]
    assert too_long("a.py", function.replace("    pass\n", "", 1)) == []
    assert too_long("a.py", "x = 1\n" * (LONGEST_FILE + 1)) == ["a.py: 401 lines"]
    inner = "class A:\n    def whole(self):\n        def part():\n" + "            pass\n" * LONGEST_FUNCTION
    assert too_long("a.py", inner) == ["a.py:2 whole: 42 lines", "a.py:3 part: 41 lines"]
