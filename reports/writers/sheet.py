"""The workbooks: a table with its notes, and the rows an import refused."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import chain
from typing import BinaryIO

from django.utils.translation import gettext as _

from reports.writers.book import Book, Column, Kind, fit_height, open_book

__all__ = ["Column", "Refused", "write_refused", "write_table"]

Refused = tuple[int, Sequence[object], Sequence[str]]

ROWS_A_SHEET = 1_000_000  # a sheet ends at 1,048,576 rows: what is more goes on in the next one
EXACT = 10**15  # Excel keeps 15 digits: a longer card number would change
CELL_WIDTH = 20
NOTE_WIDTH = 110


def write_table(
    file: BinaryIO | str,
    *,
    title_lines: Sequence[str],
    columns: Sequence[Column],
    rows: Iterable[Sequence[object]],
    total: Sequence[object] | None = None,
    foot: Sequence[str] = (),
    notes: Sequence[str] = (),
    sheet_name: str,
    provisional: str | None = None,
) -> int:
    """Write a table, titles above, total and foot below, notes on a sheet of their own; return its rows."""
    lines = [("title" if number == 0 else "subtitle", line) for number, line in enumerate(title_lines)]
    if provisional:
        lines.append(("provisional", provisional))
    with open_book(file, title=title_lines[0] if title_lines else sheet_name) as book:
        written = _write_parts(
            book, columns, rows, lines=lines, total=total, foot=foot, sheet_name=sheet_name
        )
        if notes:
            _write_notes(book, notes)
    return written


def write_refused(file: BinaryIO | str, header: Sequence[str], rows: Iterable[Refused]) -> int:
    """Write the rows an import refused: row in its file, problem (highlighted), cells as they came."""
    title = _("Refused rows")
    first = [Column(_("Row"), 8, "int"), Column(_("Problem"), 48, "problem")]
    written = 0
    with open_book(file, title=title) as book:
        sheet = book.open_table(title, [*first, *(Column(name, CELL_WIDTH) for name in header)])
        for written, (row_no, cells, reasons) in enumerate(rows, start=1):
            # Each cell has a kind of its own: the table is somebody else's.
            columns = [*first, *(Column("", CELL_WIDTH, _kind_of(cell)) for cell in cells)]
            book.write_row(sheet, written, [row_no, "\n".join(reasons), *cells], columns)
        sheet.freeze_panes(1, len(first))
    return written


def _write_parts(
    book: Book,
    columns: Sequence[Column],
    rows: Iterable[Sequence[object]],
    *,
    lines: Sequence[tuple[str, str]],
    total: Sequence[object] | None,
    foot: Sequence[str],
    sheet_name: str,
) -> int:
    """The rows, going on in a further sheet where one is full; total and foot follow the last row."""
    sheet = book.open_table(sheet_name, columns, lines)
    first = at = len(lines) + 1
    written = 0
    for values, is_total in _with_total(rows, total):
        if at - first == ROWS_A_SHEET and not is_total:
            sheet, at = book.open_table(sheet_name, columns, lines), first
        book.write_row(sheet, at, values, columns, total=is_total)
        at += 1
        written += not is_total
    # One row is left empty, so that a filter of the table stops above the footnotes.
    for row, note in enumerate(foot, start=at + 1):
        book.write_across(sheet, row, note, columns)
    return written


def _with_total(
    rows: Iterable[Sequence[object]], total: Sequence[object] | None
) -> Iterator[tuple[Sequence[object], bool]]:
    last = [] if total is None else [(total, True)]
    return chain(((row, False) for row in rows), last)


def _write_notes(book: Book, notes: Sequence[str]) -> None:
    """The notice sheet (Ghi chú): how each figure is counted."""
    sheet = book.add_sheet(_("Notes"))
    sheet.set_column(0, 0, NOTE_WIDTH)
    for row, note in enumerate(notes):
        book.write_text(sheet, row, 0, note, "note")
        fit_height(sheet, row, [(note, NOTE_WIDTH)])


def _kind_of(value: object) -> Kind:
    """A refused cell goes back as what it was; what is not plainly a number or a date goes back as text."""
    if isinstance(value, date):
        return "date"
    if isinstance(value, int | float) and not isinstance(value, bool) and -EXACT < value < EXACT:
        return "number"
    return "text"
