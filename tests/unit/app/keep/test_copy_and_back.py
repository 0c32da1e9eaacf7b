"""A copy and back: every row of every table, the office's own words and files, and nothing half-written on the way."""

import json
import os
import zipfile
from pathlib import Path
from typing import Any

import pytest

from app.keep import backups, citizens
from app.wiring import Services
from bot.wechat import media
from cases.register import memo
from cases.register.desk import Workplace
from cases.register.errors import Invalid
from cases.register.store import Store
from cases.register.tables import Media
from cases.steps.receive import IncomingMedia
from tests import stages
from tests.builders import TEST_KEY, Bureau, Clock, a_bureau, a_store, an_office
from tests.unit.app.installation import services_in, settings_of

NOT_COPIED = {"lease", "api_token", "recent", "media_file", "meta"}


@pytest.fixture
def here(tmp_path: Path) -> tuple[Bureau, Services]:
    """An office in which a case stands at every stage, and the services on its register."""
    folder = tmp_path / "here"
    folder.mkdir()
    bureau = a_bureau(a_store(folder / "huiyin.db"))
    for stage in stages.STAGES.values():
        stage(bureau)
        bureau.clock.advance(minutes=1)
    return bureau, services_in(folder, bureau.store)


def an_empty(tmp_path: Path, name: str = "there") -> Path:
    folder = tmp_path / name
    folder.mkdir()
    a_store(folder / "huiyin.db").close()
    return folder


def everything(folder: Path) -> dict[str, list[tuple[Any, ...]]]:
    store = Store(f"sqlite:///{folder / 'huiyin.db'}")
    found = Bureau(Workplace(store, an_office(), Clock()), Clock()).everything()
    store.close()
    return {name: rows for name, rows in found.items() if name not in NOT_COPIED}


def test_every_row_of_every_table_comes_back_as_it_was(here: tuple[Bureau, Services], tmp_path: Path) -> None:
    bureau, opened = here
    made = backups.backup(opened.settings, tmp_path / "copy.zip", opened.var)
    there = an_empty(tmp_path)
    back = backups.restore(settings_of(there), tmp_path / "copy.zip", there / "var")
    before = {name: rows for name, rows in bureau.everything().items() if name not in NOT_COPIED}
    after = everything(there)
    assert made["rows"] == back["rows"] > 200 and made["holds_key"] is False
    assert {name for name, rows in before.items() if rows} >= {
        "cases",
        "draft",
        "delivery",
        "due_change",
        "audit",
        "outbox",
    }
    for name, rows in before.items():
        assert after[name] == rows, name


def test_a_copy_of_a_copy_is_the_same_copy(here: tuple[Bureau, Services], tmp_path: Path) -> None:
    _, opened = here
    backups.backup(opened.settings, tmp_path / "one.zip", opened.var)
    there = an_empty(tmp_path)
    backups.restore(settings_of(there), tmp_path / "one.zip", there / "var")
    backups.backup(settings_of(there), tmp_path / "two.zip", there / "var")

    def rows(file: Path) -> dict[str, bytes]:
        with zipfile.ZipFile(file) as archive:
            return {
                name: archive.read(name)
                for name in archive.namelist()
                if name.endswith(".jsonl") and name != "meta.jsonl"
            }

    assert rows(tmp_path / "one.zip") == rows(tmp_path / "two.zip")


def test_the_key_and_the_words_of_letters_stand_in_no_copy(
    here: tuple[Bureau, Services], tmp_path: Path
) -> None:
    bureau, opened = here
    bureau.a_case("投诉水管，电话13800138000", "amy-openid-1")
    backups.backup(opened.settings, tmp_path / "copy.zip", opened.var)
    with zipfile.ZipFile(tmp_path / "copy.zip") as archive:
        held = b"".join(archive.read(name) for name in archive.namelist())
        assert json.loads(archive.read("manifest.json"))["holds_key"] is False
    for secret in (TEST_KEY, b"13800138000", b"amy-openid-1"):
        assert secret not in held


