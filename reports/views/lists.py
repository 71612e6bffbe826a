"""The pledges of a unit in a campaign, by status."""

from functools import partial

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET

from cadres import clock
from cadres.access import person, signed_in
from cadres.models import Unit
from cadres.text import fold
from cadres.views.paging import page_of
from pledges import queries
from pledges.models import Tier, TierKind
from pledges.states import REGISTERED, PledgeStatus
from reports.closing_lists import closed_address
from reports.models import UnitCount
from reports.views.dashboard import unit_for

PAGE = 50
# The counts keep the number of these, with the sub-tree.
KEPT_STATUSES = {
    "": "pledges",
    PledgeStatus.DONE: "done",
    PledgeStatus.CARRIED_OVER: "carried_over",
    "late": "late",
}
# What of the address the list of a closing answers to as well.
KEPT = ("status", "theme", "field", "unit")


@signed_in
@require_GET
def pledges(request: HttpRequest, code: str) -> HttpResponse:
    """Pledges of a unit in a tier, by status, with lead, deadline and result; or those of the closing."""
    unit = unit_for(person(request), code)
    tier = any_tier(unit.ancestor_paths(), request.GET.get("campaign", ""), request.GET.get("tier", ""))
    if address := closed_address(tier, unit, {name: request.GET.get(name, "") for name in KEPT}):
        return redirect(address)
    rows = queries.tier_pledges(tier).filter(unit__path__startswith=unit.path, status__in=REGISTERED)
    status = request.GET.get("status", "")
    if status in PledgeStatus.values:
        rows = rows.filter(status=status)
    elif status == "late":
        rows = queries.late(rows, clock.today())
    theme = request.GET.get("theme", "")
    if theme:
        rows = rows.filter(queries.of_theme(theme))
    field = request.GET.get("field", "")
    if field:
        rows = rows.filter(queries.of_field(field))
    if wanted := request.GET.get("unit", ""):
        rows = rows.filter(unit__name_key__contains=fold(wanted))
    rows = rows.select_related("lead_member", "unit__parent").prefetch_related("progress")
    is_kept = status in KEPT_STATUSES and not (theme or field or wanted)
    kept = partial(_number, tier, unit, status) if is_kept else None
    ordered = rows.order_by("unit__path", "pk")
    page = page_of(ordered, size=PAGE, number=request.GET.get("page"), kept=kept)
    context = {
        "unit": unit,
        "campaign": tier.campaign,
        "tier": tier,
        "page": page,
        "status": status,
        "theme": theme,
        "field": field,
        "wanted": wanted,
        "statuses": [choice for choice in PledgeStatus.choices if choice[0] in REGISTERED],
        "now": clock.now(),
    }
    return TemplateResponse(request, "reports/pledges.html", context)


def _number(tier: Tier, unit: Unit, status: str) -> int:
    """How many pledges of a status the counts keep."""
    numbers = UnitCount.objects.filter(tier=tier, unit=unit).values_list(KEPT_STATUSES[status], flat=True)
    return numbers.first() or 0


def any_tier(paths: list[str], campaign: str, kind: str = "") -> Tier:
    """The tier asked for; else the first that is not the grassroots cadres', who have pages of their own."""
    tiers = Tier.objects.select_related("campaign__host").filter(
        campaign__code=campaign, campaign__host__path__in=paths
    )
    if kind:
        tiers = tiers.filter(kind=kind)
    found = sorted(tiers, key=lambda tier: (tier.kind == TierKind.GRASSROOTS_CADRES, tier.order))
    if not found:
        raise Http404
    return found[0]
