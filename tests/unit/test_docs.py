"""The pages name files, commands and settings that there are: what was renamed is found here, not by a newcomer."""

import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import typer

from app.cli.main import app
from app.settings import PREFIX, Settings

ROOT = Path(__file__).parents[2]
PAGES = [*sorted((ROOT / "docs").rglob("*.md")), ROOT / "README.md", ROOT / "README.zh-CN.md"]
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


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_page_names_what_is_there(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    if str(page.relative_to(ROOT)) not in OF_THE_PAGES:
        assert unknown_files(text) == []
    assert unknown_commands(text) == []
    assert unknown_settings(text) == []


def test_what_is_not_there_is_seen() -> None:
    assert unknown_files(
        "see `cases/steps/allowed`, `cases/steps/alowed` and `cases/register/desk.Desk`"
    ) == ["cases/steps/alowed"]
    assert unknown_commands("huiyin kb search, huiyin kb seek, huiyin fly") == ["fly", "kb seek"]
    assert unknown_settings("HUIYIN_TIMEZONE and HUIYIN_TIMEZOME") == ["HUIYIN_TIMEZOME"]
