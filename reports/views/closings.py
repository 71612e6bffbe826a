"""Closings of a campaign: listed, made in one click or on a document; the campaign closed on one."""

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRefresh

from cadres import clock
from cadres.access import person, role_required, signed_in
from cadres.jobs import JobState
from cadres.permissions import can_read_unit
from cadres.roles import Role
from pledges.actions.acts import NotAllowedError
from pledges.models import Campaign
from pledges.permissions import can_run_campaign
from pledges.states import CampaignState
from reports.actions.campaign_closing import close_campaign, reopen_campaign
from reports.actions.closings import request_closing
from reports.closing_reading import last_official
from reports.closing_words import mark, matter_lines, stage_words
from reports.forms.closings import OfficialForm, ReopenForm, WorkingForm
from reports.models import Closing, ClosingKind, ClosingStage
from reports.open_matters import open_matters

PAGE = 30


def campaign_for(request: HttpRequest, code: str, *, run: bool = False) -> Campaign:
    """The campaign, for readers of its host; to act on it, for who runs it: 404, then 403."""
    campaign = get_object_or_404(Campaign.objects.select_related("host"), code=code)
    if not can_read_unit(person(request), campaign.host):
        raise Http404
    if run and not can_run_campaign(person(request), campaign.host):
        raise PermissionDenied(_("You do not run campaigns of this organisation."))
    return campaign


@signed_in
@never_cache
@require_GET
def closing_list(request: HttpRequest, campaign: str) -> HttpResponse:
    """What is open now, what may be done, and every closing made, the newest first."""
    found = campaign_for(request, campaign)
    rows = Closing.objects.filter(campaign=found).select_related("created_by")
    rows = rows.defer("definitions", "open_matters")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    runs = can_run_campaign(person(request), found.host)
    context = {
        "campaign": found,
        "page": page,
        "closings": [(row, mark(row) if row.taken_at else "") for row in page],
        "may_close": runs and found.state not in (CampaignState.CLOSED, CampaignState.DRAFT),
        "may_end": runs and found.state == CampaignState.EVALUATING,
        "may_reopen": runs and found.state == CampaignState.CLOSED,
        "speaks": last_official(found),
        "reopenings": found.reopenings.select_related("by"),
        "ref": uuid.uuid4(),
    }
    if found.state != CampaignState.CLOSED:
        context["matters"] = _matters(found)
    return TemplateResponse(request, "reports/closing_list.html", context)


def _matters(campaign: Campaign) -> list[Any]:
    return matter_lines(campaign, [one.kept() for one in open_matters(campaign)])


@role_required(Role.BOARD_OFFICER)
@require_POST
def working(request: HttpRequest, campaign: str) -> HttpResponse:
    """A working closing: one click."""
    found = campaign_for(request, campaign, run=True)
    form = WorkingForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(map(str, form.errors["ref"])))
        return redirect("reports:closing_list", found.code)
    given = {"ref": form.cleaned_data["ref"], "title": found.title}
    return _ask(request, found, ClosingKind.WORKING, given) or redirect("reports:closing_list", found.code)


@role_required(Role.BOARD_OFFICER)
@require_http_methods(["GET", "POST"])
def official(request: HttpRequest, campaign: str) -> HttpResponse:
    """An official closing: its name and its document, with what is open beside the form."""
    found = campaign_for(request, campaign, run=True)
    title = _("Closing of figures: %(campaign)s") % {"campaign": found.title}
    initial = {"ref": uuid.uuid4(), "title": title[:200]}
    form = OfficialForm(request.POST or None, day=clock.today(), initial=initial)
    if request.method == "POST" and form.is_valid():
        answer = _ask(request, found, ClosingKind.OFFICIAL, form.cleaned_data)
        if answer is not None:
            return answer
    context = {"campaign": found, "form": form, "matters": _matters(found)}
    status = 422 if form.is_bound else 200
    return TemplateResponse(request, "reports/closing_official.html", context, status=status)


def _ask(
    request: HttpRequest, campaign: Campaign, kind: ClosingKind, given: dict[str, Any]
) -> HttpResponse | None:
    """Ask for the closing and show its progress; None, with the reason told, where it is refused."""
    try:
        made = request_closing(campaign=campaign, kind=kind, by=person(request), day=clock.today(), **given)
    except NotAllowedError as error:
        messages.error(request, str(error))
        return None
    return redirect("reports:closing", made.pk)


@role_required(Role.BOARD_OFFICER)
@require_POST
def end(request: HttpRequest, campaign: str) -> HttpResponse:
    """Close the campaign on its last official closing."""
    found = campaign_for(request, campaign, run=True)
    try:
        close_campaign(found.pk, by=person(request), on=clock.today())
    except NotAllowedError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The campaign is closed. Its figures are those of the official closing."))
    return redirect("reports:closing_list", found.code)


@role_required(Role.BOARD_OFFICER)
@require_http_methods(["GET", "POST"])
def reopen(request: HttpRequest, campaign: str) -> HttpResponse:
    """Open a closed campaign again, on a document and with its reason."""
    found = campaign_for(request, campaign, run=True)
    form = ReopenForm(request.POST or None, day=clock.today())
    if request.method == "POST" and form.is_valid():
        try:
            reopen_campaign(found.pk, by=person(request), on=clock.today(), **form.cleaned_data)
        except NotAllowedError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("The campaign is open again for its year-end evaluation."))
        return redirect("reports:closing_list", found.code)
    context = {"campaign": found, "form": form}
    status = 422 if form.is_bound else 200
    return TemplateResponse(request, "reports/campaign_reopen.html", context, status=status)


@signed_in
@never_cache
@require_GET
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """How far the closing is; once it is done, the closing itself, opened at the host."""
    closing = _closing_for(request, pk)
    if closing.state == JobState.DONE:
        return redirect("reports:closing_unit", closing.pk, closing.campaign.host.code)
    return TemplateResponse(request, "reports/closing_progress.html", _progress(closing))


@signed_in
@never_cache
@require_GET
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """The progress alone, asked for every second; at the end the whole page is loaded again."""
    closing = _closing_for(request, pk)
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect("reports:closing", closing.pk)
    if closing.is_over:
        return HttpResponseClientRefresh()
    return TemplateResponse(request, "components/_progress.html", _progress(closing))


def _closing_for(request: HttpRequest, pk: int) -> Closing:
    closing = get_object_or_404(Closing.objects.select_related("campaign__host"), pk=pk)
    if not can_read_unit(person(request), closing.campaign.host):
        raise Http404
    return closing


def _progress(closing: Closing) -> dict[str, Any]:
    told = ClosingStage.objects.select_related("tier").filter(closing=closing).first()
    share = told.done * 100 // told.total if told and told.done and told.total else None
    return {
        "closing": closing,
        "campaign": closing.campaign,
        "url": reverse("reports:closing_progress", args=[closing.pk]),
        # The rows are an estimate by the counts: the end is told by the closing itself.
        "share": None if share is None else min(share, 99),
        "label": _("The figures are being closed"),
        "note": " ".join(filter(None, (stage_words(told), _("You may leave this page; the work goes on.")))),
        "finished": closing.is_over,
    }
