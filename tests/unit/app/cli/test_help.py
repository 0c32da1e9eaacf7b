"""Every help page is Chinese and names options as they are typed; whatever may take long shows a bar on a terminal."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from app.cli.helping import translate
from app.cli.main import app
from tests.builders import Bureau
from tests.unit.app.conftest import Huiyin

# names that have no Chinese, and what is typed letter by letter
NAMES = {
    "huiyin", "JSON", "Lines", "Telegram", "AppID", "openid", "App", "IP", "TOML", "UTF", "list", "join", "mlgk",
    "YYYY", "MM", "DD", "built", "T", "x", "ok", "fault",
}  # fmt: skip
TYPED = re.compile(
    r"--[\w-]+|/join|\b(var|accounts)[\w./]+|\.(docx|xlsx|jsonl|csv|zip)|HUIYIN_\w+|\{\"[^}]*\}|[a-z_]+（|mlgk-a|built-in|缺省：[\w.-]+"
)


def pages() -> Iterator[tuple[str, str, list[Any]]]:
    """Return every command with its help page and its parameters."""
    root: Any = typer.main.get_command(app)
    translate(root)
    kind = root.context_class
    top = kind(root, info_name="huiyin")
    yield "", root.get_help(top), []
    for name in root.list_commands(top):
        command = root.get_command(top, name)
        context = kind(command, info_name=name, parent=top)
        yield name, command.get_help(context), command.params
        for inner, below in getattr(command, "commands", {}).items():
            yield (
                f"{name} {inner}",
                below.get_help(kind(below, info_name=inner, parent=context)),
                below.params,
            )


def test_no_help_page_has_a_word_of_english() -> None:
    for name, page, _ in pages():
        lines = page.replace(f"用法：huiyin {name}", "").splitlines()
        if "命令:" in lines:  # the names of commands are typed
            at = lines.index("命令:")
            lines[at:] = [re.sub(r"^\s+[a-z-]+", "", line) for line in lines[at:]]
        left = set(re.findall(r"[A-Za-z]+", TYPED.sub(" ", "\n".join(lines)))) - NAMES
        assert not left, (name, left)
        assert "<" not in page.replace("<=", ""), name


def test_every_word_of_a_command_is_explained_and_named_as_it_is_typed() -> None:
    for name, page, parameters in pages():
        for each in parameters:
            if each.param_type_name == "argument":
                assert re.search("[\u4e00-\u9fff]", each.metavar), (name, each.name)
                continue
            assert re.search("[\u4e00-\u9fff]|JSON", each.help or ""), (name, each.name)
            assert all(re.search(rf"^\s+{re.escape(typed)}\b", page, re.M) for typed in each.opts), (
                name,
                each.opts,
            )


NOTICE = """year = 2027
source = "国务院办公厅"
holidays = [{name = "元旦", from = 2027-01-01, to = 2027-01-03}]
workdays = []
"""


def test_what_may_take_long_shows_a_bar_on_a_terminal(
    at_work: Bureau, huiyin: Huiyin, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_work.a_case()
    letter = {
        "channel": "wechat",
        "openid": "o-9",
        "text": "路灯坏了",
        "received_at": "2026-03-02T09:00:00+08:00",
    }
    Path("in.jsonl").write_text(json.dumps({"id": "1", **letter}) + "\n", encoding="utf-8")
    row = {"id": "k1", "question": "几点上班", "answer": "九点。"}
    Path("kb.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")
    long = (
        "audit verify", "backup copy.zip --verify", "retain --years 3 --dry-run", "retain --years 3", "kb import kb.jsonl",
        "kb export out.jsonl", "kb gaps", "kb duplicates", "kb search 上班", "case import in.jsonl", "case list",
        "classify --file in.jsonl", "hotspots", "models list", "report --month 2026-03 --out r.xlsx",
        "ledger --month 2026-03 --out l.xlsx", "selfcheck start --month 2026-02", "release export --month 2026-03 --out e.xlsx",
    )  # fmt: skip
    for line in long:
        quiet = huiyin(*line.split(), "--json")
        assert "━" not in quiet.err, line  # in a pipe an error stays one line
    monkeypatch.setenv("TTY_COMPATIBLE", "1")
    for line in long:
        said = huiyin(*line.split(), "--json")
        assert "━" in said.err and "━" not in said.out, (line, said.err)
