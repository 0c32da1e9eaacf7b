"""What may stand in a row, and in a file around it: every oddity is taken rightly or refused by its row, never raised."""

import json
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from knowledge_base.base.entries import STATUSES, Entry, KnowledgeError, Status
from knowledge_base.files import csv_files, workbook
from knowledge_base.files.columns import COLUMNS, UnreadableCell, as_cells, as_entry, known_column
from knowledge_base.files.exchange import read, write

DAY = datetime.fromisoformat("2026-01-02")  # as a workbook has it: without a zone
GOOD = {"question": "怎么办", "answer": "这样办"}
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(exclude_categories=()), max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)


@given(st.dictionaries(st.sampled_from([*COLUMNS, *COLUMNS.values(), "备用"]), JSON, max_size=8))
def test_any_row_is_an_entry_or_refused_in_one_line(content: dict[str, object]) -> None:
    found = as_entry(content)
    if isinstance(found, str):
        assert found and "\n" not in found.replace(str(content.get("status")), "")
    else:
        assert found.question and found.answer and found.status in STATUSES and found.version >= 1
        assert as_entry(as_cells(found, lists=True)) == found
        assert as_entry(as_cells(found)) == found


@pytest.mark.parametrize("name", [*COLUMNS, *COLUMNS.values()])
def test_a_column_is_known_however_its_heading_is_dressed(name: str) -> None:
    plain = known_column(name)
    assert plain in COLUMNS
    for dressed in (
        f" {name} ",
        f"{name}*",
        f"*{name}：",
        f"{name}（必填）",
        f"{name}(optional)",
        name.upper(),
        f"{name}\n",
    ):
        assert known_column(dressed) == plain, dressed


@pytest.mark.parametrize("name", ["", " ", "备注", "问题答案", "？", "（问题）", "\x00", "questions"])
def test_another_heading_is_not(name: str) -> None:
    assert known_column(name) is None


@pytest.mark.parametrize(
    ("more", "word"),
    [
        ({"question": ""}, "为空"), ({"answer": "\u3000 \n"}, "为空"),
        ({"question": None}, "为空"), ({"question": "问" * 1001}, "1000"),
        ({"id": "x" * 101}, "100"), ({"source": "据" * 1001}, "1000"),
        ({"owner": "张" * 201}, "200"), ({"aliases": ["问"] * 1 + ["长" * 1001]}, "1000"),
        ({"aliases": [f"问{i}" for i in range(201)]}, "200"), ({"aliases": [{"x": 1}]}, "文字"), ({"aliases": [["x"]]}, "文字"),
        ({"aliases": {"x": 1}}, "文字"), ({"answer": ["x"]}, "文字"), ({"status": "大概"}, "状态"), ({"version": "0"}, "正整数"),
        ({"version": "-1"}, "正整数"), ({"version": "1.5"}, "正整数"),
        ({"version": "²"}, "正整数"), ({"version": "一"}, "正整数"),
        ({"review_on": "2026-13-01"}, "没有这一天"),
        ({"review_on": "明年"}, "完整"), ({"effective_on": "0000-01-01"}, "没有这一天"),
        ({"answer": UnreadableCell("是公式")}, "公式"), ({"version": "9" * 30}, "版本"),
    ],
)  # fmt: skip
def test_what_cannot_be_taken_is_named(more: dict[str, object], word: str) -> None:
    found = as_entry({**GOOD, **more})
    assert isinstance(found, str) and word in found


@pytest.mark.parametrize(
    ("more", "name", "value"),
    [
        ({"id": 7}, "id", "7"), ({"id": 7.0}, "id", "7"), ({"id": 7.5}, "id", "7.5"),
        ({"id": " a "}, "id", "a"), ({"status": "已发布"}, "status", "published"),
        ({"status": "Candidate"}, "status", "candidate"),
        ({"status": "停用"}, "status", "retired"), ({"status": None}, "status", "published"),
        ({"aliases": "甲；乙;丙"}, "aliases", ("甲", "乙", "丙")),
        ({"aliases": "甲；；甲"}, "aliases", ("甲",)), ({"aliases": r"甲\；乙"}, "aliases", ("甲；乙",)),
        ({"aliases": ["甲", "", None, "甲"]}, "aliases", ("甲",)),
        ({"aliases": None}, "aliases", ()), ({"version": "3"}, "version", 3),
        ({"review_on": date(2026, 1, 2)}, "review_on", date(2026, 1, 2)),
        ({"review_on": DAY}, "review_on", date(2026, 1, 2)),
        ({"answer": "一\r\n二\r三"}, "answer", "一\n二\n三"),
        ({"answer": "前\x00后"}, "answer", "前\ufffd后"), ({"question": 12345}, "question", "12345"),
    ],
)  # fmt: skip
def test_what_can_be_taken_is_taken_rightly(more: dict[str, object], name: str, value: object) -> None:
    found = as_entry({**GOOD, **more})
    assert isinstance(found, Entry) and getattr(found, name) == value


