"""The month in figures: what counts, where, and what no later event improves."""

from datetime import date
from pathlib import Path

import pytest
from openpyxl import load_workbook

from cases.lists import statistics
from cases.lists.statistics import NO_DEPARTMENT, Report
from cases.register import register
from cases.register.errors import Invalid
from cases.register.people import add_department
from cases.steps import assign, rate
from cases.steps.automatic import reopen
from console.report_sheet import HEADINGS, write_report
from tests.builders import SHANGHAI, Bureau, a_match


def month(bureau: Bureau, name: str = "2026-03") -> Report:
    return bureau.workplace.look(lambda desk: statistics.monthly(desk, name))


def rates(bureau: Bureau, no: str, grade: str) -> None:
    bureau.workplace.act(lambda desk: rate.rate(desk, register.by_number(desk, no), grade))


def answers(bureau: Bureau, no: str) -> None:
    bureau.claim("张工", no)
    bureau.approve("李科长", bureau.draft("张工", no, "水管已修好。"))


def test_counts_by_department_and_category(bureau: Bureau) -> None:
    bureau.answered()
    bureau.a_case("投诉公交不停")
    bureau.a_case("表扬一下")
    report = month(bureau)
    assert set(report.cells) == {
        ("城建局", "advice_inquiry"), ("交通局", "complaint"), (NO_DEPARTMENT, "praise"),
    }  # fmt: skip
    total = report.total
    assert (total.received, total.answered, total.on_time, total.open_overdue, total.rate) == (
        3,
        1,
        1,
        0,
        1.0,
    )
    assert report.received_by_day == {date(2026, 3, 1): 0, date(2026, 3, 2): 3}
    assert list(report.by_department()) == ["城建局", "交通局", NO_DEPARTMENT]


def test_an_open_overdue_case_lowers_the_rate(bureau: Bureau) -> None:
    bureau.answered()
    bureau.a_case("表扬水管师傅")
    assert month(bureau).total.rate == 1.0
    bureau.clock.set(2026, 3, 10, 0, 0)
    assert month(bureau).total.open_overdue == 1
    assert month(bureau).total.rate == 0.5


def test_a_past_month_keeps_its_open_overdue_cases(bureau: Bureau) -> None:
    no = bureau.a_case("表扬水管师傅")
    bureau.clock.set(2026, 4, 2)
    answers(bureau, no)
    march, april = month(bureau), month(bureau, "2026-04")
    assert (march.total.open_overdue, march.total.answered, march.total.rate) == (1, 0, 0.0)
    assert (april.total.open_overdue, april.total.answered, april.total.on_time) == (0, 1, 0)


def test_a_late_answer_stays_late_after_reopening_and_a_better_one(bureau: Bureau) -> None:
    no = bureau.a_case("表扬水管师傅")
    bureau.clock.set(2026, 3, 12)
    answers(bureau, no)
    assert (month(bureau).total.answered, month(bureau).total.on_time) == (1, 0)
    rates(bureau, no, "不满意")
    assert (month(bureau).total.answered, month(bureau).total.on_time) == (1, 0)
    answers(bureau, no)
    rates(bureau, no, "满意")
    total = month(bureau).total
    assert (total.answered, total.on_time, total.rate) == (2, 1, 0.5)
    assert (total.ratings["不满意"], total.ratings["满意"], total.unrated) == (1, 1, 0)


def test_a_case_once_overdue_stays_so_through_reclassification(bureau: Bureau) -> None:
    no = bureau.a_case("表扬水管师傅")
    bureau.clock.set(2026, 3, 12)
    bureau.on("张工", no, lambda desk, staff, case: assign.reclassify(desk, staff, case, "complaint"))
    answers(bureau, no)
    assert (month(bureau).total.answered, month(bureau).total.on_time) == (1, 0)


def test_no_rating_counts_as_none(bureau: Bureau) -> None:
    rates(bureau, bureau.answered(), "基本满意")
    bureau.answered()
    total = month(bureau).total
    assert (total.ratings["满意"], total.ratings["基本满意"], total.unrated) == (0, 1, 1)


