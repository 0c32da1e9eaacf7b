"""Lines that people made: the good ones are kept, each bad one is named by its number."""

from pathlib import Path

import pytest
import typer
from hypothesis import given
from hypothesis import strategies as st

from app.jsonl import read_lines, report_bad

BAD = {
    b"{": "不是 JSON",
    b"[" * 100_000: "不是 JSON",
    b"[1]": "不是 JSON 对象",
    b'"text"': "不是 JSON 对象",
    b"{}": "缺少 text",
    b'{"text": 5}': "text 应为文字",
    b'{"text": null}': "text 应为文字",
    b'{"text": "x", "label": "spam"}': "label「spam」无效，应为 praise、complaint 之一",
    b"\xff\xfe": "不是 UTF-8",
    '{"text": "半个'.encode()[:-1]: "不是 UTF-8",
}
LABELS = {"label": ("praise", "complaint")}


@pytest.mark.parametrize("raw", BAD, ids=lambda raw: repr(raw[:20]))
def test_a_bad_line_harms_no_other(tmp_path: Path, raw: bytes) -> None:
    file = tmp_path / "rows.jsonl"
    file.write_bytes('\ufeff{"text": "头"}\n'.encode() + raw + b'\n\n{"text": "x", "label": "praise"}')
    good, bad = read_lines(file, ["text"], LABELS)
    assert [(line.number, line.row["text"]) for line in good] == [(1, "头"), (4, "x")]
    assert bad == [f"第 2 行：{BAD[raw]}"]


@given(st.lists(st.binary(max_size=40).filter(lambda raw: b"\n" not in raw), max_size=8))
def test_every_line_is_kept_named_or_empty(
    tmp_path_factory: pytest.TempPathFactory, lines: list[bytes]
) -> None:
    file = tmp_path_factory.mktemp("lines") / "rows.jsonl"
    file.write_bytes(b"\n".join(lines))
    good, bad = read_lines(file, ["text"])
    named = {int(line.split()[1]) for line in bad} | {line.number for line in good}
    assert len(named) == len(good) + len(bad)
    for number, raw in enumerate(lines, 1):
        blank = not raw.decode("utf-8-sig" if number == 1 else "utf-8", "replace").strip()
        assert (number in named) or blank


def test_bad_lines_end_the_command_and_none_do_not(capsys: pytest.CaptureFixture[str]) -> None:
    report_bad([])
    with pytest.raises(typer.Exit) as left:
        report_bad(["第 2 行：不是 JSON"])
    assert left.value.exit_code == 1 and capsys.readouterr().err == "第 2 行：不是 JSON\n"


def test_what_a_row_holds_forges_no_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "rows.jsonl"
    file.write_text('{"text": "x", "label": "a\\n第 9 行：好\\u001b[2J"}\n', encoding="utf-8")
    with pytest.raises(typer.Exit):
        report_bad(read_lines(file, ["text"], LABELS)[1])
    said = capsys.readouterr().err
    assert said.count("\n") == 1 and "\x1b" not in said
