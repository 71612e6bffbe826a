"""Rows of the cell's table looked at while they are typed: what is wrong, before anything is saved."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_POST

from cadres import clock
from cadres.access import signed_in
from cadres.text import clean
from pledges.forms.cell_grid import RowReader, name_of, read_posted
from pledges.views.cell_place import typed_place
from pledges.views.grid_rows import PAGE


@signed_in
@require_POST
def cell_check(request: HttpRequest, campaign: str, unit: str) -> HttpResponse:
    """What is wrong by row and column. What is still empty is not asked for: nothing is sent yet."""
    tier, _cell = typed_place(request, campaign, unit)
    reader = RowReader(year=tier.campaign.year, day=clock.today(), complete=False)
    prefix = name_of("title", "")
    keys = [name.removeprefix(prefix) for name in request.POST if name.startswith(prefix)]
    wrong: dict[str, dict[str, str]] = {}
    for key in keys[:PAGE]:
        if row := read_posted(request.POST, key):
            errors = reader.read(row.raw).errors
            wrong[key] = {column: text for column, text in errors.items() if clean(row.raw[column])}
    return JsonResponse({"wrong": wrong})
