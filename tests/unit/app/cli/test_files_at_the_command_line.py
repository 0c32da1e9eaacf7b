"""Commands that read or write files: what is no file, what is another's, and what a broken one leaves behind."""

import json
import sqlite3
import zipfile
from pathlib import Path
from typing import Any

import pytest

from app.keep import notices, own_files
from app.settings import BadSetting, read
from cases.register.errors import Invalid
from cases.register.tables import Case, KnowledgeEntry
from tests.builders import Bureau, a_store
from tests.unit.app.conftest import Huiyin

READERS = [
    "case import {}", "kb import {}", "classify --file {}", "evaluate --data {}", "hotspots --data {}", "calendar import {}",
    "restore {}", "kb evaluate --entries {} --queries {}", "train --data {}",
    "release add 题 --account 1 --weight ordinary --text {}",
    "incident add --kind rumour --text 内容 --file {}",
]  # fmt: skip


@pytest.mark.parametrize("words", READERS)
def test_what_is_no_file_is_named(at_work: Bureau, huiyin: Huiyin, words: str) -> None:
    for name in ("没有.jsonl", "."):
        said = huiyin(*(word.format(name) for word in words.split()))
        assert said.code in (1, 2) and said.out == "" and said.err.count("\n") == 1, (words, said)
        assert "内部错误" not in said.err
    assert at_work.rows(Case) == [] and at_work.rows(KnowledgeEntry) == []


WRITERS = [
    "backup {}", "kb export {}", "report --month 2026-03 --out {}", "ledger --month 2026-03 --out {}",
    "person export --account wx --openid o-1 --out {}", "release export --month 2026-03 --out {}",
    "account template mlgk-a --out {}", "account survey --out {}", "selfcheck export --year 2026 --out {}",
    "kb evaluate --entries rows.jsonl --queries rows.jsonl --details {}",
]  # fmt: skip
OWN = [
    "register.db",
    "./register.db",
    "register.db-wal",
    "var/secret.key",
    ".env",
    "accounts.toml",
    "var/audit.anchor",
    "var/media/x",
]


@pytest.mark.parametrize("words", WRITERS)
def test_no_command_writes_over_what_the_program_lives_by(
    at_work: Bureau, huiyin: Huiyin, words: str
) -> None:
    at_work.a_case("请问水管何时通水", "o-1")
    Path("var/media").mkdir(parents=True)
    Path("rows.jsonl").write_text(
        '{"id": "1", "question": "a", "answer": "b", "query": "a", "expected": "1"}\n'
    )
    for name in OWN:
        file = Path(name)
        if not file.exists():
            file.write_text("")
        before = file.read_bytes()
        said = huiyin(*(word.format(name) for word in words.split()))
        assert said.code in (1, 2) and said.err.count("\n") == 1, (name, said)
        assert file.read_bytes() == before or (name.endswith("db") and file.read_bytes()[:6] == b"SQLite"), (
            name
        )
    assert at_work.chain().ok and len(at_work.rows(Case)) == 1


@pytest.mark.parametrize("words", WRITERS[:9])
def test_a_place_that_is_none_is_named_and_nothing_is_left(
    at_work: Bureau, huiyin: Huiyin, words: str
) -> None:
    at_work.a_case("请问水管何时通水", "wx")
    suffix = ".docx" if "account" in words and "person" not in words else ".xlsx"
    Path(f"folder{suffix}").mkdir()
    for name in (f"没有/这里{suffix}", f"folder{suffix}"):
        said = huiyin(*(word.format(name) for word in words.split()))
        assert said.code == 1 and said.err.count("\n") == 1 and "内部错误" not in said.err, said
    assert not Path("没有").exists() and list(Path(f"folder{suffix}").iterdir()) == []
    assert not list(Path().glob(".*part"))


def test_own_files_are_known_whatever_way_they_are_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    settings = read({"HUIYIN_DATABASE_URL": "sqlite:///data/register.db"}, tmp_path / "none")
    (tmp_path / "link.zip").symlink_to(tmp_path / "data" / "register.db")
    for own in (
        "data/register.db",
        "data/../data/register.db",
        str(tmp_path / "data/register.db"),
        "link.zip",
    ):
        with pytest.raises(Invalid, match="本程序自己的文件"):
            own_files.spare(settings, Path(own))
    for free in ("copy.zip", "data/copy.db", "var/copy.zip", "register.db"):
        own_files.spare(settings, Path(free))
    elsewhere = read({"HUIYIN_DATABASE_URL": "postgresql://h/d"}, tmp_path / "none")
    own_files.spare(elsewhere, Path("data/register.db"))


def copied(at_work: Bureau, huiyin: Huiyin) -> Path:
    at_work.answered()
    assert huiyin("backup", "copy.zip").code == 0
    return Path("copy.zip")


def altered(whole: Path, name: str, content: str | None, to: str = "altered.zip") -> str:
    """Write a copy of the backup in which one member is another, or missing."""
    with zipfile.ZipFile(whole) as source, zipfile.ZipFile(to, "w") as target:
        for member in source.namelist():
            if member != name:
                target.writestr(member, source.read(member))
        if content is not None:
            target.writestr(name, content)
    return to


def manifest(**more: Any) -> str:
    return json.dumps({"format": 1, "key_fingerprint": "", "rows": {}, **more})


