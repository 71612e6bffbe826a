"""The rows that were not taken, as a workbook to correct the list by: its own columns and the reason.

Not meant to be brought in again as it is: a list names whole cells.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from io import BytesIO
from pathlib import Path

import xlsxwriter
from django.utils.translation import gettext as _

from cadres.imports.roster_columns import COLUMNS, REQUIRED
from cadres.imports.workbook import Columns, Problem, as_text, find_list, read_rows
from cadres.text import fold

REASON_WIDTH, COLUMN_WIDTH = 70, 18
# Nothing that a person typed may start a formula or a link.
PLAIN = {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True}


def cells_of(
    path: str | Path,
    rows: Collection[int],
    *,
    columns: Columns = COLUMNS,
    required: Collection[str] = REQUIRED,
) -> dict[int, list[str]]:
    """The cells of some rows as they stand in the workbook."""
    sheet, _header = find_list(read_rows(path), columns, required)
    return {row: list(map(as_text, sheet.rows[row - 1])) for row in rows}


def refused_workbook(
    labels: Sequence[str],
    rows: Mapping[int, Sequence[str]],
    problems: Sequence[Problem],
    *,
    columns: Columns = COLUMNS,
) -> bytes:
    """An .xlsx of the refused rows: the columns that were read (no citizen number), then the reason."""
    read = {fold(spelling) for spellings in columns.values() for spelling in spellings}
    kept = [index for index, label in enumerate(labels) if fold(label) in read]
    reasons: dict[int, list[str]] = defaultdict(list)
    for problem in problems:
        message = f"{problem.column}: {problem.message}" if problem.column else problem.message
        reasons[problem.row].append(message)
    output = BytesIO()
    with xlsxwriter.Workbook(output, PLAIN) as book:
        sheet = book.add_worksheet(_("Refused rows"))
        bold, wrap = book.add_format({"bold": True, "text_wrap": True}), book.add_format({"text_wrap": True})
        sheet.set_column(0, len(kept) - 1, COLUMN_WIDTH)
        sheet.set_column(len(kept), len(kept), REASON_WIDTH, wrap)
        sheet.freeze_panes(1, 0)
        sheet.write_row(0, 0, [*(labels[index] for index in kept), _("Reason")], bold)
        for line, (row, cells) in enumerate(sorted(rows.items()), start=1):
            told = [cells[index] if index < len(cells) else "" for index in kept]
            why = _("Row %(row)s: %(reasons)s") % {"row": row, "reasons": "; ".join(reasons[row])}
            for column, text in enumerate([*told, why]):
                sheet.write_string(line, column, text)
    return output.getvalue()
