"""A register that the first version's own program filled, brought up to date by the first command on it.

`data/first_version.sql` is that register as it stood (nine letters handled by made-up people), `.key` the key it is
sealed with. What the commands say of it is what the first version said, but for what has been added since: a day of
review, danger at the head of a list.
"""

import json
import shutil
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from tests.unit.app.conftest import Huiyin

DATA = Path(__file__).parent / "data"


@pytest.fixture
def old(huiyin: Huiyin, monkeypatch: pytest.MonkeyPatch) -> Huiyin:
    var = Path("var")
    var.mkdir(exist_ok=True)
    shutil.copy(DATA / "first_version.key", var / "secret.key")
    (var / "secret.key").chmod(0o600)
    connection = sqlite3.connect(var / "huiyin.db")
    connection.executescript((DATA / "first_version.sql").read_text(encoding="utf-8"))
    connection.close()
    monkeypatch.setenv("HUIYIN_DATABASE_URL", "sqlite:///var/huiyin.db")
    monkeypatch.delenv("HUIYIN_SECRET_KEY", raising=False)
    return huiyin


def same(then: Any, now: Any) -> bool:
    """Tell whether everything that was said then is said now; more may be."""
    if isinstance(then, dict):
        return isinstance(now, dict) and all(key in now and same(then[key], now[key]) for key in then)
    if isinstance(then, list):
        return isinstance(now, list) and len(then) == len(now) and all(map(same, then, now))
    return bool(then == now)


def test_it_says_what_the_first_version_said(old: Huiyin) -> None:
    then = json.loads((DATA / "first_version.json").read_text(encoding="utf-8"))
    for command, before in then.items():
        said = before
        answer = old(*command.split(), "--json")
        assert answer.code == 0, (command, answer.err)
        now = json.loads(answer.out)
        if command.startswith("case list"):  # danger comes first since
            said, now = (sorted(rows, key=lambda row: str(row["no"])) for rows in (said, now))
        for entry in now if command == "kb list" else ():
            if entry["status"] == "published":  # each has a day of review since
                assert entry.pop("review_on") > "2026"
                next(each for each in said if each["id"] == entry["id"]).pop("review_on")
        assert same(said, now), command


def test_an_incident_is_entered_on_it(old: Huiyin) -> None:
    said = old("incident", "add", "--kind", "rumour", "--text", "网上说要停水一个月", "--json")
    assert said.code == 0 and json.loads(said.out)["kind"] == "rumour", said.err
