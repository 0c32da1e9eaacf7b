import json
import resource
import zipfile
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from knowledge_base.base.entries import Entry, KnowledgeError
from knowledge_base.files.exchange import read, write

FULL = Entry(
    "k1", "老年卡怎么办？", "第一行\n第二行，“引号”", ("别名;带分号", "反斜杠\\；"), "民政局", "社会事务", "办法第三条",
    date(2026, 1, 1), date(2027, 1, 1), "周某", "candidate", 3,
)  # fmt: skip
FORMULA = Entry("=1+1", "+问题", '=HYPERLINK("x")', ("@别名", "-1"), "'=撇号", owner="'撇号")
KINDS = (".jsonl", ".csv", ".xlsx")


@pytest.mark.parametrize("kind", KINDS)
def test_a_round_trip_loses_nothing(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"base{kind}"
    entries = [FULL, FORMULA, Entry("k2", "问", "答")]
    write(path, entries)
    result = read(path)
    assert (result.rows, result.refused, result.ignored) == (entries, [], ())


words = st.text(st.characters(exclude_categories=("Cs", "Cc", "Cf", "Cn")), min_size=1, max_size=20).filter(
    lambda text: text == text.strip()
)


@pytest.mark.parametrize("kind", KINDS)
def test_separators_of_lines_within_a_text_end_no_row(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"base{kind}"
    entries = [Entry("k1", "一\u2028二", "甲\u2029乙\x85丙"), Entry("k2", "三", "丁")]
    write(path, entries)
    assert (read(path).rows, read(path).refused) == (entries, [])
    if kind == ".jsonl":
        path.write_text(path.read_text(encoding="utf-8") + "{broken", encoding="utf-8")
        assert [refusal.row for refusal in read(path).refused] == [3]


some = st.lists(st.tuples(words, words, st.lists(words, max_size=3, unique=True)), min_size=1, max_size=12)


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=some)
def test_any_text_comes_back(tmp_path: Path, kind: str, rows: list[tuple[str, str, list[str]]]) -> None:
    path = tmp_path / f"base{kind}"
    entries = [Entry(f"k{i}", asked, told, tuple(others)) for i, (asked, told, others) in enumerate(rows)]
    write(path, entries)
    assert read(path).rows == entries


def test_no_cell_of_ours_is_a_formula(tmp_path: Path) -> None:
    write(tmp_path / "a.xlsx", [FORMULA])
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx").active
    assert sheet is not None
    assert {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value is not None} == {"s"}
    write(tmp_path / "a.csv", [FORMULA])
    line = (tmp_path / "a.csv").read_text(encoding="utf-8-sig").splitlines()[1]
    assert line.startswith("'=1+1,'+问题,'@别名")


def test_a_gbk_file_with_a_title_line(tmp_path: Path) -> None:
    path = tmp_path / "旧表.csv"
    path.write_bytes(
        "云溪县常见问题\n\n编号,问题,其他问法,答案,状态\nA1,怎么办证？,咋办证；办证,去大厅,停用\n".encode(
            "gbk"
        )
    )
    assert read(path).rows == [Entry("A1", "怎么办证？", "去大厅", ("咋办证", "办证"), status="retired")]


@pytest.mark.parametrize("delimiter", ["\t", ";"])
def test_other_delimiters(tmp_path: Path, delimiter: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(
        delimiter.join(["question", "answer"]) + "\n" + delimiter.join(["问", "答"]), encoding="utf-8"
    )
    assert [(row.question, row.answer) for row in read(path).rows] == [("问", "答")]


def test_merged_headers_titles_and_dates(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["咨询答问库（2026年版）"])
    sheet.append(["编号", "问题", "答案", "有效性", None])
    sheet.append([None, None, None, "生效日期", "复核日期"])
    sheet.append([7, "怎么办？", "这样办。", date(2026, 3, 1), "2027年3月1日"])
    sheet.append([])
    for area in ("A1:E1", "A2:A3", "B2:B3", "C2:C3", "D2:E2"):
        sheet.merge_cells(area)
    book.save(tmp_path / "a.xlsx")
    (entry,) = read(tmp_path / "a.xlsx").rows
    assert (entry.id, entry.effective_on, entry.review_on) == ("7", date(2026, 3, 1), date(2027, 3, 1))


def test_a_formula_without_a_value_is_refused_and_the_rest_kept(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["问题", "答案"], ["一", "甲"], ["二", "=A2&A3"]):
        sheet.append(row)
    book.save(tmp_path / "a.xlsx")
    result = read(tmp_path / "a.xlsx")
    assert [row.question for row in result.rows] == ["一"]
    assert [refusal.row for refusal in result.refused] == [3]
    assert "公式" in result.refused[0].reason


def test_each_bad_row_has_its_line_and_reason(tmp_path: Path) -> None:
    good = {"id": "a", "question": "问", "answer": "答"}
    rows: list[object] = [
        good, {**good, "question": " "}, {**good, "id": "b", "answer": "长" * 1_000_000}, good, [1],
        {**good, "id": "c", "status": "随便"}, {**good, "id": "d", "review_on": "2026-02-30"},
        {**good, "id": "e", "answer": {"x": 1}}, {**good, "id": "f", "备用列": 1},
    ]  # fmt: skip
    path = tmp_path / "a.jsonl"
    path.write_text(
        "\n".join([*(json.dumps(row, ensure_ascii=False) for row in rows), "{broken"]), encoding="utf-8"
    )
    result = read(path)
    assert [entry.id for entry in result.rows] == ["a", "f"]
    assert [refusal.row for refusal in result.refused] == [2, 3, 4, 5, 6, 7, 8, 10]
    for refusal, word in zip(
        result.refused,
        ("为空", "20000", "第 1 行", "对象", "状态", "没有这一天", "文字", "JSON"),
        strict=True,
    ):
        assert word in refusal.reason
    assert result.ignored == ("备用列",)


def test_rows_without_id_keep_theirs_from_file_to_file(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(
        '{"question": "怎么办？", "answer": "甲"}\n{"question": "怎么办", "answer": "乙"}', encoding="utf-8"
    )
    result = read(path)
    assert len(result.rows) == 1 and result.rows[0].id.startswith("q-")
    assert [refusal.row for refusal in result.refused] == [2]
    assert read(path).rows == result.rows


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2026-12", None), ("2026年12月", None), ("202612", None), ("2026-1", None), ("12-31", None), ("46387", None),
        ("2026-12-31至2027-06-30", None), ("2026-12-311", None), ("26-12-31", None), ("2026", None),
        ("2026/1/5", date(2026, 1, 5)), ("20261231", date(2026, 12, 31)), ("2026 年 12 月 31 日", date(2026, 12, 31)),
        ("2026.12.31", date(2026, 12, 31)), ("2026-12-31 00:00:00", date(2026, 12, 31)),
        ("2026-12-31T08:00:00+08:00", date(2026, 12, 31)), ("２０２６-12-31", date(2026, 12, 31)),
    ],
)  # fmt: skip
def test_a_date_is_whole_or_refused(tmp_path: Path, written: str, day: date | None) -> None:
    path = tmp_path / "a.jsonl"
    row = {"question": "问", "answer": "答", "复核日期": written}
    path.write_text(json.dumps(row, ensure_ascii=False), encoding="utf-8")
    result = read(path)
    assert [entry.review_on for entry in result.rows] == ([] if day is None else [day])
    assert [refusal.row for refusal in result.refused] == ([1] if day is None else [])


def test_every_sheet_of_a_workbook_is_read_and_what_is_no_table_is_named(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    first = book.active
    assert first is not None
    first.title = "公安"
    for row in (["问题", "答案"], ["一", "甲"], ["二", ""]):
        first.append(row)
    second = book.create_sheet("民政")
    for row in (["编号", "问题", "答案"], ["k9", "三", "乙"], [None, "一", "丙"]):
        second.append(row)
    book.create_sheet("填写说明").append(["请逐行填写"])
    book.create_sheet("空表")
    book.save(tmp_path / "a.xlsx")
    result = read(tmp_path / "a.xlsx")
    assert [(entry.question, entry.answer) for entry in result.rows] == [("一", "甲"), ("三", "乙")]
    assert [(each.row, each.reason[:7]) for each in result.refused] == [
        (3, "工作表「公安」"),
        (3, "工作表「民政」"),
    ]
    assert "工作表「公安」第 2 行" in result.refused[1].reason
    assert result.unread == ("填写说明",)


@pytest.mark.parametrize(
    ("answer", "kept"),
    [
        ("<p>到窗口办理</p>", False), ("第一步&nbsp;取号", False), ("<table><tr><td>1</td></tr></table>", False),
        ("费用\t20元\n时限\t5天", True), ("a<b 且 b>c；<身份证>原件", True), ("答" * 20_000, True), ("", False),
    ],
)  # fmt: skip
def test_what_is_pasted_into_an_answer_is_kept_whole_or_refused(
    tmp_path: Path, answer: str, kept: bool
) -> None:
    path = tmp_path / "a.jsonl"
    row = {"question": "问", "answer": answer, "aliases": [f"问法{n}" for n in range(100)]}
    path.write_text(json.dumps(row, ensure_ascii=False), encoding="utf-8")
    result = read(path)
    assert [entry.answer for entry in result.rows] == ([answer] if kept else [])
    assert len(result.refused) == (0 if kept else 1)


def test_two_departments_may_answer_the_same_question(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("问题,答案,部门\n停车找谁,找交警,公安局\n停车找谁,找城管,城管局\n", encoding="utf-8")
    first, second = read(path).rows
    assert first.id != second.id and read(path).rows == [first, second]


@pytest.mark.parametrize(
    ("name", "content", "word"),
    [
        ("a.xlsx", b"PK\x03\x04broken", "不是有效的 Excel"),
        ("a.xlsx", b"", "不是有效的 Excel"),
        ("a.csv", b"x,y\n1,2\n", "表头"),
        ("a.csv", b"", "表头"),
        ("a.txt", b"x", ".jsonl"),
        ("missing.csv", None, "找不到"),
    ],
)
def test_a_file_that_is_none_says_so_in_one_line(
    tmp_path: Path, name: str, content: bytes | None, word: str
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(KnowledgeError, match=word) as told:
        read(tmp_path / name)
    assert "\n" not in str(told.value)


def test_a_cell_at_the_far_end_of_a_sheet_costs_little_and_is_told(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(["问题", "答案"])
    sheet.append(["居住证怎么办", "请到三楼办理"])
    sheet["XFD1048576"] = "x"
    book.save(tmp_path / "far.xlsx")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    found = read(tmp_path / "far.xlsx")
    assert [entry.question for entry in found.rows] == ["居住证怎么办"]
    assert [refusal.row for refusal in found.refused] == [1048576]
    assert "没有读取" in found.refused[0].reason
    assert (
        resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100 << 10
    )  # KiB: nothing of it is ours


def test_a_workbook_that_unpacks_to_too_much_is_refused_in_words(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.worksheets[0].append(["问题", "答案"])
    book.save(tmp_path / "small.xlsx")
    with (
        zipfile.ZipFile(tmp_path / "small.xlsx") as small,
        zipfile.ZipFile(tmp_path / "bomb.xlsx", "w", zipfile.ZIP_DEFLATED) as bomb,
    ):
        for name in small.namelist():
            bomb.writestr(name, small.read(name))
        with bomb.open("xl/media/x.bin", "w") as stream:
            for _ in range(310):
                stream.write(bytes(1 << 20))
    with pytest.raises(KnowledgeError, match="展开后过大"):
        read(tmp_path / "bomb.xlsx")


def test_a_row_wider_than_any_table_is_refused_and_the_rest_kept(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(["问题", "答案"])
    sheet.append(["居住证怎么办", "请到三楼办理"])
    sheet["GZ2"] = "远处"
    sheet.append(["社保卡怎么办", "请到二楼办理"])
    book.save(tmp_path / "wide.xlsx")
    found = read(tmp_path / "wide.xlsx")
    assert [entry.question for entry in found.rows] == ["社保卡怎么办"]
    assert [(refusal.row, "200 列" in refusal.reason) for refusal in found.refused] == [(2, True)]
