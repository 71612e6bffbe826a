"""The one page on which a campaign is set up, section by section; beginning one, copying one."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cadres import clock
from cadres.access import person, role_required
from cadres.models import Unit, User
from cadres.permissions import scope_of, under
from cadres.roles import Role
from pledges.actions import campaign_edits, campaign_tiers
from pledges.actions.acts import NotAllowedError
from pledges.actions.campaign_copy import copy_campaign
from pledges.actions.campaign_stages import why_fixed
from pledges.actions.campaigns import READY_ROUTES, begin_campaign
from pledges.completeness import BASICS, GUIDANCE, LISTS, ROUTES, TIERS
from pledges.forms.campaign_tiers import RouteForm, TierForm
from pledges.forms.campaigns import (
    ASKED,
    BasicsForm,
    BeginForm,
    CopyForm,
    GuidanceForm,
    ListsForm,
    next_year,
)
from pledges.models import Campaign, Tier, TierKind
from pledges.states import CampaignState
from pledges.views.campaign_page import edit_context
from pledges.views.campaign_stage import campaign_to_run

# What a section answers when it could not be saved: its form, or its route, as typed.
Failed = forms.Form | RouteForm | None


def _hosts(user: User) -> list[Unit]:
    """The units of whose board the person is."""
    scope = scope_of(user)
    return [scope.units[path] for path in scope.paths.get(Role.BOARD_OFFICER, ())]


@role_required(Role.BOARD_OFFICER)
@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: HttpRequest) -> HttpResponse:
    """Name, year and whom it asks; then the page of the new campaign."""
    user, day = person(request), clock.today()
    form = BeginForm(
        request.POST if request.method == "POST" else None,
        hosts=_hosts(user),
        initial={"year": next_year(day), "kinds": [TierKind.MEMBERS]},
    )
    if form.is_valid():
        data = form.cleaned_data
        made = begin_campaign(
            form.chosen_host, year=data["year"], title=data["title"], kinds=data["kinds"], by=user, on=day
        )
        return redirect("pledges:campaign_edit", made.code)
    return TemplateResponse(request, "pledges/campaign_begin.html", {"form": form})


@role_required(Role.BOARD_OFFICER)
@require_http_methods(["GET", "HEAD", "POST"])
def copy(request: HttpRequest) -> HttpResponse:
    """Which campaign is copied into which year; then the page of the copy."""
    user, day = person(request), clock.today()
    boards = scope_of(user).paths.get(Role.BOARD_OFFICER, ())
    campaigns = Campaign.objects.select_related("host").filter(under(boards, "host__"))
    source = campaigns.filter(code=request.GET.get("from", "")).first() or campaigns.first()
    year = max(next_year(day), source.year + 1) if source else next_year(day)
    form = CopyForm(
        request.POST if request.method == "POST" else None,
        campaigns=campaigns,
        initial={"source": source.code if source else None, "year": year},
    )
    if form.is_valid():
        data = form.cleaned_data
        made = copy_campaign(data["source"], year=data["year"], by=user, on=day)
        messages.success(request, _("The campaign is copied. See what is still missing."))
        return redirect("pledges:campaign_edit", made.code)
    return TemplateResponse(request, "pledges/campaign_copy.html", {"form": form, "any": source})


@role_required(Role.BOARD_OFFICER)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, campaign: str) -> HttpResponse:
    """Every section of the campaign with what it lacks, and where the campaign stands."""
    found = campaign_to_run(request, campaign)
    failed: Failed = None
    if request.method == "POST":
        section, do = request.POST.get("section", ""), request.POST.get("do", "")
        if section not in SAVED:
            raise BadRequest
        failed = SAVED[section](request, found, do)
        if failed is None:
            kind = request.POST.get("kind", "")
            url = reverse("pledges:campaign_edit", args=[found.code])
            return redirect(f"{url}?saved={section}&kind={kind}#{section}")
        found.refresh_from_db(fields=["state"])
        _tell_if_not_shown(request, found, section)
    saved = request.GET.get("saved", "") if failed is None else ""
    opened = request.GET.get("kind", "") if saved == ROUTES else ""
    context = edit_context(found, clock.today(), failed, opened) | {f"saved_{saved}": True}
    return TemplateResponse(request, "pledges/campaign_edit.html", context)


def _tell_if_not_shown(request: HttpRequest, campaign: Campaign, section: str) -> None:
    """Say why above the page where the section, meanwhile fixed, has no form any more to say it."""
    fixed = campaign.state != CampaignState.DRAFT and section in (LISTS, ROUTES)
    if fixed or campaign.state == CampaignState.CLOSED:
        messages.error(request, why_fixed(campaign))


def _try(form: forms.Form, write: Callable[[], Any]) -> Failed:
    """Save what is valid; what the action refuses is told above the form."""
    if not form.is_valid():
        return form
    try:
        write()
    except NotAllowedError as error:
        form.add_error(None, str(error))
        return form
    return None


def _save_basics(request: HttpRequest, campaign: Campaign, do: str) -> Failed:
    form = BasicsForm(request.POST, campaign=campaign)
    user = person(request)
    return _try(form, lambda: campaign_edits.write_basics(campaign.pk, form.basics(), by=user))


def _save_guidance(request: HttpRequest, campaign: Campaign, do: str) -> Failed:
    form = GuidanceForm(request.POST, campaign=campaign)

    def write() -> None:
        text = form.cleaned_data["guidance"]
        campaign_edits.write_guidance(campaign.pk, guidance=text, themes=form.all_themes, by=person(request))

    return _try(form, write)


def _save_lists(request: HttpRequest, campaign: Campaign, do: str) -> Failed:
    form = ListsForm(request.POST, campaign=campaign)
    user = person(request)
    return _try(form, lambda: campaign_edits.write_lists(campaign.pk, form.lists(), by=user))


def _save_tier(request: HttpRequest, campaign: Campaign, do: str) -> Failed:
    """Add a kind of people, take one away, or write what is asked of it."""
    kind = _kind(request)
    if do in ("add", "remove"):
        act = campaign_tiers.add_tier if do == "add" else campaign_tiers.remove_tier
        try:
            act(campaign.pk, kind, by=person(request))
        except NotAllowedError as error:
            messages.error(request, str(error))
        return None
    tier = _tier(campaign, kind)
    form = TierForm(request.POST, tier=tier)
    user = person(request)
    return _try(form, lambda: campaign_tiers.write_tier(campaign.pk, kind, form.asked(), by=user))


def _save_route(request: HttpRequest, campaign: Campaign, do: str) -> Failed:
    """Write the steps as they stand after the button pressed, or the usual route."""
    tier = _tier(campaign, _kind(request))
    form = RouteForm(tier, request.POST)
    if do != "ready" and not form.is_valid(do):
        return form
    steps = READY_ROUTES.get(tier.kind, ()) if do == "ready" else form.steps(do)
    try:
        campaign_tiers.write_route(campaign.pk, tier.kind, steps, by=person(request))
    except NotAllowedError as error:
        form.refusal = str(error)
        return form
    return None


def _kind(request: HttpRequest) -> TierKind:
    kind = request.POST.get("kind", "")
    if kind not in {one.value for one in ASKED}:
        raise BadRequest
    return TierKind(kind)


def _tier(campaign: Campaign, kind: str) -> Tier:
    tier = campaign.tiers.select_related("cadre_list").filter(kind=kind).first()
    if tier is None:
        raise BadRequest
    tier.campaign = campaign
    return tier


SAVED: dict[str, Callable[[HttpRequest, Campaign, str], Failed]] = {
    BASICS: _save_basics,
    GUIDANCE: _save_guidance,
    LISTS: _save_lists,
    TIERS: _save_tier,
    ROUTES: _save_route,
}
