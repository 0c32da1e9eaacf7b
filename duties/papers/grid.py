"""Official forms as Word tables: a grid of equal columns, cells that span some of them, labels and blanks."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from docx import Document
from docx.document import Document as Paper
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_ROW_HEIGHT_RULE, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph

_ALIGNED = {
    "left": WD_ALIGN_PARAGRAPH.LEFT,
    "center": WD_ALIGN_PARAGRAPH.CENTER,
    "right": WD_ALIGN_PARAGRAPH.RIGHT,
}
SONG, HEI, FANGSONG = "宋体", "黑体", "仿宋"
UP = "^"  # this place belongs to the cell above


@dataclass(frozen=True, slots=True)
class Cell:
    """A text over `span` columns. `right` stands below it, to the right, as a signature does."""

    text: str
    span: int = 1
    label: bool = False
    right: str = ""


@dataclass(frozen=True, slots=True)
class GridRow:
    cells: tuple[Cell, ...]
    height: float = 0.9  # cm, at least


def label(text: str, span: int = 1) -> Cell:
    return Cell(text, span, label=True)


def up(span: int = 1) -> Cell:
    return Cell(UP, span)


def row(*cells: Cell | str, height: float = 0.9) -> GridRow:
    """A bare text is a label of one column."""
    return GridRow(tuple(label(cell) if isinstance(cell, str) else cell for cell in cells), height)


def blank(*, landscape: bool = False, margin: float = 2.2) -> Paper:
    """Return an empty A4 paper in 宋体."""
    paper = Document()
    section = paper.sections[0]
    section.page_width, section.page_height = (Cm(29.7), Cm(21)) if landscape else (Cm(21), Cm(29.7))
    section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
    section.left_margin = section.right_margin = Cm(margin)
    section.top_margin = section.bottom_margin = Cm(2)
    normal: Any = paper.styles["Normal"]
    normal.font.size = Pt(10.5)
    _font(normal, SONG)
    normal.paragraph_format.space_after = Pt(0)
    return paper


def line(
    paper: Paper, text: str, *, size: float = 10.5, bold: bool = False, align: str = "left",
    font: str = SONG, after: float = 4, indent: float = 0,
) -> Paragraph:  # fmt: skip
    """Write a paragraph as one run, so that a field in it stays whole."""
    paragraph = paper.add_paragraph()
    paragraph.alignment = _ALIGNED[align]
    paragraph.paragraph_format.space_after = Pt(after)
    if indent:
        paragraph.paragraph_format.first_line_indent = Pt(indent)
    _write(paragraph, text, size, bold=bold, font=font)
    return paragraph


def table(paper: Paper, rows: Sequence[GridRow], widths: Sequence[float], size: float = 10.5) -> None:
    """Draw a form: `widths` in cm, one for each column of the grid."""
    drawn = paper.add_table(len(rows), len(widths))
    drawn.style = "Table Grid"
    drawn.alignment = WD_TABLE_ALIGNMENT.CENTER
    drawn.autofit = False
    for number, each in enumerate(rows):
        place = 0
        drawn.rows[number].height = Cm(each.height)
        drawn.rows[number].height_rule = WD_ROW_HEIGHT_RULE.AT_LEAST
        for cell in each.cells:
            last = place + cell.span - 1
            first_row = number
            while cell.text == UP and _belongs_above(rows[first_row], place):
                first_row -= 1
            box = drawn.cell(first_row, place).merge(drawn.cell(number, last))
            if cell.text != UP:
                _fill(box, cell, size)
            place = last + 1
        if place != len(widths):
            raise ValueError(f"row {number} fills {place} of {len(widths)} columns")
    _measure(drawn, widths)


def _measure(drawn: Table, widths: Sequence[float]) -> None:
    """Give the grid and every cell its width, a merged one that of its columns, and all a little air."""
    for column, width in zip(drawn.columns, widths, strict=True):
        column.width = Cm(width)
    for each in drawn.rows:
        place = 0
        for box in each._tr.tc_lst:
            box.width = Cm(sum(widths[place : place + box.grid_span]))
            place += box.grid_span
    properties: Any = drawn._tbl.tblPr
    margins = OxmlElement("w:tblCellMar")
    for side in ("top", "left", "bottom", "right"):
        margin = OxmlElement(f"w:{side}")
        margin.set(qn("w:w"), "60" if side in ("top", "bottom") else "85")  # twentieths of a point
        margin.set(qn("w:type"), "dxa")
        margins.append(margin)
    properties.append(margins)


def repeat_head(paper: Paper) -> None:
    """Have the first row of the last table stand on every page."""
    first = paper.tables[-1].rows[0]._tr.get_or_add_trPr()
    first.append(first.makeelement(qn("w:tblHeader"), {qn("w:val"): "true"}))


def _belongs_above(row_: GridRow, place: int) -> bool:
    at = 0
    for cell in row_.cells:
        if at == place:
            return cell.text == UP
        at += cell.span
    return False


def _fill(box: _Cell, cell: Cell, size: float) -> None:
    box.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
    lines = cell.text.split("\n")
    for number, text in enumerate(lines):
        paragraph = box.paragraphs[0] if number == 0 else box.add_paragraph()
        paragraph.alignment = _ALIGNED["center" if cell.label else "left"]
        _write(paragraph, text, size, bold=False, font=SONG)
    for text in cell.right.split("\n") if cell.right else ():
        paragraph = box.add_paragraph()
        paragraph.alignment = _ALIGNED["right"]
        _write(paragraph, text, size, bold=False, font=SONG)


def _write(paragraph: Paragraph, text: str, size: float, *, bold: bool, font: str) -> None:
    run = paragraph.add_run(text)
    run.font.size = Pt(size)
    run.font.bold = bold
    _font(run, font)


def _font(styled: Any, name: str) -> None:
    styled.font.name = "Times New Roman"
    fonts = styled.element.get_or_add_rPr().get_or_add_rFonts()
    for where in ("w:eastAsia", "w:hint"):
        fonts.set(qn(where), name if where == "w:eastAsia" else "eastAsia")
