"""The rows behind a number: people and pledges of a unit, with whoever is not counted and why."""

from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from cadres import clock
from cadres.access import person, signed_in
from cadres.text import fold
from pledges import queries
from pledges.models import Pledge, Tier, TierKind
from pledges.states import REGISTERED, PledgeStatus
from reports.dashboards import member_tiers
from reports.figures import BY_CODE
from reports.models import UnitCount
from reports.views.dashboard import chosen_tier, unit_for

PAGE = 50


def _people_sets(tier: Tier) -> dict[str, tuple[str, QuerySet[Any]]]:
    """The lists of people: the key of the address, its title, its rows."""
    day = clock.today()
    counted = queries.counted_people(tier, day)
    return {
        "missing": (_("Not registered yet"), queries.without_registered(counted, tier)),
        "registered": (_("Registered"), BY_CODE["registered"].numerator_rows(tier, day)),
        "approved": (_("Approved"), BY_CODE["approved"].numerator_rows(tier, day)),
        "counted": (_("All who are counted"), counted),
        "not_counted": (_("Not counted"), queries.not_counted_people(tier, day)),
    }


def _known_counts(row: UnitCount | None) -> dict[str, int]:
    if row is None:
        return {}
    return {
        "missing": row.counted - row.registered,
        "registered": row.registered,
        "approved": row.approved,
        "counted": row.counted,
        "not_counted": row.exempt + row.away,
    }


@signed_in
@require_GET
def people(request: HttpRequest, code: str) -> HttpResponse:
    """People of a unit by what they have or have not done, each with the cell and the pledges."""
    unit = unit_for(person(request), code)
    tier = chosen_tier(member_tiers(unit), request.GET.get("campaign"))
    if tier is None:
        raise Http404
    sets = _people_sets(tier)
    show = request.GET.get("show", "missing")
    if show not in sets:
        raise Http404
    title, rows = sets[show]
    rows = rows.filter(unit__path__startswith=unit.path)
    if wanted := fold(request.GET.get("cell", "")):
        rows = rows.filter(unit__name_key__contains=wanted)
    rows = rows.select_related("member", "unit__parent").order_by(
        "unit__path", "member__position", "member__sort_key"
    )
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    pledges = _pledges_of([row.member_id for row in page], tier)
    counts = _known_counts(UnitCount.objects.filter(tier=tier, unit=unit).first())
    context = {
        "unit": unit,
        "campaign": tier.campaign,
        "tier": tier,
        "title": title,
        "show": show,
        "cell": request.GET.get("cell", ""),
        "page": page,
        "people": [(row, pledges.get(row.member_id, [])) for row in page],
        "choices": [(key, label, counts.get(key)) for key, (label, _rows) in sets.items()],
        "now": clock.now(),
    }
    return TemplateResponse(request, "reports/people.html", context)


def _pledges_of(members: list[int], tier: Tier) -> dict[int, list[Pledge]]:
    found: dict[int, list[Pledge]] = {}
    rows = queries.tier_pledges(tier).filter(lead_member__in=members, status__in=REGISTERED)
    for pledge in rows.order_by("pk"):
        assert pledge.lead_member_id is not None
        found.setdefault(pledge.lead_member_id, []).append(pledge)
    return found


@signed_in
@require_GET
def pledges(request: HttpRequest, code: str) -> HttpResponse:
    """Pledges of a unit in any tier of a campaign, by status, with lead, deadline and result."""
    unit = unit_for(person(request), code)
    tier = _any_tier(unit.ancestor_paths(), request.GET.get("campaign", ""), request.GET.get("tier", ""))
    rows = queries.tier_pledges(tier).filter(unit__path__startswith=unit.path, status__in=REGISTERED)
    status = request.GET.get("status", "")
    if status in PledgeStatus.values:
        rows = rows.filter(status=status)
    elif status == "late":
        rows = queries.late(rows, clock.today())
    theme = request.GET.get("theme", "")
    if theme:
        rows = rows.filter(queries.of_theme(theme))
    if wanted := request.GET.get("unit", ""):
        rows = rows.filter(unit__name_key__contains=fold(wanted))
    rows = rows.select_related("lead_member", "unit__parent").prefetch_related("progress")
    page = Paginator(rows.order_by("unit__path", "pk"), PAGE).get_page(request.GET.get("page"))
    context = {
        "unit": unit,
        "campaign": tier.campaign,
        "tier": tier,
        "page": page,
        "status": status,
        "theme": theme,
        "wanted": wanted,
        "statuses": [choice for choice in PledgeStatus.choices if choice[0] in REGISTERED],
        "now": clock.now(),
    }
    return TemplateResponse(request, "reports/pledges.html", context)


def _any_tier(paths: list[str], campaign: str, kind: str = "") -> Tier:
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