CSV_ROWS = [
    ("问题,答案\n怎么办,先到窗口,再缴费\n", [], [2]), ("问题,答案\n怎么办,先到窗口,,\n", ["先到窗口"], []),
    ('问题,答案\n怎么办,"先到窗口,再缴费"\n', ["先到窗口,再缴费"], []),
    ("问题,答案\n怎么办\n", [], [2]), ("问题,答案\n\n\n怎么办,好\n,\n", ["好"], []),
    ('问题,答案\n怎么办,"一\n二"\n何时,三\n', ["一\n二", "三"], []),
    ('问题,答案\n怎么办,"一\n二"\n何时,\n', ["一\n二"], [4]),
    ("说明文字\n问题,答案\n怎么办,好\n", ["好"], []), ("问题\t答案\n怎么办\t好,真好\n", ["好,真好"], []),
    ("问题;答案\n怎么办;好\n", ["好"], []), ("\ufeff问题,答案\r\n怎么办,好\r\n", ["好"], []),
    ("问题,答案,备注\n怎么办,好,随便\n", ["好"], []),
    ("问题,,答案\n怎么办,x,好\n", ["好"], []), ("问题,答案\n怎么办,'=1+1\n", ["=1+1"], []), ("问题,答案\n怎么办,''\n", ["'"], []),
    ('问题,答案\n怎么办,"没有收尾\n何时,三\n', ["没有收尾\n何时,三"], []),
]  # fmt: skip


@pytest.mark.parametrize(("content", "answers", "refused"), CSV_ROWS)
def test_rows_of_a_csv(tmp_path: Path, content: str, answers: list[str], refused: list[int]) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(content.encode())
    found = read(path)
    assert [entry.answer for entry in found.rows] == answers
    assert [refusal.row for refusal in found.refused] == refused


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16", "utf-16-le", "big5"])
def test_a_text_is_read_in_the_encodings_of_offices(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.csv"
    text = "问题,答案\n社保卡丢了怎么办,到窗口办理\n" * 3
    path.write_bytes((b"\xff\xfe" if encoding == "utf-16-le" else b"") + text.encode(encoding, "replace"))
    if encoding != "big5":
        assert csv_files.decoded(path).lstrip("\ufeff") == text
    else:
        csv_files.decoded(path)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=120), st.sampled_from([".csv", ".jsonl"]))
def test_any_bytes_are_refused_in_words_or_row_by_row(tmp_path: Path, content: bytes, kind: str) -> None:
    path = tmp_path / f"a{kind}"
    path.write_bytes(content)
    try:
        found = read(path)
    except KnowledgeError as told:
        assert "\n" not in str(told)
    else:
        assert all(refusal.reason for refusal in found.refused)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.one_of(
            st.just(json.dumps(GOOD)),
            st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\n\r"), max_size=20),
        ),
        max_size=6,
    )
)
def test_a_bad_line_costs_nothing_but_itself(tmp_path: Path, lines: list[str]) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text("\n".join(lines), encoding="utf-8", newline="")
    found = read(path)
    good = [i for i, line in enumerate(lines, 1) if line == json.dumps(GOOD)]
    assert len(found.rows) == min(1, len(good))  # the same question again is refused as such
    bad = {
        i
        for i, line in enumerate(lines, 1)
        if line.strip("\ufeff \t\x0b\x0c\x1c\x1d\x1e\x1f\x85\xa0\u2028\u2029").strip() and i not in good[:1]
    }
    assert {refusal.row for refusal in found.refused} == bad


