"""A backup holds all that a restored office needs but the key, and leaves nothing half-written."""

import json
import os
import shutil
import signal
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from app import settings as settings_
from app.keep import backups, drills, training
from app.settings import BadSetting, Settings
from app.wiring import Services, build
from cases.register import audit
from cases.register.errors import Invalid, NotFound
from classifier.triage import BUILT, built_in
from tests.builders import a_bureau

KEY = "a key for tests only, long enough"


def office(folder: Path, database_url: str) -> tuple[Settings, Services]:
    settings = settings_.read(
        {"HUIYIN_DATABASE_URL": database_url, "HUIYIN_SECRET_KEY": KEY, "HUIYIN_SEMANTIC": "off"},
        folder / "no-env",
    )
    return settings, build(settings, var=folder / "var")


def adopt(opened: Services, folder: Path, version: str = "v1") -> str:
    """Put a trained model in use, a copy of the built-in one; returns the name that it bears inside."""
    shutil.copytree(BUILT, folder / "var" / "models" / version)
    training.use(opened, version)
    return str(json.loads((BUILT / "card.json").read_text(encoding="utf-8"))["version"])


def test_a_restored_office_judges_with_the_model_that_was_in_use(database_url: str, tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    settings, opened = office(here, database_url)
    inside = adopt(opened, here)
    (here / "var" / "safety.txt").write_text("请拨打 110。", encoding="utf-8")
    (here / "var" / "tone.txt").write_text("称呼用您。", encoding="utf-8")
    (here / "var" / "notes.txt").write_text("不是办公室的话", encoding="utf-8")
    (here / "var" / "forms").mkdir()
    (here / "var" / "forms" / "mlgk-a.docx").write_bytes(b"our own form")
    backups.backup(settings, tmp_path / "copy.zip", here / "var")
    opened.store.close()

    second, empty = office(there, f"sqlite:///{there / 'var' / 'huiyin.db'}")
    empty.store.close()
    backups.restore(second, tmp_path / "copy.zip", there / "var")
    restored = build(second, var=there / "var")
    assert restored.live.models.classifier.version == inside
    assert [(row["version"], row["in_use"]) for row in training.versions(restored)] == [
        ("built-in", False), ("v1", True),
    ]  # fmt: skip
    assert (there / "var" / "safety.txt").read_text(encoding="utf-8") == "请拨打 110。"
    assert (there / "var" / "tone.txt").read_text(encoding="utf-8") == "称呼用您。"
    assert (there / "var" / "forms" / "mlgk-a.docx").read_bytes() == b"our own form"
    assert not (there / "var" / "notes.txt").exists()
    restored.store.close()


def test_a_second_machine_has_the_model_and_a_damaged_file_is_mended(
    database_url: str, tmp_path: Path
) -> None:
    _, first = office(tmp_path / "first", database_url)
    inside = adopt(first, tmp_path / "first")
    _, second = office(tmp_path / "second", database_url)
    assert second.live.models.classifier.version == inside
    damaged = tmp_path / "second" / "var" / "models" / "v1" / "model.json"
    damaged.write_text("{}")
    _, third = office(tmp_path / "second", database_url)
    assert third.live.models.classifier.version == inside
    assert damaged.stat().st_size > 100
    for each in (first, second, third):
        each.store.close()


def test_a_model_that_is_nowhere_leaves_the_office_open(database_url: str, tmp_path: Path) -> None:
    _, opened = office(tmp_path, database_url)
    with pytest.raises(NotFound):
        training.use(opened, "v9")
    opened.workplace.act(lambda desk: training._adopt(desk, "", tmp_path))
    with opened.store.write() as session:
        session.connection().exec_driver_sql("UPDATE meta SET value = 'v9' WHERE key = 'model_version'")
    assert opened.live.models.classifier.version == built_in(False).version
    opened.store.close()


def test_a_backup_is_its_owners_alone_and_a_killed_one_leaves_no_part(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'var' / 'huiyin.db'}"
    settings, opened = office(tmp_path, url)
    opened.store.close()
    assert (tmp_path / "var" / "huiyin.db").stat().st_mode & 0o077 == 0
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / ".copy.zip.0a0b0c0d.part").write_bytes(b"of an earlier one")
    code = (
        "import os, sys, time\nfrom pathlib import Path\nfrom app.keep import backups\n"
        "with backups.whole(Path(sys.argv[1])) as stream:\n"
        "    stream.write(b'half')\n    stream.flush()\n    print('half', flush=True)\n    time.sleep(60)\n"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path / "out" / "copy.zip")], stdout=subprocess.PIPE
    )
    assert child.stdout is not None
    assert child.stdout.readline() == b"half\n"
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    child.stdout.close()
    backups.backup(settings, tmp_path / "out" / "copy.zip", tmp_path / "var")
    assert [file.name for file in (tmp_path / "out").iterdir()] == ["copy.zip"]
    assert (tmp_path / "out" / "copy.zip").stat().st_mode & 0o777 == 0o600
    with zipfile.ZipFile(tmp_path / "out" / "copy.zip") as archive:
        assert "manifest.json" in archive.namelist()


