"""Campaigns: what is in force, for whom, by which route."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET

from cadres import clock
from cadres.access import person, role_required, signed_in
from cadres.models import Body
from cadres.permissions import can_read_unit, scope_of, under
from cadres.roles import Role
from pledges.models import Campaign
from pledges.route_words import Names, tier_words


@role_required(Role.BOARD_OFFICER, Role.INSPECTOR)
@require_GET
def campaign_list(request: HttpRequest) -> HttpResponse:
    """Campaigns of the units in scope, newest first."""
    rows = Campaign.objects.filter(under(scope_of(person(request)).readable_paths, "host__"))
    rows = rows.select_related("host").prefetch_related("tiers")
    day = clock.today()
    context = {"campaigns": [(campaign, campaign.days_left(day)) for campaign in rows]}
    return TemplateResponse(request, "pledges/campaign_list.html", context)


@signed_in
@require_GET
def detail(request: HttpRequest, campaign: str) -> HttpResponse:
    """One campaign: window, guidance, themes, tiers with quota and route, lists in force.

    Open to every signed-in person: it holds what everybody is asked to do, and no person.
    """
    rows = Campaign.objects.select_related("host").prefetch_related(
        "themes", "tiers__steps", "tiers__cadre_list", "lists__items"
    )
    found = get_object_or_404(rows, code=campaign)
    bodies = Body.objects.filter(unit=found.host, ended_on=None)
    names: Names = dict(bodies.values_list("kind", "name"))
    context = {
        "campaign": found,
        "days_left": found.days_left(clock.today()),
        "tiers": [tier_words(tier, names) for tier in found.tiers.all()],
        "reads_host": can_read_unit(person(request), found.host),
    }
    return TemplateResponse(request, "pledges/campaign.html", context)
