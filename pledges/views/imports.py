"""Bring a registration list in: upload, preview, confirm, watch, read the result."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cadres import clock
from cadres.access import person, role_required
from cadres.actions.import_jobs import ConfirmError, confirm_import
from cadres.models import ImportMode, User
from cadres.permissions import scope_of, under
from cadres.roles import Role
from pledges.actions.import_pledges import request_pledge_import
from pledges.forms.imports import PledgeImportForm
from pledges.models import Campaign, PledgeImport
from pledges.permissions import can_import_pledges

PAGE = 50


def _visible(user: User) -> QuerySet[PledgeImport]:
    """Imports into campaigns of the hosts whose organisation board the person is of."""
    hosts = under(scope_of(user).paths.get(Role.BOARD_OFFICER, ()), "campaign__host__")
    return PledgeImport.objects.filter(hosts).select_related("campaign__host", "created_by")


def _campaigns(user: User) -> QuerySet[Campaign]:
    hosts = under(scope_of(user).paths.get(Role.BOARD_OFFICER, ()), "host__")
    return Campaign.objects.live().filter(hosts)


@role_required(Role.BOARD_OFFICER)
@require_GET
def import_list(request: HttpRequest) -> HttpResponse:
    """Workbooks of pledges that were brought in, newest first."""
    page = Paginator(_visible(person(request)), PAGE).get_page(request.GET.get("page"))
    return TemplateResponse(request, "pledges/import_list.html", {"page": page})


@role_required(Role.BOARD_OFFICER)
@require_http_methods(["GET", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    """Choose the campaign and the workbook; nothing is written before it was previewed."""
    user = person(request)
    form = PledgeImportForm(
        request.POST or None,
        request.FILES or None,
        campaigns=_campaigns(user),
        day=clock.today(),
        initial={"campaign": request.GET.get("campaign")},
    )
    if request.method == "POST" and form.is_valid():
        campaign, file, on = (form.cleaned_data[name] for name in ("campaign", "file", "on"))
        if not can_import_pledges(user, campaign):
            raise PermissionDenied(_("You do not bring in lists for this campaign."))
        job = request_pledge_import(campaign=campaign, file=file, on=on, by=user)
        return redirect("pledges:import_detail", job.pk)
    return TemplateResponse(request, "pledges/import_form.html", {"form": form})


@role_required(Role.BOARD_OFFICER)
@require_GET
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """How far the import is: being looked at, waiting for a yes, being written, over."""
    job = get_object_or_404(_visible(person(request)), pk=pk)
    page = Paginator(job.problems, PAGE).get_page(request.GET.get("page"))
    return TemplateResponse(request, "pledges/import_detail.html", _context(job) | {"page": page})


def _context(job: PledgeImport) -> dict[str, Any]:
    checking = job.mode == ImportMode.CHECK
    return {
        "job": job,
        "campaign": job.campaign,
        "finished": job.is_over,
        "counts": job.preview if checking else job.result,
        "waits": checking and job.is_over and not job.error,
        "label": _("The list is being looked at") if checking else _("The list is being brought in"),
    }


@role_required(Role.BOARD_OFFICER)
@require_GET
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """The progress alone, for the page that asks every second; at the end the page is shown anew."""
    job = get_object_or_404(_visible(person(request)), pk=pk)
    response = TemplateResponse(request, "pledges/_import_progress.html", _context(job))
    if job.is_over:
        response["HX-Refresh"] = "true"
    return response


@role_required(Role.BOARD_OFFICER)
@require_POST
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Have the list written that was previewed: only if faultless, or the good rows now."""
    user = person(request)
    job = get_object_or_404(_visible(user), pk=pk)
    if not can_import_pledges(user, job.campaign):
        raise PermissionDenied(_("You do not bring in lists for this campaign."))
    mode = request.POST.get("mode", "")
    if mode not in (ImportMode.FAULTLESS, ImportMode.GOOD_ROWS):
        raise Http404
    try:
        if not confirm_import(job, ImportMode(mode), by=user):
            messages.info(request, _("The list was confirmed already; nothing was started again."))
    except ConfirmError as error:
        messages.error(request, str(error))
    return redirect("pledges:import_detail", job.pk)


@role_required(Role.BOARD_OFFICER)
@require_GET
def refused_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The refused rows with their reasons, as a workbook."""
    job = get_object_or_404(_visible(person(request)), pk=pk)
    if not job.refused_file:
        raise Http404
    name = _("refused-rows-%(campaign)s.xlsx") % {"campaign": job.campaign.code}
    return FileResponse(job.refused_file.open("rb"), as_attachment=True, filename=name)