def sheet(path: Path, *rows: object, title: str = "表") -> Path:
    book = openpyxl.Workbook()
    first = book.worksheets[0]
    first.title = title
    for row in rows:
        first.append(row)
    book.save(path)
    return path


def cells(path: Path) -> list[dict[str, object]]:
    """Read in this process: what the child would say, without the half second that it costs."""
    return [line["cells"] for line in workbook.read(path) if "cells" in line]


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ([["问题", "答案"], ["甲", "乙"]], [{"问题": "甲", "答案": "乙"}]),
        ([["标题"], [], ["问题", "答案"], ["甲", "乙"], [None, None],
        ["丙", "丁"]], [{"问题": "甲", "答案": "乙"}, {"问题": "丙", "答案": "丁"}]),
        ([["question", "answer", None], ["甲", "乙", "无名列"]], [{"question": "甲", "answer": "乙"}]),
        ([["问题", "答案"], ["甲"]], [{"问题": "甲", "答案": None}]),
        ([["问题", "答案"], [1, 2.5]], [{"问题": 1, "答案": 2.5}]),
        (
            [["问题", "答案", "复核日期"], ["甲", "乙", DAY]],
            [{"问题": "甲", "答案": "乙", "复核日期": {"t": DAY.isoformat()}}],
        ),
        ([["问题", "答案"], ["甲", True]], [{"问题": "甲", "答案": True}]),
        ([["问题", "答案"], ["甲", "=A2&A2"]], [{"问题": "甲", "答案": {"unreadable": 1}}]),
        ([["问题", "答案"], ["", ""]], []),
    ],
)  # fmt: skip
def test_rows_of_a_sheet(tmp_path: Path, rows: list[list[object]], found: list[dict[str, object]]) -> None:
    assert cells(sheet(tmp_path / "a.xlsx", *rows)) == found


def test_sheets_that_are_no_table_are_named_and_numbers_are_those_of_the_sheet(tmp_path: Path) -> None:
    path = sheet(tmp_path / "a.xlsx", ["说明"], ["问题", "答案"], [], ["甲", "乙"])
    book = openpyxl.load_workbook(path)
    book.create_sheet("填写说明").append(["请逐行填写"])
    book.create_sheet("空")
    book.save(path)
    lines = list(workbook.read(path))
    assert [line["row"] for line in lines if "row" in line] == [4]
    assert [line["unread"] for line in lines if "unread" in line] == ["填写说明"]


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "#N/A",
        "_x0041_",
        "'引号",
        "+86",
        "@甲",
        "-1",
        "TRUE",
        "1e5",
        "2026-01-01",
        "0123",
        "a\tb",
        "一\n二",
        "😀",
    ],
)
def test_a_text_is_a_text_in_every_kind_of_file(tmp_path: Path, text: str) -> None:
    entry = Entry("k", text, text, (text,), owner=text)
    for kind in (".jsonl", ".csv"):
        write(tmp_path / f"a{kind}", [entry])
        assert read(tmp_path / f"a{kind}").rows == [entry]
    write(tmp_path / "a.xlsx", [entry])
    found = cells(tmp_path / "a.xlsx")[0]
    assert (found["问题"], found["答案"], found["责任人"]) == (text, text, text)


def test_what_fits_no_cell_and_where_nothing_can_be_written_is_said(tmp_path: Path) -> None:
    with pytest.raises(KnowledgeError, match="jsonl"):
        write(tmp_path / "a.xlsx", [Entry("k", "问", "长" * 40_000)])
    with pytest.raises(KnowledgeError, match="nowhere」这个文件夹") as told:
        write(tmp_path / "nowhere" / "a.csv", [Entry("k", "问", "答")])
    assert "No such" not in str(told.value)
    with pytest.raises(KnowledgeError, match="是文件夹"):
        write(tmp_path, [Entry("k", "问", "答")])
    with pytest.raises(KnowledgeError, match="是文件夹"):
        read(tmp_path)
    with pytest.raises(KnowledgeError, match="类型"):
        write(tmp_path / "a.doc", [])


def test_statuses_are_words_of_the_register() -> None:
    assert [str(status) for status in STATUSES] == [status.value for status in Status]
