"""Whatever goes wrong in a command is one line; only what nobody foresaw leaves a report, without a secret in it."""

import errno
import json
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import typer

from app.cli import frame, main
from app.settings import BadSetting
from cases.register.errors import Invalid
from cases.register.vault import WrongKey
from sla.errors import SlaError

FORESEEN: list[tuple[BaseException, str]] = [
    (Invalid("请写明理由。"), "请写明理由。"),
    (BadSetting("HUIYIN_PORT 无效"), "HUIYIN_PORT 无效"),
    (SlaError("没有这一年的日历"), "没有这一年的日历"),
    (WrongKey("密钥不符"), "密钥不符"),
    (FileNotFoundError(errno.ENOENT, "x", "in.csv"), "in.csv：没有这个文件或文件夹"),
    (PermissionError(errno.EACCES, "x", "in.csv"), "in.csv：没有读写权限"),
    (IsADirectoryError(errno.EISDIR, "x", "in"), "in：这是文件夹，应为文件"),
    (OSError(errno.ENOSPC, "x"), "磁盘已满"),
    (OSError(errno.EROFS, "x", "var"), "var：磁盘只读"),
    (OSError(errno.EADDRINUSE, "x"), "端口已被占用"),
]


@pytest.mark.parametrize(("error", "says"), FORESEEN, ids=[says for _, says in FORESEEN])
def test_what_is_foreseen_is_one_line(
    error: BaseException,
    says: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as left, frame.one_line_errors():
        raise error
    assert left.value.code == 1 and capsys.readouterr().err == f"{says}\n"
    assert list(tmp_path.iterdir()) == []


def test_what_nobody_foresaw_leaves_a_report_without_secrets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HUIYIN_SECRET_KEY", "geheim-geheim-geheim")
    with pytest.raises(SystemExit), frame.one_line_errors():
        raise ZeroDivisionError("at geheim-geheim-geheim")
    said = capsys.readouterr().err
    assert "ZeroDivisionError" in said and said.count("\n") == 1
    assert "没有改动" not in said and "核对" in said  # the work may have been done before
    report = tmp_path / "var" / "error.log"
    assert "ZeroDivisionError" in report.read_text() and "geheim" not in report.read_text()
    assert report.stat().st_mode & 0o777 == 0o600


def test_a_caller_that_closed_the_streams_is_no_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for closed in ("stdout", "stderr"):
        monkeypatch.setattr(sys, closed, None)
    monkeypatch.setattr(sys, "argv", ["huiyin", "calendar", "show", "2026", "--json"])
    with pytest.raises(SystemExit) as left:
        main.run()
    assert left.value.code == 0 and not (tmp_path / "var" / "error.log").exists()


def test_an_interrupted_command_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left, frame.one_line_errors():
        raise KeyboardInterrupt
    assert left.value.code == 130 and capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("value", "as_json"),
    [
        (date(2026, 3, 2), '"2026-03-02"'),
        (datetime(2026, 3, 2, 1, tzinfo=UTC), '"2026-03-02T01:00:00+00:00"'),
        ({"days": (date(2026, 3, 2),), "n": 1}, '{"days": ["2026-03-02"], "n": 1}'),
        ([None, True, "路灯"], '[null, true, "路灯"]'),
    ],
)
def test_values_for_machines(value: object, as_json: str, capsys: pytest.CaptureFixture[str]) -> None:
    frame.print_json(value)
    assert capsys.readouterr().out == f"{as_json}\n"
    assert json.loads(as_json) == frame.plain(value)


def test_a_table_says_that_there_is_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    frame.print_table([], {"no": "编号"}, "没有事项。")
    frame.print_table([{"no": "1", "left": None}, {"no": "2"}], {"no": "编号", "left": "剩余"})
    said = capsys.readouterr().out
    assert "没有事项。" in said and "编号" in said and "None" not in said


def test_moments_for_people_are_in_the_offices_zone() -> None:
    assert frame.local(datetime(2026, 3, 1, 16, 30, tzinfo=UTC)) == "2026-03-02 00:30"
    assert frame.local("2026-03-01T16:30:00+00:00") == "2026-03-02 00:30"
    assert frame.local(None) == ""


FORGED = "编号「0001\n已办结。\x1b[2J」没有"


def test_an_error_is_one_line_whatever_it_quotes(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(typer.Exit):
        frame.fail(FORGED)
    for error in (Invalid(FORGED), BadSetting(FORGED), FileNotFoundError(errno.ENOENT, "", f"{FORGED}.txt")):
        with pytest.raises(SystemExit), frame.one_line_errors():
            raise error
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 4 and all("0001 已办结。\ufffd[2J" in line for line in lines)
