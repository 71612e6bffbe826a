"""The dashboard of any unit, and the definitions of its figures."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET

from cadres import clock
from cadres.access import person, signed_in
from cadres.models import Unit, User
from cadres.permissions import can_read_unit
from pledges.models import Tier
from reports.closing_reading import speaking_for
from reports.dashboards import dashboard, member_tiers, ranked
from reports.figures import FIGURES, footnotes

SHOWN = 12


def unit_for(user: User, code: str) -> Unit:
    """The unit, when its figures may be read; 404 for strangers."""
    found = get_object_or_404(Unit.objects.select_related("parent"), code=code)
    if not can_read_unit(user, found):
        raise Http404
    return found


def chosen_tier(tiers: list[Tier], campaign: str | None) -> Tier | None:
    """The tier of the campaign named in the address, or the newest."""
    named = [tier for tier in tiers if tier.campaign.code == campaign]
    if campaign and not named:
        raise Http404
    found = named or tiers
    return found[0] if found else None


@signed_in
@require_GET
def unit(request: HttpRequest, code: str) -> HttpResponse:
    """Headline, meter, curve, units below ranked, key cadres by year, results; closed: its closing."""
    place = unit_for(person(request), code)
    tiers = member_tiers(place)
    tier = chosen_tier(tiers, request.GET.get("campaign"))
    if tier is None:
        return TemplateResponse(request, "reports/unit_empty.html", {"unit": place})
    if closing := speaking_for(tier.campaign):
        return redirect("reports:closing_unit", closing.pk, place.code)
    data = dashboard(place, tier, clock.today())
    rows = ranked(data.children, request.GET.get("sort", "percent"))
    shown = rows if request.GET.get("all") else rows[:SHOWN]
    context = {
        "data": data,
        "unit": place,
        "tier": tier,
        "campaign": tier.campaign,
        "tiers": tiers,
        "rows": shown,
        "n_children": len(rows),
        "parent": place.parent if place.parent and can_read_unit(person(request), place.parent) else None,
        "footnotes": footnotes(figure for figure, _rate in data.figures),
        "days_left": tier.campaign.days_left(clock.today()),
    }
    return TemplateResponse(request, "reports/unit.html", context)


@signed_in
@require_GET
def definitions(request: HttpRequest) -> HttpResponse:
    """Each figure with its definition: what is counted, of what, what is left out."""
    return TemplateResponse(request, "reports/definitions.html", {"figures": FIGURES})
