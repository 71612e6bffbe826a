"""Long lists: asked for, followed while a worker writes them, fetched by who asked and nobody else."""

import uuid
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import HttpResponseClientRefresh

from cadres.access import person, signed_in
from cadres.jobs import JobState
from cadres.models import Unit
from cadres.permissions import can_read_unit
from cadres.reading import reads_default
from pledges.actions.acts import NotAllowedError
from pledges.models import Tier
from reports.actions.exports import KEPT, note_taken, request_export
from reports.forms.exports import ExportForm
from reports.long_lists import (
    address_of_list,
    name_of_list,
    title_of_list,
    wanted_figure,
    wanted_people,
    wanted_pledges,
)
from reports.models import Export
from reports.opened import Opened
from reports.pledge_lists import PledgeList
from reports.views.closing_units import opened as opened_closing
from reports.views.closing_units import to_pledges
from reports.views.figures import opens
from reports.views.lists import lists

PAGE = 20


@signed_in
@require_POST
@opens
def figure_export(request: HttpRequest, opened: Opened) -> HttpResponse:
    """Have the whole list behind a number written."""
    back = reverse("reports:figure", args=[opened.unit.code, opened.figure.code])
    return _ask(request, opened.unit, opened.tier, wanted_figure(opened), back)


@signed_in
@require_POST
@lists
def pledges_export(request: HttpRequest, found: PledgeList) -> HttpResponse:
    """Have the whole list of pledges written."""
    back = reverse("reports:pledges", args=[found.unit.code])
    return _ask(request, found.unit, found.tier, wanted_pledges(found), back)


@signed_in
@require_POST
def closing_export(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """Have the people of a closing written."""
    data = opened_closing(request, pk, code)
    if not data.tier.has_rate:
        return to_pledges(request, data)
    back = reverse("reports:closing_people", args=[pk, code])
    return _ask(request, data.total.unit, data.tier, wanted_people(data.closing), back)


def _ask(request: HttpRequest, unit: Unit, tier: Tier, wanted: dict[str, Any], back: str) -> HttpResponse:
    """Ask for the list and show how far it is; where it is refused, the page it was asked on says why."""
    form = ExportForm(request.POST)
    try:
        if not form.is_valid():
            raise NotAllowedError(" ".join(map(str, form.errors["ref"])))
        ref = form.cleaned_data["ref"]
        made = request_export(ref=ref, unit=unit, tier=tier, wanted=wanted, by=person(request))
    except NotAllowedError as error:
        messages.error(request, str(error))
        return redirect(f"{back}?{request.GET.urlencode()}")
    return redirect("reports:export", made.ref)


def _own(request: HttpRequest, ref: uuid.UUID) -> Export:
    """The person's own export of a unit that he still reads; anybody else's is not there."""
    rows = Export.objects.select_related("unit", "tier__campaign", "created_by")
    export = get_object_or_404(rows, ref=ref, created_by=person(request))
    if not can_read_unit(person(request), export.unit):
        raise Http404
    return export


@signed_in
@never_cache
@require_GET
def export_list(request: HttpRequest) -> HttpResponse:
    """The lists that the person has asked for, the newest first."""
    rows = Export.objects.filter(created_by=person(request)).select_related("unit", "tier__campaign")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    exports = [(row, title_of_list(row)) for row in page]
    context = {"page": page, "exports": exports, "days": KEPT.days}
    return TemplateResponse(request, "reports/export_list.html", context)


@signed_in
@never_cache
@require_GET
def export(request: HttpRequest, ref: uuid.UUID) -> HttpResponse:
    """How far the list is; then where it is fetched, or why it was not written."""
    row = _own(request, ref)
    context = {
        "export": row,
        "title": title_of_list(row),
        "days": KEPT.days,
        "list_url": address_of_list(row),
        **_progress(row),
    }
    return TemplateResponse(request, "reports/export.html", context)


@signed_in
@never_cache
@require_GET
def progress(request: HttpRequest, ref: uuid.UUID) -> HttpResponse:
    """The progress alone, asked for every second; at the end the whole page is loaded again."""
    row = _own(request, ref)
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect("reports:export", row.ref)
    if row.is_over:
        return HttpResponseClientRefresh()
    return TemplateResponse(request, "components/_progress.html", _progress(row))


def _progress(export: Export) -> dict[str, Any]:
    return {
        "url": reverse("reports:export_progress", args=[export.ref]),
        "done": export.progress,
        "total": export.total,
        "label": _("The list is being written"),
        "note": _note(export),
        "finished": export.is_over,
    }


def _note(export: Export) -> str:
    told = _("You may leave this page; the bell tells you when the list is ready.")
    again = _("The work was interrupted and has begun again.") if export.attempts > 1 else ""
    return f"{again} {told}".strip()


@reads_default
@signed_in
@require_GET
@cache_control(private=True, no_store=True)
def file(request: HttpRequest, ref: uuid.UUID) -> HttpResponseBase:
    """The file, named without a person's name, and a line in the export log."""
    row = _own(request, ref)
    if row.state != JobState.DONE or not row.file:
        raise Http404
    try:
        content = row.file.open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    note_taken(row)
    what = name_of_list(row)
    name = f"{row.tier.campaign.code}-{row.unit.code}-{what}-{row.pk}.{row.form}"
    response = FileResponse(
        content, as_attachment=True, filename=name, content_type="application/octet-stream"
    )
    response["X-Content-Type-Options"] = "nosniff"
    return response
