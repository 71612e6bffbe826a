"""The registration list of a cell as a workbook to fill in."""

from io import BytesIO

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from cadres import clock
from cadres.access import person, signed_in
from cadres.models import RecordEvent, Unit
from pledges.models import Tier
from pledges.views.cell_place import typed_place
from pledges.views.grid_rows import GridRow, read_grid
from reports.cell_book import write_cell_book

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@signed_in
@require_GET
def cell_xlsx(request: HttpRequest, campaign: str, unit: str) -> HttpResponse:
    """The list for whoever types it; named without a person's name, and a line in the export log."""
    tier, cell = typed_place(request, campaign, unit)
    rows = _rows(request, tier, cell)
    file = BytesIO()
    write_cell_book(file, rows, tier=tier, cell=cell, day=clock.today())
    RecordEvent.objects.create(
        actor=person(request),
        action="export_cell_list",
        unit=cell,
        data={"format": "xlsx", "campaign": tier.campaign.code, "rows": len(rows)},
    )
    response = HttpResponse(file.getvalue(), content_type=XLSX)
    name = f"{tier.campaign.code}-{cell.code}-{clock.now():%Y%m%d-%H%M}.xlsx"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response


def _rows(request: HttpRequest, tier: Tier, cell: Unit) -> list[GridRow]:
    """The whole table of the cell, page after page."""
    user, day = person(request), clock.today()
    first = read_grid(user, tier, cell, day)
    rows = list(first.rows)
    for page in range(2, first.page.paginator.num_pages + 1):
        rows += read_grid(user, tier, cell, day, number=str(page)).rows
    return rows
