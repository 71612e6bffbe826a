"""The pledges of a unit in a campaign, by status: a page at a time, or the whole list as a workbook."""

import uuid
from collections.abc import Callable
from functools import wraps
from io import BytesIO
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from cadres import clock
from cadres.access import person, signed_in
from cadres.models import RecordEvent
from cadres.views.paging import page_of
from pledges.models import Tier, TierKind
from pledges.sent import as_sent
from pledges.states import REGISTERED, CampaignState, PledgeStatus
from reports.closing_lists import closed_address
from reports.opened import AT_ONCE
from reports.pledge_lists import PledgeList
from reports.views.cell_book import XLSX
from reports.views.dashboard import unit_for

PAGE = 50


def lists(view: Callable[[HttpRequest, PledgeList], HttpResponse]) -> Callable[..., HttpResponse]:
    """Hand the list that the address names to the view; of a closed campaign its closing has it."""

    @wraps(view)
    def opening(request: HttpRequest, code: str) -> HttpResponse:
        asked = request.GET
        unit = unit_for(person(request), code)
        tier = any_tier(unit.ancestor_paths(), asked.get("campaign", ""), asked.get("tier", ""))
        found = PledgeList(
            tier=tier,
            unit=unit,
            day=clock.today(),
            status=asked.get("status", ""),
            theme=asked.get("theme", ""),
            field=asked.get("field", ""),
            place=asked.get("unit", ""),
        )
        if address := closed_address(tier, unit, found.wanted):
            return redirect(address)
        return view(request, found)

    return opening


@signed_in
@require_GET
@lists
def pledges(request: HttpRequest, found: PledgeList) -> HttpResponse:
    """Pledges of a unit in a tier, by status, with lead, deadline and result; or those of the closing."""
    page = page_of(found.rows(), size=PAGE, number=request.GET.get("page"), kept=found.kept)
    as_sent(page.object_list)
    context = {
        "found": found,
        "unit": found.unit,
        "campaign": found.tier.campaign,
        "tier": found.tier,
        "page": page,
        "statuses": [choice for choice in PledgeStatus.choices if choice[0] in REGISTERED],
        "now": clock.now(),
        "may_write": page.paginator.count <= AT_ONCE,
        "ref": uuid.uuid4(),
    }
    return TemplateResponse(request, "reports/pledges.html", context)


@signed_in
@require_GET
@lists
def pledges_xlsx(request: HttpRequest, found: PledgeList) -> HttpResponse:
    """The whole list as a workbook, named without a person's name; a line in the export log."""
    count, now, file = found.count(), clock.now(), BytesIO()
    if count > AT_ONCE:
        words = _(
            "The list is too long for that. Have it written in the background or open it for a unit below."
        )
        messages.error(request, words)
        return redirect(f"{reverse('reports:pledges', args=[found.unit.code])}?{request.GET.urlencode()}")
    found.write(file, iter, count=count, plain=False)
    _journal(request, found, count)
    campaign = found.tier.campaign
    response = HttpResponse(file.getvalue(), content_type=XLSX)
    name = f"{campaign.code}-{found.unit.code}-pledges-{now:%Y%m%d-%H%M}.xlsx"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response


def _journal(request: HttpRequest, found: PledgeList, count: int) -> None:
    told: dict[str, Any] = {"format": "xlsx", "campaign": found.tier.campaign.code, "tier": found.tier.kind}
    RecordEvent.objects.create(
        actor=person(request),
        action=found.action,
        unit=found.unit,
        data=told | found.facts | {"rows": count},
    )


def any_tier(paths: list[str], campaign: str, kind: str = "") -> Tier:
    """The tier asked for; else the first that is not the grassroots cadres', who have pages of their own.

    404 for what there is not, and for a campaign still being drafted: it leaves no trace.
    """
    tiers = Tier.objects.select_related("campaign__host").filter(
        campaign__code=campaign, campaign__host__path__in=paths
    )
    tiers = tiers.exclude(campaign__state=CampaignState.DRAFT)
    if kind:
        tiers = tiers.filter(kind=kind)
    found = sorted(tiers, key=lambda tier: (tier.kind == TierKind.GRASSROOTS_CADRES, tier.order))
    if not found:
        raise Http404
    return found[0]
