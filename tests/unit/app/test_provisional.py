"""A date that may still move says so on the command line."""

import sys
from pathlib import Path

import pytest

from app.cli import main
from cases.register import register
from tests.builders import a_bureau, a_store

DUE, LATER = "2027-01-08（暂定）", "2027-01-22（暂定）"


@pytest.fixture
def no(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A case in the register of the working directory."""
    url = f"sqlite:///{tmp_path / 'huiyin.db'}"
    store = a_store(tmp_path / "huiyin.db")
    bureau = a_bureau(store)
    bureau.clock.set(2026, 12, 24)
    number = bureau.a_case("投诉水管漏水")
    bureau.on("张工", number, lambda desk, _staff, case: register.set_due(desk, case, "calendar"))
    bureau.clock.set(2026, 12, 31)
    bureau.a_case("我要跳楼")
    store.close()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HUIYIN_DATABASE_URL", url)
    monkeypatch.setenv("COLUMNS", "200")
    return number


def run(typed: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> str:
    monkeypatch.setattr(sys, "argv", ["huiyin", *typed.split()])
    with pytest.raises(SystemExit) as left:
        main.run()
    assert not left.value.code
    return capsys.readouterr().out


@pytest.mark.parametrize("status", ["open", "all"])
def test_the_list(
    no: str, status: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    said = run(f"case list --status {status}", monkeypatch, capsys)
    (line,) = [line for line in said.splitlines() if no in line]
    assert LATER in line


def test_the_sheet_of_a_case(
    no: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    said = run(f"case show {no}", monkeypatch, capsys)
    head, _, history = said.partition("时限的由来")
    moves, _, rest = history.partition("逐日推算")
    assert f"时限：{LATER}" in head
    assert moves.count(LATER) == 2
    assert f"时限：{LATER}；原时限：{LATER}" in rest.partition("办理经过")[2]


def test_the_time_of_an_urgent_first_answer(
    no: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "首次回应：2027-01-05 00:00（暂定）" in run("case show 20261231-0001", monkeypatch, capsys)


@pytest.mark.parametrize(
    ("received", "due"), [("2026-12-24T09:00:00+08:00", DUE), ("2026-12-01T09:00:00+08:00", "2026-12-15\n")]
)
def test_a_deadline(
    received: str, due: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    said = run(f"deadline --category advice_inquiry --received {received}", monkeypatch, capsys)
    assert f"答复时限 {due}" in said
