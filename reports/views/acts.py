"""The register of acts to take away."""

from io import BytesIO

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from cadres import clock
from cadres.access import person, role_required
from cadres.models import RecordEvent
from cadres.permissions import scope_of
from pledges.act_register import Wanted
from pledges.views.dockets import READERS
from reports.acts import write_acts
from reports.views.cell_book import XLSX


@role_required(*READERS)
@require_GET
def acts_xlsx(request: HttpRequest) -> HttpResponse:
    """The acts looked for, as on the page; a line in the export log says who took them."""
    user, wanted, file = person(request), Wanted.of(request.GET), BytesIO()
    n = write_acts(file, user, wanted, clock.today())
    RecordEvent.objects.create(
        actor=user,
        action="export_acts",
        unit=next(iter(scope_of(user).units.values()), None),
        data={"format": "xlsx", "rows": n, "show": wanted.show},
    )
    response = HttpResponse(file.getvalue(), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="acts-{clock.now():%Y%m%d-%H%M}.xlsx"'
    response["Cache-Control"] = "no-store"
    return response
