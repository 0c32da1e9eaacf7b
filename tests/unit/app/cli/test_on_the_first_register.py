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
NO = "20261129-000{}"


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


def test_every_other_command_works_on_it(old: Huiyin) -> None:
    assert "紧急事项" in old("doctor").err  # nobody has taken the danger that was written of long ago
    for words in (
        ["audit", "verify"], ["hotspots"], ["kb", "search", "居住证怎么办"], ["kb", "publish", "K3"],
        ["kb", "retire", "K3"], ["kb", "export", "out.jsonl"], ["calendar", "show", "2026"],
        ["report", "--month", "2026-11", "--out", "r.xlsx"], ["ledger", "--month", "2026-11", "--out", "l.xlsx"],
        ["retain", "--years", "1", "--dry-run"], ["source", "add", "热线"], ["source", "list"], ["source", "disable", "热线"],
        ["person", "export", "--account", "gh_office", "--openid", "o0", "--out", "p.zip"],
        ["account", "add", "滨海发布", "--platform", "微信公众号", "--unit", "住建局", "--opened", "2026-11-02"],
        ["account", "list"], ["release", "add", "公告", "--account", "1", "--weight", "grave", "--as", "张工"],
        ["release", "approve", "1", "--as", "李科长"], ["release", "return", "1", "--as", "王主任", "--reason", "改"],
        ["release", "resubmit", "1", "--as", "张工"], ["release", "list"], ["selfcheck", "start", "--month", "2026-10"],
        ["selfcheck", "answer", "1", "A1", "fault"], ["selfcheck", "show", "1"],
        ["incident", "add", "--kind", "rumour", "--text", "网上说要停水一个月"], ["incident", "report", "1", "--to", "网信办"],
        ["incident", "close", "1", "--note", "已辟谣"], ["incident", "list"],
        ["duty", "plan", "--from", "2027-03-01", "--to", "2027-03-03", "--staff", "张工,刘工"],
        ["duty", "show", "--on", "2027-03-01"],
        ["suggestion", "pass", NO.format(9), "--department", "交通局", "--feedback-by", "2099-12-30"], ["suggestion", "list"],
        ["person", "erase", "--account", "gh_office", "--openid", "o3"], ["key", "rotate"],
        ["case", "list", "--status", "all"], ["backup", "all.bak"], ["audit", "verify"],
    ):  # fmt: skip
        said = old(*words, *([] if words[0] == "backup" else ["--json"]))
        assert said.code == 0, (words, said.err)
