"""Campaigns: what is in force, for whom, by which route, and how many registrations answer each theme."""

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET

from cadres import clock
from cadres.access import person, role_required, signed_in
from cadres.models import Body
from cadres.permissions import can_read_unit, scope_of, under
from cadres.roles import Role
from cadres.views.paging import page_of
from pledges import kept
from pledges.models import Campaign, Theme, Tier
from pledges.permissions import can_run_campaign
from pledges.route_words import Names, tier_words
from pledges.states import CampaignState
from pledges.views.campaign_stage import history

PAGE = 30


@role_required(Role.BOARD_OFFICER, Role.INSPECTOR)
@require_GET
def campaign_list(request: HttpRequest) -> HttpResponse:
    """Campaigns of the units in scope, newest first; ?state for those of one stage."""
    user, day = person(request), clock.today()
    rows = Campaign.objects.filter(under(scope_of(user).readable_paths, "host__"))
    state = request.GET.get("state", "")
    if state in CampaignState.values:
        rows = rows.filter(state=state)
    rows = rows.select_related("host").prefetch_related("tiers")
    page = page_of(rows.order_by("-year", "code"), size=PAGE, number=request.GET.get("page"))
    context = {
        "page": page,
        "campaigns": [(campaign, campaign.days_left(day)) for campaign in page],
        "runs_any": scope_of(user).has(Role.BOARD_OFFICER),
        "state": state,
        "states": CampaignState.choices,
    }
    return TemplateResponse(request, "pledges/campaign_list.html", context)


@signed_in
@require_GET
def detail(request: HttpRequest, campaign: str) -> HttpResponse:
    """One campaign: window, guidance, themes, tiers with quota and route, lists in force.

    Open to every signed-in person: it holds what everybody is asked to do, and no person. In draft
    it is for those alone who read the host; so are the numbers by theme and the history.
    """
    rows = Campaign.objects.select_related("host").prefetch_related(
        "themes", "tiers__steps", "tiers__cadre_list", "lists__items"
    )
    found = get_object_or_404(rows, code=campaign)
    reads_host = can_read_unit(person(request), found.host)
    if found.state == CampaignState.DRAFT and not reads_host:
        raise Http404
    bodies = Body.objects.filter(unit=found.host, ended_on=None)
    names: Names = dict(bodies.values_list("kind", "name"))
    context: dict[str, Any] = {
        "campaign": found,
        "days_left": found.days_left(clock.today()),
        "tiers": [tier_words(tier, names) for tier in found.tiers.all()],
        "reads_host": reads_host,
        "may_run": can_run_campaign(person(request), found.host),
    }
    if reads_host:
        events = list(found.events.select_related("actor"))
        context |= {"history": history(events), "answers": _answers(found)}
    return TemplateResponse(request, "pledges/campaign.html", context)


@dataclass(frozen=True)
class Answered:
    """A theme, or None for what names none, with the number of registrations by tier."""

    theme: Theme | None
    counts: list[tuple[Tier, int]]


def _answers(campaign: Campaign) -> list[Answered]:
    """By theme, how many registered pledges answer it in each tier; nothing is summed over tiers."""
    tiers: list[Any] = list(campaign.tiers.all())
    found = kept.themes(campaign.host, tiers)
    themes: list[Theme | None] = [*campaign.themes.all(), None]
    return [
        Answered(theme, [(tier, found.get((tier.pk, theme.pk if theme else None), 0)) for tier in tiers])
        for theme in themes
    ]