def test_files_of_letters_go_along_and_one_that_is_gone_meanwhile_stops_nothing(
    here: tuple[Bureau, Services], tmp_path: Path
) -> None:
    _, opened = here
    kept = media.keep(opened.media, opened.vault, b"a picture")
    gone = media.keep(opened.media, opened.vault, b"another")
    held = opened.media.read(kept)

    class Forgotten:
        """A store from which a file is removed while it is copied."""

        def __getattr__(self, name: str) -> Any:
            return getattr(opened.media, name)

        def read(self, digest: str) -> bytes:
            if digest == gone:
                raise FileNotFoundError(digest)
            return opened.media.read(digest)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(backups, "media_store", lambda *_: Forgotten())
        backups.backup(opened.settings, tmp_path / "copy.zip", opened.var)
    there = an_empty(tmp_path)
    backups.restore(settings_of(there), tmp_path / "copy.zip", there / "var")
    assert (there / "var" / "media" / kept).read_bytes() == held
    assert not (there / "var" / "media" / gone).exists()


OWN: list[tuple[str, bool]] = [
    ("safety.txt", True), ("tone.txt", True), ("forms/mlgk-a.docx", True), ("notes.txt", False), ("secret.key", False),
    ("forms/deep/x.docx", False), ("forms/x.doc", False),
]  # fmt: skip


@pytest.mark.parametrize(("name", "copied"), OWN)
def test_which_of_the_office_s_own_files_go_along(
    here: tuple[Bureau, Services], tmp_path: Path, name: str, copied: bool
) -> None:
    _, opened = here
    file = opened.var / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(b"our own words")
    backups.backup(opened.settings, tmp_path / "copy.zip", opened.var)
    there = an_empty(tmp_path)
    (there / "var").mkdir()
    backups.restore(settings_of(there), tmp_path / "copy.zip", there / "var")
    assert (there / "var" / name).exists() is copied


def test_words_that_are_there_already_are_not_written_over(
    here: tuple[Bureau, Services], tmp_path: Path
) -> None:
    _, opened = here
    opened.var.mkdir(exist_ok=True)
    (opened.var / "tone.txt").write_text("旧")
    backups.backup(opened.settings, tmp_path / "copy.zip", opened.var)
    there = an_empty(tmp_path)
    (there / "var").mkdir()
    (there / "var" / "tone.txt").write_text("新")
    backups.restore(settings_of(there), tmp_path / "copy.zip", there / "var")
    assert (there / "var" / "tone.txt").read_text() == "新"


@pytest.mark.parametrize(
    "error", [OSError(28, "No space left on device"), KeyboardInterrupt(), MemoryError()]
)
def test_a_copy_that_breaks_leaves_the_earlier_one_and_no_part(
    here: tuple[Bureau, Services], tmp_path: Path, error: BaseException
) -> None:
    _, opened = here
    backups.backup(opened.settings, tmp_path / "copy.zip", opened.var)
    before = (tmp_path / "copy.zip").read_bytes()

    def breaks(done: int, _of: int) -> None:
        if done > 50:
            raise error

    with pytest.raises(type(error)):
        backups.backup(opened.settings, tmp_path / "copy.zip", opened.var, breaks)
    assert (tmp_path / "copy.zip").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_a_restore_that_breaks_leaves_the_register_empty_and_can_be_done_again(
    here: tuple[Bureau, Services], tmp_path: Path
) -> None:
    _, opened = here
    backups.backup(opened.settings, tmp_path / "copy.zip", opened.var)
    there = an_empty(tmp_path)

    def breaks(done: int, _of: int) -> None:
        if done > 50:
            raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        backups.restore(settings_of(there), tmp_path / "copy.zip", there / "var", breaks)
    assert not any(everything(there).values())
    assert backups.restore(settings_of(there), tmp_path / "copy.zip", there / "var")["rows"] > 200


