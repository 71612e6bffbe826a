"""The page of an assistant: the key cadres whose typing is delegated to him, and what waits of each."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cadres import clock
from cadres.access import person, signed_in
from cadres.models import CadreEntry, Delegation, Member
from cadres.permissions import types_for
from cadres.queries.delegations import with_names
from pledges.models import Tier
from pledges.permissions import lane_of, visible_pledges
from pledges.states import EDITABLE
from pledges.views.pledge_rows import ACTIVE, Opening, opening_of


@signed_in
@require_safe
def typing(request: HttpRequest) -> HttpResponse:
    """For whom one types today and until when; where a registration is begun, finished or amended."""
    user, day = person(request), clock.today()
    if not types_for(user):
        raise PermissionDenied(_("No typing is delegated to you today."))
    rows = list(with_names(Delegation.objects.on(day).filter(user=user)).order_by("member__sort_key", "pk"))
    cadres = [row.member for row in rows]
    begun = visible_pledges(user).filter(lead_member__in=cadres, status__in=EDITABLE)
    waiting = defaultdict(list)
    for pledge in begun.select_related("tier", "campaign").order_by("-campaign__year", "pk"):
        waiting[pledge.lead_member_id].append(pledge)
    open_to = _openings(cadres, day)
    context = {"rows": [(row, open_to[row.member_id], waiting[row.member_id]) for row in rows]}
    return TemplateResponse(request, "pledges/typing.html", context)


def _openings(cadres: Iterable[Member], day: date) -> dict[int, list[Opening]]:
    """Where each cadre registers now by the lists he stands on: two queries for all of them."""
    tiers = Tier.objects.filter(campaign__state__in=ACTIVE, cadre_list__isnull=False)
    by_list: dict[int, list[Tier]] = defaultdict(list)
    for tier in tiers.select_related("campaign__host").order_by("campaign", "order"):
        by_list[tier.cadre_list_id or 0].append(tier)
    people = {cadre.pk: cadre for cadre in cadres}
    entries = CadreEntry.objects.filter(member__in=people, cadre_list__in=by_list)
    found: dict[int, list[Opening]] = defaultdict(list)
    begun: set[tuple[int, int]] = set()
    offers = [(tier, entry.member_id) for entry in entries for tier in by_list[entry.cadre_list_id]]
    for tier, pk in sorted(offers, key=lambda one: (-one[0].campaign.year, one[0].order)):
        lane = lane_of(people[pk], tier, day)  # of tiers with a list it asks the database nothing
        # On two lists of a campaign he registers once, in the higher tier.
        if lane and (pk, tier.campaign_id) not in begun:
            begun.add((pk, tier.campaign_id))
            found[pk].append(opening_of(tier, people[pk], lane, day))
    return found
