"""A date that may still move says so on the command line."""

import re
import sys
from datetime import date
from pathlib import Path

import pytest

from app.cli import main
from cases.register import register
from cases.register.desk import Desk
from duties.matters import suggestions
from duties.people import handover
from duties.selfcheck import record
from tests.builders import TEST_KEY, a_bureau, a_store

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


@pytest.fixture
def duties(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What the duties have in hand at the end of a year whose successor has no notice yet."""
    store = a_store(tmp_path / "duties.db")
    bureau = a_bureau(store)
    bureau.clock.set(2026, 12, 29)
    no = bureau.a_case()

    def begin(desk: Desk) -> None:
        handover.start(desk, None, "张工", "刘工", leaving=False)
        check = record.start(desk, None, "2026-11")
        record.answer(desk, None, check, "B2", "fault")
        suggestions.pass_on(desk, None, no, "交通局", date(2027, 1, 8))

    bureau.workplace.act(begin)
    store.close()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HUIYIN_DATABASE_URL", f"sqlite:///{tmp_path / 'duties.db'}")
    monkeypatch.setenv("HUIYIN_SECRET_KEY", TEST_KEY.decode())
    monkeypatch.setenv("COLUMNS", "200")
    return tmp_path


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("handover list", "2027-01-06（暂定）"),
        ("handover tick 1 password", "应于 2027-01-06（暂定） 前办结"),
        ("selfcheck show 1", "整改 B2：2027-01-06（暂定） 前"),
        ("suggestion list", DUE),
    ],
)
def test_the_dates_of_the_duties(
    duties: Path, typed: str, shown: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    said = run(typed, monkeypatch, capsys)
    assert shown in said
    assert not re.search(r"2027-01-\d\d(?!（暂定）)", said)


def test_the_trail_of_the_duties(
    duties: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run("selfcheck mend 1 B2", monkeypatch, capsys)
    said = run("audit list", monkeypatch, capsys)
    dated = re.findall(r"时限：(\S+?)(?:；|\s)", "".join(said.split("\n")) + " ")
    assert len(dated) >= 4 and all(date.endswith("（暂定）") for date in dated if date.startswith("2027"))
