"""The monthly report as a workbook."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from cases.lists import matters, statistics
from cases.lists.filters import Sight
from cases.lists.matters import Matter
from cases.lists.month_rows import Span
from cases.lists.statistics import UNRATED, Figures, Report
from cases.register import channels
from cases.register.desk import Desk
from cases.register.states import CATEGORY_NAMES
from cases.steps.rate import GRADES
from duties.matters import suggestions
from sla.deadline import due_words

HEADINGS = (
    "收到", "已答复", "按时答复", "逾期未办结", "按时率", "办理工作日中位数", "其中不予受理", "其中自动答复",
    "自动答复未解决", *GRADES, UNRATED, "九成办结的工作日", "其中延期", "其中重新办理",
)  # fmt: skip
_NOTES = (
    "收到：来信收到时间在本月的事项，按现在的部门和类别归组。",
    "已答复：本月签发的答复、不予受理和自动答复，按签发当时的部门和类别归组；重新办理后再次答复的另计一次。",
    "按时答复：最后一级审核通过时未过时限的；签发后不再改动。曾经逾期的事项改类后仍计为逾期。",
    "逾期未办结：截至月末（本月为此刻）已过时限仍未答复的事项。",
    "按时率：按时答复 ÷（已答复 + 逾期未办结）。没有可计的事项时为空。",
    "办理工作日：自计时起点（收到日，或重新办理日）至签发日的工作日数，不含自动答复。",
    "其中延期、其中重新办理：本月收到的事项里，批准过延期的和办结后又重新办理的。",
    "评价：来信人对本月答复的评价；没有评价的计入未评价，不算满意。",
    "自动答复未解决：来信人要求人工或表示没解决的自动答复，不计入已答复。",
)
AWAITED = "来信较多，热点还在统计，请稍后重新下载"
MATTERS, NAMED = 10, 30  # matters in a report, numbers that one names
_HOT = ("热点", "地点", "人数", "件数", "本月", "之前同样天数", "编号")
_PASSED = ("编号", "转送部门", "反馈期限", "结果", "说明")
_HEAD = PatternFill("solid", fgColor="1F4E79")
_TOTAL = PatternFill("solid", fgColor="DDEBF7")
_LINE = Side(style="thin", color="BFBFBF")
_EDGE = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)


@dataclass(frozen=True, slots=True)
class Told:
    """What beside the figures belongs in a month's report: the matters of many, and the advice that was passed on."""

    found: matters.MattersFound
    advice: list[dict[str, Any]]

    @property
    def matters(self) -> list[Matter]:
        return self.found.matters


def told(desk: Desk, when: Span, sight: Sight | None = None, *, patient: bool = False) -> Told:
    days = max(1, round((when.cut - when.start) / timedelta(days=1)))
    return Told(
        matters.of_many(desk, sight, when.cut, days, MATTERS, when.name, patient=patient),
        suggestions.passed_within(desk, when.start, when.end, sight),
    )


def write_report(
    desk: Desk, month: str, path: Path, sight: Sight | None = None, *, patient: bool = False
) -> Report:
    """Write the statistics of `month` (YYYY-MM) to `path` and return them. Raises: Invalid; OSError.

    `patient`: matters of many that nobody has found yet are found now, however long it takes.
    """
    report = statistics.monthly(desk, month, sight)
    book = Workbook()
    first = book.active
    assert isinstance(first, Worksheet)  # noqa: S101 - a new workbook has a sheet
    made = desk.now.astimezone(desk.office.zone).strftime("%Y-%m-%d %H:%M")
    title = f"{report.span.name} 来信办理统计（{made} 生成）"
    _groups(book, first, title, report)
    days = [
        (day.isoformat(), n, report.answered_by_day.get(day, 0)) for day, n in report.received_by_day.items()
    ]
    _plain(book.create_sheet(), "按日", ("日期", "收到", "已答复"), days)
    beside = told(desk, report.span, sight, patient=patient)
    hot = [*_hot_rows(beside.found), *_reservations(desk, beside.found)]
    _plain(book.create_sheet(), "热点", _HOT, hot, (40, 18, 8, 8, 8, 12, 60))
    passed = [
        (
            a["no"],
            a["department"],
            due_words(a["feedback_by"], a["provisional"]),
            suggestions.STATES[a["state"]],
            a["note"],
        )
        for a in beside.advice
    ]
    _plain(book.create_sheet(), "建议转送", _PASSED, passed, (18, 24, 14, 12, 70))
    _plain(book.create_sheet(), "说明", ("口径",), [(note,) for note in _NOTES])
    book.save(path)
    return report