def test_an_automatic_answer_that_did_not_help_is_no_answer(bureau: Bureau) -> None:
    helped = bureau.a_case(match=a_match("e1"))
    failed = bureau.a_case(match=a_match("e1"))
    assert (month(bureau).total.automatic, month(bureau).total.answered) == (2, 2)
    bureau.workplace.act(lambda desk: reopen(desk, register.by_number(desk, failed), "human"))
    total = month(bureau).total
    assert (total.automatic, total.answered, total.unsolved, total.median_days) == (1, 1, 1, None)
    assert bureau.case(helped).status == "auto_answered"


def test_the_median_counts_working_days(bureau: Bureau) -> None:
    for days in (0, 1, 4):  # Monday, Tuesday, Friday
        no = bureau.a_case()
        bureau.clock.advance(days=days)
        answers(bureau, no)
        bureau.clock.set(2026, 3, 9)
    assert month(bureau).total.median_days == 1.0


def test_figures_stay_with_the_department_that_answered(bureau: Bureau) -> None:
    no = bureau.answered()
    bureau.workplace.act(lambda desk: setattr(register.by_number(desk, no), "department_id", 2))
    figures = month(bureau).by_department()
    assert (figures["城建局"].answered, figures["交通局"].answered) == (1, 0)
    assert (figures["城建局"].received, figures["交通局"].received) == (0, 1)


def test_a_month_begins_and_ends_at_the_offices_midnight(bureau: Bureau) -> None:
    bureau.clock.set(2026, 3, 31, 23, 59)
    bureau.a_case()
    bureau.clock.set(2026, 4, 1, 0, 0)
    bureau.a_case()
    assert (month(bureau).total.received, month(bureau, "2026-04").total.received) == (1, 1)
    span = statistics.span("2026-12", SHANGHAI, bureau.clock.set(2027, 1, 5))
    assert (span.start.isoformat(), span.end.isoformat()) == (
        "2026-11-30T16:00:00+00:00",
        "2026-12-31T16:00:00+00:00",
    )
    assert span.cut == span.end


@pytest.mark.parametrize(
    "wrong", ["", "2026", "2026-3", "2026-13", "2026-00", "２０２６-03", "2026-04", "2023-12", "9999-01"]
)
def test_a_month_that_is_none_or_not_yet_is_refused(bureau: Bureau, wrong: str) -> None:
    with pytest.raises(Invalid):
        month(bureau, wrong)


def test_the_workbook_says_what_the_page_says(bureau: Bureau, tmp_path: Path) -> None:
    bureau.workplace.act(lambda desk: add_department(desk, "=HYPERLINK(1)", "环境保护"))
    bureau.on("王主任", bureau.a_case("投诉噪音"), lambda d, s, c: assign.transfer(d, s, c, "=HYPERLINK(1)"))
    rates(bureau, bureau.answered(), "满意")
    file = tmp_path / "report.xlsx"
    report = bureau.workplace.look(lambda desk: write_report(desk, "2026-03", file))
    book = load_workbook(file)
    assert book.sheetnames == [
        "总表",
        "按部门",
        "按类别",
        "按渠道",
        "按主题",
        "按日",
        "热点",
        "建议转送",
        "说明",
    ]
    rows = [list(row) for row in book["按部门"].iter_rows(min_row=2, values_only=True)]
    table = {row[0]: dict(zip(HEADINGS, row[1:], strict=True)) for row in rows[1:]}
    assert table["城建局"] == {
        "收到": 1, "已答复": 1, "按时答复": 1, "逾期未办结": 0, "按时率": 1, "办理工作日中位数": 0, "其中不予受理": 0,
        "其中自动答复": 0, "自动答复未解决": 0, "满意": 1, "基本满意": 0, "不满意": 0, "未评价": 0,
        "九成办结的工作日": 0, "其中延期": 0, "其中重新办理": 0,
    }  # fmt: skip
    assert table["合计"]["收到"] == report.total.received == 2
    assert table["=HYPERLINK(1)"]["按时率"] is None
    formulas = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    assert formulas == []
    assert book["按渠道"]["A3"].value == "公众号消息"


