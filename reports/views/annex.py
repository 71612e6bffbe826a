"""A docket as a Word document: tờ trình before the meeting, the conclusion after it."""

import uuid

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from cadres import clock
from cadres.access import person, signed_in
from cadres.models import RecordEvent
from pledges.models import Docket, TierKind
from pledges.permissions import visible_dockets
from reports.annex import docket_document
from reports.writers.word import build_docket_annex

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@signed_in
@require_GET
def docket_docx(request: HttpRequest, ref: uuid.UUID) -> HttpResponse:
    """A docket of cadres' pledges with its annex; a line in the export log says who took it."""
    listed = (TierKind.KEY_CADRES, TierKind.GRASSROOTS_CADRES)
    about_pledges = Q(lines__pledge__isnull=False) | Q(corrects__isnull=False, lines=None)
    dockets = visible_dockets(person(request)).filter(about_pledges, tier__kind__in=listed).distinct()
    dockets = dockets.select_related(
        "campaign__host__parent", "tier__campaign__host", "body__unit__parent", "corrects"
    )
    docket = get_object_or_404(dockets.prefetch_related("tier__steps"), ref=ref)
    response = HttpResponse(build_docket_annex(docket_document(docket)), content_type=DOCX)
    _note_export(request, docket)
    name = f"{docket.campaign.code}-{docket.state}-{clock.now():%Y%m%d-%H%M}.docx"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response


def _note_export(request: HttpRequest, docket: Docket) -> None:
    RecordEvent.objects.create(
        actor=person(request),
        action="export_docket",
        unit=docket.body.unit,
        data={
            "format": "docx",
            "campaign": docket.campaign.code,
            "docket": str(docket.ref),
            "rows": docket.lines.count(),
        },
    )
