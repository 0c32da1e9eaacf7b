"""Pages, docstrings and rules name what there is: what was renamed is found here, not by a newcomer."""

import ast
import builtins
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import typer

from app.cli.main import app
from app.settings import PREFIX, Settings

ROOT = Path(__file__).parents[2]
PAGES = [
    *sorted((ROOT / "docs").rglob("*.md")),
    *(ROOT / name for name in ("README.md", "README.zh-CN.md", "CHANGELOG.md")),
]
ROOMS = (
    "api", "app", "bench", "bot", "cases", "classifier", "console", "demo", "deploy", "docs", "duties",
    "knowledge_base", "sla", "text", "tests",
)  # fmt: skip
OF_THE_PAGES = ("docs/rights.md",)  # its table names addresses of the console, not files


def unknown_files(page: str) -> list[str]:
    """Return the paths in backticks that are neither a file, a module, nor something in one."""
    named = re.findall(rf"`((?:{'|'.join(ROOMS)})/[\w./-]+)`", page)
    return [path for path in named if not _is_there(path.rstrip("/."))]


def _is_there(path: str) -> bool:
    module, _, inner = path.rpartition(".")
    if any(
        (ROOT / base / f"{path}{end}").exists()
        for base in (".", "tests/unit")
        for end in ("", ".py", ".toml")
    ):
        return True
    file = ROOT / f"{module}.py"
    return (
        file.is_file() and re.search(rf"\b{re.escape(inner)}\b", file.read_text(encoding="utf-8")) is not None
    )


@cache
def commands() -> dict[str, list[str]]:
    """Return what each command is followed by: the commands of a group, nothing behind the others."""
    program: Any = typer.main.get_command(app)
    found = {name: program.get_command(None, name) for name in program.list_commands(None)}
    return {name: list(getattr(command, "commands", ())) for name, command in found.items()}


def unknown_commands(page: str) -> list[str]:
    said = re.findall(r"huiyin ([a-z][a-z-]*)(?: ([a-z][a-z-]*))?", page)
    wrong = [name for name, _ in said if name not in commands()]
    return wrong + [
        f"{name} {then}"
        for name, then in said
        if then and commands().get(name) and then not in commands()[name]
    ]


def unknown_settings(page: str) -> list[str]:
    known = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
    return [name for name in re.findall(r"HUIYIN_(?!TEST_)[A-Z][A-Z_]*[A-Z]", page) if name not in known]


def unknown_runs(page: str) -> list[str]:
    """Return what `python -m`, `pytest` and `make` are told to run and cannot."""
    modules = [each.rstrip(".") for each in re.findall(rf"python -m ((?:{'|'.join(ROOMS)})[.\w]*)", page)]
    tests = re.findall(r"pytest (tests/[\w/.]+)", page)
    targets = re.findall(r"`(?:PORT=\d+ )?make ([a-z][a-z-]*)", page)
    made = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    return (
        [each for each in modules if not _module(each)]
        + [each for each in tests if not (ROOT / each).exists()]
        + [each for each in targets if each not in made]
    )


def _module(name: str) -> bool:
    path = ROOT / name.replace(".", "/")
    return path.with_suffix(".py").is_file() or (path / "__main__.py").is_file()


@cache
def trees() -> dict[str, ast.Module]:
    files = [file for room in ROOMS if room != "tests" for file in sorted((ROOT / room).rglob("*.py"))]
    return {str(file.relative_to(ROOT)): ast.parse(file.read_text(encoding="utf-8")) for file in files}


@cache
def names() -> set[str]:
    """Return every name, short text and part of a path that the tree holds."""
    found = set(dir(builtins))
    for file, tree in trees().items():
        found.update(re.split(r"[/.]", file))
        for node in ast.walk(tree):
            for key in ("name", "id", "attr", "arg", "asname", "module"):
                if isinstance(said := getattr(node, key, None), str):
                    found.update(said.split("."))
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and len(node.value) < 80:
                found.update(re.findall(r"[A-Za-z_]\w*", node.value))
    return found


def unknown_names(docstring: str) -> list[str]:
    """Return the names in backticks of which a part stands nowhere in the tree."""
    said = re.findall(r"`([A-Za-z_][\w.]*)(?:\(\))?`", docstring)
    return [name for name in said if not names().issuperset(name.rstrip(".").split("."))]


def docstrings(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield ast.get_docstring(node) or ""


@pytest.mark.parametrize("room", [room for room in ROOMS if room not in ("docs", "tests")])
def test_a_docstring_names_what_is_there(room: str) -> None:
    found = [
        f"{file}: {name}"
        for file, tree in trees().items()
        if file.startswith(f"{room}/")
        for text in docstrings(tree)
        for name in unknown_names(text)
    ]
    assert found == []


@pytest.mark.parametrize("room", ["classifier", "knowledge_base"])
def test_the_command_that_set_a_number_can_be_run(room: str) -> None:
    tables = tomllib.loads((ROOT / room / "rules/thresholds.toml").read_text(encoding="utf-8"))
    said = {row["command"] for rows in tables.values() for row in rows}
    assert [each for each in said if unknown_runs(each) or unknown_commands(each)] == []
    assert all(each.startswith(("python -m ", "pytest ", "huiyin ", "make ")) for each in said), said


def test_the_picture_of_the_rooms_is_that_of_the_contracts() -> None:
    tools = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
    drawn = (
        (ROOT / "docs/architecture.md").read_text(encoding="utf-8").partition("## The way of a message")[0]
    )
    floors = [each for each in tools["importlinter"]["contracts"] if each["type"] == "layers"]
    names = {name for each in floors for layer in each["layers"] for name in re.split(r"[ |]+", layer)}
    assert len(floors) >= 7
    assert [name for name in sorted(names) if not re.search(rf"\b{name}\b", drawn)] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_page_names_what_is_there(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    if str(page.relative_to(ROOT)) not in OF_THE_PAGES:
        assert unknown_files(text) == []
    assert unknown_commands(text) == []
    assert unknown_settings(text) == []
    assert unknown_runs(text) == []


def test_what_is_not_there_is_seen() -> None:
    assert unknown_files(
        "see `cases/steps/allowed`, `cases/steps/alowed` and `cases/register/desk.Desk`"
    ) == ["cases/steps/alowed"]
    assert unknown_commands("huiyin kb search, huiyin kb seek, huiyin fly") == ["fly", "kb seek"]
    assert unknown_settings("HUIYIN_TIMEZONE and HUIYIN_TIMEZOME") == ["HUIYIN_TIMEZOME"]
    assert unknown_runs("`make tost`, python -m bench.serch and pytest tests/unit/test_dogs.py") == [
        "bench.serch", "tests/unit/test_dogs.py", "tost"
    ]  # fmt: skip
    assert unknown_names("see `Desk.undoing` and `desk.undoingly`") == ["desk.undoingly"]
