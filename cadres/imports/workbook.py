"""Workbooks as rows of clean cells, and the header of a list found by its words.

Lists come with title lines above the header, headers in one or two rows, merged cells and hidden sheets.
A header is recognised by the spelling of its columns, folded (no marks, no case), never by its place.
"""

import json
import re
import subprocess
import sys
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path

from django.utils.translation import gettext as _

from cadres.imports import isolated
from cadres.text import clean, fold
from cadres.uploads import check_upload, damaged, locked

Row = list[object]
Columns = Mapping[str, tuple[str, ...]]

COLUMN_NUMBER = re.compile(r"\(?[0-9]{1,2}\)?")
TOTAL = re.compile(r"tong (?:cong|so)\b|cong(?=$| ?[:0-9])")
HEADER_WITHIN = 50  # rows from the top in which a header is looked for


class WorkbookError(ValueError):
    """A workbook whose lists cannot be read; the message is for people."""


@dataclass(frozen=True)
class Problem:
    """What is wrong at one place of a workbook. `row` counts as Excel does; `code` is for programs."""

    row: int
    column: str
    code: str
    message: str


@dataclass(frozen=True)
class SheetRows:
    """A visible sheet. Row 1 of Excel is `rows[0]`; text is clean, empty cells are ""."""

    name: str
    rows: list[Row]


@dataclass(frozen=True)
class Header:
    """Where the columns of a list stand: `first` and `last` are indexes into the rows of the sheet."""

    first: int
    last: int
    at: dict[str, int]
    labels: list[str]

    def label(self, field: str) -> str:
        """The column's own words, as a message repeats them; "" for a column that the list does not have."""
        return self.labels[self.at[field]] if field in self.at else ""

    def value(self, row: Row, field: str) -> object:
        """The cell of `field`; "" for a column that the list does not have."""
        index = self.at.get(field, -1)
        return row[index] if 0 <= index < len(row) else ""

    def text(self, row: Row, field: str) -> str:
        """The cell of `field` as text."""
        return as_text(self.value(row, field))

    def is_numbering(self, number: int, filled: Sequence[str]) -> bool:
        """Whether Excel's row `number` only numbers the columns: (1), (2), (3) below the header."""
        return number == self.last + 2 and all(map(COLUMN_NUMBER.fullmatch, filled))

    def unread(self) -> list[int]:
        """Indexes of labelled columns that nobody asked for."""
        read = set(self.at.values())
        return [index for index, label in enumerate(self.labels) if label and index not in read]


def read_rows(path: str | Path) -> list[SheetRows]:
    """The visible sheets of an .xlsx or .xls file, in order. Raises UploadError or WorkbookError."""
    check_upload(path)
    sheets = [SheetRows(name, [list(map(_cell, row)) for row in rows]) for name, rows in _read_apart(path)]
    if not any(sheet.rows for sheet in sheets):
        raise WorkbookError(_("The workbook is empty: no visible sheet has a filled cell."))
    return sheets


def _read_apart(path: str | Path) -> list[tuple[str, list[Row]]]:
    """The parser runs in a process of its own, which a damaged file may take down."""
    command = [sys.executable, "-I", isolated.__file__, str(path)]
    try:
        reading = subprocess.run(command, capture_output=True, check=False, timeout=isolated.SECONDS)
    except subprocess.TimeoutExpired as error:
        raise damaged() from error
    if reading.returncode == isolated.LOCKED:
        raise locked()
    if reading.returncode != isolated.READ:
        raise damaged()
    sheets: list[tuple[str, list[Row]]] = json.loads(reading.stdout, object_hook=isolated.decode)
    return sheets


def _cell(value: object) -> object:
    return clean(value) if isinstance(value, str) else value


def as_text(value: object) -> str:
    """A cell as a person reads it: 8000.0 is "8000", a date dd/mm/yyyy."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime) and value.time() != time():
        return f"{value:%d/%m/%Y %H:%M}"
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    return str(value)


def is_total(text: str) -> bool:
    """Whether a line begins as a total or sub-total does; Tống and Công are family names."""
    return TOTAL.match(fold(text)) is not None


def find_list(
    sheets: Sequence[SheetRows], columns: Columns, required: Collection[str] | None = None
) -> tuple[SheetRows, Header]:
    """The first sheet that holds the list, and its header.

    Raises WorkbookError naming the columns looked for.
    """
    for sheet in sheets:
        header = _search(sheet.rows, columns, set(columns if required is None else required))
        if header:
            return sheet, header
    raise _no_header(columns, required)


def find_header(rows: Sequence[Row], columns: Columns, required: Collection[str] | None = None) -> Header:
    """The header of the list in `rows`.

    `columns` maps a field to the spellings that an office uses for it; a sub-header is written after its
    header ("Ngày sinh Nam"). Of `required` (all fields, if not given) none may be missing.
    Raises WorkbookError naming the columns looked for.
    """
    header = _search(rows, columns, set(columns if required is None else required))
    if header is None:
        raise _no_header(columns, required)
    return header


def _no_header(columns: Columns, required: Collection[str] | None) -> WorkbookError:
    wanted = [spellings[0] for field, spellings in columns.items() if required is None or field in required]
    return WorkbookError(
        _("No list was found: no row has the column headings %(columns)s.")
        % {"columns": ", ".join(f"“{name}”" for name in wanted)}
    )


def _search(rows: Sequence[Row], columns: Columns, required: set[str]) -> Header | None:
    known = {fold(spelling): field for field, spellings in columns.items() for spelling in spellings}
    for first, row in enumerate(rows[:HEADER_WITHIN]):
        top = [as_text(cell) for cell in row]
        header = Header(first, first, _places(top, known), top)
        if not header.at:
            continue
        if first + 1 < len(rows):
            labels = _with_sub_headers(top, [as_text(cell) for cell in rows[first + 1]])
            both = Header(first, first + 1, _places(labels, known), labels)
            header = max(header, both, key=lambda candidate: len(candidate.at))
        if required <= header.at.keys():
            return header
    return None


def _places(labels: Sequence[str], known: Mapping[str, str]) -> dict[str, int]:
    """Field → column; the first of two columns with the same heading counts."""
    at: dict[str, int] = {}
    for index, label in enumerate(labels):
        field = known.get(fold(label))
        if field:
            at.setdefault(field, index)
    return at


def _with_sub_headers(top: Sequence[str], below: Sequence[str]) -> list[str]:
    """Labels of a header in two rows: a merged heading stands over the sub-headers to its right."""
    labels: list[str] = []
    over = ""
    for heading, sub in zip(top, below, strict=False):
        over = heading or over
        labels.append(f"{over} {sub}".strip() if sub else heading)
    return labels