def test_an_empty_month_has_a_workbook_too(bureau: Bureau, tmp_path: Path) -> None:
    file = tmp_path / "empty.xlsx"
    bureau.workplace.look(lambda desk: write_report(desk, "2026-02", file))
    assert load_workbook(file)["总表"]["A3"].value == "合计"


@pytest.fixture
def late(bureau: Bureau) -> str:
    """A case of 城建局 that was open and overdue at the end of March, seen by the sweep; it is 2 April."""
    no = bureau.a_case("表扬水管师傅")
    bureau.clock.set(2026, 3, 10)
    bureau.sweep()
    bureau.clock.set(2026, 4, 2)
    return no


def reclassifies(bureau: Bureau, no: str, category: str) -> None:
    bureau.on("王主任", no, lambda desk, staff, case: assign.reclassify(desk, staff, case, category))


def late_cells(bureau: Bureau, name: str) -> dict[tuple[str, str], int]:
    """Return (department, category) → open overdue, without the zeros."""
    cells = month(bureau, name).cells
    return {kind: part.open_overdue for kind, part in cells.items() if part.open_overdue}


IN_MARCH = {("城建局", "praise"): 1}


def test_discontent_after_the_end_of_a_month_does_not_improve_it(bureau: Bureau, late: str) -> None:
    answers(bureau, late)
    rates(bureau, late, "不满意")
    assert late_cells(bureau, "2026-03") == IN_MARCH and late_cells(bureau, "2026-04") == {}
    assert (month(bureau).total.rate, month(bureau, "2026-04").total.rate) == (0.0, 0.0)


def test_a_transfer_after_the_end_of_a_month_moves_nothing_in_it(bureau: Bureau, late: str) -> None:
    bureau.on("张工", late, lambda desk, staff, case: assign.transfer(desk, staff, case, "交通局"))
    assert late_cells(bureau, "2026-03") == IN_MARCH
    assert late_cells(bureau, "2026-04") == {("交通局", "praise"): 1}


def test_a_slip_of_the_category_after_the_end_of_a_month_moves_nothing_in_it(
    bureau: Bureau, late: str
) -> None:
    reclassifies(bureau, late, "complaint")
    assert late_cells(bureau, "2026-03") == IN_MARCH
    assert late_cells(bureau, "2026-04") == {("城建局", "complaint"): 1}
    reclassifies(bureau, late, "praise")
    assert late_cells(bureau, "2026-03") == late_cells(bureau, "2026-04") == IN_MARCH


def test_an_automatic_answer_given_up_after_the_end_of_a_month_counts_in_the_month_of_that(
    bureau: Bureau,
) -> None:
    no = bureau.a_case(match=a_match("e1"))
    bureau.clock.set(2026, 4, 2)
    bureau.workplace.act(lambda desk: reopen(desk, register.by_number(desk, no), "human"))
    bureau.sweep()
    march, april = month(bureau).total, month(bureau, "2026-04").total
    assert (march.automatic, march.answered, march.unsolved, march.open_overdue, march.rate) == (
        1,
        1,
        0,
        0,
        1.0,
    )
    assert (april.automatic, april.answered, april.unsolved, april.open_overdue) == (0, 0, 1, 1)
    assert month(bureau).answered_by_day[date(2026, 3, 2)] == 1


def test_before_any_sweep_an_automatic_answer_given_up_leaves_the_past_month_alone(bureau: Bureau) -> None:
    no = bureau.a_case(match=a_match("e1"))
    bureau.clock.set(2026, 4, 2)
    bureau.workplace.act(lambda desk: reopen(desk, register.by_number(desk, no), "human"))
    assert (month(bureau).total.open_overdue, month(bureau, "2026-04").total.open_overdue) == (0, 1)
