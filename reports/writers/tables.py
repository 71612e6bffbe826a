"""Tables of a Word document, written as elements: asking the library for each cell costs quadratic time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Literal

from docx.document import Document as WordDocument
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm
from docx.table import _Cell

from reports.writers.text import grouped, printable

BORDERS = ("top", "left", "bottom", "right", "insideH", "insideV")
CELL_MARGIN_MM = 1.2

CellValue = str | int | None


@dataclass(frozen=True)
class WordColumn:
    """A column of a printed table; neighbours with the same `group` share a heading above their own."""

    header: str
    width_mm: float
    align: Literal["left", "center", "right"] = "left"
    group: str = ""


def add_table(
    document: WordDocument,
    columns: Sequence[WordColumn],
    rows: Iterable[Sequence[CellValue]],
    *,
    total: Sequence[CellValue] | None = None,
) -> None:
    """The heading is repeated on each page, no row breaks across two pages, numbers stand right aligned."""
    table = _open_table(document, columns)
    for row in rows:
        _add_row(table, columns, row)
    if total is not None:
        _keep_with_next(table[-1])
        _add_row(table, columns, total, bold=True)
    _close_table(document)


def add_merged_table(
    document: WordDocument,
    columns: Sequence[WordColumn],
    blocks: Iterable[Sequence[Sequence[CellValue]]],
    *,
    merged: int,
    keep_up_to: int = 5,
) -> None:
    """Rows in blocks: the first `merged` columns are one tall cell; a short block stays on one page."""
    table = _open_table(document, columns)
    for block in blocks:
        for number, row in enumerate(block):
            _add_row(table, columns, row, merged=merged if len(block) > 1 else 0, first=number == 0)
            if number < len(block) - 1 and len(block) <= keep_up_to:
                _keep_with_next(table[-1])
    _close_table(document)


def add_two_cells(document: WordDocument, left_mm: float, right_mm: float) -> tuple[_Cell, _Cell]:
    """Two cells side by side without borders, never parted by a page break: the head and the signature."""
    table = document.add_table(rows=1, cols=2)
    table.autofit = False
    table._tblPr.insert_element_before(_cell_margins(0), "w:tblLook")
    row = table.rows[0]
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    left, right = row.cells
    for cell, column, width in ((left, table.columns[0], left_mm), (right, table.columns[1], right_mm)):
        column.width = cell.width = Mm(width)
    return left, right


def _open_table(document: WordDocument, columns: Sequence[WordColumn]) -> Any:
    table = OxmlElement("w:tbl")
    table.append(_properties(sum(column.width_mm for column in columns)))
    grid = _child(table, "w:tblGrid")
    for column in columns:
        _child(grid, "w:gridCol", w=_twips(column.width_mm))
    _add_header(table, columns)
    body = document.element.body
    body.insert(len(body) - 1, table)
    return table


def _close_table(document: WordDocument) -> None:
    document.add_paragraph(style="Sau bảng")


def _properties(width_mm: float) -> Any:
    properties = OxmlElement("w:tblPr")
    _child(properties, "w:tblW", w=_twips(width_mm), type="dxa")
    _child(properties, "w:jc", val="center")
    borders = _child(properties, "w:tblBorders")
    for side in BORDERS:
        _child(borders, f"w:{side}", val="single", sz=4, space=0, color="auto")
    _child(properties, "w:tblLayout", type="fixed")
    properties.append(_cell_margins(CELL_MARGIN_MM))
    return properties


def _cell_margins(millimetres: float) -> Any:
    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        _child(margins, f"w:{side}", w=_twips(millimetres), type="dxa")
    return margins


def _add_header(table: Any, columns: Sequence[WordColumn]) -> None:
    """One heading row, or two where columns are grouped."""
    two_rows = any(column.group for column in columns)
    if two_rows:
        row = _row(table, header=True)
        for group, members in groupby(columns, key=lambda column: column.group or column):
            width = [column.width_mm for column in members]
            if isinstance(group, WordColumn):
                _cell(row, group.header, width_mm=width[0], align="center", bold=True, merge="restart")
            else:
                _cell(row, group, width_mm=sum(width), align="center", bold=True, span=len(width))
    row = _row(table, header=True)
    for column in columns:
        covered = two_rows and not column.group
        text = "" if covered else column.header
        merge = "continue" if covered else ""
        _cell(row, text, width_mm=column.width_mm, align="center", bold=True, merge=merge)


def _add_row(
    table: Any,
    columns: Sequence[WordColumn],
    values: Sequence[CellValue],
    *,
    bold: bool = False,
    merged: int = 0,
    first: bool = True,
) -> None:
    row = _row(table)
    for index, (column, value) in enumerate(zip(columns, values, strict=True)):
        text = value if isinstance(value, str) else grouped(value)
        merge = "" if index >= merged else "restart" if first else "continue"
        if merge == "continue":
            text = ""
        _cell(row, text, width_mm=column.width_mm, align=column.align, bold=bold, merge=merge)


def _row(table: Any, *, header: bool = False) -> Any:
    row = _child(table, "w:tr")
    properties = _child(row, "w:trPr")
    _child(properties, "w:cantSplit")
    if header:
        _child(properties, "w:tblHeader")
    return row


def _cell(
    row: Any, text: str, *, width_mm: float, align: str, bold: bool = False, span: int = 1, merge: str = ""
) -> None:
    cell = _child(row, "w:tc")
    properties = _child(cell, "w:tcPr")
    _child(properties, "w:tcW", w=_twips(width_mm), type="dxa")
    if span > 1:
        _child(properties, "w:gridSpan", val=span)
    if merge:
        _child(properties, "w:vMerge", val=merge)
    _child(properties, "w:vAlign", val="center" if bold else "top")
    paragraph = _child(cell, "w:p")
    layout = _child(paragraph, "w:pPr")
    _child(layout, "w:pStyle", val="PartyTable")
    if align != "left":
        _child(layout, "w:jc", val=align)
    if text:
        _add_text(paragraph, text, bold=bold)


def _add_text(paragraph: Any, text: str, *, bold: bool) -> None:
    run = _child(paragraph, "w:r")
    if bold:
        _child(_child(run, "w:rPr"), "w:b")
    for number, line in enumerate(printable(text).splitlines()):
        if number:
            _child(run, "w:br")
        element = _child(run, "w:t")
        element.text = line
        element.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")


def _keep_with_next(row: Any) -> None:
    for style in row.iter(qn("w:pStyle")):
        keep = OxmlElement("w:keepNext")
        style.addnext(keep)


def _child(parent: Any, tag: str, **attributes: object) -> Any:
    element = OxmlElement(tag)
    for name, value in attributes.items():
        element.set(qn(f"w:{name}"), str(value))
    parent.append(element)
    return element


def _twips(millimetres: float) -> int:
    return round(millimetres * 1440 / 25.4)
