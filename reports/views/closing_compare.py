"""Two closings compared, or one with now: by unit and by name; late entries are what came after it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from cadres import clock
from cadres.access import person, signed_in
from cadres.models import Membership, Unit
from cadres.permissions import can_read_unit
from cadres.reading import reads_default
from cadres.templatetags.display import day, moment
from pledges.models import Campaign, Pledge, Tier
from pledges.sent import as_sent
from pledges.states import CampaignState, PledgeStatus
from reports import counts
from reports.closing_compare import PEOPLE, Frozen, Live, Side, by_unit, changes
from reports.closing_reading import content_of, last_day, names_of, place_words
from reports.closing_words import mark
from reports.models import ClosedPerson, ClosedPledge, Closing
from reports.views.closing_units import chosen_tier, closing_of, tiers_of
from reports.views.dashboard import unit_for

PAGE = 50
NOW = "now"
# Above so many people or pledges the names are listed for an organisation below: a set of millions taken
# out of another takes longer than a reader waits, and nobody reads it.
NAMED = 200_000
TITLES: dict[str, Any] = {
    "newly_counted": gettext_lazy("Newly counted"),
    "no_longer_counted": gettext_lazy("No longer counted"),
    "newly_registered": gettext_lazy("Newly registered"),
    "no_longer_registered": gettext_lazy("No longer registered"),
    "new_pledges": gettext_lazy("New registrations"),
    "gone_pledges": gettext_lazy("Registrations no longer counted"),
    "changed_pledges": gettext_lazy("Another status"),
}
# Of key cadres: what they register is called an undertaking.
OF_UNDERTAKINGS: dict[str, Any] = TITLES | {
    "new_pledges": gettext_lazy("New undertakings"),
    "gone_pledges": gettext_lazy("Undertakings no longer counted"),
}


@dataclass(frozen=True)
class Name:
    """One line of a list of names: who, where, what; of a pledge its status then and now."""

    name: str
    unit: str
    what: str = ""
    before: str = ""
    after: str = ""
    on: Any = None


@reads_default
@signed_in
@require_GET
def compare(request: HttpRequest, pk: int, other: str) -> HttpResponse:
    """What changed between a closing and a later one, or now, in a unit that the person reads."""
    unit = _unit(request, pk)
    first, later = _in_order(closing_of(pk, unit), _later(other, unit))
    tier = chosen_tier(first, request.GET.get("tier", ""))
    if later is None:
        counts.drain()
    before, after = _side(first, tier, unit), _side(later, tier, unit)
    total, rows = by_unit(before, after, unit)
    if total is None:
        raise Http404
    names = _lists(request, before, after, later, first) if total.largest <= NAMED else {"too_many": True}
    context = {
        "unit": unit,
        "unit_name": total.name,
        "campaign": first.campaign,
        "closing": first,
        "tier": tier,
        "tiers": tiers_of(first),
        "later": later,
        "marks": (mark(first), mark(later) if later else _now(first.campaign)),
        "total": total,
        "rows": [row for row in rows if row.changed],
        "same": sum(not row.changed for row in rows),
        "address": reverse("reports:closing_compare", args=[pk, other]),
    }
    return TemplateResponse(request, "reports/closing_compare.html", context | names)


def _in_order(first: Closing, later: Closing | None) -> tuple[Closing, Closing | None]:
    """Two closings of one campaign, the earlier first; or one, and None for now."""
    if later is None:
        return first, None
    if later.campaign_id != first.campaign_id:
        raise Http404
    turned = first.taken_at and later.taken_at and later.taken_at < first.taken_at
    return (later, first) if turned else (first, later)


def _lists(
    request: HttpRequest, before: Side, after: Side, later: Closing | None, first: Closing
) -> dict[str, Any]:
    """How many names each list has, and a page of the one asked for: counted and read in the database."""
    found = {name: rows for name, rows in changes(before, after).items() if _is_told(name, before.tier)}
    numbers = {name: rows.count() for name, rows in found.items()}
    show = request.GET.get("show") or next((name for name in found if numbers[name]), next(iter(found)))
    if show not in found:
        raise Http404
    page = Paginator(found[show], PAGE).get_page(request.GET.get("page"))
    titles = OF_UNDERTAKINGS if before.tier.is_listed else TITLES
    return {
        "choices": [(name, titles[name], numbers[name]) for name in found],
        "show": show,
        "title": titles[show],
        "of_people": show in PEOPLE,
        "page": page,
        "names": _names(page, first if show.startswith(("no_", "gone")) else later, before.tier),
        "nothing": not any(numbers.values()),
    }


def _is_told(name: str, tier: Tier) -> bool:
    """A tier that counts nobody is compared by its pledges."""
    return tier.has_rate or name not in PEOPLE


def _side(closing: Closing | None, tier: Tier, unit: Unit) -> Side:
    """One side at the unit, which may have stood elsewhere in the tree then."""
    if closing is None:
        return Live(tier, last_day(tier.campaign, clock.today()), unit.path)
    stood = closing.units.filter(tier=tier, unit=unit).values_list("path", flat=True).first()
    return Frozen(closing, tier, stood or unit.path)


def _now(campaign: Campaign) -> str:
    if campaign.state == CampaignState.CLOSED:
        return _("The end of the campaign, %(day)s") % {"day": day(last_day(campaign, clock.today()))}
    return _("Now, %(moment)s") % {"moment": moment(clock.now())}


def _unit(request: HttpRequest, pk: int) -> Unit:
    """The unit asked for, or the host of the closing, for who reads it."""
    if code := request.GET.get("unit", ""):
        return unit_for(person(request), code)
    closing = Closing.objects.select_related("campaign__host").filter(pk=pk).first()
    if closing is None or not can_read_unit(person(request), closing.campaign.host):
        raise Http404
    return closing.campaign.host


def _later(other: str, unit: Unit) -> Closing | None:
    if other == NOW:
        return None
    if not (other.isascii() and other.isdigit() and len(other) < 10):
        raise Http404
    return closing_of(int(other), unit)


def _names(page: Iterable[Any], closing: Closing | None, tier: Tier) -> list[Name]:
    """The rows of a page in words: as they were closed, or as they are now; three queries at most."""
    rows = list(page)
    if closing is not None:
        names = names_of(closing, tier, {row.unit_id for row in rows})
        versions = _versions(rows)
        return [_closed(row, names, versions) for row in rows]
    if rows and hasattr(rows[0], "pledge_id"):
        live = Pledge.objects.select_related("lead_member", "unit__parent")
        pledges = live.in_bulk([row.pledge_id for row in rows])
        as_sent(pledges.values())
        return [_live_pledge(pledges[row.pledge_id], row) for row in rows]
    memberships = Membership.objects.select_related("member", "unit__parent")
    found = memberships.in_bulk([row.pk for row in rows])
    return [Name(found[row.pk].member.name, _place(found[row.pk].unit)) for row in rows]


def _place(unit: Unit) -> str:
    return place_words(unit.name, unit.parent.name if unit.parent else "")


def _versions(rows: list[Any]) -> dict[int, Any]:
    closed = [row.pk for row in rows if isinstance(row, ClosedPledge)]
    return ClosedPledge.objects.select_related("version", "pledge").in_bulk(closed) if closed else {}


def _closed(row: Any, names: dict[int, str], versions: dict[int, Any]) -> Name:
    place = names.get(row.unit_id, "")
    if isinstance(row, ClosedPerson):
        return Name(row.name, place)
    whole = versions[row.pk]
    return Name(
        row.lead_name or place,
        place,
        str(content_of(whole.version).get("title", "")),
        _status(getattr(row, "status_before", None)),
        _status(row.status),
        whole.pledge.submitted_on,
    )


def _live_pledge(pledge: Pledge, row: Any) -> Name:
    lead = pledge.lead_member
    return Name(
        lead.name if lead else pledge.unit.name,
        _place(pledge.unit),
        pledge.title,
        _status(getattr(row, "status_before", None)),
        _status(pledge.status),
        pledge.submitted_on,
    )


def _status(value: str | None) -> str:
    return str(PledgeStatus(value).label) if value else ""
