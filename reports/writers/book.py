"""An Excel workbook in constant memory: its formats, sheets and cells.

Whatever people typed is written as a string: no cell starts a formula, becomes a link or turns into a number.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from math import ceil, isfinite
from tempfile import TemporaryDirectory
from typing import Any, BinaryIO, Literal

from django.utils.translation import gettext as _
from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from reports.writers.text import NO_DATA, printable

Kind = Literal["text", "int", "percent", "rate", "date", "number", "problem"]

OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
MAX_CELL = 32_767  # letters Excel keeps in one cell
MAX_SHEET_NAME = 31
FIRST_YEAR = 1900  # Excel knows no earlier day
A4 = 9
LINE_HEIGHT, MAX_HEIGHT = 16, 400
FITTED_ROWS = 2_000  # each height is kept in memory; who has more rows filters them and does not print them
PERCENT = ("0%", "0.0%", "0.00%")
FIRST_TRAPS = ("=", "+", "-", "@", "\t", "\n")

INK, RED, HEADING, PROBLEM, RULE = "#1D2126", "#A61B1B", "#F6E9E7", "#FBE3E0", "#B9B2A8"
OPEN, CLOSED = "#FFF9E3", "#EFEDE8"
BASE = {"font_name": "Times New Roman", "font_size": 12, "font_color": INK, "valign": "vcenter"}
BOX = {"border": 1, "border_color": RULE}
TEXT = {"text_wrap": True, "align": "left", "indent": 1} | BOX
FIGURE = {"align": "right"} | BOX
# A cell to fill in keeps a day as it was typed: as a date Excel might read the month first.
ENTRY = {"locked": False, "bg_color": OPEN, "num_format": "@"} | TEXT
FIXED = {"bg_color": CLOSED} | TEXT
FORMATS: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 14, "font_color": RED},
    "subtitle": {},
    "provisional": {"italic": True, "font_color": RED},
    "header": {"bold": True, "bg_color": HEADING, "text_wrap": True, "align": "center"}
    | BOX
    | {"bottom": 2, "bottom_color": RED},
    "text": TEXT,
    "trap": {"quote_prefix": True} | TEXT,
    "problem": {"bg_color": PROBLEM, "font_color": RED} | TEXT,
    "int": {"num_format": "#,##0"} | FIGURE,
    "number": FIGURE,
    "rate": FIGURE,
    "none": FIGURE,
    "date": {"num_format": "dd/mm/yyyy", "align": "center"} | BOX,
    "note": {"text_wrap": True},
    "bold": {"bold": True},
    "entry": ENTRY,
    "entry_trap": {"quote_prefix": True} | ENTRY,
    "fixed": FIXED,
    "fixed_trap": {"quote_prefix": True} | FIXED,
}
# Excel, too, takes such a text for text when somebody edits the cell.
TRAPS = {"text": "trap", "entry": "entry_trap", "fixed": "fixed_trap"}
WRAPPED: frozenset[Kind] = frozenset({"text", "problem"})
TOTAL = {"bold": True, "top": 2, "top_color": RED}


@dataclass(frozen=True)
class Column:
    """A column: heading, width in characters, and what its values are.

    int: whole numbers; percent: a Decimal of percents (Decimal("88.7") is 88,7%) whose places are shown;
    rate: finished text such as "7.126/7.560 (94%)"; date: a date, or text where the source had only text;
    number: as it comes, ungrouped (a year, a cell of somebody's own table).
    None is "no data": a dash, but an empty cell in a text column; "" is an empty cell in any column.
    """

    header: str
    width: float = 14
    kind: Kind = "text"


@contextmanager
def open_book(file: BinaryIO | str, *, title: str) -> Iterator["Book"]:
    """A workbook that is complete at the end of the block, or not written at all.

    Rows wait in a folder of its own until then: names of people must not stay behind when a row fails.
    """
    with TemporaryDirectory(prefix="sheet-") as folder:
        book = Book(file, title=title, folder=folder)
        try:
            yield book
            book.close()
        except BaseException:
            book.abandon()
            raise


class Book:
    """A workbook with its formats; a format is made when first used."""

    def __init__(self, file: BinaryIO | str, *, title: str, folder: str) -> None:
        self._workbook = Workbook(file, OPTIONS | {"tmpdir": folder})
        self._workbook.set_properties({"title": printable(title)})
        self._formats: dict[tuple[str, bool], Any] = {}
        self._names: set[str] = set()

    def open_table(
        self, name: str, columns: Sequence[Column], lines: Sequence[tuple[str, str]] = ()
    ) -> Worksheet:
        """A landscape sheet with titles and heading; both freeze, the heading is printed on each page."""
        sheet = self.add_sheet(name)
        sheet.set_landscape()
        for position, column in enumerate(columns):
            sheet.set_column(position, position, column.width)
        for row, (style, line) in enumerate(lines):
            self.write_text(sheet, row, 0, line, style)
        heading = len(lines)
        for position, column in enumerate(columns):
            self.write_text(sheet, heading, position, column.header, "header")
        fit_height(sheet, heading, [(column.header, column.width) for column in columns])
        sheet.freeze_panes(heading + 1, 0)
        sheet.repeat_rows(heading)
        return sheet

    def add_sheet(self, name: str) -> Worksheet:
        """An A4 sheet, one page wide, numbered at the foot, under a free name that Excel accepts."""
        sheet = self._workbook.add_worksheet(self._free_name(name))
        sheet.set_paper(A4)
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
        sheet.set_footer("&C&P/&N")
        return sheet

    def write_row(
        self,
        sheet: Worksheet,
        row: int,
        values: Sequence[object],
        columns: Sequence[Column],
        *,
        total: bool = False,
    ) -> None:
        """A row, as high as its longest wrapped text needs."""
        for position, (column, value) in enumerate(zip(columns, values, strict=True)):
            self._write(sheet, row, position, value, column.kind, total=total)
        texts = [
            (value, column.width)
            for column, value in zip(columns, values, strict=True)
            if isinstance(value, str) and column.kind in WRAPPED
        ]
        fit_height(sheet, row, texts)

    def write_text(
        self, sheet: Worksheet, row: int, position: int, text: str, style: str, *, total: bool = False
    ) -> None:
        """A string, cut with an ellipsis where Excel would cut it silently."""
        text = printable(text)
        if text.startswith(FIRST_TRAPS):
            style = TRAPS.get(style, style)
        if len(text) > MAX_CELL:
            text = f"{text[: MAX_CELL - 1]}…"
        if text:
            sheet.write_string(row, position, text, self._format(style, total=total))
        else:
            sheet.write_blank(row, position, None, self._format(style, total=total))

    def write_across(self, sheet: Worksheet, row: int, text: str, columns: Sequence[Column]) -> None:
        """A wrapped text over the width of all columns, as footnotes stand below a table."""
        if len(columns) > 1:
            sheet.merge_range(row, 0, row, len(columns) - 1, "", self._format("note"))
        self.write_text(sheet, row, 0, text, "note")
        fit_height(sheet, row, [(text, sum(column.width for column in columns))])

    def close(self) -> None:
        """Put the parts together; until then the file is not a workbook."""
        self._workbook.close()

    def abandon(self) -> None:
        """Let go of the rows set down so far; there will be no workbook."""
        for sheet in self._workbook.worksheets():
            sheet._opt_close()  # XlsxWriter has no public way to give up a workbook

    def _write(
        self, sheet: Worksheet, row: int, position: int, value: object, kind: Kind, *, total: bool
    ) -> None:
        """One value as its kind says; text where a number or date was expected stays text."""
        if value is None:
            text, style = ("", "text") if kind in WRAPPED else (NO_DATA, "none")
            self.write_text(sheet, row, position, text, style, total=total)
        elif kind == "percent" and isinstance(value, Decimal):
            sheet.write_number(row, position, float(value / 100), self._format(_percent(value), total=total))
        elif kind == "date" and isinstance(value, date) and value.year >= FIRST_YEAR:
            sheet.write_datetime(row, position, value, self._format("date", total=total))
        elif kind in ("int", "number") and isinstance(value, int | float | Decimal) and isfinite(value):
            sheet.write_number(row, position, value, self._format(kind, total=total))
        else:
            style = kind if kind in ("rate", "problem") else "text"
            self.write_text(sheet, row, position, str(value), style, total=total)

    def _format(self, style: str, *, total: bool = False) -> Any:
        """The format of that name; "percent:1" is a percentage of one place."""
        key = (style, total)
        if key not in self._formats:
            name, _colon, places = style.partition(":")
            wanted = {"num_format": PERCENT[int(places)]} | FIGURE if places else FORMATS[name]
            self._formats[key] = self._workbook.add_format(BASE | wanted | (TOTAL if total else {}))
        return self._formats[key]

    def _free_name(self, name: str) -> str:
        clean = re.sub(r"[\[\]:*?/\\]", " ", printable(name)).strip(" '") or _("Table")
        free, number = clean[:MAX_SHEET_NAME], 1
        while free.casefold() in self._names:
            number += 1
            ending = f" ({number})"
            free = clean[: MAX_SHEET_NAME - len(ending)] + ending
        self._names.add(free.casefold())
        return free


def fit_height(
    sheet: Worksheet, row: int, texts: Sequence[tuple[str, float]], *, least_lines: int = 1
) -> None:
    """Height for the longest wrapped text; not every program works it out when it opens the file."""
    lines = max((_lines(text, width) for text, width in texts), default=1)
    lines = max(lines, least_lines)
    if lines > 1 and row < FITTED_ROWS:
        sheet.set_row(row, min(lines * LINE_HEIGHT + 3, MAX_HEIGHT))


def _lines(text: str, width: float) -> int:
    """A little more than needed: words do not fill their lines."""
    room = max(1.0, width - 2)
    return sum(max(1, ceil(len(line) / room)) for line in text.split("\n"))


def _percent(value: Decimal) -> str:
    """The format that shows the places the figure has, at most two."""
    exponent = value.as_tuple().exponent
    places = -exponent if isinstance(exponent, int) else 0
    return f"percent:{min(max(places, 0), len(PERCENT) - 1)}"
