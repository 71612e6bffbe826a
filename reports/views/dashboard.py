"""The dashboard of any unit, and the definitions of its figures."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_GET

from cadres import clock
from cadres.access import person, signed_in
from cadres.models import Unit, User
from cadres.permissions import can_keep_roster, can_read_unit
from pledges.models import Tier, TierKind
from pledges.obstacles import Holder, holders, longest, of_figure
from reports.closing_reading import closed_counts, speaking_for
from reports.closing_words import mark
from reports.dashboards import Dashboard, all_tiers, dashboard, member_tiers, ranked
from reports.facets import facet_cards
from reports.figures import BY_CODE, FIGURES, footnotes
from reports.ranking import Asked, ChildRow, ranking, weakest
from reports.undecided import undecided

# So many of the units with the lowest shares stand on the secretary's page.
WEAKEST = 5
# So many of those with whom tasks are stuck.
HOLDERS = 5
# The figures on that page, whose definitions stand below it on paper.
ON_THE_BRIEF = ("registered", "approved", "cells_sent", "late", "stuck", "completed")


def unit_for(user: User, code: str) -> Unit:
    """The unit, when its figures may be read; 404 for strangers."""
    found = get_object_or_404(Unit.objects.select_related("parent"), code=code)
    if not can_read_unit(user, found):
        raise Http404
    return found


def chosen_tier(tiers: list[Tier], campaign: str | None, kind: str | None = None) -> Tier | None:
    """The tier of the campaign and of the kind named in the address, or the first."""
    named = [tier for tier in tiers if campaign in (None, "", tier.campaign.code)]
    named = [tier for tier in named if kind in (None, "", tier.kind)]
    if not named and (tiers or campaign):
        raise Http404
    return named[0] if named else None


@signed_in
@require_GET
def unit(request: HttpRequest, code: str) -> HttpResponse:
    """Headline, meter, curve, units below ranked, key cadres by year, results; closed: its closing."""
    place = unit_for(person(request), code)
    tiers = all_tiers(place)
    tier = chosen_tier(tiers, request.GET.get("campaign"), request.GET.get("tier"))
    closing = speaking_for(tier.campaign) if tier else None
    # Who was founded after the close stands in no closing.
    if tier is None or (closing and tier.pk not in closed_counts(place, [tier])):
        keeps = can_keep_roster(person(request), place)
        return TemplateResponse(request, "reports/unit_empty.html", {"unit": place, "keeps_unit": keeps})
    if closing:
        address = reverse("reports:closing_unit", args=[closing.pk, place.code])
        return redirect(address if tier.kind == TierKind.MEMBERS else f"{address}?tier={tier.kind}")
    data = dashboard(place, tier, clock.today(), below=False)
    found = ranking(tier, place, Asked.of(request.GET))
    context = {
        **_frame(request, place, tier, tiers),
        "data": data,
        "ranking": found,
        "rows": found.rows,
        "n_children": found.numbers["all"],
        "chips": found.chips() if found.asked.is_whole else [],
        "sort": found.asked.sort,
        "has_brief": tiers[0].kind == TierKind.MEMBERS,
        "keeps_unit": can_keep_roster(person(request), place),
        "facets": facet_cards(place, tier, data.tiers),
        "footnotes": footnotes(figure for figure, _rate in data.figures),
    }
    return TemplateResponse(request, "reports/unit.html", context)


def _frame(request: HttpRequest, unit: Unit, tier: Tier, tiers: list[Tier]) -> dict[str, Any]:
    above = unit.parent
    return {
        "unit": unit,
        "tier": tier,
        "campaign": tier.campaign,
        "tiers": tiers,
        "parent": above if above and can_read_unit(person(request), above) else None,
        "days_left": tier.campaign.days_left(clock.today()),
    }


@signed_in
@require_GET
def brief(request: HttpRequest, code: str) -> HttpResponse:
    """One page for the secretary of the committee: what stands where, and what waits for a decision."""
    place = unit_for(person(request), code)
    tiers = member_tiers(place)
    tier = chosen_tier(tiers, request.GET.get("campaign"))
    if place.is_cell or tier is None:
        raise Http404
    data = dashboard(place, tier, clock.today(), below=False)
    counted = {figure.code for figure, _rate in data.figures}
    told = [code for code in ON_THE_BRIEF if code in counted]
    context = {
        **_frame(request, place, tier, tiers),
        "data": data,
        "weakest": weakest(tier, place, WEAKEST) if data.closing is None else _weakest_closed(data.children),
        "undecided": undecided(person(request), place),
        "holders": _held_up(data) if data.closing is None else [],
        "mark": mark(data.closing) if data.closing else "",
        "told": told,
        "footnotes": footnotes(BY_CODE[code] for code in told),
    }
    return TemplateResponse(request, "reports/brief.html", context)


def _held_up(data: Dashboard) -> list[tuple[Holder, int]]:
    """With whom most is stuck, and for how many days; asked only where the counts say that something is."""
    if not data.stuck.numerator:
        return []
    day = clock.today()
    return [(one, one.days(day)) for one in holders(longest(of_figure(data.tier, data.unit)), HOLDERS)]


def _weakest_closed(rows: list[ChildRow]) -> list[ChildRow]:
    return ranked([row for row in rows if row.missing], "percent")[:WEAKEST]


@signed_in
@require_GET
def definitions(request: HttpRequest) -> HttpResponse:
    """Each figure with its definition: what is counted, of what, what is left out."""
    return TemplateResponse(request, "reports/definitions.html", {"figures": FIGURES})