@pytest.mark.parametrize("how", ["not empty", "another key", "no folder", "a folder"])
def test_why_there_is_no_copy_or_no_way_back(here: tuple[Bureau, Services], tmp_path: Path, how: str) -> None:
    bureau, opened = here
    backups.backup(opened.settings, tmp_path / "copy.zip", opened.var)
    before = bureau.everything()
    with pytest.raises(Invalid) as refused:
        if how == "not empty":
            backups.restore(opened.settings, tmp_path / "copy.zip", opened.var)
        elif how == "another key":
            there = an_empty(tmp_path)
            backups.restore(
                settings_of(there, SECRET_KEY="another key of another office"),
                tmp_path / "copy.zip",
                there / "var",
            )
        else:
            (tmp_path / "folder").mkdir()
            backups.backup(
                opened.settings, tmp_path / ("none/x.zip" if how == "no folder" else "folder"), opened.var
            )
    words = {
        "not empty": "不是空的",
        "another key": "密钥与备份不符",
        "no folder": "没有",
        "a folder": "是目录",
    }[how]
    assert words in str(refused.value) and bureau.everything() == before


def test_how_far_it_has_come_is_told_and_when_it_was_made_is_known(
    here: tuple[Bureau, Services], tmp_path: Path
) -> None:
    bureau, opened = here
    told: list[tuple[int, int]] = []
    made = backups.backup(
        opened.settings, tmp_path / "copy.zip", opened.var, lambda done, of: told.append((done, of))
    )
    assert [done for done, _ in told] == sorted(done for done, _ in told) and told[-1][0] == made["rows"]
    assert all(done <= of for done, of in told)
    assert bureau.workplace.look(lambda desk: memo.BACKED_UP.of(desk.session)) is not None


def test_what_is_given_out_of_a_citizen_is_whole_though_a_file_is_damaged(
    here: tuple[Bureau, Services], tmp_path: Path
) -> None:
    bureau, opened = here
    items = (IncomingMedia("image", "m1"), IncomingMedia("image", "m2"))
    no = bureau.a_case("投诉水管漏水", "amy", media=items)
    digests = [media.keep(opened.media, opened.vault, content) for content in (b"one", b"two")]

    def keep(desk) -> None:  # type: ignore[no-untyped-def]
        for place, digest in zip((1, 2), digests, strict=True):
            row = desk.session.get_one(Media, place)
            row.state, row.sha256 = "kept", digest
            desk.session.add(row)

    bureau.workplace.act(keep)
    (opened.var / "media" / digests[0]).write_bytes(b"damaged")
    made = citizens.export(opened, "gh_office", "amy", tmp_path / "amy.zip")
    assert (made["cases"], made["messages"], made["files"]) == (1, 1, 1)
    with zipfile.ZipFile(tmp_path / "amy.zip") as archive:
        held = json.loads(archive.read("资料.json"))
        assert archive.read("附件/2") == b"two"
    assert held["records"][0]["cases"][0]["no"] == no and held["openid"] == "amy"
    assert held["records"][0]["messages"][0]["text"] == "投诉水管漏水"
    assert (tmp_path / "amy.zip").stat().st_mode & 0o777 == 0o600


def test_where_a_file_has_a_name_from_the_first_byte_no_part_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opens = os.open

    def without_unnamed(path: Any, flags: int, *mode: int) -> int:
        if flags & os.O_TMPFILE == os.O_TMPFILE:
            raise OSError(95, "Operation not supported")
        return opens(path, flags, *mode)

    monkeypatch.setattr(os, "open", without_unnamed)
    with pytest.raises(KeyboardInterrupt), backups.whole(tmp_path / "copy.zip") as stream:
        stream.write(b"half")
        raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == []
    with backups.whole(tmp_path / "copy.zip") as stream:
        stream.write(b"all of it")
    assert [path.name for path in tmp_path.iterdir()] == ["copy.zip"]
    assert (tmp_path / "copy.zip").stat().st_mode & 0o777 == 0o600
