"""A table as CSV for programs, and for lists that no sheet of Excel can hold."""

import csv
from collections.abc import Iterable, Sequence
from datetime import date
from io import TextIOWrapper
from typing import BinaryIO

from reports.writers.sheet import Column
from reports.writers.text import printable

# A cell that begins so would be run as a formula by whatever opens the table.
TRAPS = ("=", "+", "-", "@", "\t", "\r")


def write_plain(
    file: BinaryIO,
    *,
    title_lines: Sequence[str],
    columns: Sequence[Column],
    rows: Iterable[Sequence[object]],
    foot: Sequence[str] = (),
) -> int:
    """Write titles, headings, rows and foot in UTF-8 with the mark that Excel asks for; returns the rows."""
    text = TextIOWrapper(file, encoding="utf-8-sig", newline="")
    table, written = csv.writer(text), 0
    table.writerows([_cell(line)] for line in title_lines)
    table.writerow([_cell(column.header) for column in columns])
    for written, row in enumerate(rows, start=1):  # noqa: B007  (told at the end)
        table.writerow([_cell(value) for value in row])
    table.writerows([_cell(line)] for line in foot)
    text.flush()
    text.detach()
    return written


def _cell(value: object) -> object:
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, str):
        told = printable(value)
        return f"'{told}" if told.startswith(TRAPS) else told
    return value