def test_four_first_starts_at_once_all_come_up(tmp_path: Path) -> None:
    code = (
        "import sys\nfrom pathlib import Path\nfrom app import settings\nfrom app.wiring import build\n"
        "found = settings.read({'HUIYIN_DATABASE_URL': sys.argv[1], 'HUIYIN_SEMANTIC': 'off'}, Path('/none'))\n"
        "build(found, var=Path(sys.argv[2]))\n"
    )
    url = f"sqlite:///{tmp_path / 'huiyin.db'}"
    starts = [
        subprocess.Popen([sys.executable, "-c", code, url, str(tmp_path)], stderr=subprocess.PIPE)
        for _ in range(4)
    ]
    said = [start.communicate()[1].decode() for start in starts]
    assert [start.returncode for start in starts] == [0] * 4, said


def test_a_copy_that_unpacks_to_more_than_it_may_is_refused(database_url: str, tmp_path: Path) -> None:
    settings, opened = office(tmp_path, database_url)
    opened.store.close()
    for name, size in (("manifest.json", 2 << 20), ("media/" + "a" * 64, 65 << 20)):
        with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(name, b"0" * size)
        with pytest.raises(Invalid, match="已损坏"):
            backups.restore(settings, tmp_path / "bomb.zip", tmp_path / "var")


def test_the_drill_opens_everything_and_names_what_is_broken(database_url: str, tmp_path: Path) -> None:
    settings, opened = office(tmp_path, database_url)
    bureau = a_bureau(opened.store, vault=opened.vault)
    bureau.answered()
    backups.backup(settings, tmp_path / "copy.zip", tmp_path / "var")
    found = drills.drill(settings, tmp_path / "copy.zip", tmp_path / "var")
    assert found["texts"] >= 3
    assert found["trail"] == bureau.chain().entries
    assert not list((tmp_path / "var").glob("drill-*"))
    damaged(tmp_path / "copy.zip", tmp_path / "bad.zip", "message.jsonl", '"id": 1,', '"id": 77,')
    with pytest.raises(Invalid, match="message 第 77 行"):
        drills.drill(settings, tmp_path / "bad.zip", tmp_path / "var")
    opened.store.close()


def damaged(file: Path, to: Path, member: str, before: str, after: str) -> None:
    with zipfile.ZipFile(file) as whole, zipfile.ZipFile(to, "w") as copy:
        for name in whole.namelist():
            content = whole.read(name)
            changed = content.replace(before.encode(), after.encode(), 1) if name == member else content
            assert name != member or changed != content
            copy.writestr(name, changed)


def test_a_backup_of_the_first_version_has_a_whole_trail(database_url: str, tmp_path: Path) -> None:
    """Its head had no hash of its own yet; a later one that lost it is found all the same."""
    settings, opened = office(tmp_path, f"sqlite:///{tmp_path / 'first.db'}")
    bureau = a_bureau(opened.store, vault=opened.vault)
    bureau.a_case()
    head = bureau.workplace.look(lambda desk: audit.head(desk.session))
    backups.backup(settings, tmp_path / "copy.zip", tmp_path / "var")
    damaged(
        tmp_path / "copy.zip", tmp_path / "first.zip", "meta.jsonl", head.written(), f"{head.seq}:{head.hash}"
    )
    opened.store.close()
    empty = settings.model_copy(update={"database_url": database_url})
    backups.restore(empty, tmp_path / "first.zip", tmp_path / "var")
    restored = build(empty, var=tmp_path / "var")
    there = a_bureau_of(restored)
    assert there().ok
    restored.workplace.act(lambda desk: desk.audit("case.open", "case:x"))
    assert there().ok
    with restored.store.write() as session:
        session.connection().execute(
            text("UPDATE meta SET value = :v WHERE key = 'audit_head'"),
            {"v": ":".join(audit.head(session).written().split(":")[:2])},
        )
    assert not there().ok
    restored.store.close()


def a_bureau_of(opened: Services) -> Callable[[], audit.ChainFound]:
    return lambda: opened.workplace.look(lambda desk: audit.verify(desk.session, opened.vault))


def test_a_register_of_a_newer_program_is_named_and_left_alone(database_url: str, tmp_path: Path) -> None:
    _, opened = office(tmp_path, database_url)
    with opened.store.write() as session:
        session.connection().execute(text("UPDATE alembic_version SET version_num = '9999'"))
    opened.store.close()
    with pytest.raises(BadSetting, match="更新的版本升级过（9999）"):
        office(tmp_path, database_url)