def test_a_backup_that_is_damaged_changes_nothing(
    at_work: Bureau, huiyin: Huiyin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = copied(at_work, huiyin)
    print_ = at_work.workplace.office.vault.fingerprint
    with zipfile.ZipFile(whole) as archive:
        cases, told = archive.read("cases.jsonl").decode(), json.loads(archive.read("manifest.json"))
    row = json.loads(cases)
    empty = a_store(tmp_path / "empty.db")
    empty.close()
    monkeypatch.setenv("HUIYIN_DATABASE_URL", f"sqlite:///{tmp_path / 'empty.db'}")
    told.pop("rows")
    bad: dict[str, tuple[str, str | None]] = {
        "no manifest": ("manifest.json", None),
        "a list": ("manifest.json", "[]"),
        "another format": ("manifest.json", manifest(format=2)),
        "no rows": ("manifest.json", json.dumps(told)),
        "rows of words": ("manifest.json", manifest(key_fingerprint=print_, rows={"cases": "many"})),
        "another key": ("manifest.json", manifest(key_fingerprint="other")),
        "no json": ("cases.jsonl", "{"),
        "a number": ("cases.jsonl", "3\n"),
        "a column of another program": ("cases.jsonl", json.dumps({**row, "colour": "red"}) + "\n"),
        "a table of another program": ("colours.jsonl", "{}\n"),
        "a row twice": ("cases.jsonl", cases + cases),
        "a state that is none": ("cases.jsonl", json.dumps({**row, "status": "asleep"}) + "\n"),
        "a date that is none": ("cases.jsonl", json.dumps({**row, "due_at": {"t": "tomorrow"}}) + "\n"),
        "a time that is words": ("cases.jsonl", json.dumps({**row, "due_at": "tomorrow"}) + "\n"),
        "a number without end": ("cases.jsonl", json.dumps({**row, "id": 1 << 80}) + "\n"),
        "nested without end": ("cases.jsonl", "[" * 50_000),
        "bytes that are none": ("cases.jsonl", json.dumps({**row, "subject": {"b": "$$$"}}) + "\n"),
    }
    for name, (member, content) in bad.items():
        said = huiyin("restore", altered(whole, member, content))
        assert (said.code, said.out) == (1, "") and said.err.count("\n") == 1, (name, said)
        assert "内部错误" not in said.err, (name, said)
        with sqlite3.connect(tmp_path / "empty.db") as database:
            assert database.execute("SELECT count(*) FROM cases").fetchone() == (0,), name
    assert huiyin("restore", str(whole)).code == 0
    assert json.loads(huiyin("case", "list", "--status", "all", "--json").out)[0]["no"] == row["no"]


def test_a_file_that_is_locked_with_a_password_is_none_of_ours(at_work: Bureau, huiyin: Huiyin) -> None:
    whole = copied(at_work, huiyin).read_bytes()
    locked = bytearray(whole)
    for mark in (b"PK\x03\x04", b"PK\x01\x02"):  # the flag of encryption in every head
        place = locked.find(mark)
        while place >= 0:
            locked[place + (6 if mark[2] == 3 else 8)] |= 1
            place = locked.find(mark, place + 4)
    Path("locked.zip").write_bytes(locked)
    said = huiyin("restore", "locked.zip")
    assert said.code == 1 and "已损坏" in said.err and said.err.count("\n") == 1


@pytest.mark.parametrize("cut", [0, 1, 30, 0.5, 0.99])
def test_a_file_cut_off_anywhere_is_none_of_ours(at_work: Bureau, huiyin: Huiyin, cut: float) -> None:
    whole = copied(at_work, huiyin).read_bytes()
    Path("cut.zip").write_bytes(whole[: int(cut if cut >= 1 else len(whole) * cut)])
    said = huiyin("restore", "cut.zip")
    assert said.code == 1 and "已损坏" in said.err


@pytest.mark.parametrize("name", ["a#b", "a%41b", "a b", "数据", "a&mode=memory"])
def test_the_calendar_in_force_is_found_in_a_folder_of_any_name(tmp_path: Path, name: str) -> None:
    folder = tmp_path / name
    folder.mkdir()
    a_store(folder / "huiyin.db").close()
    with sqlite3.connect(folder / "huiyin.db") as database:
        columns = [row[1] for row in database.execute("PRAGMA table_info(calendar_notice)")]
        toml = (Path(__file__).parents[4] / "sla/calendars/2026.toml").read_text(encoding="utf-8")
        toml = toml.replace('source = "', 'source = "导入的')
        values = {
            "year": 2026,
            "toml": toml,
            "source": "x",
            "imported_at": "2026-03-02 00:00:00",
            "imported_by": "x",
        }
        row = [values.get(column, "2026-03-02 00:00:00") for column in columns]
        places = ",".join("?" * len(row))
        database.execute(f"INSERT INTO calendar_notice VALUES ({places})", row)  # noqa: S608 - question marks
    found = notices.calendar_in_force(f"sqlite:///{folder / 'huiyin.db'}")
    assert [year.source[:3] for year in found.years if year.year == 2026] == ["导入的"]


def test_a_database_that_cannot_be_asked_is_no_calendar_without_notices(tmp_path: Path) -> None:
    (tmp_path / "text.db").write_text("no database " * 100)
    with pytest.raises(BadSetting, match="HUIYIN_DATABASE_URL"):
        notices.calendar_in_force(f"sqlite:///{tmp_path / 'text.db'}")
    assert notices.calendar_in_force(f"sqlite:///{tmp_path / 'none.db'}").is_official(2026)
    sqlite3.connect(tmp_path / "new.db").close()
    assert notices.calendar_in_force(f"sqlite:///{tmp_path / 'new.db'}").is_official(2026)
