"""Rosters are brought in: upload, look at what would change, write it, see what came of it."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRefresh

from cadres import clock
from cadres.access import person, role_required, signed_in
from cadres.actions.import_jobs import (
    ConfirmError,
    confirm_import,
    note_refused_taken,
    request_roster_import,
)
from cadres.forms.roster import ConfirmForm, RosterUploadForm
from cadres.models import CELL_KINDS, ImportMode, RosterImport, Unit, User
from cadres.permissions import can_keep_roster, can_read_unit, scope_of, under
from cadres.roles import Role

PAGE = 30
PROBLEMS = 50
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


MANY_REFUSED = 20


@role_required(Role.BOARD_OFFICER)
@require_GET
def import_list(request: HttpRequest) -> HttpResponse:
    """The imports of the organisations whose rosters the person keeps, newest first."""
    jobs = RosterImport.objects.filter(under(_kept_paths(person(request)), "host__"))
    jobs = jobs.select_related("host", "created_by").defer("preview", "problems")
    context = {"page": Paginator(jobs, PAGE).get_page(request.GET.get("page"))}
    return TemplateResponse(request, "cadres/roster_list.html", context)


@role_required(Role.BOARD_OFFICER)
@require_http_methods(["GET", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    """Take a workbook and have it checked; nothing of it is written yet. ?name narrows the organisations."""
    user, name = person(request), request.GET.get("name", "")[:100]
    form = RosterUploadForm(
        request.POST or None, request.FILES or None, hosts=_kept_hosts(user), today=clock.today(), name=name
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        job = request_roster_import(host=data["host"], file=data["file"], as_of=data["as_of"], by=user)
        return redirect("cadres:roster_detail", pk=job.pk)
    context = {"form": form, "name": name, "trail": _trail(_("Bring in a list"))}
    return TemplateResponse(request, "cadres/roster_upload.html", context)


@signed_in
@never_cache
@require_GET
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """How far the import is; what it would change; in the end what it did."""
    job = _job_for(request, pk)
    checked = job.is_over and job.mode == ImportMode.CHECK
    context = _progress_context(job) | {
        "can_confirm": checked and not job.error and bool(job.file),
        "checked": checked,
        "stated": _another_day(job),
        "examples": job.preview.get("examples", {}),
        "counts": job.preview.get("counts", {}) if checked else job.result,
        "nothing_new": checked and not _changes(job.preview.get("counts", {})),
        "doubtful": checked and _is_doubtful(job),
        "wrote": any(job.result.values()),
        "problems": Paginator(job.problems, PROBLEMS).get_page(request.GET.get("page")),
        "trail": _trail(job.file_name),
    }
    return TemplateResponse(request, "cadres/roster_detail.html", context)


@signed_in
@never_cache
@require_GET
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """The progress alone, asked for every second; at the end the whole page is loaded again."""
    job = _job_for(request, pk)
    if job.is_over and request.htmx:  # type: ignore[attr-defined]
        return HttpResponseClientRefresh()
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect("cadres:roster_detail", pk=job.pk)
    return TemplateResponse(request, "components/_progress.html", _progress_context(job))


@signed_in
@require_POST
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Have a checked list written, all or only its good rows; twice the same click is one run."""
    job = _job_for(request, pk)
    form = ConfirmForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose how the list is to be written."))
        return redirect("cadres:roster_detail", pk=job.pk)
    try:
        confirmed = confirm_import(job, ImportMode(form.cleaned_data["mode"]), by=person(request))
    except ConfirmError as error:
        messages.error(request, str(error))
    else:
        if not confirmed:
            messages.info(request, _("This list is being written already, or has been."))
    return redirect("cadres:roster_detail", pk=job.pk)


@signed_in
@never_cache
@require_GET
def refused_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The workbook of the rows that were not taken; who takes it out is journalled."""
    job = _job_for(request, pk)
    if not job.refused_file:
        raise Http404
    note_refused_taken(job, by=person(request))
    name = _("refused-rows-%(number)s.xlsx") % {"number": job.pk}
    return FileResponse(job.refused_file.open("rb"), as_attachment=True, filename=name, content_type=XLSX)


def _changes(counts: dict[str, int]) -> int:
    """How much the list would write."""
    written = ("created", "moved", "changed", "units_created", "offices_started", "offices_ended")
    return sum(counts.get(name, 0) for name in written)


def _is_doubtful(job: RosterImport) -> bool:
    """More than a tenth of many rows cannot be taken: most likely it is another organisation's list."""
    refused: int = job.preview.get("counts", {}).get("refused", 0)
    people: int = job.preview.get("people", 0)
    return refused > MANY_REFUSED and refused * 10 > people


def _kept_paths(user: User) -> tuple[str, ...]:
    return scope_of(user).paths.get(Role.BOARD_OFFICER, ())


def _kept_hosts(user: User) -> QuerySet[Unit]:
    """Organisations that can have others below them, in the sub-trees that the person keeps."""
    return Unit.objects.in_force().filter(under(_kept_paths(user))).exclude(kind__in=CELL_KINDS)


def _job_for(request: HttpRequest, pk: int) -> RosterImport:
    """The import, for who keeps the rosters of its host: strangers do not learn that it exists."""
    job = get_object_or_404(RosterImport.objects.select_related("host", "created_by"), pk=pk)
    if not can_read_unit(person(request), job.host):
        raise Http404
    if not can_keep_roster(person(request), job.host):
        raise PermissionDenied(_("This page is for another role."))
    return job


def _progress_context(job: RosterImport) -> dict[str, Any]:
    checking = job.mode == ImportMode.CHECK
    return {
        "job": job,
        "url": reverse("cadres:roster_progress", args=[job.pk]),
        "done": job.progress,
        "total": job.total,
        "label": _("The list is being checked") if checking else _("The list is being written"),
        "note": _("You may leave this page; the work goes on."),
        "finished": job.is_over,
    }


def _another_day(job: RosterImport) -> date | None:
    """The day that the list itself states, where it is not the day that was typed."""
    stated = job.preview.get("stated_as_of", "")
    day = date.fromisoformat(stated) if stated else job.as_of
    return day if day != job.as_of else None


def _trail(last: str) -> list[dict[str, str]]:
    return [{"label": _("Member lists"), "url": reverse("cadres:roster_list")}, {"label": last}]
