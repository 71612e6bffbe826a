"""The cell's list comes back from Excel: the file is read, the table shows it, nothing is saved yet."""

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cadres import clock
from cadres.access import person, signed_in
from cadres.imports.workbook import WorkbookError, read_rows
from cadres.models import Unit
from cadres.text import clean
from cadres.uploads import UploadError
from pledges import queries
from pledges.forms.cell_grid import RowKey, digest_of, novelty_of, stored
from pledges.forms.cell_sheet import CellSheetForm
from pledges.imports.cell_sheet import CellSheet, TypedRow, mark_of, read_cell_sheet
from pledges.models import Pledge, Tier
from pledges.views.cell_grid import page_with
from pledges.views.cell_place import typed_place
from pledges.views.grid_rows import read_grid

LONGEST_NAME = 80


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def cell_excel(request: HttpRequest, campaign: str, unit: str) -> HttpResponse:
    """Take the filled file: the table of the cell shows what it says, to be looked through and saved."""
    tier, cell = typed_place(request, campaign, unit)
    is_sent = request.method == "POST"
    form = CellSheetForm(request.POST, request.FILES) if is_sent else CellSheetForm()
    if is_sent and form.is_valid():
        file: UploadedFile = form.cleaned_data["file"]
        try:
            sheet = _read(file, tier, cell)
        except (UploadError, WorkbookError) as error:
            form.add_error("file", str(error))
        else:
            return _show(request, tier, cell, sheet, source=clean(file.name or "")[-LONGEST_NAME:])
    context = {"form": form, "tier": tier, "campaign": tier.campaign, "cell": cell}
    status = 422 if is_sent else 200
    return TemplateResponse(request, "pledges/cell_excel.html", context, status=status)


def _read(file: UploadedFile, tier: Tier, cell: Unit) -> CellSheet:
    """The sheet, read in a process of its own; the file is gone afterwards."""
    with TemporaryDirectory(prefix="list-") as folder:
        path = Path(folder) / "list.xlsx"
        with path.open("wb") as copy:
            copy.writelines(file.chunks())
        sheets = read_rows(path)
    return read_cell_sheet(sheets, queries.cell_people(cell, clock.today()), mark=mark_of(tier, cell))


def _show(request: HttpRequest, tier: Tier, cell: Unit, sheet: CellSheet, *, source: str) -> HttpResponse:
    """The table with what is new in the file; without anything new the table as it is."""
    members = {row.member.pk for row in sheet.rows}
    grid = read_grid(person(request), tier, cell, clock.today(), only=members)
    saved = {pk: row.pledge for pk, row in grid.by_member.items()}
    rows: dict[int, Mapping[str, str]] = {}
    problems = list(sheet.problems)
    for typed in sheet.rows:
        raw = {**typed.raw, "novelty": novelty_of(typed.raw["novelty"])}
        pledge = saved.get(typed.member.pk)
        if not _is_new(typed, raw, pledge):
            continue
        if pledge and not grid.by_member[typed.member.pk].editable:
            problems.append(_sent(typed))
            continue
        rows[typed.member.pk] = raw
        if _moved_on(typed, pledge):
            text = _("Row %(row)s: the registration of %(name)s has changed since the file was taken.")
            problems.append(text % {"row": typed.row, "name": typed.member.name})
    if not rows and not problems:
        messages.info(request, _("The file holds nothing new: everything in it is in the table already."))
        return redirect("pledges:cell_grid", tier.campaign.code, cell.code)
    return page_with(request, tier, cell, rows, problems, source)


def _sent(typed: TypedRow) -> str:
    text = _(
        "Row %(row)s: the registration of %(name)s has been sent and is not changed by the file."
        " It says: “%(typed)s”."
    )
    said = " · ".join(filter(None, typed.raw.values()))
    return text % {"row": typed.row, "name": typed.member.name, "typed": said}


def _is_new(typed: TypedRow, raw: Mapping[str, str], pledge: Pledge | None) -> bool:
    """Whether somebody wrote in the row, and something else than what is saved by now."""
    key = RowKey.read(typed.key)
    written = digest_of(raw)
    return written != digest_of(stored(pledge)) and (key is None or key.digest != written)


def _moved_on(typed: TypedRow, pledge: Pledge | None) -> bool:
    """Whether what is saved is another text than the row was handed out with."""
    key = RowKey.read(typed.key)
    return key is not None and key.digest != digest_of(stored(pledge))