def _groups(book: Workbook, first: Worksheet, title: str, report: Report) -> None:
    """Write the figures once by department and category, then by each way of grouping alone."""
    _sheet(first, "总表", title, ("部门", "类别"), _all_rows(report))
    channel_names = {name: channels.title(name) for name in report.by_channel()}
    for key, groups, names in (
        ("部门", report.by_department(), {}),
        ("类别", report.by_category(), CATEGORY_NAMES),
        ("渠道", report.by_channel(), channel_names),
        ("主题", report.by_topic(), {}),
    ):
        _sheet(book.create_sheet(), f"按{key}", title, (key,), _grouped(groups, names, report))


def _hot_rows(found: matters.MattersFound) -> list[tuple[Any, ...]]:
    return [
        (
            m.title,
            m.place,
            m.users,
            len(m.numbers),
            m.recent,
            None if found.since else m.before,
            "、".join(m.numbers[:NAMED]),
        )
        for m in found.matters
    ]


def _reservations(desk: Desk, found: matters.MattersFound) -> list[tuple[Any, ...]]:
    """Return what the reader must know of the hot spots above: how far back they look, and that some are awaited."""
    said = []
    if found.since:
        local = found.since.astimezone(desk.office.zone)
        said.append(f"来信较多，只看 {local:%Y-%m-%d %H:%M} 以来的来信")
    if found.awaited:
        said.append(AWAITED)
    return [(words, "", None, None, None, None, "") for words in said]


def cells(figures: Figures) -> list[Any]:
    """Return a group's figures in the order of `HEADINGS`; None where there is nothing to judge."""
    return [
        figures.received, figures.answered, figures.on_time, figures.open_overdue, figures.rate, figures.median_days,
        figures.refused, figures.automatic, figures.unsolved,
        *(figures.ratings[grade] for grade in GRADES), figures.unrated, figures.most_days,
        figures.extended, figures.reopened,
    ]  # fmt: skip


def _all_rows(report: Report) -> list[list[Any]]:
    rows = [
        [department, CATEGORY_NAMES[category], *cells(f)]
        for (department, category), f in report.cells.items()
    ]
    return [*rows, ["合计", "", *cells(report.total)]]


def _grouped(groups: Mapping[str, Figures], names: Mapping[str, str], report: Report) -> list[list[Any]]:
    rows = [[names.get(name, name), *cells(figures)] for name, figures in groups.items()]
    return [*rows, ["合计", *cells(report.total)]]


def _sheet(sheet: Worksheet, name: str, title: str, keys: tuple[str, ...], rows: list[list[Any]]) -> None:
    sheet.title = name
    _put(sheet, [title])
    sheet["A1"].font = Font(bold=True, size=14)
    headings = [*keys, *HEADINGS]
    _put(sheet, headings)
    for row in rows:
        _put(sheet, row)
    rate, median = headings.index("按时率") + 1, headings.index("办理工作日中位数") + 1
    for number in range(3, sheet.max_row + 1):
        sheet.cell(number, rate).number_format = "0.0%"
        sheet.cell(number, median).number_format = "0.0"
        sheet.row_dimensions[number].height = 18
    for last in sheet[sheet.max_row]:
        last.font, last.fill = Font(bold=True), _TOTAL
    _dress(sheet, 2, [20.0 if place < len(keys) else 9.5 for place in range(len(headings))])
    sheet.row_dimensions[2].height = 46
    sheet.freeze_panes = f"{get_column_letter(len(keys) + 1)}3"


def _plain(
    sheet: Worksheet,
    name: str,
    headings: tuple[str, ...],
    rows: Iterable[tuple[Any, ...]],
    widths: Sequence[float] = (),
) -> None:
    sheet.title = name
    _put(sheet, headings)
    for row in rows:
        _put(sheet, row)
    _dress(sheet, 1, widths or [100 if len(headings) == 1 else 18 for _ in headings])


def _put(sheet: Worksheet, values: Iterable[Any]) -> None:
    """Append a row; a text is a text, even one that begins like a formula."""
    sheet.append(list(values))
    for cell in sheet[sheet.max_row]:
        if isinstance(cell.value, str):
            cell.data_type = "s"


def _dress(sheet: Worksheet, head: int, widths: Sequence[float]) -> None:
    for place, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(place)].width = width
        top = sheet.cell(head, place)
        top.font, top.fill = Font(bold=True, color="FFFFFF"), _HEAD
        top.alignment = Alignment(wrap_text=True, vertical="center", horizontal="center")
    for row in sheet.iter_rows(min_row=head):
        for each in row:
            each.border = _EDGE
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 9  # A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = f"1:{head}"
    sheet.print_options.horizontalCentered = True
