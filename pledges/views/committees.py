"""Above the cells: which lists were sent, which not; endorse them; send the list upwards."""

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from cadres import clock
from cadres.access import person, signed_in
from cadres.models import Body, BodyKind, Unit, User
from cadres.permissions import can_read_unit
from pledges.actions import lists
from pledges.actions.acts import NotAllowedError
from pledges.actions.endorsements import build_endorsement
from pledges.forms.dockets import EndorseForm
from pledges.models import SentList, Tier, TierKind
from pledges.permissions import (
    can_ask_to_amend,
    can_build_for,
    can_keep_telephones,
    can_record,
    can_send_list,
)
from pledges.states import CampaignState, DocketState
from pledges.views.cadre_rows import CadrePanel
from pledges.views.committee_rows import UNITS, ListFilter
from pledges.views.committee_words import reminder

LISTS = (TierKind.MEMBERS, TierKind.GRASSROOTS_CADRES)


def committee_for(
    request: HttpRequest, campaign: str, code: str, kind: str = TierKind.MEMBERS
) -> tuple[Tier, Unit]:
    """A tier with lists and a unit that awaits them; 404 for strangers and for cells."""
    if kind not in LISTS:
        raise Http404
    tiers = Tier.objects.select_related("campaign__host").exclude(campaign__state=CampaignState.DRAFT)
    tier = get_object_or_404(tiers, campaign__code=campaign, kind=kind)
    host = tier.campaign.host
    unit = host if code == host.code else get_object_or_404(Unit.objects.under(host.path), code=code)
    if unit.is_cell or not can_read_unit(person(request), unit):
        raise Http404
    return tier, unit


def endorsing_body(place: Unit) -> Body | None:
    """The standing committee that endorses the lists sent to the unit."""
    bodies = Body.objects.filter(unit=place, kind=BodyKind.STANDING_COMMITTEE, ended_on=None)
    return bodies.select_related("unit").first()


def may_endorse(user: User, tier: Tier, body: Body | None) -> bool:
    """Whoever records what the body decides; the board builds the docket for the host's body."""
    return body is not None and (can_build_for(user, tier.campaign, body) or can_record(user, body))


@signed_in
@require_GET
def sent_lists(request: HttpRequest, campaign: str, unit: str) -> HttpResponse:
    """Lists sent and not sent, with the secretary's telephone; ?of, ?show, ?name, ?sort, ?page."""
    tier, place = committee_for(request, campaign, unit)
    chosen = ListFilter(tier, place, request.GET, clock.today())
    user, body, rows = person(request), endorsing_body(place), chosen.table()
    context = {
        "tier": tier,
        "campaign": tier.campaign,
        "unit": place,
        "chosen": chosen,
        "page": chosen.page,
        "rows": rows,
        "sort": chosen.sort,
        "sum": chosen.sum(),
        "may_record": body is not None and can_record(user, body),
        "may_keep": can_keep_telephones(user, place),
        "may_ask": any(can_ask_to_amend(user, tier, row.unit) for row in rows),
        "reminder": reminder(chosen) if may_endorse(user, tier, body) else "",
        "form": EndorseForm(initial={"ref": uuid.uuid4()}),
        **_own(user, chosen),
        **_to_endorse(user, chosen, body),
    }
    return TemplateResponse(request, "pledges/committee.html", context)


def _own(user: User, chosen: ListFilter) -> dict[str, Any]:
    """Of a committee below the host: its own list, its people, its cadres; the host sends to nobody."""
    if chosen.is_host:
        return {"own": None, "cadres": None, "may_send": False}
    tier, place, known = chosen.tier, chosen.place, chosen.kept.get(chosen.place.pk)
    own = SentList.objects.filter(tier=tier, unit=place).select_related("endorsed_by__body").first()
    sends = place.parent_id == tier.campaign.host_id and can_send_list(user, place)
    return {
        "own": own,
        "own_return": None if own else chosen.to_amend.get(place.pk),
        "people": known.people if known and known.people.denominator else None,
        "cadres": CadrePanel(user, chosen.grassroots, place) if chosen.grassroots else None,
        "may_send": own is None and bool(chosen.totals["endorsed"]) and sends,
    }


def _to_endorse(user: User, chosen: ListFilter, body: Body | None) -> dict[str, Any]:
    """The docket that awaits its meeting, and how many lists the person can take to one now."""
    if chosen.is_host and chosen.of != UNITS:
        return {"open_docket": None, "n_to_endorse": 0}
    n = 0
    if body and may_endorse(user, chosen.tier, body):
        n = chosen.totals["sent"]
        # What lies on the docket already waits for its recorder only.
        if not can_record(user, body):
            n -= len(chosen.pending)
    return {"open_docket": next(iter(chosen.pending.values()), None), "n_to_endorse": n}


@signed_in
@require_POST
def endorse(request: HttpRequest, campaign: str, unit: str) -> HttpResponse:
    """Put every list that awaits the standing committee on one docket of it, and go on to record it."""
    tier, place = committee_for(request, campaign, unit, request.POST.get("tier", TierKind.MEMBERS))
    body, user = endorsing_body(place), person(request)
    if body is None or not may_endorse(user, tier, body):
        raise PermissionDenied(_("You do not record what this body decides."))
    form = EndorseForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("The page was not complete when it was sent; please try again."))
        return redirect(lists_url(tier, place))
    try:
        docket = build_endorsement(
            tier=tier, body=body, title=_title(tier), by=user, ref=form.cleaned_data["ref"]
        )
    except NotAllowedError as error:
        messages.warning(request, str(error))
        return redirect(lists_url(tier, place))
    if docket.state == DocketState.OPEN and can_record(user, body):
        return redirect("pledges:docket_conclude", ref=docket.ref)
    return redirect("pledges:docket", ref=docket.ref)


def _title(tier: Tier) -> str:
    if tier.is_listed:
        title = _("Endorsement of the lists of grassroots cadres %(year)s")
    else:
        title = _("Endorsement of the registration lists %(year)s")
    return title % {"year": str(tier.campaign.year)}


@signed_in
@require_POST
def send(request: HttpRequest, campaign: str, unit: str) -> HttpResponse:
    """Send the committee's list to the level above."""
    tier, place = committee_for(request, campaign, unit, request.POST.get("tier", TierKind.MEMBERS))
    if place.parent_id != tier.campaign.host_id or not can_send_list(person(request), place):
        raise PermissionDenied(_("You do not send the list of this committee."))
    try:
        sent = lists.send_upwards(tier=tier, unit=place, on=clock.today(), by=person(request))
    except NotAllowedError as error:
        messages.warning(request, str(error))
    else:
        if sent:
            messages.success(request, _("The list has been sent to the level above."))
        else:
            messages.info(request, _("The list had already been sent."))
    return redirect(lists_url(tier, place))


def lists_url(tier: Tier, place: Unit) -> str:
    """The page of the lists of the tier that the unit's body endorses."""
    args = [tier.campaign.code, place.code]
    if tier.is_listed:
        return reverse("pledges:committee_cadres", args=args)
    query = f"?of={UNITS}" if place.pk == tier.campaign.host_id else ""
    return reverse("pledges:committee", args=args) + query
