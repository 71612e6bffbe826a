"""Registration lists are brought in: upload, look at what is new, write it, see what came of it."""

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
from cadres.actions.import_jobs import ConfirmError, confirm_import
from cadres.forms.roster import ConfirmForm
from cadres.models import ImportMode, User
from cadres.permissions import can_read_unit, scope_of, under
from cadres.roles import Role
from pledges.actions.import_pledges import note_refused_taken, request_pledge_import
from pledges.forms.imports import PledgeUploadForm
from pledges.models import Campaign, PledgeImport
from pledges.permissions import can_import_pledges

PAGE = 30
PROBLEMS = 50
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@role_required(Role.BOARD_OFFICER)
@require_GET
def import_list(request: HttpRequest) -> HttpResponse:
    """The imports into campaigns that the person's board runs, newest first."""
    jobs = PledgeImport.objects.filter(under(_board_paths(person(request)), "campaign__host__"))
    jobs = jobs.select_related("campaign", "created_by").defer("preview", "problems").order_by("-pk")
    context = {"page": Paginator(jobs, PAGE).get_page(request.GET.get("page"))}
    return TemplateResponse(request, "pledges/import_list.html", context)


@role_required(Role.BOARD_OFFICER)
@require_http_methods(["GET", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    """Take a workbook and have it looked at; nothing of it is written yet."""
    user = person(request)
    form = PledgeUploadForm(
        request.POST or None,
        request.FILES or None,
        campaigns=_campaigns(user),
        today=clock.today(),
        initial={"campaign": request.GET.get("campaign")},
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        job = request_pledge_import(campaign=data["campaign"], file=data["file"], on=data["on"], by=user)
        return redirect("pledges:import_detail", pk=job.pk)
    status = 422 if form.is_bound else 200
    context = {"form": form, "trail": _trail(_("Bring in a list"))}
    return TemplateResponse(request, "pledges/import_upload.html", context, status=status)


@signed_in
@never_cache
@require_GET
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """How far the import is; what would be new; in the end what was written."""
    job = _job_for(request, pk)
    checked = job.is_over and job.mode == ImportMode.CHECK
    context = _progress_context(job) | {
        "can_confirm": checked and not job.error and bool(job.file),
        "checked": checked,
        "counts": job.result or job.preview.get("counts", {}),
        "problems": Paginator(job.problems, PROBLEMS).get_page(request.GET.get("page")),
        "trail": _trail(job.file_name),
    }
    return TemplateResponse(request, "pledges/import_detail.html", context)


@signed_in
@never_cache
@require_GET
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """The progress alone, asked for every second; at the end the whole page is loaded again."""
    job = _job_for(request, pk)
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect("pledges:import_detail", pk=job.pk)
    if job.is_over:
        return HttpResponseClientRefresh()
    return TemplateResponse(request, "components/_progress.html", _progress_context(job))


@signed_in
@require_POST
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Have a checked list written, all or only its good rows; twice the same click is one run."""
    job = _job_for(request, pk)
    form = ConfirmForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose how the list is to be written."))
        return redirect("pledges:import_detail", pk=job.pk)
    try:
        confirmed = confirm_import(job, ImportMode(form.cleaned_data["mode"]), by=person(request))
    except ConfirmError as error:
        messages.error(request, str(error))
    else:
        if not confirmed:
            messages.info(request, _("This list is being written already, or has been."))
    return redirect("pledges:import_detail", pk=job.pk)


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


def _board_paths(user: User) -> tuple[str, ...]:
    return scope_of(user).paths.get(Role.BOARD_OFFICER, ())


def _campaigns(user: User) -> QuerySet[Campaign]:
    """Campaigns whose figures still move, of the hosts whose board the person is of."""
    return Campaign.objects.live().filter(under(_board_paths(user), "host__"))


def _job_for(request: HttpRequest, pk: int) -> PledgeImport:
    """The import, for the board of the campaign's host: strangers do not learn that it exists."""
    job = get_object_or_404(PledgeImport.objects.select_related("campaign__host", "created_by"), pk=pk)
    if not can_read_unit(person(request), job.campaign.host):
        raise Http404
    if not can_import_pledges(person(request), job.campaign):
        raise PermissionDenied(_("This page is for another role."))
    return job


def _progress_context(job: PledgeImport) -> dict[str, Any]:
    checking = job.mode == ImportMode.CHECK
    return {
        "job": job,
        "url": reverse("pledges:import_progress", args=[job.pk]),
        "done": job.progress,
        "total": job.total,
        "label": _("The list is being checked") if checking else _("The list is being written"),
        "note": _("You may leave this page; the work goes on."),
        "finished": job.is_over,
    }


def _trail(last: str) -> list[dict[str, str]]:
    return [{"label": _("Registration lists"), "url": reverse("pledges:import_list")}, {"label": last}]
