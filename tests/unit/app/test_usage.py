"""Typing errors are answered in one Chinese line, exit 2."""

import sys

import pytest

from app.cli import main


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("nosuch", "没有「nosuch」这个命令。用法见 huiyin --help"),
        ("kb nosuch", "没有「nosuch」这个命令。用法见 huiyin kb --help"),
        ("deadline --nosuch", "没有 --nosuch 这个选项。用法见 huiyin deadline --help"),
        ("deadline --category praise", "缺少选项「--received」。用法见 huiyin deadline --help"),
        ("deadline --category", "--category 后面缺少值。用法见 huiyin --help"),
        ("calendar import", "缺少参数「文件」。用法见 huiyin calendar import --help"),
        ("calendar show 今年", "参数「年份」应为整数。用法见 huiyin calendar show --help"),
        ("serve --port 99999999", "选项「--port」不能大于 65535。用法见 huiyin serve --help"),
        ("calendar show 2026 2027", "多了「2027」：请检查空格和引号。用法见 huiyin calendar show --help"),
    ],
)
def test_a_typing_error_is_one_line(
    typed: str, says: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["huiyin", *typed.split()])
    with pytest.raises(SystemExit) as left:
        main.run()
    assert left.value.code == 2
    assert capsys.readouterr().err == f"{says}\n"


@pytest.mark.parametrize("typed", ["--help", "deadline --help"])
def test_help_is_no_error(typed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["huiyin", *typed.split()])
    with pytest.raises(SystemExit) as left:
        main.run()
    assert left.value.code == 0
