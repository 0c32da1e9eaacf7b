"""Versions of the classifier: what staff corrected is learnt from once, and only a whole version is put in use."""

import json
import shutil
from pathlib import Path

import pytest

from app import model_shelf
from app.keep import training
from app.serve.shelf import KeptVersions
from app.wiring import Services
from cases.register.desk import COMMAND_LINE, Actor
from cases.register.errors import Invalid, NotFound
from cases.register.tables import Audit, TrainedModel
from cases.steps import assign
from classifier.errors import ModelError
from classifier.triage import BUILT
from tests.builders import Bureau, a_bureau, a_store
from tests.unit.app.installation import services_in


@pytest.fixture
def office(tmp_path: Path) -> tuple[Bureau, Services]:
    bureau = a_bureau(a_store(tmp_path / "huiyin.db"))
    return bureau, services_in(tmp_path, bureau.store)


def a_version(opened: Services, name: str) -> Path:
    folder = opened.var / "models" / name
    shutil.copytree(BUILT, folder)
    return folder


def in_use(opened: Services) -> list[str]:
    return [row["version"] for row in training.versions(opened) if row["in_use"]]


def test_a_version_is_used_and_left_again(office: tuple[Bureau, Services]) -> None:
    bureau, opened = office
    a_version(opened, "v1")
    assert in_use(opened) == ["built-in"]
    training.use(opened, "v1")
    assert in_use(opened) == ["v1"] and [row.version for row in bureau.rows(TrainedModel)] == ["v1"]
    training.use(opened, "")
    assert in_use(opened) == ["built-in"]
    assert [(row.actor, row.subject) for row in bureau.rows(Audit, action="model.use")] == [
        ("管理员（命令行）", "model:v1"), ("管理员（命令行）", "model:built-in"),
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["v9", "../v1", "/etc", "..", ".", "v1/../v1", "v1/"])
def test_a_name_that_is_no_version_is_refused(office: tuple[Bureau, Services], name: str) -> None:
    bureau, opened = office
    a_version(opened, "v1")
    before = bureau.everything()
    with pytest.raises(NotFound, match="这个版本"):
        training.use(opened, name)
    assert bureau.everything() == before and in_use(opened) == ["built-in"]


@pytest.mark.parametrize("file", ["numbers.npz", "model.json", "manifest.json"])
@pytest.mark.parametrize("damage", ["altered", "gone"])
def test_a_version_that_is_not_whole_is_not_used(
    office: tuple[Bureau, Services], file: str, damage: str
) -> None:
    bureau, opened = office
    folder = a_version(opened, "v1")
    if damage == "gone":
        (folder / file).unlink()
    else:
        content = bytearray((folder / file).read_bytes())
        content[len(content) // 2] ^= 0xFF
        (folder / file).write_bytes(content)
    with pytest.raises(ModelError):
        training.use(opened, "v1")
    assert in_use(opened) == ["built-in"] and bureau.rows(TrainedModel) == []
    shelf = KeptVersions(opened)
    with pytest.raises(Invalid):
        shelf.use("v1", COMMAND_LINE)


def test_a_version_that_this_machine_lacks_comes_from_the_register(office: tuple[Bureau, Services]) -> None:
    _, opened = office
    folder = a_version(opened, "v1")
    training.use(opened, "v1")
    shutil.rmtree(opened.var / "models")
    assert in_use(opened) == ["v1"] and (folder / "card.json").is_file()
    shutil.rmtree(opened.var / "models")
    training.use(opened, "v1", Actor("王主任"))
    assert (folder / "numbers.npz").read_bytes() == (BUILT / "numbers.npz").read_bytes()
    assert not list((opened.var / "models").glob(".*"))


def test_a_half_unpacked_version_is_nobody_s(
    office: tuple[Bureau, Services], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, opened = office
    folder = a_version(opened, "v1")
    training.use(opened, "v1")
    shutil.rmtree(folder)
    write = Path.write_bytes

    def full(path: Path, data: bytes) -> int:
        if path.name == "manifest.json":
            raise OSError(28, "No space left on device")
        return write(path, data)

    monkeypatch.setattr(Path, "write_bytes", full)
    with opened.store.read() as session, pytest.raises(OSError, match="No space"):
        model_shelf.fetch(session, "v1", folder)
    assert not folder.exists() and not list(folder.parent.glob(".*"))


def test_the_card_says_when_a_version_was_made_and_how_good_it_is(office: tuple[Bureau, Services]) -> None:
    _, opened = office
    card = json.loads((BUILT / "card.json").read_text(encoding="utf-8"))
    a_version(opened, "v1")
    a_version(opened, ".hidden")
    found = {row["version"]: row for row in KeptVersions(opened).versions()}
    assert set(found) == {"built-in", "v1"} and found["v1"]["macro_f1"] == card.get("macro_f1", "")


def test_the_last_word_of_staff_on_a_wording_is_what_is_learnt(office: tuple[Bureau, Services]) -> None:
    bureau, opened = office
    for text, categories in (
        ("请问水管何时修好", ["complaint", "praise"]),
        ("投诉公交太慢", ["advice_inquiry"]),
    ):
        no = bureau.a_case(text)
        for category in categories:
            bureau.on("王主任", no, lambda d, s, c, to=category: assign.reclassify(d, s, c, to))
    photo = bureau.a_case("[图片]", kind="image")
    bureau.on("王主任", photo, lambda d, s, c: assign.reclassify(d, s, c, "praise"))
    learnt = opened.workplace.look(training._corrections)
    assert learnt == [("请问水管何时修好", "praise"), ("投诉公交太慢", "advice_inquiry")]


@pytest.mark.parametrize("adopted", [True, False])
def test_a_new_model_is_used_only_where_it_is_no_worse(
    office: tuple[Bureau, Services], monkeypatch: pytest.MonkeyPatch, adopted: bool
) -> None:
    bureau, opened = office
    no = bureau.a_case("请问水管何时修好")
    bureau.on("王主任", no, lambda d, s, c: assign.reclassify(d, s, c, "complaint"))
    seen: list[tuple[str, str, float]] = []

    class Result:
        new_macro_f1, current_macro_f1, version = 0.9, 0.8, "v-new"

    Result.adopted = adopted  # type: ignore[attr-defined]

    def train(material, _classifier, folder: Path, _now) -> Result:  # type: ignore[no-untyped-def]
        seen.extend((one.text, one.label, one.weight) for one in material)
        shutil.copytree(BUILT, folder / "v-new")
        return Result()

    monkeypatch.setattr(training, "train", train)
    said = training.train_and_adopt(opened, [("表扬师傅", "praise")])
    assert seen == [
        ("表扬师傅", "praise", 1.0),
        ("请问水管何时修好", "complaint", training.CORRECTION_WEIGHT),
    ]
    assert (said["corrections"], said["rows"], said["adopted"]) == (1, 1, adopted)
    assert in_use(opened) == (["v-new"] if adopted else ["built-in"])
