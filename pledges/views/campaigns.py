"""Campaigns: what is in force, for whom, by which route."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET

from cadres import clock
from cadres.access import role_required, signed_in
from cadres.permissions import scope_of, under
from cadres.roles import Role
from pledges.models import Campaign


@role_required(Role.BOARD_OFFICER, Role.INSPECTOR)
@require_GET
def campaign_list(request: HttpRequest) -> HttpResponse:
    """Campaigns of the units in scope, newest first."""
    scope = scope_of(request.user)
    rows = Campaign.objects.filter(under(scope.readable_paths, "host__")).select_related("host")
    return TemplateResponse(
        request, "pledges/campaign_list.html", {"campaigns": rows.prefetch_related("tiers")}
    )


@signed_in
@require_GET
def detail(request: HttpRequest, campaign: str) -> HttpResponse:
    """One campaign: window, guidance, themes, tiers with quota and route, lists in force.

    Open to every signed-in person: it holds what everybody is asked to do, and no person.
    """
    rows = Campaign.objects.select_related("host").prefetch_related("themes", "tiers__steps", "lists__items")
    found = get_object_or_404(rows, code=campaign)
    context = {"campaign": found, "days_left": found.days_left(clock.today())}
    return TemplateResponse(request, "pledges/campaign.html", context)
